// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/netsuite/journal.hpp"

#include "compiler/runtime/accounting/journal_export.hpp"

namespace glmap::gateway::connectors::netsuite {

namespace {

constexpr std::size_t kMemoMax = 999;       // bytes of the header's memo
constexpr std::size_t kLineMemoMax = 4000;  // of a line's
constexpr int kRatePlaces = 12;

Json reference(const std::string& id) {
  return Json::Object{{"id", id}};
}

bool explains(const Decimal& rate, const JournalEntryDraft& data) {
  for (const JournalLine& line : data.lines) {
    const auto worked_out = convert(line.transaction, rate, data.functional, Rounding::half_away_from_zero);
    if (!worked_out || *worked_out != line.functional) return false;
  }
  return true;
}

/// "API calls in September"
std::string memo_of(const JournalLine& line) {
  return line.memo.empty() ? line.role : line.memo;
}

constexpr std::string_view kOpen = " [", kClose = "]";

/// The amount in the document's currency that `to_journal` wrote behind the memo.
std::optional<Money> noted_amount(std::string_view memo) {
  const std::size_t open = memo.rfind(kOpen);
  if (!memo.ends_with(kClose) || open == std::string_view::npos) return std::nullopt;
  const std::string_view noted = memo.substr(open + kOpen.size(), memo.size() - open - kOpen.size() - kClose.size());
  const std::size_t blank = noted.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto amount = Decimal::parse(noted.substr(0, blank));
  const auto currency = Currency::parse(noted.substr(blank + 1));
  if (!amount || !currency) return std::nullopt;
  const auto money = Money::from_decimal(*amount, *currency);
  return money ? std::optional(*money) : std::nullopt;
}

std::string header_memo(const JournalEntryDraft& data) {
  std::string text = data.document.empty()      ? data.description
                     : data.description.empty() ? data.document
                                                : data.document + ": " + data.description;
  if (!data.reverses.empty()) text += " (takes back " + data.reverses + ")";
  return shortened(std::move(text), kMemoMax);
}

void add_dimensions(Json& out, const JournalLine& line, const JournalShape& shape, std::string& memo) {
  std::string others;
  for (const Dimension& each : line.dimensions) {
    const auto field = shape.dimensions.find(each.name);
    if (field == shape.dimensions.end()) {
      others += (others.empty() ? "" : ", ") + each.name + " " + each.value;
    } else if (field->second.starts_with("custcol")) {
      out.set(field->second, each.value);
    } else {
      out.set(field->second, Json::Object{{"externalId", each.value}});
    }
  }
  if (!others.empty()) memo += " (" + others + ")";
}

/// What is written in NetSuite, of an amount of ours.
struct Written {
  Side side;
  Money amount;
};
Written written(const JournalEntryDraft& data, const JournalLine& line, bool in_books_currency) {
  return {data.storno ? opposite(line.side) : line.side, in_books_currency ? line.functional : line.transaction};
}

std::unexpected<Error> unreadable(std::string_view what) {
  return fail(ErrorCode::ErpUnreachable, "NetSuite's answer about a journal has no readable " + std::string(what));
}

std::optional<Money> money_of(const Json& line, std::string_view key, Currency currency) {
  const std::string text = text_in(&line, key);
  if (text.empty()) return std::nullopt;
  const auto amount = Decimal::parse_json_number(text);
  if (!amount) return std::nullopt;
  const auto money = Money::from_decimal(*amount, currency);
  return money && !money->is_zero() ? std::optional(*money) : std::nullopt;
}

/// The line, or in words what about it cannot be ours. `rate`: of the journal, where it is in the document's currency.
std::expected<delivery::LedgerLine, std::string> read_line(const JournalEntryDraft& data, const Books& books,
                                                           const Json& record, const std::optional<Decimal>& rate) {
  delivery::LedgerLine out;
  out.account = books.number_of(text_in(record.find("account"), "id"));
  const auto debit = money_of(record, "debit", rate ? data.currency : data.functional);
  const auto credit = money_of(record, "credit", rate ? data.currency : data.functional);
  if (debit.has_value() == credit.has_value())
    return std::unexpected("account `" + out.account + "` has no amount that can be read, or two");
  out.side = debit ? Side::debit : Side::credit;
  const Money amount = debit ? *debit : *credit;
  if (rate) {
    const auto functional = convert(amount, *rate, data.functional, Rounding::half_away_from_zero);
    if (!functional) return std::unexpected("account `" + out.account + "`: " + functional.error().message);
    out.functional = *functional;
    if (data.currency != data.functional) out.transaction = amount;
  } else {
    out.functional = amount;
    out.transaction = noted_amount(text_in(&record, "memo"));
  }
  if (!data.storno) return out;
  out.side = opposite(out.side);
  out.functional = out.functional.negated();
  if (out.transaction) out.transaction = out.transaction->negated();
  return out;
}

enum class Approval : std::uint8_t { pending, approved, other };

/// Where approval is not used, a journal that is there is posted.
Approval approval_of(const Json& journal) {
  const std::string status = text_in(journal.find("approvalStatus"), "id");
  if (status == "1") return Approval::pending;
  if (status == "2") return Approval::approved;
  if (!status.empty()) return Approval::other;
  const Json* approved = journal.find("approved");
  const bool* said = approved == nullptr ? nullptr : approved->as_bool();
  return said == nullptr || *said ? Approval::approved : Approval::pending;
}

}  // namespace

std::optional<Decimal> one_rate(const JournalEntryDraft& data) {
  if (data.currency == data.functional) return Decimal(1);
  if (data.rate && explains(*data.rate, data)) return data.rate;
  const JournalLine& first = data.lines.front();
  const auto ratio =
      divide(first.functional.decimal(), first.transaction.decimal(), kRatePlaces, Rounding::half_away_from_zero);
  return ratio && explains(*ratio, data) ? std::optional(*ratio) : std::nullopt;
}

Answered<Json> to_journal(const JournalEntry& entry, const JournalShape& shape, const Subsidiary& subsidiary,
                          Books& books) {
  const JournalEntryDraft& data = entry.data();
  const std::optional<Decimal> rate = one_rate(data);
  if (!rate && !shape.books_currency) {
    return std::unexpected(Unanswered{delivery::Refused{
        ErrorCode::ErpRefused, "NetSuite works out the amounts in " + std::string(data.functional.code()) +
                                   " from one rate, and no rate explains every line of this entry to the last cent; "
                                   "`mixed_rates: books-currency` sends such entries in the currency of the books"}});
  }
  const Currency currency = rate ? data.currency : data.functional;
  GLMAP_TRY(currency_id, books.currency(std::string(currency.code())));
  Json::Array lines;
  for (const JournalLine& line : data.lines) {
    GLMAP_TRY(account, books.account(line.account));
    const Written amount = written(data, line, !rate);
    if (amount.amount.is_zero()) {
      return std::unexpected(Unanswered{delivery::Refused{
          ErrorCode::ErpRefused, "the line of account `" + line.account + "` is zero in " +
                                     std::string(currency.code()) + ", and NetSuite keeps no line of nothing"}});
    }
    Json out = Json::Object{{"account", reference(account)}};
    out.set(amount.side == Side::debit ? "debit" : "credit", JsonNumber{amount.amount.amount_text()});
    std::string memo = memo_of(line);
    add_dimensions(out, line, shape, memo);
    memo = shortened(std::move(memo), kLineMemoMax - 100);
    if (!rate) memo += std::string(kOpen) + line.transaction.to_text() + std::string(kClose);
    out.set("memo", memo);
    lines.push_back(std::move(out));
  }
  Json out = Json::Object{{"externalId", entry.key().reference()},
                          {"subsidiary", reference(subsidiary.id)},
                          {"currency", reference(currency_id)}};
  if (currency != data.functional) out.set("exchangeRate", JsonNumber{rate->to_text()});
  out.set("tranDate", data.posting_date.to_text());
  out.set("memo", header_memo(data));
  out.set("approved", true);
  out.set("line", Json::Object{{"items", std::move(lines)}});
  return out;
}

Result<delivery::Finding> from_journal(const JournalEntry& entry, const JournalShape& shape,
                                       const Subsidiary& subsidiary, const Books& books, const Json& answer) {
  const JournalEntryDraft& data = entry.data();
  delivery::LedgerDocument document;
  document.document = text_in(&answer, "id");
  document.number = text_in(&answer, "tranId");
  if (document.document.empty()) return unreadable("id");
  const std::string name = "journal " + (document.number.empty() ? document.document : document.number);
  const std::string stands_in = text_in(answer.find("subsidiary"), "id");
  if (stands_in != subsidiary.id) {
    return delivery::Differs{document.document, name + " stands in the books of the subsidiary with internal id `" +
                                                    stands_in + "`, not in those of `" + subsidiary.name + "`"};
  }
  const auto date = Date::parse(text_in(&answer, "tranDate"));
  if (!date) return unreadable("date");
  document.date = *date;
  // The rate that NetSuite keeps, not ours: what it makes of the lines is what stands in the books.
  std::optional<Decimal> rate = one_rate(data);
  if (rate && data.currency != data.functional) {
    const auto kept = Decimal::parse_json_number(text_in(&answer, "exchangeRate"));
    if (!kept) return unreadable("exchange rate");
    rate = *kept;
  }
  if (!rate && !shape.books_currency) {
    return delivery::Differs{document.document, name + " cannot be ours: this entry is not sent to NetSuite"};
  }
  const Json* list = answer.find("line");
  const Json* items = list == nullptr ? nullptr : list->find("items");
  if (items == nullptr || items->as_array() == nullptr) return unreadable("list of lines");
  for (const Json& record : *items->as_array()) {
    auto line = read_line(data, books, record, rate);
    if (!line) return delivery::Differs{document.document, name + ": " + line.error()};
    document.lines.push_back(std::move(*line));
  }
  switch (approval_of(answer)) {
    case Approval::approved:
      return delivery::FoundPosted{std::move(document)};
    case Approval::pending:
      return delivery::FoundDraft{std::move(document)};
    case Approval::other:
      break;
  }
  return delivery::Differs{document.document, name + " was rejected in NetSuite, or is in no state that is known here"};
}

}  // namespace glmap::gateway::connectors::netsuite
