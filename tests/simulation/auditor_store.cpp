// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/auditor_store.hpp"

#include <memory>
#include <stdexcept>

#include <sqlite3.h>

namespace glmap::simulation {

namespace {

class OwnQuery {
 public:
  OwnQuery(sqlite3* connection, const char* sql) : connection_(connection) {
    if (sqlite3_prepare_v2(connection, sql, -1, &statement_, nullptr) != SQLITE_OK) wrong();
  }
  ~OwnQuery() { sqlite3_finalize(statement_); }
  OwnQuery(const OwnQuery&) = delete;
  OwnQuery& operator=(const OwnQuery&) = delete;

  bool next() {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) wrong();
    return code == SQLITE_ROW;
  }
  std::int64_t whole(int column) const { return sqlite3_column_int64(statement_, column); }
  int small(int column) const { return sqlite3_column_int(statement_, column); }
  bool none(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::string text(int column) const {
    const void* bytes = sqlite3_column_blob(statement_, column);
    return bytes == nullptr ? std::string()
                            : std::string(static_cast<const char*>(bytes),
                                          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
  }
  Minor minor(int column) const {
    if (sqlite3_column_type(statement_, column) == SQLITE_INTEGER) return whole(column);
    const std::string digits = text(column);
    Minor value = 0;
    for (const char digit : digits) {
      if (digit != '-') value = value * 10 + (digit - '0');
    }
    return digits.starts_with('-') ? -value : value;
  }

 private:
  [[noreturn]] void wrong() const {
    throw std::runtime_error(std::string("the store cannot be read: ") + sqlite3_errmsg(connection_));
  }

  sqlite3* connection_;
  sqlite3_stmt* statement_ = nullptr;
};

struct Close {
  void operator()(sqlite3* connection) const { sqlite3_close(connection); }
};

void read_events(sqlite3* connection, AuditedStore& into) {
  OwnQuery row(
      connection,
      "SELECT e.number, e.source, e.id, e.revision, e.raw, e.first_state, f.digest, s.state, b.digest, s.first_entry, "
      "s.entry_count, s.reason, e.first_reason, r.source, r.entity, r.currency, s.amount_minor FROM events e LEFT JOIN "
      "event_state s ON s.event = e.number LEFT JOIN bundles f ON f.number = e.first_bundle LEFT JOIN bundles b ON "
      "b.number = s.bundle LEFT JOIN statement_rows r ON r.number = s.statement_row ORDER BY e.number");
  while (row.next()) {
    AuditedEvent event;
    event.number = row.whole(0);
    event.source = row.text(1);
    event.id = row.text(2);
    event.revision = row.text(3);
    event.raw = row.text(4);
    event.first_state = row.small(5);
    event.first_bundle = row.text(6);
    event.state = row.none(7) ? -1 : row.small(7);
    event.bundle = row.text(8);
    event.first_entry = row.whole(9);
    event.entry_count = row.whole(10);
    event.has_reason = !row.none(11);
    event.had_first_reason = !row.none(12);
    event.row_source = row.text(13);
    event.row_entity = row.text(14);
    event.row_currency = row.text(15);
    event.amount = row.minor(16);
    into.events.push_back(std::move(event));
  }
}

void read_entries(sqlite3* connection, AuditedStore& into) {
  OwnQuery row(connection,
               "SELECT e.number, e.event, e.reference, e.entity, e.body, l.name, s.object, s.document_id, s.state, "
               "s.reason, s.sends "
               "FROM entries e LEFT JOIN entry_state s ON s.entry = e.number LEFT JOIN lanes l ON l.number = s.lane "
               "ORDER BY e.number");
  while (row.next()) {
    AuditedEntry entry;
    entry.number = row.whole(0);
    entry.event = row.whole(1);
    entry.reference = row.text(2);
    entry.entity = row.text(3);
    entry.body = row.text(4);
    entry.lane = row.text(5);
    entry.object = row.text(6);
    entry.document_id = row.text(7);
    entry.state = row.none(8) ? -1 : row.small(8);
    entry.reason = row.text(9);
    entry.sends = row.whole(10);
    into.entries.push_back(std::move(entry));
  }
}

void read_history(sqlite3* connection, AuditedStore& into) {
  OwnQuery row(connection,
               "SELECT number, event, entry, from_state, to_state, input, by, why, at FROM history ORDER BY number");
  while (row.next()) {
    AuditedChange change;
    change.number = row.whole(0);
    change.event = row.whole(1);
    if (!row.none(2)) change.entry = row.whole(2);
    change.from = row.small(3);
    change.to = row.small(4);
    change.input = row.text(5);
    change.by = row.text(6);
    change.why = row.text(7);
    change.at = row.whole(8);
    into.history.push_back(std::move(change));
  }
}

}  // namespace

AuditedStore read_store(const char* vfs, const char* path) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path, &raw, SQLITE_OPEN_READWRITE, vfs);
  const std::unique_ptr<sqlite3, Close> connection(raw);
  if (code != SQLITE_OK) throw std::runtime_error("the store cannot be opened by the auditor");
  sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  AuditedStore store;
  read_events(raw, store);
  read_entries(raw, store);
  read_history(raw, store);
  OwnQuery conflict(raw, "SELECT first, raw FROM conflicts");
  while (conflict.next()) store.conflicts.push_back({conflict.whole(0), conflict.text(1)});
  OwnQuery activation(raw,
                      "SELECT b.digest FROM activations a JOIN bundles b ON b.number = a.bundle ORDER BY a.number");
  while (activation.next()) store.bundles_in_order.push_back(activation.text(0));
  return store;
}

}  // namespace glmap::simulation
