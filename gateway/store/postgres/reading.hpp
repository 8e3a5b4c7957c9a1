// SPDX-License-Identifier: Apache-2.0
// The reading half of the store on PostgreSQL, each function within one consistent cut given by its caller.
// One thread at a time.
#pragma once

#include "gateway/store/postgres/session.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::store::postgres {

Result<std::optional<BundleRecord>> active_bundle(Session& session);
Result<std::optional<BundleRecord>> bundle(Session& session, std::string_view digest);
Result<std::vector<RecordedTurn>> turns(Session& session, Sequence after, std::int32_t limit);
Result<std::optional<Sequence>> find_event(Session& session, const EventKey& key);
Result<std::optional<Instant>> next_due(Session& session, std::string_view lane);
Result<std::optional<EventJourney>> event_journey(Session& session, Sequence event);
Result<std::optional<EntryRecord>> entry_by_reference(Session& session, std::string_view reference);
Result<std::vector<EventRecord>> list_events(Session& session, const EventQuery& query);
Result<std::vector<EntryRecord>> list_entries(Session& session, const EntryQuery& query);
Result<std::vector<HistoryRecord>> release_history(Session& session);
Result<std::vector<ExceptionRecord>> list_exceptions(Session& session, Sequence after, std::int32_t limit);
Result<std::vector<StatementRow>> statement(Session& session);
Result<std::vector<TrialBalanceRow>> trial_balance(Session& session, std::string_view entity);
Result<EntryCounts> count_entries(Session& session);

}  // namespace glmap::gateway::store::postgres
