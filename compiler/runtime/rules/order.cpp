// SPDX-License-Identifier: Apache-2.0
// What an event needs before it, what should follow it, and what happens when that does not come.
#include "compiler/runtime/rules/evaluator_impl.hpp"

namespace glmap::rules {
namespace {

constexpr std::int64_t kMinuteMicros = 60'000'000;

Instant plus_minutes(Instant at, std::int64_t minutes) {
  return {at.micros + minutes * kMinuteMicros};
}

}  // namespace

Result<std::optional<WaitingEvent>> Evaluator::Impl::waits(const std::shared_ptr<const BillingEvent>& event,
                                                           const BookState& state) const {
  WaitingEvent waiting;
  for (std::uint32_t i = 0; i < book->order.size(); ++i) {
    const Prerequisite& one = book->order[i];
    if (one.type != event->type) continue;
    const EventType& type = book->catalog.types[event->type];
    Arrival before{one.needs, one.needs_field, field_text(*book, type.header[one.field], event->header[one.field])};
    if (before.value.empty() || state.has_arrived(before)) continue;
    GLMAP_TRY(time, time_of(*event));
    const Instant until = plus_minutes(time, one.wait_minutes);
    if (waiting.missing.empty() || until < waiting.deadline.at) {
      waiting.deadline = {until, book->catalog.entities[entity_of(*event)].zone};
      waiting.prerequisite = i;
    }
    waiting.missing.insert(std::move(before));
  }
  if (waiting.missing.empty()) return std::optional<WaitingEvent>();
  waiting.event = event;
  waiting.number = state.next_number();
  return std::optional<WaitingEvent>(std::move(waiting));
}

Waiting Evaluator::Impl::in_words(const WaitingEvent& waiting) const {
  std::string missing;
  for (const Arrival& one : waiting.missing) {
    const EventType& type = book->catalog.types[one.type];
    missing += (missing.empty() ? "" : ", ") + type.name + " with " + type.header[one.field].name + " " + one.value;
  }
  return {missing, waiting.deadline.at, book->order[waiting.prerequisite].owner};
}

Status Evaluator::Impl::note_arrival(const std::shared_ptr<const BillingEvent>& event, Work& work) const {
  const EventType& type = book->catalog.types[event->type];
  const auto value_of = [&](std::uint32_t field) {
    return field_text(*book, type.header[field], event->header[field]);
  };
  for (auto at = needed.lower_bound({event->type, 0}); at != needed.end() && at->first == event->type; ++at)
    if (std::string value = value_of(at->second); !value.empty())
      work.change.arrived.push_back({event->type, at->second, std::move(value)});
  for (std::uint32_t i = 0; i < book->expectations.size(); ++i) {
    const BusinessExpectation& one = book->expectations[i];
    if (one.after != event->type) continue;
    Arrival expected{one.expected, one.expected_field, value_of(one.after_field)};
    if (expected.value.empty() || work.state.has_arrived(expected)) continue;
    GLMAP_TRY(time, time_of(*event));
    work.change.expects.push_back(
        {work.state.next_number() + work.change.expects.size(),
         event,
         std::move(expected),
         {plus_minutes(time, one.within_minutes), book->catalog.entities[entity_of(*event)].zone},
         i});
  }
  return {};
}

Step Evaluator::Impl::expire(const WaitingEvent& waiting) const {
  const Waiting words = in_words(waiting);
  Step step;
  step.cause = Step::Cause::expired;
  step.event = waiting.event;
  step.outcome =
      Held{{ErrorCode::PrerequisiteMissing,
            "nothing came of what the event needs before it by " + words.until.to_text() + ": " + words.missing +
                "; held for " + words.owner,
            "find out why it is missing; once it is there, retry the event", book->order[waiting.prerequisite].where}};
  step.change.waits_no_more = waiting.number;
  return step;
}

Step Evaluator::Impl::miss(const PendingExpectation& pending) const {
  const BusinessExpectation& one = book->expectations[pending.expectation];
  const EventType& expected = book->catalog.types[one.expected];
  const EventType& after = book->catalog.types[one.after];
  Step step;
  step.cause = Step::Cause::missed;
  step.event = pending.after;
  step.outcome = Held{{ErrorCode::ExpectationMissed,
                       "no " + expected.name + " with " + expected.header[one.expected_field].name + " " +
                           pending.expected.value + " came by " + pending.deadline.at.to_text() + ", after " +
                           after.name + " " + pending.after->id + "; exception for " + one.owner,
                       "ask the source why it has not been sent", one.where}};
  step.change.missed = pending.number;
  return step;
}

}  // namespace glmap::rules
