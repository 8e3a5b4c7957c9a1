// SPDX-License-Identifier: Apache-2.0
// Applies a rule book to one event: a function, total and deterministic. No I/O, no clock; what happened before is
// handed in as a BookState, what changes is handed out as a StateChange. Not the compiler: it trusts the proofs but
// still refuses (holds) whatever does not balance. Thread-safe after construction. BookRun (book_run.hpp) carries the
// state from event to event.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "compiler/runtime/rules/book_state.hpp"
#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::rules {

/// The event posts nothing, by decision of finance.
struct NoEntry {
  std::string rule;
  std::string because;
};
/// The event waits for a person. `reason.where` is the place in the book when the book asked for it.
struct Held {
  Error reason;
};
using Decision = std::variant<std::vector<JournalEntry>, NoEntry, Held>;

/// The event waits for another one; nobody needs to do anything before `until`.
struct Waiting {
  std::string missing;  // invoice.issued with invoice I-1
  Instant until;
  std::string owner;  // whose it is then
};
using Outcome = std::variant<std::vector<JournalEntry>, NoEntry, Held, Waiting>;

/// One thing the evaluator looked at, for `why`.
struct TraceStep {
  std::int32_t line = -1;  // line of the event from 0, -1: the whole event
  std::string what;        // table treatment, rule INV-RATABLE, account of revenue ...
  std::string outcome;     // row at book.glmap:41, fits, "treatment is usage, not ratable" ...
  SourceRef where;
  bool fits = false;
};

/// One thing that happened.
struct Step {
  enum class Cause : std::uint8_t {
    event,     // an event came and was decided, or waits
    released,  // what it waited for has come
    expired,   // ... has not come in time: held for the owner
    schedule,  // an entry of a revenue schedule was due
    missed,    // another event should have followed this one and has not: held for the owner, the event itself is not
  };
  Cause cause = Cause::event;
  std::shared_ptr<const BillingEvent> event;
  Outcome outcome;
  StateChange change;            // empty when the outcome is Held and the event has not waited
  std::vector<TraceStep> trace;  // when the observer asks for it
};

/// Which rows and rules events have reached, for coverage.
struct Reached {
  explicit Reached(const RuleBook& book);
  std::vector<std::vector<bool>> rows;   // by table and row
  std::vector<std::vector<bool>> rules;  // by program and rule
};

/// What a caller wants to know beside the outcome.
struct Observer {
  bool trace = false;  // everything that was looked at: rows, rules and takes, and for each rule and the nearest rows
                       // the first condition that did not hold
  Reached* reached = nullptr;
};

class Evaluator {
 public:
  /// Builds the row bitsets; milliseconds for tens of thousands of rows. `digest` is written into each entry's origin.
  Evaluator(std::shared_ptr<const RuleBook> book, std::string digest);
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;

  const RuleBook& book() const;
  const std::string& digest() const;
  /// RuleBook::keeps_state, asked once.
  bool keeps_state() const;

  /// Entries in order of first use by (entity, ledger, journal); lines in order of the book, equal ones merged. For a
  /// book that keeps no state; one that does is asked as if nothing had happened before.
  Decision decide(const BillingEvent& event) const;
  /// The same for who decides many: it stands in the workspace until the next one, whose memory it gives.
  class Workspace;
  const Decision& decide(const BillingEvent& event, Workspace& workspace) const;
  Decision explain(const BillingEvent& event, std::vector<TraceStep>& trace) const;

  /// The same for an event that comes to a book in `state`. What is due before it is the caller's to run first
  /// (next_due, or BookRun which does all of it).
  Step step(std::shared_ptr<const BillingEvent> event, const BookState& state, const Observer& observer = {}) const;

  /// How far time has come when `event` arrives in `state`: what is due on days before its posting date is posted,
  /// deadlines before its own time have passed. Never before the state's clock; an event without a date or outside its
  /// entity's calendar does not move it.
  Clock clock_at(const BillingEvent& event, const BookState& state) const;

  /// The first thing to happen by `clock`: an event that has what it waited for, a schedule's entry, a deadline of a
  /// waiting event, a missed expectation. nullopt: nothing more. Apply its change and ask again.
  /// `whole_day`: the clock stands at the end of its day, in every zone.
  std::optional<Step> next_due(const BookState& state, const Clock& clock, bool whole_day,
                               const Observer& observer = {}) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// What decisions leave to one another: a decision and memory, so that one after the other takes next to none anew.
/// Of no evaluator in particular. One thread at a time.
class Evaluator::Workspace {
 public:
  Workspace();
  ~Workspace();
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;

 private:
  friend class Evaluator;
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

}  // namespace glmap::rules
