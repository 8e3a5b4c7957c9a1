// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/writer.hpp"

#include "gateway/store/sqlite/checked_rows.hpp"
#include "gateway/store/sqlite/figure_keys.hpp"

namespace glmap::gateway::store {

Result<std::unique_ptr<Writer>> Writer::open(Database database, KeyIndexSettings keys) {
  std::unique_ptr<Writer> writer(new Writer(std::move(database)));
  GLMAP_TRY(events, KeyIndex::open(writer->database_, "event", keys));
  GLMAP_TRY(entries, KeyIndex::open(writer->database_, "entry", keys));
  writer->event_keys_ = std::make_unique<KeyIndex>(std::move(events));
  writer->entry_keys_ = std::make_unique<KeyIndex>(std::move(entries));
  GLMAP_CHECK(writer->prepare_all());
  GLMAP_CHECK(writer->load_figures());
  return writer;
}

Status Writer::prepare(Statement& into, std::string_view sql) {
  GLMAP_TRY(statement, database_.prepare(sql));
  into = std::move(statement);
  return {};
}

Status Writer::prepare_all() {
  GLMAP_CHECK(prepare(begin_, "BEGIN IMMEDIATE"));
  GLMAP_CHECK(prepare(commit_, "COMMIT"));
  GLMAP_CHECK(prepare(roll_back_, "ROLLBACK"));
  GLMAP_CHECK(prepare(find_event_,
                      "SELECT e.content_digest, s.state FROM events e JOIN event_state s ON s.event = e.number "
                      "WHERE e.number = ?1"));
  GLMAP_CHECK(prepare(insert_event_, "INSERT INTO events VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)"));
  GLMAP_CHECK(prepare(insert_state_, checked_insert("event_state")));
  GLMAP_CHECK(prepare(update_state_, checked_update("event_state",
                                                    {{"state", "?2"},
                                                     {"bundle", "?3"},
                                                     {"statement_row", "?4"},
                                                     {"amount_minor", "?5"},
                                                     {"first_entry", "?6"},
                                                     {"entry_count", "?7"},
                                                     {"reason", "?8"},
                                                     {"rule", "?9"},
                                                     {"because", "?10"},
                                                     {"object", "?11"},
                                                     {"control", "?12"}},
                                                    "event=?1")));
  GLMAP_CHECK(
      prepare(insert_conflict_, checked_insert("conflicts") + " ON CONFLICT (first, content_digest) DO NOTHING"));
  GLMAP_CHECK(prepare(next_conflict_, "SELECT coalesce(max(number), 0) + 1 FROM conflicts"));
  GLMAP_CHECK(prepare(insert_entry_, checked_insert("entries")));
  GLMAP_CHECK(prepare(insert_entry_state_,
                      "INSERT INTO entry_state VALUES (?1,?2,?6,?3,?4,0,0,0,0,NULL,?5,NULL,NULL,"
                      "row_digest(?1,?2,?6,?3,?4,0,0,0,0,NULL,?5,NULL,NULL))"));
  GLMAP_CHECK(prepare(insert_history_,
                      "INSERT INTO history (event, entry, at, from_state, to_state, input, by, why, evidence, hash) "
                      "VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)"));
  GLMAP_CHECK(prepare(insert_lane_, checked_insert("lanes")));
  GLMAP_CHECK(prepare(upsert_row_, checked_insert("statement_rows") +
                                       " ON CONFLICT (number) DO UPDATE SET accepted_count=excluded.accepted_count, "
                                       "accepted_minor=excluded.accepted_minor, row_check=excluded.row_check"));
  GLMAP_CHECK(prepare(insert_balance_, checked_insert("balances")));
  GLMAP_CHECK(prepare(update_balance_,
                      "UPDATE balances SET debit_minor=?6, credit_minor=?7, row_check=row_digest(?1,?2,?3,?4,?5,?6,?7) "
                      "WHERE entity=?1 AND ledger=?2 AND period=?3 AND account=?4 AND currency=?5"));
  return prepare_delivery();
}

Status Writer::prepare_delivery() {
  GLMAP_CHECK(prepare(event_for_retry_,
                      "SELECT s.state, e.source, r.source, r.entity, r.currency, s.amount_minor, " +
                          matches_check("event_state", "s") +
                          " FROM event_state s "
                          "JOIN events e ON e.number = s.event JOIN statement_rows r ON r.number = s.statement_row "
                          "WHERE s.event = ?1"));
  // States are compared as in the partial indexes, which are used only then.
  GLMAP_CHECK(prepare(
      due_,
      "SELECT s.entry, s.event, s.state, s.claim, s.sends, s.looks, s.waits, s.last_sent_at, "
      "s.document_id, e.reference, e.entity, e.body, " +
          matches_check("entry_state", "s") + " AND " + matches_check("entries", "e") +
          " AND e.event = s.event FROM entry_state s JOIN entries e ON e.number = s.entry "
          "WHERE s.lane = ?1 AND s.state < 4 AND s.state <> 1 AND s.due_at <= ?2 AND (s.object IS NULL OR NOT EXISTS "
          "(SELECT 1 FROM entry_state b WHERE b.object = s.object AND b.object IS NOT NULL AND "
          "b.state < 4 AND b.entry < s.entry)) ORDER BY s.due_at, s.entry LIMIT ?3"));
  GLMAP_CHECK(prepare(
      count_due_,
      "SELECT count(*) FROM (SELECT 1 FROM entry_state s WHERE s.lane = ?1 AND s.state < 4 AND s.state <> 1 AND "
      "s.due_at <= ?2 AND (s.object IS NULL OR NOT EXISTS (SELECT 1 FROM entry_state b WHERE b.object = s.object AND "
      "b.object IS NOT NULL AND b.state < 4 AND b.entry < s.entry)) ORDER BY s.due_at, s.entry LIMIT ?3)"));
  GLMAP_CHECK(prepare(claim_, checked_update("entry_state",
                                             {{"state", "?2"},
                                              {"claim", "?3"},
                                              {"sends", "?4"},
                                              {"looks", "?5"},
                                              {"last_sent_at", "?6"},
                                              {"due_at", "?7"}},
                                             "entry=?1")));
  GLMAP_CHECK(prepare(entry_now_, "SELECT event, state, claim, sends, looks, waits, document_id, last_sent_at, " +
                                      matches_check("entry_state", "s") + " FROM entry_state s WHERE entry = ?1"));
  GLMAP_CHECK(prepare(settle_entry_, checked_update("entry_state",
                                                    {{"state", "?2"},
                                                     {"due_at", "?3"},
                                                     {"sends", "?4"},
                                                     {"looks", "?5"},
                                                     {"waits", "?6"},
                                                     {"document_id", "?7"},
                                                     {"reason", "?8"},
                                                     {"claim", "?9"},
                                                     {"last_sent_at", "?10"}},
                                                    "entry=?1")));
  GLMAP_CHECK(prepare(unsettled_,
                      "SELECT s.state, (SELECT count(*) FROM entry_state e WHERE e.entry >= s.first_entry AND "
                      "e.entry < s.first_entry + s.entry_count AND e.state NOT IN (4, 7)) + (SELECT count(*) FROM "
                      "later_entries l JOIN entry_state e ON e.entry = l.entry WHERE l.event = s.event AND e.state "
                      "NOT IN (4, 7)) FROM event_state s WHERE s.event = ?1"));
  GLMAP_CHECK(prepare(move_event_, checked_update("event_state", {{"state", "?2"}}, "event=?1")));
  GLMAP_CHECK(prepare(insert_turn_, checked_insert("turns")));
  GLMAP_CHECK(prepare(insert_later_, checked_insert("later_entries")));
  GLMAP_CHECK(prepare(event_posted_, checked_update("event_state", {{"state", "1"}}, "event=?1")));
  GLMAP_CHECK(prepare(head_,
                      "INSERT INTO chain_heads VALUES (?1,?2,?3) ON CONFLICT (name) DO UPDATE SET "
                      "links=excluded.links, hash=excluded.hash"));
  GLMAP_CHECK(prepare(sending_, "SELECT entry, event FROM entry_state WHERE lane = ?1 AND state = 1"));
  GLMAP_CHECK(prepare(references_,
                      "SELECT e.number, e.reference FROM event_state s JOIN entries e ON e.number >= s.first_entry AND "
                      "e.number < s.first_entry + s.entry_count WHERE s.event = ?1 UNION ALL SELECT e.number, "
                      "e.reference FROM later_entries l JOIN entries e ON e.number = l.entry WHERE l.event = ?1 "
                      "ORDER BY 1"));
  return {};
}

Status Writer::check_small_tables() {
  for (const std::string_view name : {"restores", "bundles", "activations", "lanes", "statement_rows", "balances"}) {
    GLMAP_TRY(statement, database_.prepare(find_unchecked(checked_table(name))));
    GLMAP_TRY(found, statement.step());
    if (found) return std::unexpected(unchecked_row(name, statement.text(0)));
  }
  return {};
}

Status Writer::load_figures() {
  GLMAP_CHECK(check_small_tables());
  const auto read = [this](std::string_view sql, auto&& row) -> Status {
    GLMAP_TRY(statement, database_.prepare(sql));
    while (true) {
      GLMAP_TRY(more, statement.step());
      if (!more) return {};
      row(statement);
    }
  };
  Figures& f = committed_;
  GLMAP_CHECK(
      read("SELECT (SELECT coalesce(max(number), 0) FROM events), (SELECT coalesce(max(number), 0) FROM entries)",
           [&](const Statement& s) {
             f.next_event = s.integer(0) + 1;
             f.next_entry = s.integer(1) + 1;
           }));
  GLMAP_CHECK(read("SELECT * FROM statement_rows", [&](const Statement& s) {
    StatementFigures row{s.integer(0), s.text(1), s.text(2), s.text(3), {s.integer(4), s.exact(5)}};
    f.next_row = std::max(f.next_row, row.number + 1);
    f.rows.emplace(figure_key({row.source, row.entity, row.currency}), row);
  }));
  GLMAP_CHECK(read("SELECT * FROM balances", [&](const Statement& s) {
    Balance row{s.text(0), s.text(1), s.text(2), s.text(3), s.text(4), s.exact(5), s.exact(6), true};
    balances_.emplace(figure_key({row.entity, row.ledger, row.period, row.account, row.currency}), row);
  }));
  GLMAP_CHECK(read("SELECT number, name, entity FROM lanes", [&](const Statement& s) {
    f.next_lane = std::max(f.next_lane, s.integer(0) + 1);
    f.lanes.emplace(figure_key({s.text(1), s.text(2)}), Queue{s.integer(0), s.text(1)});
  }));
  GLMAP_CHECK(read("SELECT number, digest FROM bundles", [&](const Statement& s) {
    f.next_bundle = std::max(f.next_bundle, s.integer(0) + 1);
    f.bundles.emplace(s.text(1), s.integer(0));
  }));
  GLMAP_CHECK(read("SELECT name, links, hash FROM chain_heads", [&](const Statement& s) {
    (s.view(0) == kEventChain ? f.events : f.changes) = {s.integer(1), s.text(2)};
  }));
  GLMAP_CHECK(
      read("SELECT coalesce(max(number), 0) FROM turns", [&](const Statement& s) { f.last_turn = s.integer(0); }));
  GLMAP_CHECK(read("SELECT count(*), max(at) FROM restores", [&](const Statement& s) {
    f.restores = s.integer(0);
    if (f.restores > 0) f.look_first_until = s.integer(1) + kLookFirstMicros;
  }));
  return read("SELECT bundle, number FROM activations ORDER BY number DESC LIMIT 1", [&](const Statement& s) {
    f.active_bundle = s.integer(0);
    f.next_activation = s.integer(1) + 1;
  });
}

Status Writer::begin() {
  pending_ = Figures{};
  pending_.next_event = committed_.next_event;
  pending_.next_entry = committed_.next_entry;
  pending_.next_row = committed_.next_row;
  pending_.next_lane = committed_.next_lane;
  pending_.next_bundle = committed_.next_bundle;
  pending_.active_bundle = committed_.active_bundle;
  pending_.next_activation = committed_.next_activation;
  pending_.last_turn = committed_.last_turn;
  pending_.restores = committed_.restores;
  pending_.look_first_until = committed_.look_first_until;
  pending_.events = committed_.events;
  pending_.changes = committed_.changes;
  return begin_.run();
}

Status Writer::commit() {
  GLMAP_CHECK(write_figures());
  GLMAP_CHECK(commit_.run());
  keep_balances();
  event_keys_->keep();
  entry_keys_->keep();
  const auto keep = [](auto& into, auto& from) {
    for (auto& [key, value] : from) into.insert_or_assign(key, std::move(value));
  };
  keep(committed_.rows, pending_.rows);
  keep(committed_.lanes, pending_.lanes);
  keep(committed_.bundles, pending_.bundles);
  committed_.next_event = pending_.next_event;
  committed_.next_entry = pending_.next_entry;
  committed_.next_row = pending_.next_row;
  committed_.next_lane = pending_.next_lane;
  committed_.next_bundle = pending_.next_bundle;
  committed_.active_bundle = pending_.active_bundle;
  committed_.next_activation = pending_.next_activation;
  committed_.last_turn = pending_.last_turn;
  committed_.restores = pending_.restores;
  committed_.look_first_until = pending_.look_first_until;
  committed_.events = pending_.events;
  committed_.changes = pending_.changes;
  return {};
}

void Writer::roll_back() {
  forget_balances();
  event_keys_->forget();
  entry_keys_->forget();
  // Fails only when SQLite has rolled back by itself already.
  if (Status done = roll_back_.run(); !done) roll_back_.reset();
}

Status Writer::write_figures() {
  GLMAP_CHECK(event_keys_->write());
  GLMAP_CHECK(entry_keys_->write());
  if (pending_.events.links != committed_.events.links) {
    GLMAP_CHECK(head_.text(1, kEventChain).integer(2, pending_.events.links).blob(3, pending_.events.hash).run());
  }
  if (pending_.changes.links != committed_.changes.links) {
    GLMAP_CHECK(head_.text(1, kChangeChain).integer(2, pending_.changes.links).blob(3, pending_.changes.hash).run());
  }
  GLMAP_CHECK(write_statement_rows());
  return write_balances();
}

Status Writer::write_statement_rows() {
  for (const auto& [key, row] : pending_.rows) {
    upsert_row_.integer(1, row.number).text(2, row.source).text(3, row.entity).text(4, row.currency);
    upsert_row_.integer(5, row.accepted.count).exact(6, row.accepted.minor);
    GLMAP_CHECK(upsert_row_.run());
  }
  return {};
}

Status Writer::insert_change(const Change& change, std::span<const NewEntry> entries) {
  extend(pending_.changes, content_of(change, linked(entries)));
  insert_history_.integer(1, change.event);
  if (change.entry) {
    insert_history_.integer(2, *change.entry);
  } else {
    insert_history_.null(2);
  }
  insert_history_.integer(3, change.at.micros).integer(4, change.from).integer(5, change.to);
  insert_history_.text(6, change.input).text(7, change.by);
  insert_history_.text_or_null(8, change.why).text_or_null(9, change.evidence);
  return insert_history_.blob(10, pending_.changes.hash).run();
}

}  // namespace glmap::gateway::store
