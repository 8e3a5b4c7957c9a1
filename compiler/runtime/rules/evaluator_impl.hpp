// SPDX-License-Identifier: Apache-2.0
// The inside of an Evaluator, shared by the files that each do one part of a decision: evaluator.cpp (one event),
// recognition.cpp (schedules begun and changed), reversal.cpp, next_due.cpp (what time brings). Private to rules.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/runtime/rules/entry_builder.hpp"
#include "compiler/runtime/rules/evaluator.hpp"
#include "compiler/runtime/rules/matcher.hpp"
#include "compiler/runtime/rules/rule_index.hpp"
#include "compiler/runtime/rules/watched_balances.hpp"

namespace glmap::rules {

/// What one decision leaves to the next.
struct WorkMemory {
  EntryMemory entries;
  std::vector<const TableRow*> found;  // of a Scope
};

/// One event while it is decided, over all its lines and ledgers. Lives on the stack of one decision.
struct Work {
  Work(std::shared_ptr<const BillingEvent> it, const BookState& before, const WatchedBalances& watched,
       WorkMemory& reused)
      : event(std::move(it)),
        state(before),
        balances(before, watched),
        next_schedule(before.next_schedule_id()),
        memory(reused) {}

  std::shared_ptr<const BillingEvent> event;  // shared: the schedules it begins keep it
  const BookState& state;
  BalanceView balances;
  StateChange change;
  std::uint64_t next_schedule;
  WorkMemory& memory;
  std::optional<NoEntry> nothing;  // why a ledger posts nothing: the first that does

  bool has_ended(std::uint64_t schedule) const;
};

/// Where what is looked at is noted; nullptr: nobody wants to know.
struct Notes {
  std::vector<TraceStep>* trace = nullptr;
  Reached* reached = nullptr;
};

struct Evaluator::Impl {
  Impl(std::shared_ptr<const RuleBook> rules, std::string bundle_digest);

  std::shared_ptr<const RuleBook> book;
  std::string digest;
  std::vector<TableMatcher> matchers;
  std::vector<RuleIndex> rule_indexes;                                 // by RuleBook::programs
  std::vector<std::vector<RulePlan>> plans;                            // by RuleBook::programs and rule
  std::vector<std::vector<std::optional<std::uint32_t>>> date_fields;  // by event type; nullopt: occurred_at
  WatchedBalances watched;
  const BookState fresh;  // nothing has happened before: the state of a book that keeps none
  bool keeps_state = false;
  bool reverses = false;                                     // some rule does, so posted entries are kept
  std::set<std::pair<std::uint32_t, std::uint32_t>> needed;  // event type, header field: whose arrival is kept

  // ---- evaluator.cpp
  std::uint32_t entity_of(const BillingEvent& event) const;
  /// The date that the book takes from the event, before any closed period.
  Result<Date> date_of(const BillingEvent& event) const;
  /// `occurred_at`, or the beginning of its date in its entity's zone.
  Result<Instant> time_of(const BillingEvent& event) const;
  EventContext context_of(const EventProgram& program, const BillingEvent& event, Date date, const Notes& notes) const;
  const RulePlan& plan_of(const EventProgram& program, const Rule& rule) const;
  /// The step's event, which comes to a book in `state`: outcome, change and trace.
  void decide_in(const BookState& state, const Observer& observer, Step& step) const;
  /// `decision`: an earlier one, whose memory is used again.
  void decide(Work& work, const Notes& notes, Decision& decision) const;
  /// One decision over all ledgers: what one of them holds posts in none.
  Status run_all(std::span<const EventProgram> programs, Work& work, const Notes& notes) const;
  Status run(const EventContext& context, Work& work) const;
  Status run_line(const EventContext& context, const Rule& rule, Scope& scope, EntryBuilder& builder, Work& work) const;
  /// An entry that a person has to agree to holds the event. `day`: where it would stand but for closed periods.
  /// Errors: GLM-7017.
  Status check_approvals(const EventContext& context, const std::vector<JournalEntry>& entries, Date day,
                         bool only_late) const;
  /// Balances and entries by object. Errors: GLM-7008.
  Status note_entries(const std::vector<JournalEntry>& entries, const BillingEvent& event, Work& work) const;

  // ---- recognition.cpp
  Status recognise(const EventContext& context, const Rule& rule, std::uint32_t recognition, Scope& scope,
                   Work& work) const;
  // ---- reversal.cpp
  Status reverse(const EventContext& context, const Rule& rule, Scope& scope, EntryBuilder& builder, Work& work) const;
  // ---- next_due.cpp
  Step post_schedule(std::uint64_t id, const BookState& state, const Observer& observer) const;
  // ---- order.cpp
  /// What the event waits for; nullopt when it has all it needs. Errors: GLM-7010, GLM-2001.
  Result<std::optional<WaitingEvent>> waits(const std::shared_ptr<const BillingEvent>& event,
                                            const BookState& state) const;
  Waiting in_words(const WaitingEvent& waiting) const;
  /// That the event was decided, and what should follow it.
  Status note_arrival(const std::shared_ptr<const BillingEvent>& event, Work& work) const;
  Step expire(const WaitingEvent& waiting) const;
  Step miss(const PendingExpectation& expectation) const;
};

}  // namespace glmap::rules
