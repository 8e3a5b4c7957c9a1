// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/odoo/move.hpp"

namespace glmap::gateway::connectors::odoo {

namespace {

constexpr std::size_t kTextMax = 2000;  // bytes

Json number(const std::string& id) {
  return JsonNumber{id};
}

/// `narration` is HTML.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string narration_of(const JournalEntryDraft& data) {
  std::string text = data.document.empty()      ? data.description
                     : data.description.empty() ? data.document
                                                : data.document + ": " + data.description;
  if (!data.reverses.empty()) text += " (takes back " + data.reverses + ")";
  return escaped(shortened(std::move(text), kTextMax));
}

/// "API calls in September (customer C1, product API)"
std::string name_of(const JournalLine& line) {
  std::string dimensions;
  for (const Dimension& each : line.dimensions)
    dimensions += (dimensions.empty() ? "" : ", ") + each.name + " " + each.value;
  const std::string& text = line.memo.empty() ? line.role : line.memo;
  return shortened(dimensions.empty() ? text : text + " (" + dimensions + ")", kTextMax);
}

/// {"12,34": 100}: everything on one analytic account of each plan.
Answered<std::string> analytic_key(const JournalLine& line, const MoveShape& shape, const Company& company,
                                   Books& books) {
  std::string key;
  for (const Dimension& each : line.dimensions) {
    const auto plan = shape.analytic_plan.find(each.name);
    if (plan == shape.analytic_plan.end()) continue;
    GLMAP_TRY(id, books.analytic(company, plan->second, each.value));
    key += (key.empty() ? "" : ",") + id;
  }
  return key;
}

Answered<Json> to_line(const JournalEntryDraft& data, const JournalLine& line, const MoveShape& shape,
                       const Company& company, Books& books) {
  GLMAP_TRY(account, books.account(company, line.account));
  const bool on_debit = (data.storno ? opposite(line.side) : line.side) == Side::debit;
  const Json amount = JsonNumber{line.functional.amount_text()}, none = Json::number(0);
  Json out = Json::Object{{"account_id", number(account)},
                          {"debit", on_debit ? amount : none},
                          {"credit", on_debit ? none : amount},
                          {"name", name_of(line)}};
  // An exchange difference has no amount in the foreign currency: it is a line in the currency of the books.
  if (data.currency != data.functional && !line.transaction.is_zero()) {
    GLMAP_TRY(currency, books.currency(std::string(data.currency.code())));
    out.set("currency_id", number(currency));
    out.set("amount_currency", JsonNumber{(on_debit ? line.transaction : line.transaction.negated()).amount_text()});
  }
  for (const Dimension& each : line.dimensions) {
    if (shape.partner_dimension.empty() || each.name != shape.partner_dimension) continue;
    GLMAP_TRY(partner, books.partner(company, each.value));
    out.set("partner_id", number(partner));
  }
  GLMAP_TRY(key, analytic_key(line, shape, company, books));
  if (!key.empty()) out.set("analytic_distribution", Json::Object{{key, Json::number(100)}});
  return out;
}

std::unexpected<Error> unreadable(std::string_view what) {
  return fail(ErrorCode::ErpUnreachable, "Odoo's answer about a move has no readable " + std::string(what));
}

std::optional<Decimal> decimal_in(const Json& record, std::string_view field) {
  const Json* value = record.find(field);
  if (value == nullptr || value->as_number() == nullptr) return std::nullopt;
  const auto amount = Decimal::parse_json_number(value->as_number()->text);
  return amount ? std::optional(*amount) : std::nullopt;
}

/// The line, or in words what about it cannot be ours.
std::expected<delivery::LedgerLine, std::string> read_line(const JournalEntryDraft& data, const Books& books,
                                                           const Json& record) {
  delivery::LedgerLine out;
  out.account = books.code_of(linked_id(record, "account_id"), linked_name(record, "account_id"));
  const auto wrong = [&](std::string_view what) {
    return std::unexpected("account `" + out.account + "`: " + std::string(what));
  };
  const auto debit = decimal_in(record, "debit"), credit = decimal_in(record, "credit");
  const auto foreign = decimal_in(record, "amount_currency");
  if (!debit || !credit || !foreign) return wrong("an amount cannot be read");
  if (!debit->is_zero() && !credit->is_zero()) return wrong("a debit and a credit");
  // Where both are zero, the sign of the foreign amount tells the side.
  const bool on_debit = credit->is_zero() && (!debit->is_zero() || !foreign->is_negative());
  out.side = on_debit ? Side::debit : Side::credit;
  const auto functional = Money::from_decimal(on_debit ? *debit : *credit, data.functional);
  if (!functional) return wrong(functional.error().message);
  out.functional = *functional;
  const auto currency = Currency::parse(linked_name(record, "currency_id"));
  if (!currency) return wrong(currency.error().message);
  if (*currency != data.functional) {
    const auto transaction = Money::from_decimal(on_debit ? *foreign : foreign->negated(), *currency);
    if (!transaction) return wrong(transaction.error().message);
    out.transaction = *transaction;
  }
  if (!data.storno) return out;
  out.side = opposite(out.side);
  out.functional = out.functional.negated();
  if (out.transaction) out.transaction = out.transaction->negated();
  return out;
}

}  // namespace

