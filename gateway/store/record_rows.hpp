// SPDX-License-Identifier: Apache-2.0
// The columns in which both stores read their records, and how a row of them becomes a record. A Row has integer(i),
// text(i), view(i) and is_null(i): a statement of SQLite or a row of PostgreSQL. Placeholders are written ?1, ?2.
#pragma once

#include <string_view>

#include "gateway/store/row_text.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::store {

inline constexpr std::string_view kEventColumns =
    "SELECT e.number, e.source, e.id, e.revision, e.type, e.content_digest, e.received_at, s.state, s.reason, s.rule, "
    "s.because, b.digest, r.entity, s.object, s.control ";
inline constexpr std::string_view kEventTables =
    "FROM event_state s JOIN events e ON e.number = s.event JOIN bundles b ON b.number = s.bundle "
    "JOIN statement_rows r ON r.number = s.statement_row ";
inline constexpr std::string_view kEntrySelect =
    "SELECT e.number, e.event, e.reference, l.name, e.entity, e.ledger, e.period, e.created_at, e.body, s.state, "
    "s.due_at, s.sends, s.looks, s.waits, s.object, s.document_id, s.reason, v.source, v.id FROM entry_state s "
    "JOIN entries e ON e.number = s.entry JOIN lanes l ON l.number = s.lane JOIN events v ON v.number = s.event ";
inline constexpr std::string_view kAcceptanceSelect =
    "SELECT e.received_at, e.first_state, e.first_reason, b.digest FROM events e "
    "JOIN bundles b ON b.number = e.first_bundle ";
inline constexpr std::string_view kChangeSelect =
    "SELECT at, entry, from_state, to_state, input, by, why, evidence FROM history ";
inline constexpr std::string_view kReleaseSelect =
    "SELECT at, entry, from_state, to_state, input, by, why, evidence FROM history WHERE event = 0 ORDER BY number";
inline constexpr std::string_view kTurnSelect =
    "SELECT t.number, t.kind, t.event, b.digest, t.at, t.detail, t.outcome, e.raw FROM turns t "
    "JOIN bundles b ON b.number = t.bundle LEFT JOIN events e ON e.number = t.event "
    "WHERE t.number > ?1 ORDER BY t.number LIMIT ?2";
inline constexpr std::string_view kExceptionSelect =
    "SELECT h.number, h.event, e.source, e.id, e.revision, e.type, r.entity, h.at, h.why FROM history h "
    "JOIN events e ON e.number = h.event JOIN event_state s ON s.event = h.event "
    "JOIN statement_rows r ON r.number = s.statement_row "
    "WHERE h.input = 'exception' AND h.number > ?1 ORDER BY h.number LIMIT ?2";
inline constexpr std::string_view kBundleSelect =
    "SELECT b.digest, (SELECT max(a.at) FROM activations a WHERE a.bundle = b.number), b.bytes FROM bundles b "
    "WHERE b.digest = ?1";
inline constexpr std::string_view kConflictSelect =
    "SELECT number, type, content_digest, received_at, raw FROM conflicts ";

template <class Row>
Status read_reason(const Row& row, int column, std::optional<Error>& into) {
  if (row.is_null(column)) return {};
  GLMAP_TRY(error, parse_error_text(row.view(column)));
  into = std::move(error);
  return {};
}

/// Columns: kEventColumns.
template <class Row>
Result<EventRecord> read_event(const Row& row) {
  EventRecord event;
  event.sequence = row.integer(0);
  event.identity = {row.text(1), row.text(2), row.text(3), row.text(4), row.text(5)};
  event.received_at = Instant{row.integer(6)};
  event.state = static_cast<engine::EventState>(row.integer(7));
  GLMAP_CHECK(read_reason(row, 8, event.reason));
  event.rule = row.text(9);
  event.because = row.text(10);
  event.bundle_digest = row.text(11);
  event.entity = row.text(12);
  event.object = row.text(13);
  if (!row.is_null(14)) {
    GLMAP_TRY(control, parse_money_text(row.view(14)));
    event.control = control;
  }
  return event;
}

