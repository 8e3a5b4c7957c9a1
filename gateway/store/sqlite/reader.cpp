// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/reader.hpp"

#include "gateway/store/sqlite/reader_cut.hpp"
#include "gateway/store/sqlite/row_text.hpp"

namespace glmap::gateway::store {

namespace {

constexpr std::string_view kEventColumns =
    "SELECT e.number, e.source, e.id, e.revision, e.type, e.content_digest, e.received_at, s.state, s.reason, s.rule, "
    "s.because, b.digest, r.entity, s.object, s.control ";
constexpr std::string_view kEventTables =
    "FROM event_state s JOIN events e ON e.number = s.event JOIN bundles b ON b.number = s.bundle "
    "JOIN statement_rows r ON r.number = s.statement_row ";
constexpr std::string_view kEntrySelect =
    "SELECT e.number, e.event, e.reference, l.name, e.entity, e.ledger, e.period, e.created_at, e.body, s.state, "
    "s.due_at, s.sends, s.looks, s.waits, s.object, s.document_id, s.reason, v.source, v.id FROM entry_state s "
    "JOIN entries e ON e.number = s.entry JOIN lanes l ON l.number = s.lane JOIN events v ON v.number = s.event ";

Status read_reason(const Statement& row, int column, std::optional<Error>& into) {
  if (row.is_null(column)) return {};
  GLMAP_TRY(error, parse_error_text(row.view(column)));
  into = std::move(error);
  return {};
}

}  // namespace

Result<Statement*> Reader::use(const std::string& sql) {
  auto at = statements_.find(sql);
  if (at == statements_.end()) {
    GLMAP_TRY(statement, database_.prepare(sql));
    at = statements_.emplace(sql, std::move(statement)).first;
  }
  at->second.reset();
  return &at->second;
}

Result<std::optional<BundleRecord>> Reader::active_bundle() {
  return in_one_cut([&]() -> Result<std::optional<BundleRecord>> {
    GLMAP_TRY(row, use("SELECT b.digest, a.at, b.bytes FROM activations a JOIN bundles b ON b.number = a.bundle "
                       "ORDER BY a.number DESC LIMIT 1"));
    GLMAP_TRY(found, row->step());
    if (!found) return std::nullopt;
    return BundleRecord{row->text(0), Instant{row->integer(1)}, row->text(2)};
  });
}

Result<std::optional<Instant>> Reader::next_due(std::string_view lane) {
  return in_one_cut([&]() -> Result<std::optional<Instant>> {
    GLMAP_TRY(row, use("SELECT s.due_at FROM entry_state s WHERE s.lane = (SELECT number FROM lanes WHERE name = ?1) "
                       "AND s.state IN (0, 2, 3) ORDER BY s.due_at LIMIT 1"));
    row->text(1, lane);
    GLMAP_TRY(found, row->step());
    if (!found) return std::nullopt;
    return Instant{row->integer(0)};
  });
}

Result<EventRecord> Reader::read_event(const Statement& row) {
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

Result<EntryRecord> Reader::read_entry(const Statement& row) {
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

Result<std::vector<EntryRecord>> Reader::entries_where(const std::string& condition, Sequence argument,
                                                       std::string_view text) {
  GLMAP_TRY(row, use(std::string(kEntrySelect) + condition));
  if (text.empty()) {
    row->integer(1, argument);
  } else {
    row->text(1, text);
  }
  std::vector<EntryRecord> entries;
  while (true) {
    GLMAP_TRY(more, row->step());
    if (!more) return entries;
    GLMAP_TRY(entry, read_entry(*row));
    entries.push_back(std::move(entry));
  }
}

Result<std::optional<EntryRecord>> Reader::entry_by_reference(std::string_view reference) {
  return in_one_cut([&]() -> Result<std::optional<EntryRecord>> {
    if (reference.empty()) return std::nullopt;
    GLMAP_TRY(entries, entries_where("WHERE e.reference = ?1", 0, reference));
    if (entries.empty()) return std::nullopt;
    return std::move(entries.front());
  });
}

Result<std::optional<EventJourney>> Reader::event_journey(Sequence event) {
  return in_one_cut([&]() -> Result<std::optional<EventJourney>> {
    GLMAP_TRY(row, use(std::string(kEventColumns) + ", e.raw " + std::string(kEventTables) + "WHERE s.event = ?1"));
    row->integer(1, event);
    GLMAP_TRY(found, row->step());
    if (!found) return std::nullopt;
    EventJourney journey;
    GLMAP_TRY(record, read_event(*row));
    journey.event = std::move(record);
    journey.event.raw = row->text(15);
    GLMAP_TRY(entries,
              entries_where("WHERE s.entry >= (SELECT first_entry FROM event_state WHERE event = ?1) AND s.entry < "
                            "(SELECT first_entry + entry_count FROM event_state WHERE event = ?1) ORDER BY s.entry",
                            event, ""));
    journey.entries = std::move(entries);
    GLMAP_CHECK(read_history(journey));
    GLMAP_CHECK(read_conflicts(journey));
    return journey;
  });
}

Status Reader::read_history(EventJourney& journey) {
  // The first line of the history is the acceptance itself, which stands in the event and is not stored twice.
  GLMAP_TRY(first, use("SELECT e.received_at, e.first_state, e.first_reason, b.digest FROM events e "
                       "JOIN bundles b ON b.number = e.first_bundle WHERE e.number = ?1"));
  first->integer(1, journey.event.sequence);
  GLMAP_TRY(found, first->step());
  GLMAP_ASSERT(found);
  HistoryRecord accepted;
  accepted.at = Instant{first->integer(0)};
  accepted.to = engine::to_text(static_cast<engine::EventState>(first->integer(1)));
  accepted.input = "received";
  accepted.by = "gateway";
  accepted.evidence = first->text(3);
  std::optional<Error> reason;
  GLMAP_CHECK(read_reason(*first, 2, reason));
  if (reason) accepted.why = reason->to_text();
  journey.history.push_back(std::move(accepted));

  GLMAP_TRY(row, use("SELECT at, entry, from_state, to_state, input, by, why, evidence FROM history WHERE event = ?1 "
                     "ORDER BY number"));
  row->integer(1, journey.event.sequence);
  while (true) {
    GLMAP_TRY(more, row->step());
    if (!more) return {};
    HistoryRecord change;
    change.at = Instant{row->integer(0)};
    if (row->is_null(1)) {
      change.from = engine::to_text(static_cast<engine::EventState>(row->integer(2)));
      change.to = engine::to_text(static_cast<engine::EventState>(row->integer(3)));
    } else {
      change.entry = row->integer(1);
      change.from = engine::to_text(static_cast<engine::EntryState>(row->integer(2)));
      change.to = engine::to_text(static_cast<engine::EntryState>(row->integer(3)));
    }
    change.input = row->text(4);
    change.by = row->text(5);
    change.why = row->text(6);
    change.evidence = row->text(7);
    journey.history.push_back(std::move(change));
  }
}

Status Reader::read_conflicts(EventJourney& journey) {
  GLMAP_TRY(
      row,
      use("SELECT number, type, content_digest, received_at, raw FROM conflicts WHERE first = ?1 ORDER BY number"));
  row->integer(1, journey.event.sequence);
  while (true) {
    GLMAP_TRY(more, row->step());
    if (!more) return {};
    ConflictRecord conflict;
    conflict.sequence = row->integer(0);
    conflict.first = journey.event.sequence;
    conflict.identity = journey.event.identity;
    conflict.identity.type = row->text(1);
    conflict.identity.content_digest = row->text(2);
    conflict.received_at = Instant{row->integer(3)};
    conflict.raw = row->text(4);
    journey.conflicts.push_back(std::move(conflict));
  }
}

Result<std::vector<EventRecord>> Reader::list_events(const EventQuery& query) {
  return in_one_cut([&]() -> Result<std::vector<EventRecord>> {
    std::string sql = std::string(kEventColumns) + std::string(kEventTables) + "WHERE s.event > ?1 ";
    // The state as a literal, so that the partial index of exceptions is used.
    if (query.state) sql += "AND s.state = " + std::to_string(static_cast<int>(*query.state)) + " ";
    if (!query.entity.empty()) sql += "AND r.entity = ?2 ";
    if (!query.source.empty()) sql += "AND r.source = ?3 ";
    sql += "ORDER BY s.event LIMIT ?4";
    GLMAP_TRY(row, use(sql));
    row->integer(1, query.after).integer(4, query.limit);
    if (!query.entity.empty()) row->text(2, query.entity);
    if (!query.source.empty()) row->text(3, query.source);
    std::vector<EventRecord> events;
    while (true) {
      GLMAP_TRY(more, row->step());
      if (!more) return events;
      GLMAP_TRY(event, read_event(*row));
      events.push_back(std::move(event));
    }
  });
}

Result<std::vector<EntryRecord>> Reader::list_entries(const EntryQuery& query) {
  return in_one_cut([&]() -> Result<std::vector<EntryRecord>> {
    std::string sql = std::string(kEntrySelect) + "WHERE s.entry > ?1 ";
    if (query.state) sql += "AND s.state = " + std::to_string(static_cast<int>(*query.state)) + " ";
    if (!query.entity.empty()) sql += "AND e.entity = ?2 ";
    if (!query.lane.empty()) sql += "AND l.name = ?3 ";
    sql += "ORDER BY s.entry LIMIT ?4";
    GLMAP_TRY(row, use(sql));
    row->integer(1, query.after).integer(4, query.limit);
    if (!query.entity.empty()) row->text(2, query.entity);
    if (!query.lane.empty()) row->text(3, query.lane);
    std::vector<EntryRecord> entries;
    while (true) {
      GLMAP_TRY(more, row->step());
      if (!more) return entries;
      GLMAP_TRY(entry, read_entry(*row));
      entries.push_back(std::move(entry));
    }
  });
}

Result<std::vector<std::string>> Reader::entry_references(Sequence event) {
  return in_one_cut([&]() -> Result<std::vector<std::string>> {
    GLMAP_TRY(row, use("SELECT e.reference FROM event_state s JOIN entries e ON e.number >= s.first_entry AND "
                       "e.number < s.first_entry + s.entry_count WHERE s.event = ?1 ORDER BY e.number"));
    row->integer(1, event);
    std::vector<std::string> references;
    while (true) {
      GLMAP_TRY(more, row->step());
      if (!more) return references;
      references.push_back(row->text(0));
    }
  });
}

}  // namespace glmap::gateway::store
