// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/book_run.hpp"

#include <algorithm>

namespace glmap::rules {

void BookRun::note(Step step, std::vector<Step>& steps) {
  state_.apply(std::move(step.change));
  step.change = {};
  steps.push_back(std::move(step));
}

void BookRun::run_due(const Clock& clock, bool whole_day, const Observer& observer, std::vector<Step>& steps) {
  while (auto due = evaluator_.next_due(state_, clock, whole_day, observer)) note(std::move(*due), steps);
  StateChange passed;
  passed.clock = clock;
  state_.apply(std::move(passed));
}

std::vector<Step> BookRun::take(std::shared_ptr<const BillingEvent> event, const Observer& observer,
                                const std::optional<Clock>& latest) {
  std::vector<Step> steps;
  Clock clock = evaluator_.clock_at(*event, state_);
  if (latest) {
    clock.day = std::min(clock.day, std::max(state_.clock().day, latest->day));
    clock.now = std::min(clock.now, std::max(state_.clock().now, latest->now));
  }
  run_due(clock, false, observer, steps);
  note(evaluator_.step(std::move(event), state_, observer), steps);
  run_due(clock, false, observer, steps);
  return steps;
}

std::vector<Step> BookRun::advance(const Clock& clock) {
  std::vector<Step> steps;
  const Clock until{std::max(clock.day, state_.clock().day), std::max(clock.now, state_.clock().now)};
  while (auto due = evaluator_.next_due(state_, until, false)) note(std::move(*due), steps);
  if (steps.empty()) return steps;
  StateChange passed;
  passed.clock = until;
  state_.apply(std::move(passed));
  return steps;
}

std::vector<Step> BookRun::through(Date day, const Observer& observer) {
  std::vector<Step> steps;
  Clock clock = state_.clock();
  clock.day = std::max(clock.day, day);
  run_due(clock, true, observer, steps);
  return steps;
}

}  // namespace glmap::rules