Answered<Json> to_move(const JournalEntry& entry, const MoveShape& shape, const Company& company,
                       const std::string& original, Books& books) {
  const JournalEntryDraft& data = entry.data();
  GLMAP_TRY(journal, books.journal(company, data.entity, data.journal));
  Json::Array lines;
  for (const JournalLine& line : data.lines) {
    GLMAP_TRY(made, to_line(data, line, shape, company, books));
    lines.push_back(Json::Array{Json::number(0), Json::number(0), std::move(made)});
  }
  Json out = Json::Object{{"move_type", "entry"},           {"company_id", number(company.id)},
                          {"journal_id", number(journal)},  {"date", data.posting_date.to_text()},
                          {"ref", entry.key().reference()}, {"narration", narration_of(data)},
                          {"line_ids", std::move(lines)}};
  if (!original.empty()) out.set("reversed_entry_id", number(original));
  return out;
}

Result<delivery::Finding> from_move(const JournalEntry& entry, const Company& company, const Books& books,
                                    const Json::Array& moves, const Json::Array& lines) {
  if (moves.empty()) return delivery::Absent{};
  const Json& move = moves.front();
  delivery::LedgerDocument document;
  document.document = text_in(&move, "id");
  document.number = text_in(&move, "name") == "/" ? "" : text_in(&move, "name");
  if (document.document.empty()) return unreadable("id");
  const std::string name = "move " + (document.number.empty() ? document.document : document.number);
  if (moves.size() > 1) {
    return delivery::Differs{document.document, std::to_string(moves.size()) + " moves carry the reference `" +
                                                    entry.key().reference() + "`"};
  }
  // Asked for by company, and believed only as far as the answer says so.
  if (linked_id(move, "company_id") != company.id) {
    return delivery::Differs{document.document, name + " stands in the books of `" + linked_name(move, "company_id") +
                                                    "`, not in those of `" + company.name + "`"};
  }
  const auto date = Date::parse(text_in(&move, "date"));
  if (!date) return unreadable("date");
  document.date = *date;
  for (const Json& record : lines) {
    auto line = read_line(entry.data(), books, record);
    if (!line) return delivery::Differs{document.document, name + ": " + line.error()};
    document.lines.push_back(std::move(*line));
  }
  const std::string state = text_in(&move, "state");
  if (state == "posted") return delivery::FoundPosted{std::move(document)};
  if (state == "draft") return delivery::FoundDraft{std::move(document)};
  return delivery::Differs{document.document, name + " is in the state `" + state + "`"};
}

}  // namespace glmap::gateway::connectors::odoo
