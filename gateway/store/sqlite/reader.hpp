// SPDX-License-Identifier: Apache-2.0
// One connection that only reads. Every function reads one consistent cut of the store. Not thread-safe: the store
// lends a reader to one call at a time.
#pragma once

#include <map>
#include <string>

#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::store {

class Reader {
 public:
  explicit Reader(Database database) : database_(std::move(database)) {}

  Result<std::optional<BundleRecord>> active_bundle();
  Result<std::optional<BundleRecord>> bundle(std::string_view digest);
  Result<std::vector<RecordedTurn>> turns(Sequence after, std::int32_t limit);
  Result<std::optional<Sequence>> find_event(const EventKey& key);
  Result<std::optional<Instant>> next_due(std::string_view lane);
  Result<std::optional<EventJourney>> event_journey(Sequence event);
  Result<std::optional<EntryRecord>> entry_by_reference(std::string_view reference);
  Result<std::vector<EventRecord>> list_events(const EventQuery& query);
  Result<std::vector<EntryRecord>> list_entries(const EntryQuery& query);
  Result<std::vector<ExceptionRecord>> list_exceptions(Sequence after, std::int32_t limit);
  Result<std::vector<HistoryRecord>> release_history();
  Result<std::vector<StatementRow>> statement();
  Result<std::vector<TrialBalanceRow>> trial_balance(std::string_view entity);
  Result<EntryCounts> count_entries();

 private:
  /// A prepared statement kept for the next call with the same text.
  Result<Statement*> use(const std::string& sql);
  template <class Body>
  auto in_one_cut(Body&& body) -> decltype(body());

  /// `name`: "event" or "entry". What KeyIndex knows from memory is searched for in its tables.
  Result<std::optional<Sequence>> find_key(const std::string& name, const EventKey& key);
  Result<std::vector<EntryRecord>> entries_where(const std::string& condition, Sequence argument);
  Status read_history(EventJourney& journey);
  Status read_conflicts(EventJourney& journey);

  Database database_;
  std::map<std::string, Statement> statements_;
};

}  // namespace glmap::gateway::store
