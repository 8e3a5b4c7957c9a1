// SPDX-License-Identifier: Apache-2.0
// Plays the steps of a book's test: events, published rates and passing time, one after the other, with what each of
// them gave. For `glmapc test`, and for `glmapc why --test`. Single-threaded.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/resolve/resolve.hpp"
#include "compiler/runtime/rules/book_run.hpp"

namespace glmap::driver {

/// What one step gave, seen from outside.
struct Played {
  enum class Kind { nothing, entries, no_entry, held, waiting, duplicate, conflict };
  Kind kind = Kind::nothing;            // of the event itself; nothing: no event, time passed or a rate was published
  std::string reason;                   // of all but entries
  std::vector<JournalEntry> entries;    // of the event, and of events that had waited for it
  std::vector<JournalEntry> scheduled;  // of revenue schedules that were due
  /// Something that a person has to look at and that is not the event itself: its cause and the reason in words.
  struct Exception {
    rules::Step::Cause cause = rules::Step::Cause::missed;
    std::string reason;
  };
  std::vector<Exception> exceptions;
  std::vector<rules::Step> steps;  // all of it, in order
};

class BookPlay {
 public:
  /// `evaluator` outlives the play.
  explicit BookPlay(const rules::Evaluator& evaluator) : evaluator_(evaluator), run_(evaluator) {}

  Played play(const resolve::TestStep& step, const rules::Observer& observer);

  /// The sum of the roles' lines through the expected day, debit positive, in functional currency; schedules that are
  /// due by then are counted, as if time passed and nothing else came. Errors: GLM-7008.
  Result<Money> balance(const resolve::Expectation& expected) const;

  /// The id of the event that posted the entry with this reference; empty when none did.
  std::string event_of(const std::string& reference) const;

 private:
  Played play_event(const resolve::TestStep& step, const rules::Observer& observer);
  void collect(std::vector<rules::Step> steps, Played& played);
  void keep(const std::vector<JournalEntry>& entries);

  const rules::Evaluator& evaluator_;
  rules::BookRun run_;
  std::map<std::string, std::string> seen_;  // event id -> content digest
  std::vector<JournalEntry> entries_;
  std::map<std::string, std::string> event_of_;  // reference -> event id
};

}  // namespace glmap::driver
