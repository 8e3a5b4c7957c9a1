// SPDX-License-Identifier: Apache-2.0
// A book running over events: carries the state from one to the next and lets time pass between them. For `glmapc
// simulate`, `test` and `why`, and for the gateway. No I/O, no clock: time is that of the events, and what through()
// and advance() are told. One thread.
#pragma once

#include <optional>
#include <vector>

#include "compiler/runtime/rules/evaluator.hpp"

namespace glmap::rules {

class BookRun {
 public:
  /// `evaluator` outlives the run.
  explicit BookRun(const Evaluator& evaluator, BookState state = {})
      : evaluator_(evaluator), state_(std::move(state)) {}

  void publish(const PublishedRate& rate) { state_.publish(rate); }

  /// The event and all that happens with it, in order: what was due before it, then the event itself, then what it
  /// makes possible or due. Whether the event has come before is the caller's to know.
  /// `latest`: how far the event may move time at most; one dated ahead does not bring about what is not due yet.
  std::vector<Step> take(std::shared_ptr<const BillingEvent> event, const Observer& observer = {},
                         const std::optional<Clock>& latest = std::nullopt);

  /// Time passes to `clock`, as if an event of then had come. When nothing was due it has not moved.
  std::vector<Step> advance(const Clock& clock);

  /// Time passes to the end of `day`.
  std::vector<Step> through(Date day, const Observer& observer = {});

  const BookState& state() const { return state_; }

 private:
  void run_due(const Clock& clock, bool whole_day, const Observer& observer, std::vector<Step>& steps);
  void note(Step step, std::vector<Step>& steps);

  const Evaluator& evaluator_;
  BookState state_;
};

}  // namespace glmap::rules
