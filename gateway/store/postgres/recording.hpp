// SPDX-License-Identifier: Apache-2.0
// What arrives and what is decided, written on PostgreSQL: events, entries, figures, each table's rows of a whole batch
// in one statement. Every function works inside a transaction of its caller and leaves the last statements queued for
// its COMMIT. One thread at a time.
#pragma once

#include <functional>
#include <map>

#include "gateway/store/entry_changes.hpp"
#include "gateway/store/postgres/names.hpp"
#include "gateway/store/postgres/session.hpp"

namespace glmap::gateway::store::postgres {

class Recording {
 public:
  /// `look_first_until`: entries made before then are looked up before they are sent (a store that was restored).
  Recording(Session& session, Names& names, std::int64_t gateway, Instant look_first_until)
      : session_(session), names_(names), gateway_(gateway), look_first_until_(look_first_until) {}

  Result<std::vector<IntakeAnswer>> commit_intake(std::span<const NewEvent> events);
  Status redecide(Sequence event, const EventDecision& decision, std::string_view by, std::string_view why,
                  Instant now);
  /// As the interface says. (recording_turns.cpp)
  Result<std::vector<IntakeAnswer>> commit_turns(const DecideTurns& decide);

 private:
  struct Balance {
    Int128 debit = 0, credit = 0;
  };
  struct Known {
    Sequence sequence = 0;
    std::string content_digest;
    engine::EventState state = engine::EventState::held;
    std::size_t here = SIZE_MAX;  // its place among the events of this call
  };

  Status find_known(const Column& keys, std::map<EventKey, Known>& known);
  Status give_numbers(std::span<const NewEvent> events, const std::vector<std::size_t>& fresh,
                      std::vector<IntakeAnswer>& answers);
  Status add_references(std::vector<IntakeAnswer>& answers);
  /// Called before the event at a place of the batch is added, with the answers as far as they are known.
  using Before = std::function<Status(std::size_t place, const std::vector<IntakeAnswer>& answers)>;
  Result<std::vector<IntakeAnswer>> take_in(std::span<const NewEvent> events, std::map<EventKey, Known>& known,
                                            const Before& before);
  Status queue_events(std::span<const NewEvent> events, const std::vector<std::size_t>& fresh,
                      const std::vector<IntakeAnswer>& answers, const Before& before);
  /// The event's row and its line of the history; its entries have been added.
  Status replace_decision(const EventDecision& decision, Change change);
  Status settle(const Settlement& settlement, Sequence event);
  Status add_later_entries(const Settlement& settlement, Change change, engine::EventState state);
  Status know_names(const TurnBatch& batch);
  void queue_turns(const TurnBatch& batch, Sequence last, const std::vector<IntakeAnswer>& answers);
  void queue_conflicts(std::span<const NewEvent> events, const std::vector<IntakeAnswer>& answers);
  Status add_entries(Sequence event, const EventDecision& decision, Instant now);
  void count(std::int64_t row, std::int64_t events, Int128 minor);
  Status queue_entries(Instant now);
  Status look_first(Instant now);
  void queue_figures();

  Session& session_;
  Names& names_;
  const std::int64_t gateway_;
  const Instant look_first_until_;

  struct EntryColumns {
    Column event = Column::integers(), reference = Column::texts(), entity = Column::texts(), ledger = Column::texts(),
           period = Column::texts(), created_at = Column::integers(), body = Column::texts(), lane = Column::integers(),
           object = Column::texts();
  } entries_;
  std::map<std::int64_t, CountAndAmount> counts_;           // by statement row
  std::map<std::array<std::string, 5>, Balance> balances_;  // entity, ledger, period, account, currency
};

/// Queues one line of the history, as the next link of the writer's chain. `entries`: those that a decision taken again
/// made.
void queue_change(Session& session, Change change, std::span<const NewEntry> entries = {});

}  // namespace glmap::gateway::store::postgres
