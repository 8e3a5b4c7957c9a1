// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/postgres/reading.hpp"

#include "gateway/store/decision_parts.hpp"
#include "gateway/store/record_rows.hpp"

namespace glmap::gateway::store::postgres {

namespace {

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

Result<std::vector<EntryRecord>> read_entries(const Rows& rows) {
  std::vector<EntryRecord> entries;
  for (int index = 0; index < rows.count(); ++index) {
    GLMAP_TRY(entry, read_entry(rows[index]));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Status read_history(Session& session, EventJourney& journey) {
  static const std::string first_sql = joined({kAcceptanceSelect, "WHERE e.number = ?1"});
  static const std::string rest_sql = joined({kChangeSelect, "WHERE event = ?1 ORDER BY number"});
  GLMAP_TRY(first, session.query(first_sql, Parameters().integer(journey.event.sequence)));
  GLMAP_ASSERT(first.count() == 1);
  GLMAP_TRY(accepted, read_acceptance(first[0]));
  journey.history.push_back(std::move(accepted));
  GLMAP_TRY(rest, session.query(rest_sql, Parameters().integer(journey.event.sequence)));
  for (int index = 0; index < rest.count(); ++index) journey.history.push_back(read_change(rest[index]));
  return {};
}

}  // namespace

Result<std::optional<BundleRecord>> active_bundle(Session& session) {
  GLMAP_TRY(rows, session.query("SELECT b.digest, a.at, b.bytes FROM activations a JOIN bundles b ON "
                                "b.number = a.bundle ORDER BY a.number DESC LIMIT 1"));
  if (rows.count() == 0) return std::nullopt;
  return BundleRecord{rows[0].text(0), Instant{rows[0].integer(1)}, rows[0].text(2)};
}

Result<std::optional<BundleRecord>> bundle(Session& session, std::string_view digest) {
  GLMAP_TRY(rows, session.query(kBundleSelect, Parameters().text(digest)));
  if (rows.count() == 0) return std::nullopt;
  return BundleRecord{rows[0].text(0), Instant{rows[0].integer(1)}, rows[0].text(2)};
}

Result<std::vector<RecordedTurn>> turns(Session& session, Sequence after, std::int32_t limit) {
  GLMAP_TRY(rows, session.query(kTurnSelect, Parameters().integer(after).integer(limit)));
  std::vector<RecordedTurn> turns;
  for (int index = 0; index < rows.count(); ++index) turns.push_back(read_turn(rows[index]));
  return turns;
}

Result<std::optional<Sequence>> find_event(Session& session, const EventKey& key) {
  GLMAP_TRY(rows, session.query("SELECT event FROM event_keys WHERE key = $1", Parameters().blob(bytes_of(key))));
  if (rows.count() == 0) return std::nullopt;
  return rows[0].integer(0);
}

Result<std::optional<Instant>> next_due(Session& session, std::string_view lane) {
  GLMAP_TRY(rows, session.query("SELECT min((SELECT s.due_at FROM entry_state s WHERE s.lane = l.number AND "
                                "s.state IN (0, 2, 3) ORDER BY s.due_at LIMIT 1)) FROM lanes l WHERE l.name = $1",
                                Parameters().text(lane)));
  if (rows.count() == 0 || rows[0].is_null(0)) return std::nullopt;
  return Instant{rows[0].integer(0)};
}

Result<std::optional<EventJourney>> event_journey(Session& session, Sequence event) {
  static const std::string event_sql = joined({kEventColumns, ", e.raw ", kEventTables, "WHERE s.event = ?1"});
  static const std::string entries_sql = joined({kEntrySelect, "WHERE e.event = ?1 ORDER BY s.entry"});
  static const std::string conflicts_sql = joined({kConflictSelect, "WHERE first = ?1 ORDER BY number"});
  GLMAP_TRY(rows, session.query(event_sql, Parameters().integer(event)));
  if (rows.count() == 0) return std::nullopt;
  EventJourney journey;
  GLMAP_TRY(record, read_event(rows[0]));
  journey.event = std::move(record);
  journey.event.raw = rows[0].text(15);
  GLMAP_TRY(entry_rows, session.query(entries_sql, Parameters().integer(event)));
  GLMAP_TRY(entries, read_entries(entry_rows));
  journey.entries = std::move(entries);
  GLMAP_CHECK(read_history(session, journey));
  GLMAP_TRY(conflicts, session.query(conflicts_sql, Parameters().integer(event)));
  for (int index = 0; index < conflicts.count(); ++index) {
    journey.conflicts.push_back(read_conflict(conflicts[index], journey.event));
  }
  return journey;
}

Result<std::optional<EntryRecord>> entry_by_reference(Session& session, std::string_view reference) {
  static const std::string sql = joined({kEntrySelect, "WHERE e.reference = ?1"});
  GLMAP_TRY(rows, session.query(sql, Parameters().text(reference)));
  if (rows.count() == 0) return std::nullopt;
  return read_entry(rows[0]);
}

Result<std::vector<EventRecord>> list_events(Session& session, const EventQuery& query) {
  // The state as a literal, so that the partial index of exceptions is used.
  const std::string state =
      query.state ? "AND s.state = " + std::to_string(static_cast<int>(*query.state)) + " " : std::string();
  const std::string sql = joined({kEventColumns, kEventTables, "WHERE s.event > ?1 ", state,
                                  "AND (?2 = '' OR r.entity = ?2) AND (?3 = '' OR r.source = ?3) ORDER BY s.event "
                                  "LIMIT ?4"});
  GLMAP_TRY(
      rows,
      session.query(sql, Parameters().integer(query.after).text(query.entity).text(query.source).integer(query.limit)));
  std::vector<EventRecord> events;
  for (int index = 0; index < rows.count(); ++index) {
    GLMAP_TRY(event, read_event(rows[index]));
    events.push_back(std::move(event));
  }
  return events;
}

Result<std::vector<EntryRecord>> list_entries(Session& session, const EntryQuery& query) {
  const std::string state =
      query.state ? "AND s.state = " + std::to_string(static_cast<int>(*query.state)) + " " : std::string();
  const std::string sql = joined({kEntrySelect, "WHERE s.entry > ?1 ", state,
                                  "AND (?2 = '' OR e.entity = ?2) AND (?3 = '' OR l.name = ?3) ORDER BY s.entry "
                                  "LIMIT ?4"});
  GLMAP_TRY(rows, session.query(
                      sql, Parameters().integer(query.after).text(query.entity).text(query.lane).integer(query.limit)));
  return read_entries(rows);
}

Result<std::vector<ExceptionRecord>> list_exceptions(Session& session, Sequence after, std::int32_t limit) {
  GLMAP_TRY(rows, session.query(kExceptionSelect, Parameters().integer(after).integer(limit)));
  std::vector<ExceptionRecord> exceptions;
  for (int index = 0; index < rows.count(); ++index) exceptions.push_back(read_exception(rows[index]));
  return exceptions;
}

Result<std::vector<HistoryRecord>> release_history(Session& session) {
  GLMAP_TRY(rows, session.query(kReleaseSelect, Parameters()));
  std::vector<HistoryRecord> lines;
  for (int index = 0; index < rows.count(); ++index) lines.push_back(read_release(rows[index]));
  return lines;
}

Result<std::vector<StatementRow>> statement(Session& session) {
  std::map<std::int64_t, StatementRow> rows;
  GLMAP_TRY(taken, session.query("SELECT r.number, r.source, r.entity, r.currency, sum(c.accepted_count)::bigint, "
                                 "sum(c.accepted_minor)::text FROM statement_rows r JOIN statement_counts c ON "
                                 "c.statement_row = r.number GROUP BY r.number"));
  for (int index = 0; index < taken.count(); ++index) {
    const auto one = taken[index];
    StatementRow& row = rows[one.integer(0)];
    row.source = one.text(1);
    row.entity = one.text(2);
    row.currency = one.text(3);
    row.accepted = {one.integer(4), one.exact(5)};
  }
  GLMAP_TRY(events, session.query("SELECT statement_row, state, count(*), sum(amount_minor)::text FROM event_state "
                                  "GROUP BY statement_row, state"));
  for (int index = 0; index < events.count(); ++index) {
    const auto one = events[index];
    CountAndAmount& into = figure_of(rows[one.integer(0)], static_cast<engine::EventState>(one.integer(1)));
    into.count += one.integer(2);  // two states are one figure
    into.minor += one.exact(3);
  }
  // An event on its way with an entry that waits for a person is not `waiting` but held or rejected.
  GLMAP_TRY(
      stuck,
      session.query("SELECT statement_row, worst, count(*), sum(amount_minor)::text FROM (SELECT s.statement_row, "
                    "s.amount_minor, min(e.state) AS worst FROM entry_state e JOIN event_state s ON s.event = e.event "
                    "WHERE e.state IN (5, 6) AND s.state = 0 GROUP BY s.event) AS by_event GROUP BY 1, 2"));
  for (int index = 0; index < stuck.count(); ++index) {
    const auto one = stuck[index];
    StatementRow& row = rows[one.integer(0)];
    const bool refused = static_cast<engine::EntryState>(one.integer(1)) == engine::EntryState::rejected;
    CountAndAmount& into = refused ? row.rejected : row.held;
    row.waiting.count -= one.integer(2);
    row.waiting.minor -= one.exact(3);
    into.count += one.integer(2);
    into.minor += one.exact(3);
  }
  std::vector<StatementRow> result;
  for (auto& [number, row] : rows) {
    // A row that lost all its events to a retry under another entity or currency says nothing any more.
    const bool empty = row.accepted == CountAndAmount{} && row.agrees();
    if (!empty) result.push_back(std::move(row));
  }
  return result;
}

Result<std::vector<TrialBalanceRow>> trial_balance(Session& session, std::string_view entity) {
  GLMAP_TRY(rows,
            session.query("SELECT entity, ledger, account, currency, sum(debit_minor)::text, "
                          "sum(credit_minor)::text FROM balances WHERE $1 = '' OR entity = $1 GROUP BY 1, 2, 3, 4 "
                          "ORDER BY entity COLLATE \"C\", ledger COLLATE \"C\", account COLLATE \"C\", "
                          "currency COLLATE \"C\"",
                          Parameters().text(entity)));
  std::vector<TrialBalanceRow> result;
  for (int index = 0; index < rows.count(); ++index) {
    const auto row = rows[index];
    result.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.exact(4), row.exact(5)});
  }
  return result;
}

Result<EntryCounts> count_entries(Session& session) {
  GLMAP_TRY(rows, session.query("SELECT state, count(*) FROM entry_state GROUP BY state"));
  EntryCounts counts;
  for (int index = 0; index < rows.count(); ++index) {
    counts.by_state.at(static_cast<std::size_t>(rows[index].integer(0))) = rows[index].integer(1);
  }
  return counts;
}

}  // namespace glmap::gateway::store::postgres
