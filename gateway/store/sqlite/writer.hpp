// SPDX-License-Identifier: Apache-2.0
// The one connection that writes: prepared statements and the running figures kept with them. Not thread-safe: the
// store holds a mutex around every call. Every function runs inside a transaction begun and ended by `in_transaction`;
// figures in memory change only when the transaction is on disk.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "gateway/store/audit.hpp"
#include "gateway/store/decision_parts.hpp"
#include "gateway/store/entry_changes.hpp"
#include "gateway/store/sqlite/acknowledged_mark.hpp"
#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/sqlite/key_index.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::store {

/// The rows of chain_heads.
inline constexpr std::string_view kEventChain = "events", kChangeChain = "history";

class Writer {
 public:
  static Result<std::unique_ptr<Writer>> open(Database database, KeyIndexSettings keys);

  /// Runs `body`, then commits and syncs; rolls back when either fails.
  template <class Body>
  auto in_transaction(Body&& body) -> decltype(body()) {
    if (Status begun = begin(); !begun) return std::unexpected(std::move(begun).error());
    auto result = body();
    Status ended = result ? commit() : Status{};
    if (!result || !ended) roll_back();
    if (result && !ended) return std::unexpected(std::move(ended).error());
    return result;
  }

  /// How much is on the disk.
  Acknowledged acknowledged() const { return {committed_.events.links, committed_.changes.links}; }
  /// Until then a log that may be damaged is left as it is.
  void checkpoint_on_close() const { database_.checkpoint_on_close(); }

  // -- intake (writer_intake.cpp)
  Status activate_bundle(std::string_view digest, std::string_view bytes, Instant now, const ReleaseEvidence& release);
  Result<std::vector<IntakeAnswer>> commit_intake(std::span<const NewEvent> events);
  Status redecide(Sequence event, const EventDecision& decision, std::string_view by, std::string_view why,
                  Instant now);

  // -- books that keep state (writer_turns.cpp)
  Result<std::vector<IntakeAnswer>> commit_turns(const DecideTurns& decide);

  // -- delivery (writer_delivery.cpp)
  Result<std::int64_t> recover(std::string_view lane, Instant now);
  Result<std::int64_t> declare_restored(std::string_view by, Instant now);
  Result<std::vector<ClaimedEntry>> claim_due(const ClaimRequest& request);
  Result<std::vector<OutcomeRecorded>> record_delivery(std::span<const DeliveryOutcome> outcomes);
  Status retry_entry(std::string_view reference, std::string_view by, std::string_view why, Instant now);

  // -- lanes (writer_lanes.cpp)
  Result<std::int64_t> take_requests(std::string_view lane, Date day, std::int64_t wanted, std::int64_t most);

 private:
  struct KnownEvent {
    Sequence sequence = 0;
    std::string content_digest;
    engine::EventState state = engine::EventState::held;
  };
  struct StatementFigures {
    std::int64_t number = 0;
    std::string source, entity, currency;
    CountAndAmount accepted;
  };
  /// What one legal entity has waiting behind an ERP connection.
  struct Queue {
    std::int64_t number = 0;
    std::string lane;
  };
  struct Balance {
    std::string entity, ledger, period, account, currency;
    Int128 debit = 0, credit = 0;
    bool stored = false;
    bool touched = false;  // in this transaction; then also:
    Int128 debit_before = 0, credit_before = 0;
  };
  /// Everything counted in memory; `pending_` becomes `committed_` when the transaction is on disk.
  struct Figures {
    std::int64_t next_event = 1, next_entry = 1, next_row = 1, next_lane = 1, next_bundle = 1;
    std::unordered_map<std::string, StatementFigures> rows;
    std::unordered_map<std::string, Queue> lanes;  // by connection and entity
    std::unordered_map<std::string, std::int64_t> bundles;
    std::int64_t active_bundle = 0, next_activation = 1, last_turn = 0;
    ChainHead events, changes;
    std::int64_t restores = 0, look_first_until = 0;
  };

  explicit Writer(Database database) : database_(std::move(database)) {}
  Status prepare(Statement& into, std::string_view sql);
  Status prepare_all();
  Status prepare_delivery();
  Status check_small_tables();
  Status load_figures();
  Status begin();
  Status commit();
  void roll_back();
  Status write_figures();
  Status write_statement_rows();

  Result<std::optional<KnownEvent>> find_key(const EventKey& key);
  Result<std::vector<std::string>> references_of(Sequence event);
  Status insert_event(const NewEvent& event, std::int64_t number);
  /// One event of a batch: recorded when it is new.
  Result<IntakeAnswer> take_in(const NewEvent& event);
  Status insert_conflict(const NewEvent& event, Sequence first);
  Status insert_decision(Statement& into, std::int64_t number, const EventDecision& decision,
                         const StatementPart& part);
  Status insert_entries(std::int64_t event, const EventDecision& decision, Instant now);
  Status insert_entry(std::int64_t event, const NewEntry& entry, Instant now);
  /// `entries`: those that a decision taken again made.
  Status insert_change(const Change& change, std::span<const NewEntry> entries = {});
  /// Replaces the decision about the event: its row, its entries, its part of the statement, and the history.
  Status replace_decision(Sequence event, const EventDecision& decision, Change change);
  Status settle(const Settlement& settlement);
  Status add_later_entries(const KnownEvent& event, const Settlement& settlement);
  Status insert_turn(const Turn& turn, Sequence event);
  void add_balances(const JournalEntry& entry);
  Status write_balances();
  void keep_balances();
  void forget_balances();
  StatementFigures& statement_row(std::string_view source, std::string_view entity, std::string_view currency);
  Result<std::int64_t> lane_number(std::string_view name, std::string_view entity);
  std::vector<std::int64_t> queues_of(std::string_view lane) const;
  Status recover_queue(std::int64_t queue, Instant now, std::int64_t& interrupted);
  Result<std::vector<std::int32_t>> shares_of(std::span<const std::int64_t> queues, const ClaimRequest& request);
  Status take_due(std::int64_t queue, std::int32_t limit, const ClaimRequest& request,
                  std::vector<std::pair<ClaimedEntry, std::int64_t>>& into);
  std::int64_t bundle_number(const std::string& digest) const;
  Result<OutcomeRecorded> record_one(const DeliveryOutcome& outcome);
  Result<std::optional<EntryNow>> entry_now(std::int64_t entry);
  Status write_entry(std::int64_t entry, const EntryNow& now);
  Status settle_event(std::int64_t event, Instant at);
  Status take_back(const DeliveryOutcome& reversal);
  Status claim_one(ClaimedEntry& entry, std::int64_t event, const ClaimRequest& request);

  Database database_;
  std::unique_ptr<KeyIndex> event_keys_, entry_keys_;
  Figures committed_, pending_;  // pending_ holds only what the transaction touched
  /// Many, and several a line: kept once, with what they were before the transaction.
  std::unordered_map<std::string, Balance> balances_;
  std::vector<Balance*> touched_;
  std::string key_;  // of a figure, while it is looked for

  Statement begin_, commit_, roll_back_;
  Statement find_event_, insert_event_, insert_state_, update_state_, insert_conflict_;
  Statement insert_entry_, insert_entry_state_, insert_history_, insert_lane_;
  Statement upsert_row_, insert_balance_, update_balance_, event_for_retry_, insert_turn_, insert_later_, move_event_;
  Statement due_, count_due_, claim_, entry_now_, settle_entry_, unsettled_, event_posted_, sending_, references_,
      next_conflict_, head_;
};

}  // namespace glmap::gateway::store
