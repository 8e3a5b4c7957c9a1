// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/erpnext/voucher.hpp"

namespace glmap::gateway::connectors::erpnext {

namespace {

constexpr std::size_t kTextMax = 2000;  // bytes
constexpr int kRatePlaces = 9;          // that ERPNext keeps
constexpr std::string_view kOpen = " [", kClose = "]";

std::unexpected<Unanswered> refuse(ErrorCode code, std::string text) {
  return std::unexpected(Unanswered{delivery::Refused{code, std::move(text)}});
}

std::string header_remark(const JournalEntryDraft& data) {
  std::string text = data.document.empty()      ? data.description
                     : data.description.empty() ? data.document
                                                : data.document + ": " + data.description;
  if (!data.reverses.empty()) text += " (takes back " + data.reverses + ")";
  return shortened(std::move(text), kTextMax);
}

/// "API calls in September (product API) [5950.00 USD]"
std::string line_remark(const JournalEntryDraft& data, const JournalLine& line, bool notes_amount) {
  std::string dimensions;
  for (const Dimension& each : line.dimensions)
    dimensions += (dimensions.empty() ? "" : ", ") + each.name + " " + each.value;
  std::string text = line.memo.empty() ? line.role : line.memo;
  if (!dimensions.empty()) text += " (" + dimensions + ")";
  text = shortened(std::move(text), kTextMax);
  if (notes_amount && data.currency != data.functional)
    text += std::string(kOpen) + line.transaction.to_text() + std::string(kClose);
  return text;
}

std::optional<Money> noted_amount(std::string_view remark) {
  const std::size_t open = remark.rfind(kOpen);
  if (!remark.ends_with(kClose) || open == std::string_view::npos) return std::nullopt;
  const std::string_view noted =
      remark.substr(open + kOpen.size(), remark.size() - open - kOpen.size() - kClose.size());
  const std::size_t blank = noted.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto amount = Decimal::parse(noted.substr(0, blank));
  const auto currency = Currency::parse(noted.substr(blank + 1));
  if (!amount || !currency) return std::nullopt;
  const auto money = Money::from_decimal(*amount, *currency);
  return money ? std::optional(*money) : std::nullopt;
}

/// The rate from which ERPNext works out our amount in the currency of the books, to the last cent.
std::optional<Decimal> rate_of(const JournalEntryDraft& data, const JournalLine& line) {
  if (line.transaction.is_zero()) return std::nullopt;
  const auto rate =
      divide(line.functional.decimal(), line.transaction.decimal(), kRatePlaces, Rounding::half_away_from_zero);
  if (!rate) return std::nullopt;
  const auto worked_out = convert(line.transaction, *rate, data.functional, Rounding::half_away_from_zero);
  return worked_out && *worked_out == line.functional ? std::optional(*rate) : std::nullopt;
}

void add_dimensions(Json& out, const JournalEntryDraft& data, const JournalLine& line, const VoucherShape& shape) {
  if (const auto own = shape.cost_centers.find(data.entity); own != shape.cost_centers.end())
    out.set("cost_center", own->second);
  for (const Dimension& each : line.dimensions) {
    if (const auto field = shape.fields.find(each.name); field != shape.fields.end())
      out.set(field->second, each.value);
  }
}

Answered<Json> to_line(const JournalEntryDraft& data, const JournalLine& line, const VoucherShape& shape,
                       const LedgerAccount& account, Books& books) {
  const bool in_books_currency = account.currency == data.functional.code();
  if (!in_books_currency && account.currency != data.currency.code()) {
    return refuse(ErrorCode::ErpBadAccount, "account `" + line.account + "` is kept in " + account.currency +
                                                ", the line is in " + std::string(data.currency.code()));
  }
  if (line.functional.is_zero()) {
    return refuse(ErrorCode::ErpRefused, "the line of account `" + line.account + "` is zero in " +
                                             std::string(data.functional.code()) +
                                             ", and ERPNext keeps no line of nothing");
  }
  const std::optional<Decimal> rate = in_books_currency ? std::optional(Decimal(1)) : rate_of(data, line);
  if (!rate) {
    return refuse(ErrorCode::ErpRefused, "account `" + line.account + "` is kept in " + account.currency +
                                             ", and no rate of nine places makes " + line.functional.to_text() +
                                             " of " + line.transaction.to_text());
  }
  const Money& amount = in_books_currency ? line.functional : line.transaction;
  const bool on_debit = (data.storno ? opposite(line.side) : line.side) == Side::debit;
  Json out = Json::Object{
      {"account", account.name},
      {on_debit ? "debit_in_account_currency" : "credit_in_account_currency", JsonNumber{amount.amount_text()}},
      {"exchange_rate", JsonNumber{rate->to_text()}},
      {"user_remark", line_remark(data, line, in_books_currency)}};
  add_dimensions(out, data, line, shape);
  if (account.party_type.empty()) return out;
  for (const Dimension& each : line.dimensions) {
    if (each.name != shape.party_dimension) continue;
    GLMAP_TRY(party, books.party(account.party_type, each.value));
    out.set("party_type", account.party_type);
    out.set("party", party);
    return out;
  }
  return refuse(ErrorCode::ErpBadDimension, "account `" + line.account + "` needs a " + account.party_type +
                                                " in ERPNext, and the line has no `" + shape.party_dimension + "`");
}

std::unexpected<Error> unreadable(std::string_view what) {
  return fail(ErrorCode::ErpUnreachable, "ERPNext's answer about a journal entry has no readable " + std::string(what));
}

std::optional<Money> money_in(const Json& record, std::string_view field, Currency currency) {
  const auto amount = Decimal::parse_json_number(text_in(&record, field));
  if (!amount) return std::nullopt;
  const auto money = Money::from_decimal(*amount, currency);
  return money ? std::optional(*money) : std::nullopt;
}

/// The line, or in words what about it cannot be ours.
std::expected<delivery::LedgerLine, std::string> read_line(const JournalEntryDraft& data, const Books& books,
                                                           const Json& record) {
  delivery::LedgerLine out;
  out.account = books.number_of(text_in(&record, "account"));
  const auto debit = money_in(record, "debit", data.functional), credit = money_in(record, "credit", data.functional);
  if (!debit || !credit || debit->is_zero() == credit->is_zero())
    return std::unexpected("account `" + out.account + "` has no amount that can be read, or two");
  out.side = credit->is_zero() ? Side::debit : Side::credit;
  out.functional = out.side == Side::debit ? *debit : *credit;
  if (text_in(&record, "account_currency") == data.functional.code()) {
    // In an entry of one currency nothing is noted, whatever a memo looks like.
    if (data.currency != data.functional) out.transaction = noted_amount(text_in(&record, "user_remark"));
  } else {
    const auto currency = Currency::parse(text_in(&record, "account_currency"));
    if (!currency) return std::unexpected("account `" + out.account + "`: " + currency.error().message);
    out.transaction = money_in(
        record, out.side == Side::debit ? "debit_in_account_currency" : "credit_in_account_currency", *currency);
    if (!out.transaction) return std::unexpected("account `" + out.account + "` has an amount that cannot be read");
  }
  if (!data.storno) return out;
  out.side = opposite(out.side);
  out.functional = out.functional.negated();
  if (out.transaction) out.transaction = out.transaction->negated();
  return out;
}

}  // namespace

Answered<Json> to_voucher(const JournalEntry& entry, const VoucherShape& shape, const Company& company,
                          const std::string& original, Books& books) {
  const JournalEntryDraft& data = entry.data();
  bool multi_currency = false;
  Json::Array lines;
  for (const JournalLine& line : data.lines) {
    GLMAP_TRY(account, books.account(company, line.account));
    multi_currency |= account.currency != company.currency;
    GLMAP_TRY(made, to_line(data, line, shape, account, books));
    lines.push_back(std::move(made));
  }
  const std::string date = data.posting_date.to_text();
  Json out = Json::Object{{"voucher_type", "Journal Entry"},
                          {"company", company.name},
                          {"posting_date", date},
                          {"cheque_no", entry.key().reference()},
                          {"cheque_date", date},
                          {"multi_currency", Json::number(multi_currency ? 1 : 0)},
                          {"user_remark", header_remark(data)},
                          {"docstatus", Json::number(0)},
                          {"accounts", std::move(lines)}};
  if (!original.empty()) out.set("reversal_of", original);
  return out;
}

Result<delivery::Finding> from_voucher(const JournalEntry& entry, const Company& company, const Books& books,
                                       const Json& voucher) {
  delivery::LedgerDocument document;
  document.document = document.number = text_in(&voucher, "name");
  if (document.document.empty()) return unreadable("name");
  const std::string stands_in = text_in(&voucher, "company");
  if (stands_in != company.name) {
    return delivery::Differs{document.document, "journal entry " + document.document + " stands in the books of `" +
                                                    stands_in + "`, not in those of `" + company.name + "`"};
  }
  const auto date = Date::parse(text_in(&voucher, "posting_date"));
  if (!date) return unreadable("date");
  document.date = *date;
  const Json* lines = voucher.find("accounts");
  if (lines == nullptr || lines->as_array() == nullptr) return unreadable("list of lines");
  for (const Json& record : *lines->as_array()) {
    auto line = read_line(entry.data(), books, record);
    if (!line) return delivery::Differs{document.document, "journal entry " + document.document + ": " + line.error()};
    document.lines.push_back(std::move(*line));
  }
  const std::string status = text_in(&voucher, "docstatus");
  if (status == "1") return delivery::FoundPosted{std::move(document)};
  if (status == "0") return delivery::FoundDraft{std::move(document)};
  return delivery::Differs{document.document, "journal entry " + document.document + " is cancelled"};
}

}  // namespace glmap::gateway::connectors::erpnext
