// SPDX-License-Identifier: Apache-2.0
// What the book in force remembers: a BookRun, brought up to the store's last turn by playing what the store has and
// this one has not. Decides nothing about what is recorded (turn_work) and records nothing (posting_service).
// Invariant: after catch_up() the memory is that of all recorded turns, in order, and of nothing else; who played a
// turn that was not recorded calls forget(). Time is that of the events; while nothing comes it goes on by the
// monotonic clock, so that deadlines pass in a silent night, and a wrong wall clock moves nothing. One thread at a
// time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/runtime/rules/book_run.hpp"
#include "gateway/platform/clock.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::posting {

/// A rate as a turn keeps it, and as it is sent to POST /v1/rates. Errors: GLM-6004, GLM-6005, GLM-1xxx.
Result<rules::PublishedRate> read_rate(const Json& json);
std::string rate_text(const rules::PublishedRate& rate);

/// A bundle that was in force once, by its digest.
using BookOf = std::function<Result<std::shared_ptr<const rules::Evaluator>>(std::string_view digest)>;
/// From the bundles that the store keeps.
BookOf book_of_store(const store::Store& store);

/// Whether a bundle may follow the one that is in force in the store: nothing that waits is forgotten, and nothing is
/// asked for that was not remembered. Errors: GLM-5004, and those of reading the one in force.
Status check_follows(const store::Store& store, const BookOf& book_of, const rules::Evaluator& next);

class BookKeeper {
 public:
  BookKeeper(const store::Store& store, const platform::Clock& clock, BookOf book_of)
      : store_(store), clock_(clock), book_of_(std::move(book_of)) {}

  /// Plays what the store has more than this, each turn by the book that was in force then; `evaluator` goes on with
  /// it. Errors: GLM-8001; GLM-5004 it cannot go on with it; GLM-8011 a turn does not come out as recorded.
  Status catch_up(const std::shared_ptr<const rules::Evaluator>& evaluator);
  void forget() { run_.reset(); }
  bool remembers() const { return run_ != nullptr; }

  /// The number of the last turn that was played.
  store::Sequence turns() const { return turns_; }
  const rules::BookState& state() const { return run_->state(); }
  const rules::Evaluator& evaluator() const { return *evaluator_; }

  /// Plays one more turn, and notes in it what it led to. `event`: of turns that have one.
  std::vector<rules::Step> play(store::Turn& turn, std::shared_ptr<const BillingEvent> event);
  bool something_is_due() const;
  /// Lets time pass to now. Nothing, and nothing is changed, when nothing is due; else the turn is filled in.
  std::vector<rules::Step> let_time_pass(store::Turn& turn);

 private:
  Status put(const std::shared_ptr<const rules::Evaluator>& evaluator);
  Status play_again(const store::RecordedTurn& recorded, bool beginning);
  std::vector<rules::Step> played(store::Turn& turn, std::vector<rules::Step> steps);
  void note_time(Instant before, std::int64_t since);
  std::optional<rules::Clock> clock_now() const;

  const store::Store& store_;
  const platform::Clock& clock_;
  const BookOf book_of_;
  std::shared_ptr<const rules::Evaluator> evaluator_;
  std::unique_ptr<rules::BookRun> run_;
  store::Sequence turns_ = 0;
  std::int64_t time_since_ = 0;  // monotonic: when the book's time was what it is
};

}  // namespace glmap::gateway::posting