/// Columns: kEntrySelect.
template <class Row>
Result<EntryRecord> read_entry(const Row& row) {
  EntryRecord entry;
  entry.sequence = row.integer(0);
  entry.event = row.integer(1);
  entry.reference = row.text(2);
  entry.lane = row.text(3);
  entry.entity = row.text(4);
  entry.ledger = row.text(5);
  entry.period = row.text(6);
  entry.created_at = Instant{row.integer(7)};
  entry.json = row.text(8);
  entry.state = static_cast<engine::EntryState>(row.integer(9));
  entry.due_at = Instant{row.integer(10)};
  entry.sends = static_cast<std::int32_t>(row.integer(11));
  entry.looks = static_cast<std::int32_t>(row.integer(12));
  entry.waits = static_cast<std::int32_t>(row.integer(13));
  entry.object = row.text(14);
  entry.document_id = row.text(15);
  GLMAP_CHECK(read_reason(row, 16, entry.reason));
  entry.source = row.text(17);
  entry.event_id = row.text(18);
  GLMAP_TRY(json, parse_json(entry.json));
  GLMAP_TRY(body, JournalEntry::from_json(json));  // refuses a body that is out of balance
  entry.journal = body.data().journal;
  entry.total_transaction = body.total_transaction();
  entry.total_functional = body.total_functional();
  return entry;
}

/// The first line of the history is the acceptance itself, which stands in the event. Columns: kAcceptanceSelect.
template <class Row>
Result<HistoryRecord> read_acceptance(const Row& row) {
  HistoryRecord accepted;
  accepted.at = Instant{row.integer(0)};
  accepted.to = engine::to_text(static_cast<engine::EventState>(row.integer(1)));
  accepted.input = "received";
  accepted.by = "gateway";
  accepted.evidence = row.text(3);
  std::optional<Error> reason;
  GLMAP_CHECK(read_reason(row, 2, reason));
  if (reason) accepted.why = reason->to_text();
  return accepted;
}

/// Columns: kChangeSelect.
template <class Row>
HistoryRecord read_change(const Row& row) {
  HistoryRecord change;
  change.at = Instant{row.integer(0)};
  if (row.is_null(1)) {
    change.from = engine::to_text(static_cast<engine::EventState>(row.integer(2)));
    change.to = engine::to_text(static_cast<engine::EventState>(row.integer(3)));
  } else {
    change.entry = row.integer(1);
    change.from = engine::to_text(static_cast<engine::EntryState>(row.integer(2)));
    change.to = engine::to_text(static_cast<engine::EntryState>(row.integer(3)));
  }
  change.input = row.text(4);
  change.by = row.text(5);
  change.why = row.text(6);
  change.evidence = row.text(7);
  return change;
}

/// Columns: kReleaseSelect. What belongs to no event has no states.
template <class Row>
HistoryRecord read_release(const Row& row) {
  HistoryRecord line;
  line.at = Instant{row.integer(0)};
  line.input = row.text(4);
  line.by = row.text(5);
  line.why = row.text(6);
  line.evidence = row.text(7);
  return line;
}

/// Columns: kTurnSelect.
template <class Row>
RecordedTurn read_turn(const Row& row) {
  RecordedTurn recorded;
  recorded.number = row.integer(0);
  recorded.turn.kind = static_cast<Turn::Kind>(row.integer(1));
  if (!row.is_null(2)) recorded.turn.event = row.integer(2);
  recorded.turn.bundle_digest = row.text(3);
  recorded.turn.at = Instant{row.integer(4)};
  recorded.turn.detail = row.text(5);
  recorded.turn.outcome = row.text(6);
  recorded.raw = row.text(7);
  return recorded;
}

/// Columns: kExceptionSelect.
template <class Row>
ExceptionRecord read_exception(const Row& row) {
  return {row.integer(0), row.integer(1),          {row.text(2), row.text(3), row.text(4), row.text(5), {}},
          row.text(6),    Instant{row.integer(7)}, row.text(8)};
}

/// Columns: kConflictSelect.
template <class Row>
ConflictRecord read_conflict(const Row& row, const EventRecord& first) {
  ConflictRecord conflict;
  conflict.sequence = row.integer(0);
  conflict.first = first.sequence;
  conflict.identity = first.identity;
  conflict.identity.type = row.text(1);
  conflict.identity.content_digest = row.text(2);
  conflict.received_at = Instant{row.integer(3)};
  conflict.raw = row.text(4);
  return conflict;
}

}  // namespace glmap::gateway::store
