// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/tryton/read_back.hpp"

#include "gateway/connectors/tryton/wire.hpp"

namespace glmap::gateway::connectors::tryton {

namespace {

constexpr int kMovesMax = 5;  // more than one is already a fault

/// The line, or in words what about it cannot be ours.
std::expected<delivery::LedgerLine, std::string> read_line(const JournalEntryDraft& data, const Json& record) {
  delivery::LedgerLine line;
  line.account = text_from_json(dotted(record, "account.code"));
  const auto debit = decimal_from_json(record.find("debit"));
  const auto credit = decimal_from_json(record.find("credit"));
  if (!debit || !credit) return std::unexpected("an amount of account `" + line.account + "` is not a decimal");
  const auto second = decimal_from_json(record.find("amount_second_currency"));
  // Where both are zero, the sign of the second amount tells the side.
  const bool on_debit =
      credit->is_zero() && (!debit->is_zero() || !second || second->is_zero() || second->is_negative() == data.storno);
  line.side = on_debit ? Side::debit : Side::credit;
  const Result<Money> functional = Money::from_decimal(on_debit ? *debit : *credit, data.functional);
  if (!functional) return std::unexpected("account `" + line.account + "`: " + functional.error().message);
  line.functional = *functional;
  if (!on_debit && !debit->is_zero()) return std::unexpected("account `" + line.account + "` has a debit and a credit");
  if (!second) return line;
  const Result<Currency> currency = Currency::parse(text_from_json(dotted(record, "second_currency.code")));
  if (!currency) return std::unexpected("account `" + line.account + "`: " + currency.error().message);
  const Result<Money> transaction = Money::from_decimal(on_debit ? *second : second->negated(), *currency);
  if (!transaction) return std::unexpected("account `" + line.account + "`: " + transaction.error().message);
  line.transaction = *transaction;
  return line;
}

std::unexpected<Error> unreadable(std::string_view what) {
  return fail(ErrorCode::ErpUnreachable, "the ERP's answer about a move has no readable " + std::string(what));
}

}  // namespace

Json::Array search_params(const JournalEntry& entry, const CompanyBooks& company) {
  return Json::Array{
      Json::Array{term("company", "=", Json::number(company.company)), term("number", "=", entry.key().reference())},
      Json::number(0),
      Json::number(kMovesMax),
      Json::Array{Json::Array{"id", "ASC"}},
      Json::Array{"state", "company", "post_number", "date", "lines.account.code", "lines.debit", "lines.credit",
                  "lines.second_currency.code", "lines.amount_second_currency"},
      Books::context(company)};
}

Result<delivery::Finding> read_finding(const JournalEntry& entry, const CompanyBooks& company, const Json& answer) {
  const Json::Array* moves = answer.as_array();
  if (moves == nullptr) return unreadable("list");
  if (moves->empty()) return delivery::Absent{};
  const Json& move = moves->front();
  const auto id = id_from_json(move.find("id"));
  if (!id) return unreadable("id");
  delivery::LedgerDocument document;
  document.document = std::to_string(*id);
  if (moves->size() > 1) {
    return delivery::Differs{document.document, std::to_string(moves->size()) + " moves carry the reference `" +
                                                    entry.key().reference() + "`"};
  }
  // Asked for by company, and believed only as far as the answer says so.
  const auto of = id_from_json(move.find("company"));
  if (!of) return unreadable("company");
  if (*of != company.company) {
    return delivery::Differs{document.document, "move " + document.document + " stands in the books of company " +
                                                    std::to_string(*of) + ", not in those of `" + company.name + "`"};
  }
  document.number = text_from_json(move.find("post_number"));
  const auto date = date_from_json(move.find("date"));
  if (!date) return unreadable("date");
  document.date = *date;
  const Json* lines = move.find("lines.");
  if (lines == nullptr || lines->as_array() == nullptr) return unreadable("list of lines");
  for (const Json& record : *lines->as_array()) {
    auto line = read_line(entry.data(), record);
    if (!line) return delivery::Differs{document.document, "move " + document.document + ": " + line.error()};
    document.lines.push_back(std::move(*line));
  }
  const std::string state = text_from_json(move.find("state"));
  if (state == "posted") return delivery::FoundPosted{std::move(document)};
  if (state == "draft") return delivery::FoundDraft{std::move(document)};
  return unreadable("state");
}

}  // namespace glmap::gateway::connectors::tryton
