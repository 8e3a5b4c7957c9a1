// SPDX-License-Identifier: Apache-2.0
// What time brings: entries of schedules on their days, waiting events that may go on, deadlines that have passed.
#include "compiler/runtime/rules/evaluator_impl.hpp"
#include "compiler/runtime/rules/rates.hpp"

namespace glmap::rules {
namespace {

/// What the step is worth: its part of what is left, so that all steps add up to the whole.
Result<Money> worth_of_step(const OpenSchedule& open, const Money& amount, const RuleBook& book) {
  const RevenueSchedule& schedule = *open.schedule;
  GLMAP_TRY(left, subtract(schedule.plan.total, open.progress.posted.amount));
  GLMAP_TRY(worth_left, subtract(schedule.functional_total, open.progress.functional));
  const auto& rate = schedule.statements.front().rate;
  if (!rate) return amount;
  if (left.is_zero()) return convert(amount, *rate, worth_left.currency(), conversion_mode(book));
  return pro_rata(worth_left, amount.minor(), left.minor(), conversion_mode(book));
}

}  // namespace

Step Evaluator::Impl::post_schedule(std::uint64_t id, const BookState& state, const Observer& observer) const {
  const OpenSchedule& open = state.schedule(id);
  const ScheduleStatement& stated = open.schedule->statements.front();
  std::size_t index = 0;
  const ScheduleEntry* due = open.next(&index);
  GLMAP_ASSERT(due != nullptr);
  Step step;
  step.cause = Step::Cause::schedule;
  step.event = stated.event;
  WorkMemory memory;
  Work work(stated.event, state, watched, memory);
  const auto posted = [&]() -> Status {
    const EventProgram& program = book->programs[stated.program];
    const std::uint32_t entity = open.schedule->key.entity;
    const EntrySeries series{stated.event->source, stated.event->id, stated.event->revision, entity,
                             open.schedule->key.ledger};
    // Dimensions are those of the event on its day; accounts are asked for the day of the entry (Occasion::day).
    EventContext context =
        context_of(program, *stated.event, stated.date, {observer.trace ? &step.trace : nullptr, observer.reached});
    context.step = &due->amount;
    GLMAP_TRY(worth, worth_of_step(open, due->amount, *book));
    const Occasion occasion{.kind = PostingKind::schedule,
                            .day = due->posting_date,
                            .period_served = due->from.to_text() + " to " + due->until.to_text(),
                            .step_functional = worth,
                            .rate = stated.rate,
                            .first_numbers = {{entity, state.next_entry(series)}}};
    EntryBuilder builder(context, state, work.balances, occasion, memory.entries);
    Scope scope(context, stated.line, memory.found);
    GLMAP_CHECK(builder.post(plan_of(program, program.rules[stated.rule]).recognitions[stated.recognition], scope));
    GLMAP_CHECK(builder.finish());
    const std::vector<JournalEntry>& entries = memory.entries.maker.entries();
    GLMAP_CHECK(check_approvals(context, entries, due->posting_date, true));
    GLMAP_CHECK(note_entries(entries, *stated.event, work));
    ScheduleProgress progress = open.progress;
    GLMAP_TRY(amount, add(progress.posted.amount, due->amount));
    GLMAP_TRY(functional, add(progress.functional, worth));
    progress.posted = {index + 1, amount};
    progress.functional = functional;
    work.change.progress.emplace_back(id, progress);
    for (const auto& [where, next] : builder.next_numbers())
      work.change.series.push_back(
          {{series.source, series.event_id, series.event_revision, where, series.ledger}, next});
    return {};
  };
  auto done = posted();
  if (done) {
    step.outcome = std::move(memory.entries.maker.entries());
    step.change = std::move(work.change);
    return step;
  }
  Error reason = std::move(done).error();
  reason.message = "the revenue of " + due->posting_date.to_text() + " (" + due->amount.to_text() +
                   ") is not posted and the schedule stops: " + reason.message;
  step.outcome = Held{std::move(reason)};
  ScheduleProgress progress = open.progress;
  progress.blocked = true;
  step.change.progress.emplace_back(id, progress);
  return step;
}

std::optional<Step> Evaluator::next_due(const BookState& state, const Clock& clock, bool whole_day,
                                        const Observer& observer) const {
  if (const WaitingEvent* ready = state.ready()) {
    Step step;
    step.cause = Step::Cause::released;
    step.event = ready->event;
    impl_->decide_in(state, observer, step);
    step.change.waits_no_more = ready->number;
    return step;
  }
  if (const auto due = state.schedule_due(clock.day)) return impl_->post_schedule(*due, state, observer);
  if (const WaitingEvent* expired = state.expired(clock, whole_day)) return impl_->expire(*expired);
  if (const PendingExpectation* missed = state.missed(clock, whole_day)) return impl_->miss(*missed);
  return std::nullopt;
}

}  // namespace glmap::rules
