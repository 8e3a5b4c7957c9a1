// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/book_play.hpp"

#include <algorithm>

namespace glmap::driver {
namespace {

bool is_asked_for(const resolve::Expectation& expected, const JournalEntryDraft& entry, const JournalLine& line) {
  const auto has = [&](const Dimension& one) {
    return std::find(line.dimensions.begin(), line.dimensions.end(), one) != line.dimensions.end();
  };
  return entry.posting_date <= expected.date && entry.ledger == expected.ledger &&
         (expected.entity.empty() || entry.entity == expected.entity) && entry.functional.code() == expected.currency &&
         std::find(expected.roles.begin(), expected.roles.end(), line.role) != expected.roles.end() &&
         std::all_of(expected.dimensions.begin(), expected.dimensions.end(), has);
}

Status add_entries(const resolve::Expectation& expected, const std::vector<JournalEntry>& entries, Money& sum) {
  for (const JournalEntry& entry : entries)
    for (const JournalLine& line : entry.lines()) {
      if (!is_asked_for(expected, entry.data(), line)) continue;
      const bool adds = (line.side == Side::debit) != entry.data().storno;
      GLMAP_TRY(next, adds ? add(sum, line.functional) : subtract(sum, line.functional));
      sum = next;
    }
  return {};
}

}  // namespace

void BookPlay::keep(const std::vector<JournalEntry>& entries) {
  for (const JournalEntry& entry : entries) {
    event_of_[entry.key().reference()] = entry.key().event_id;
    entries_.push_back(entry);
  }
}

std::string BookPlay::event_of(const std::string& reference) const {
  const auto found = event_of_.find(reference);
  return found == event_of_.end() ? std::string() : found->second;
}

void BookPlay::collect(std::vector<rules::Step> steps, Played& played) {
  using Cause = rules::Step::Cause;
  for (const rules::Step& step : steps) {
    const bool itself = step.cause == Cause::event;
    if (const auto* made = std::get_if<std::vector<JournalEntry>>(&step.outcome)) {
      keep(*made);
      auto& into = step.cause == Cause::schedule ? played.scheduled : played.entries;
      into.insert(into.end(), made->begin(), made->end());
      if (itself) played.kind = Played::Kind::entries;
    } else if (const auto* held = std::get_if<rules::Held>(&step.outcome)) {
      if (itself) {
        played.kind = Played::Kind::held;
        played.reason = held->reason.to_text();
      } else {
        const std::string whose = step.cause == Cause::missed ? "" : "event " + step.event->id + ": ";
        played.exceptions.push_back({step.cause, whose + held->reason.to_text()});
      }
    } else if (const auto* waiting = std::get_if<rules::Waiting>(&step.outcome)) {
      played.kind = Played::Kind::waiting;
      played.reason = waiting->missing + ", until " + waiting->until.to_text();
    } else if (itself) {
      played.kind = Played::Kind::no_entry;
      played.reason = std::get<rules::NoEntry>(step.outcome).because;
    }
  }
  played.steps = std::move(steps);
}

Played BookPlay::play_event(const resolve::TestStep& step, const rules::Observer& observer) {
  Played played;
  const auto held = [&](const Error& error) {
    played.kind = Played::Kind::held;
    played.reason = error.to_text();
    return played;
  };
  auto identity = read_identity(step.event);
  if (!identity) return held(identity.error());
  auto [known, added] = seen_.try_emplace(identity->id, identity->content_digest);
  if (!added) {
    played.kind = known->second == identity->content_digest ? Played::Kind::duplicate : Played::Kind::conflict;
    return played;
  }
  auto event = decode_event(evaluator_.book().catalog, step.event);
  if (!event) return held(event.error());
  collect(run_.take(std::make_shared<const BillingEvent>(std::move(*event)), observer), played);
  return played;
}

Played BookPlay::play(const resolve::TestStep& step, const rules::Observer& observer) {
  Played played;
  switch (step.kind) {
    case resolve::TestStep::Kind::event:
      return play_event(step, observer);
    case resolve::TestStep::Kind::rate:
      run_.publish(step.rate);
      break;
    case resolve::TestStep::Kind::through:
      collect(run_.through(step.through, observer), played);
      break;
  }
  return played;
}

Result<Money> BookPlay::balance(const resolve::Expectation& expected) const {
  GLMAP_TRY(currency, Currency::parse(expected.currency));
  Money sum = Money::zero(currency);
  GLMAP_CHECK(add_entries(expected, entries_, sum));
  rules::BookRun later = run_;
  for (const rules::Step& step : later.through(expected.date))
    if (const auto* made = std::get_if<std::vector<JournalEntry>>(&step.outcome))
      GLMAP_CHECK(add_entries(expected, *made, sum));
  return sum;
}

}  // namespace glmap::driver
