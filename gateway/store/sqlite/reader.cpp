// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/reader.hpp"

#include "gateway/store/decision_parts.hpp"
#include "gateway/store/record_rows.hpp"
#include "gateway/store/sqlite/reader_cut.hpp"

namespace glmap::gateway::store {

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

Result<std::optional<Sequence>> Reader::find_event(const EventKey& key) {
  return in_one_cut([&]() -> Result<std::optional<Sequence>> {
    GLMAP_TRY(row, use("SELECT event FROM event_keys WHERE key = ?1"));
    row->blob(1, bytes_of(key));
    GLMAP_TRY(found, row->step());
    if (!found) return std::nullopt;
    return row->integer(0);
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
  GLMAP_TRY(first, use(std::string(kAcceptanceSelect) + "WHERE e.number = ?1"));
  first->integer(1, journey.event.sequence);
  GLMAP_TRY(found, first->step());
  GLMAP_ASSERT(found);
  GLMAP_TRY(accepted, read_acceptance(*first));
  journey.history.push_back(std::move(accepted));

  GLMAP_TRY(row, use(std::string(kChangeSelect) + "WHERE event = ?1 ORDER BY number"));
  row->integer(1, journey.event.sequence);
  while (true) {
    GLMAP_TRY(more, row->step());
    if (!more) return {};
    journey.history.push_back(read_change(*row));
  }
}

Status Reader::read_conflicts(EventJourney& journey) {
  GLMAP_TRY(row, use(std::string(kConflictSelect) + "WHERE first = ?1 ORDER BY number"));
  row->integer(1, journey.event.sequence);
  while (true) {
    GLMAP_TRY(more, row->step());
    if (!more) return {};
    journey.conflicts.push_back(read_conflict(*row, journey.event));
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

}  // namespace glmap::gateway::store
