// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/rest/read_document.hpp"

#include <algorithm>

namespace glmap::gateway::connectors::rest {

namespace {

using delivery::Differs;

struct Placed {
  Side side = Side::debit;
  Money amount;
};

std::optional<Placed> on_two_sides(const AmountPlaces& places, const Json& line, Currency currency) {
  std::optional<Placed> out;
  for (const Side side : {Side::debit, Side::credit}) {
    const Json* there = at_pointer(line, side == Side::debit ? *places.debit : *places.credit);
    if (there == nullptr || (there->as_string() != nullptr && there->as_string()->empty())) continue;
    const auto amount = money_from(*there, currency);
    if (!amount) return std::nullopt;
    if (amount->is_zero()) {
      if (!out) out = Placed{side, *amount};
      continue;
    }
    if (out && !out->amount.is_zero()) return std::nullopt;  // on both sides
    out = Placed{side, *amount};
  }
  return out;
}

/// Nothing where the line has no such amount, or one that cannot be read.
std::optional<Placed> placed(const FindTemplate& find, const AmountPlaces& places, const Json& line, Currency currency,
                             bool storno) {
  if (places.debit) return on_two_sides(places, line, currency);
  const Json* there = at_pointer(line, places.amount ? *places.amount : *places.size);
  const auto amount = there == nullptr ? std::nullopt : money_from(*there, currency);
  if (!amount) return std::nullopt;
  if (places.amount) {
    // In a column with a sign a storno's debit is negative, like a credit; it is read as what was sent.
    const Side side = amount->is_negative() != storno ? Side::credit : Side::debit;
    return Placed{side, side == Side::credit ? amount->negated() : *amount};
  }
  const std::string side = text_at(line, find.side);
  if (side != find.side_debit && side != find.side_credit) return std::nullopt;
  return Placed{side == find.side_debit ? Side::debit : Side::credit, *amount};
}

std::optional<delivery::LedgerLine> read_line(const FindTemplate& find, const JournalEntry& entry, const Json& json) {
  const JournalEntryDraft& data = entry.data();
  delivery::LedgerLine out;
  out.account = text_at(json, find.account);
  const auto functional = placed(find, find.functional, json, data.functional, data.storno);
  if (!functional || out.account.empty()) return std::nullopt;
  out.side = functional->side;
  out.functional = functional->amount;
  if (!find.transaction.any()) return out;
  Currency currency = data.currency;
  if (const std::string named = text_at(json, find.currency); !find.currency.empty() && !named.empty()) {
    const auto parsed = Currency::parse(named);
    if (!parsed) return std::nullopt;
    currency = *parsed;
  }
  const auto transaction = placed(find, find.transaction, json, currency, data.storno);
  if (transaction) {
    if (!transaction->amount.is_zero() && !out.functional.is_zero() && transaction->side != out.side)
      return std::nullopt;
    if (out.functional.is_zero()) out.side = transaction->side;
    out.transaction = transaction->amount;
  }
  return out;
}

/// By a pattern; what stands behind an ISO date (a time) does not count.
std::optional<Date> read_date(const std::string& text, const std::string& pattern) {
  const bool timed = pattern == "YYYY-MM-DD" && text.size() > 10 && (text[10] == 'T' || text[10] == ' ');
  if (text.size() != pattern.size() && !timed) return std::nullopt;
  const auto part = [&](const char* name, std::size_t length) { return text.substr(pattern.find(name), length); };
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (std::string_view("YMD").find(pattern[i]) == std::string_view::npos && text[i] != pattern[i])
      return std::nullopt;
  }
  const auto date = Date::parse(part("YYYY", 4) + "-" + part("MM", 2) + "-" + part("DD", 2));
  return date ? std::optional(*date) : std::nullopt;
}

delivery::Finding read_document(const FindTemplate& find, const JournalEntry& entry, const Scope& scope,
                                const Json& json) {
  delivery::LedgerDocument out;
  out.document = text_at(json, find.document);
  out.number = text_at(json, find.number);
  if (out.document.empty()) return Differs{"", "a document under the entry's reference has no id"};
  const std::string name = "document `" + out.document + "`";
  if (find.same_entity) {
    const auto expected = find.same_entity_value.fill(scope);
    if (const std::string found = text_at(json, find.same_entity->pointer); !expected || found != *expected)
      return Differs{out.document,
                     name + " stands in the books of `" + found + "`, not of `" + expected.value_or("") + "`"};
  }
  const auto date = read_date(text_at(json, find.date), find.dates);
  const Json* lines = at_pointer(json, find.lines);
  if (!date || lines == nullptr || lines->as_array() == nullptr)
    return Differs{out.document, name + " cannot be read: its date or its lines are not where they should be"};
  out.date = *date;
  for (std::size_t i = 0; i < lines->as_array()->size(); ++i) {
    auto line = read_line(find, entry, (*lines->as_array())[i]);
    if (!line) return Differs{out.document, "line " + std::to_string(i + 1) + " of " + name + " cannot be read"};
    out.lines.push_back(std::move(*line));
  }
  if (find.draft && find.draft->holds(json)) return delivery::FoundDraft{std::move(out)};
  if (!find.posted || find.posted->holds(json)) return delivery::FoundPosted{std::move(out)};
  return Differs{out.document, name + " is neither posted nor a draft: its `" + find.posted->pointer + "` is `" +
                                   text_at(json, find.posted->pointer) + "`"};
}

}  // namespace

delivery::Finding read_finding(const FindTemplate& find, const JournalEntry& entry, const Scope& scope,
                               const Json& answer) {
  const Json* found = at_pointer(answer, find.documents);
  if (found == nullptr) return Differs{"", "the answer to the search has nothing at `" + find.documents + "`"};
  const auto* list = found->as_array();
  if (list == nullptr) return read_document(find, entry, scope, *found);
  if (list->empty()) return delivery::Absent{};
  if (list->size() > 1) {
    return Differs{
        text_at(list->front(), find.document),
        "the ERP has " + std::to_string(list->size()) + " documents under reference `" + entry.key().reference() + "`"};
  }
  return read_document(find, entry, scope, list->front());
}

}  // namespace glmap::gateway::connectors::rest
