// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/witness.hpp"

#include <algorithm>

#include "compiler/runtime/rules/book_run.hpp"
#include "compiler/verify/table_space.hpp"

namespace glmap::change {
namespace {

/// What waits for another event, or should be followed by one, is looked at without the other.
std::shared_ptr<const rules::RuleBook> alone(const rules::RuleBook& book) {
  if (book.order.empty() && book.expectations.empty()) return {std::shared_ptr<void>(), &book};
  auto copy = std::make_shared<rules::RuleBook>(book);
  copy->order.clear();
  copy->expectations.clear();
  return copy;
}

void add_entries(const rules::Step& step, Ran& ran) {
  if (const auto* entries = std::get_if<std::vector<JournalEntry>>(&step.outcome)) {
    ran.kind = Ran::Kind::posts;
    ran.entries.insert(ran.entries.end(), entries->begin(), entries->end());
  } else if (const auto* held = std::get_if<rules::Held>(&step.outcome)) {
    if (step.cause == rules::Step::Cause::event) ran.kind = Ran::Kind::held;
    ran.reason = held->reason.to_text();
  } else if (const auto* nothing = std::get_if<rules::NoEntry>(&step.outcome)) {
    if (step.cause == rules::Step::Cause::event) ran.kind = Ran::Kind::no_entry;
    ran.reason = nothing->because;
  }
}

/// Every rate that the book may look for on the days around the event.
void publish_rates(const rules::RuleBook& book, const BillingEvent& event, rules::BookRun& run) {
  const EventType& type = book.catalog.types[event.type];
  if (!book.foreign_currency || book.foreign_currency->rate_source.empty() || !type.currency_field) return;
  const Code* currency = std::get_if<Code>(&event.header[*type.currency_field]);
  if (currency == nullptr) return;
  for (const FieldValue& value : event.header)
    if (const Date* day = std::get_if<Date>(&value))
      for (const LegalEntity& entity : book.catalog.entities)
        run.publish({book.foreign_currency->rate_source, Currency::all()[currency->value], entity.functional, *day,
                     Decimal::from_parts(125, 2)});
}

bool is_wait(const Ran& ran) {
  return ran.kind == Ran::Kind::held || ran.kind == Ran::Kind::refused;
}

std::vector<std::string> entry_texts(const Ran& ran) {
  std::vector<std::string> texts;
  for (const JournalEntry& entry : ran.entries) texts.push_back(entry_text(entry));
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace

std::string_view to_text(Ran::Kind kind) {
  return kind == Ran::Kind::refused    ? "refused"
         : kind == Ran::Kind::held     ? "held"
         : kind == Ran::Kind::no_entry ? "no entry"
                                       : "posts";
}

std::string entry_text(const JournalEntry& entry) {
  const JournalEntryDraft& data = entry.data();
  std::string text = data.entity + "|" + data.ledger + "|" + data.journal + "|" + data.posting_date.to_text() + "|" +
                     data.document_date.to_text() + "|" + data.period + "|" + data.document + "|" +
                     std::string(data.currency.code()) + "|" + std::string(data.functional.code()) + "|" +
                     (data.rate ? data.rate->to_text() : "") + "|" + (data.reverses.empty() ? "" : "reverses") + "|" +
                     (data.storno ? "storno" : "") + "|" + (data.group.empty() ? "" : "group");
  std::vector<std::string> lines;
  for (const JournalLine& line : entry.lines()) {
    std::string one = std::string(to_text(line.side)) + "|" + line.account + "|" + line.transaction.to_text() + "|" +
                      line.functional.to_text() + "|" + line.memo;
    for (const Dimension& dimension : line.dimensions) one += "|" + dimension.name + "=" + dimension.value;
    lines.push_back(std::move(one));
  }
  std::sort(lines.begin(), lines.end());
  for (const std::string& line : lines) text += "\n" + line;
  return text;
}

bool post_the_same(const Ran& a, const Ran& b) {
  if (is_wait(a) || is_wait(b)) return is_wait(a) && is_wait(b);
  return a.kind == b.kind && entry_texts(a) == entry_texts(b);
}

Runner::Runner(const rules::RuleBook& book)
    : evaluator_(alone(book), "sha256:0"), keeps_state_(evaluator_.keeps_state()) {}

Ran Runner::run(const Json& cloud_event) const {
  Ran ran;
  auto event = decode_event(evaluator_.book().catalog, cloud_event);
  if (!event) {
    ran.reason = event.error().to_text();
    return ran;
  }
  rules::BookRun run(evaluator_);
  if (keeps_state_) publish_rates(evaluator_.book(), *event, run);
  for (const rules::Step& step : run.take(std::make_shared<const BillingEvent>(std::move(*event))))
    add_entries(step, ran);
  if (keeps_state_ && ran.kind != Ran::Kind::held)
    for (const rules::Step& step : run.through(verify::book_life(evaluator_.book()).last)) add_entries(step, ran);
  return ran;
}

}  // namespace glmap::change
