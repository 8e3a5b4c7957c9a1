// SPDX-License-Identifier: Apache-2.0
// The one connection that writes: prepared statements and the running figures kept with them. Not thread-safe: the
// store holds a mutex around every call. Every function runs inside a transaction begun and ended by `in_transaction`;
// figures in memory change only when the transaction is on disk.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::store {

class Writer {
 public:
  static Result<std::unique_ptr<Writer>> open(Database database);

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

  // -- intake (writer_intake.cpp)
  Status activate_bundle(std::string_view digest, std::string_view bytes, Instant now);
  Result<std::vector<std::optional<KnownEvent>>> find_known(std::span<const EventKey> keys);
  Result<std::vector<Sequence>> commit_intake(std::span<const NewEvent> events, std::span<const NewConflict> conflicts);
  Status redecide(Sequence event, const EventDecision& decision, std::string_view by, std::string_view why,
                  Instant now);

  // -- delivery (writer_delivery.cpp)
  Result<std::int64_t> recover(Instant now);
  Result<std::vector<ClaimedEntry>> claim_due(const ClaimRequest& request);
  Result<std::vector<OutcomeRecorded>> record_delivery(std::span<const DeliveryOutcome> outcomes);
  Status retry_entry(std::string_view reference, std::string_view by, std::string_view why, Instant now);

 private:
  struct StatementFigures {
    std::int64_t number = 0;
    std::string source, entity, currency;
    CountAndAmount accepted;
  };
  struct Balance {
    std::string entity, ledger, period, account, currency;
    Int128 debit = 0, credit = 0;
  };
  /// Everything counted in memory; `pending_` becomes `committed_` when the transaction is on disk.
  struct Figures {
    std::int64_t next_event = 1, next_entry = 1, next_row = 1, next_lane = 1, next_bundle = 1;
    std::unordered_map<std::string, StatementFigures> rows;
    std::unordered_map<std::string, Balance> balances;
    std::unordered_map<std::string, std::int64_t> lanes;
    std::unordered_map<std::string, std::int64_t> bundles;
    std::int64_t active_bundle = 0;
  };
  struct Change {
    std::int64_t event = 0;
    std::optional<std::int64_t> entry;
    Instant at;
    std::int64_t from = 0, to = 0;
    std::string_view input, by;
    std::string why, evidence;
  };

  explicit Writer(Database database) : database_(std::move(database)) {}
  Status prepare_all();
  Status load_figures();
  Status begin();
  Status commit();
  void roll_back();
  Status write_figures();

  Status insert_event(const NewEvent& event, std::int64_t number);
  Status insert_decision(Statement& into, std::int64_t number, const EventDecision& decision);
  Status insert_entries(std::int64_t event, const EventDecision& decision, Instant now);
  Status insert_entry(std::int64_t event, const NewEntry& entry, Instant now);
  Status insert_change(const Change& change);
  void add_balances(const JournalEntry& entry);
  StatementFigures& statement_row(std::string_view source, const EventDecision& decision);
  Result<std::int64_t> lane_number(std::string_view name);
  std::int64_t bundle_number(const std::string& digest) const;
  Result<OutcomeRecorded> record_one(const DeliveryOutcome& outcome);
  Status settle_event(std::int64_t event, Instant at);
  Status claim_one(ClaimedEntry& entry, std::int64_t event, const ClaimRequest& request);

  template <class Map>
  typename Map::mapped_type* find_figure(Map Figures::* map, const std::string& key);

  Database database_;
  Figures committed_, pending_;  // pending_ holds only what the transaction touched

  Statement begin_, commit_, roll_back_;
  Statement find_key_, insert_event_, insert_key_, insert_state_, update_state_, insert_conflict_;
  Statement insert_entry_, insert_entry_state_, insert_history_, insert_lane_;
  Statement upsert_row_, upsert_balance_, event_for_retry_;
  Statement due_, claim_, entry_now_, settle_entry_, unsettled_, event_posted_, sending_, entry_by_reference_;
};

}  // namespace glmap::gateway::store
