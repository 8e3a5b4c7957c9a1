// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/reader.hpp"

#include "gateway/store/record_rows.hpp"
#include "gateway/store/sqlite/key_parts.hpp"
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

Result<std::optional<BundleRecord>> Reader::bundle(std::string_view digest) {
  return in_one_cut([&]() -> Result<std::optional<BundleRecord>> {
    GLMAP_TRY(row, use(std::string(kBundleSelect)));
    row->text(1, digest);
    GLMAP_TRY(found, row->step());
    if (!found) return std::nullopt;
    return BundleRecord{row->text(0), Instant{row->integer(1)}, row->text(2)};
  });
}

Result<std::vector<RecordedTurn>> Reader::turns(Sequence after, std::int32_t limit) {
  return in_one_cut([&]() -> Result<std::vector<RecordedTurn>> {
    GLMAP_TRY(row, use(std::string(kTurnSelect)));
    row->integer(1, after).integer(2, limit);
    std::vector<RecordedTurn> turns;
    while (true) {
      GLMAP_TRY(more, row->step());
      if (!more) return turns;
      turns.push_back(read_turn(*row));
    }
  });
}

Result<std::optional<Sequence>> Reader::find_event(const EventKey& key) {
  return in_one_cut([&]() -> Result<std::optional<Sequence>> { return find_key("event", key); });
}

Result<std::optional<Sequence>> Reader::find_key(const std::string& name, const EventKey& key) {
  std::vector<std::pair<std::int64_t, int>> runs;
  std::int64_t through = 0;
  GLMAP_TRY(run, use("SELECT number, bits, last FROM " + name + "_key_runs ORDER BY number DESC"));
  while (true) {
    GLMAP_TRY(more, run->step());
    if (!more) break;
    runs.emplace_back(run->integer(0), static_cast<int>(run->integer(1)));
    through = std::max(through, run->integer(2));
  }
  GLMAP_TRY(part, use("SELECT entries FROM " + name + "_key_parts WHERE place = ?1"));
  for (const auto& [number, bits] : runs) {
    part->integer(1, place_of(number, top_bits(key, bits)));
    GLMAP_TRY(there, part->step());
    if (!there) continue;
    const auto found = find_in_part(part->view(0), key);
    part->reset();
    if (found) return found;
  }
  GLMAP_TRY(row, use("SELECT first, keys FROM " + name + "_keys WHERE first > ?1"));
  row->integer(1, through);
  while (true) {
    GLMAP_TRY(more, row->step());
    if (!more) return std::nullopt;
    if (const auto found = find_in_row(row->view(1), row->integer(0), key)) return found;
  }
}

Result<std::optional<Instant>> Reader::next_due(std::string_view lane) {
  return in_one_cut([&]() -> Result<std::optional<Instant>> {
    GLMAP_TRY(row, use("SELECT min((SELECT s.due_at FROM entry_state s WHERE s.lane = l.number AND s.state < 4 AND "
                       "s.state <> 1 ORDER BY s.due_at LIMIT 1)) FROM lanes l WHERE l.name = ?1"));
    row->text(1, lane);
    GLMAP_TRY(found, row->step());
    if (!found || row->is_null(0)) return std::nullopt;
    return Instant{row->integer(0)};
  });
}

Result<std::vector<EntryRecord>> Reader::entries_where(const std::string& condition, Sequence argument) {
  GLMAP_TRY(row, use(std::string(kEntrySelect) + condition));
  row->integer(1, argument);
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
    GLMAP_TRY(number, find_key("entry", reference_key(reference)));
    if (!number) return std::nullopt;
    GLMAP_TRY(entries, entries_where("WHERE s.entry = ?1", *number));
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
              entries_where("WHERE s.entry IN (SELECT n.number FROM event_state x JOIN entries n ON n.number >= "
                            "x.first_entry AND n.number < x.first_entry + x.entry_count WHERE x.event = ?1 UNION "
                            "SELECT entry FROM later_entries WHERE event = ?1) ORDER BY s.entry",
                            event));
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
    // The state as a literal, and as the partial index of exceptions has it, so that it is used.
    if (query.state) sql += "AND s.state = " + std::to_string(static_cast<int>(*query.state)) + " ";
    if (query.state && *query.state > engine::EventState::no_entry) sql += "AND s.state > 2 ";
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

Result<std::vector<ExceptionRecord>> Reader::list_exceptions(Sequence after, std::int32_t limit) {
  return in_one_cut([&]() -> Result<std::vector<ExceptionRecord>> {
    GLMAP_TRY(row, use(std::string(kExceptionSelect)));
    row->integer(1, after).integer(2, limit);
    std::vector<ExceptionRecord> exceptions;
    while (true) {
      GLMAP_TRY(more, row->step());
      if (!more) return exceptions;
      exceptions.push_back(read_exception(*row));
    }
  });
}

Result<std::vector<HistoryRecord>> Reader::release_history() {
  return in_one_cut([&]() -> Result<std::vector<HistoryRecord>> {
    GLMAP_TRY(row, use(std::string(kReleaseSelect)));
    std::vector<HistoryRecord> lines;
    while (true) {
      GLMAP_TRY(more, row->step());
      if (!more) return lines;
      lines.push_back(read_release(*row));
    }
  });
}

}  // namespace glmap::gateway::store
