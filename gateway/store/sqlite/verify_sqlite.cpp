// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "gateway/store/sqlite/checked_rows.hpp"
#include "gateway/store/sqlite/reader.hpp"
#include "gateway/store/sqlite/verify_keys.hpp"
#include "gateway/store/verify_rows.hpp"

namespace glmap::gateway::store {

namespace {

/// Its rows have checks only for who sends them; the chain says better what is wrong with one.
constexpr std::string_view kChainedTable = "entries";

class Source {
 public:
  explicit Source(const Database& database) : database_(database) {}

  template <class Take>
  Status each(const std::string& sql, std::initializer_list<std::int64_t> arguments, Take&& take) {
    GLMAP_TRY(statement, database_.prepare(sql));
    int place = 0;
    for (const std::int64_t argument : arguments) statement.integer(++place, argument);
    while (true) {
      GLMAP_TRY(more, statement.step());
      if (!more) return {};
      GLMAP_CHECK(take(std::as_const(statement)));
    }
  }

 private:
  const Database& database_;
};

AuditWords words() {
  return {.event_chain = "0, e.number",
          .event_key =
              "(SELECT substr(k.keys, 1 + 16 * (e.number - k.first), 16) FROM event_keys k WHERE k.first <= e.number "
              "ORDER BY k.first DESC LIMIT 1)",
          .change_chain = "0, number",
          .entries_of =
              "FROM event_state v JOIN entries e ON e.number >= v.first_entry AND e.number < v.first_entry + "
              "v.entry_count JOIN entry_state s ON s.entry = e.number JOIN lanes l ON l.number = s.lane "
              "WHERE v.event > ?1 AND v.event <= ?2 ORDER BY e.number",
          .later_of =
              "FROM later_entries v JOIN entries e ON e.number = v.entry JOIN entry_state s ON s.entry = e.number "
              "JOIN lanes l ON l.number = s.lane WHERE v.event > ?1 AND v.event <= ?2 ORDER BY e.number",
          .later_by =
              "FROM later_entries v JOIN entries e ON e.number = v.entry JOIN entry_state s ON s.entry = e.number "
              "JOIN lanes l ON l.number = s.lane WHERE ?1 = 0 AND v.change = ?2 AND v.event = (SELECT event FROM "
              "history WHERE number = ?2) ORDER BY e.number",
          .heads =
              "SELECT 0, coalesce(a.links, 0), coalesce(a.hash, x''), coalesce(b.links, 0), coalesce(b.hash, x'') "
              "FROM (SELECT 1) LEFT JOIN chain_heads a ON a.name = 'events' LEFT JOIN chain_heads b ON b.name = "
              "'history'",
          .balances = "SELECT entity, ledger, period, account, currency, debit_minor, credit_minor FROM balances"};
}

Status check_file(Source& source) {
  return source.each("PRAGMA integrity_check(1)", {}, [](const Statement& row) -> Status {
    if (row.view(0) == "ok") return {};
    return fail(ErrorCode::StoreCorrupt, "the file is damaged: " + row.text(0), "restore the store from its backup");
  });
}

Status check_row_checks(Source& source, const CheckedTable& table) {
  return source.each(find_unchecked(table), {}, [&](const Statement& row) -> Status {
    return std::unexpected(unchecked_row(table.name, row.text(0)));
  });
}

Status check_rows(Source& source) {
  for (const CheckedTable& table : checked_tables()) {
    if (table.name != kChainedTable) GLMAP_CHECK(check_row_checks(source, table));
  }
  // Each entry belongs to an event that counts it, and nothing stands beside the evidence.
  GLMAP_CHECK(source.each(
      "SELECT (SELECT count(*) FROM entries) - (SELECT coalesce(sum(entry_count), 0) FROM event_state) - "
      "(SELECT count(*) FROM later_entries), "
      "(SELECT count(*) FROM entry_state) - (SELECT count(*) FROM entries), "
      "(SELECT count(*) FROM event_state) - (SELECT count(*) FROM events), "
      "(SELECT count(*) FROM entry_state s JOIN entries e ON e.number = s.entry WHERE e.event <> s.event OR "
      "e.created_at <> "
      "coalesce((SELECT h.at FROM later_entries l JOIN history h ON h.number = l.change WHERE l.event = e.event AND "
      "l.entry = e.number), "
      "(SELECT h.at FROM history h WHERE h.event = e.event AND h.entry IS NULL AND h.input IN ('decided again', "
      "'released') ORDER BY h.number DESC LIMIT 1), (SELECT v.received_at FROM events v WHERE v.number = e.event)))",
      {}, [](const Statement& row) -> Status {
        for (int column = 0; column < 4; ++column) {
          if (row.integer(column) != 0) {
            return fail(ErrorCode::StoreCorrupt, "entries, events and their states do not belong together",
                        "restore the last backup that verifies");
          }
        }
        return {};
      }));
  return source.each("SELECT count(*), max(version) FROM schema_versions", {}, [](const Statement& row) -> Status {
    if (row.integer(0) == row.integer(1)) return {};
    return fail(ErrorCode::StoreCorrupt, "the list of schema versions has holes",
                "restore the last backup that verifies");
  });
}

/// The conservation law.
Status check_statement(Reader& reader) {
  GLMAP_TRY(rows, reader.statement());
  for (const StatementRow& row : rows) {
    if (row.agrees()) continue;
    return fail(ErrorCode::StoreCorrupt,
                "the statement of `" + row.source + "`, `" + row.entity + "`, `" + row.currency + "` does not agree",
                "restore the last backup that verifies");
  }
  return {};
}

}  // namespace

Result<AuditReport> verify_sqlite_store(const std::string& path) {
  if (!std::filesystem::exists(path)) return fail(ErrorCode::StoreUnavailable, "there is no store `" + path + "`");
  GLMAP_TRY(database, Database::open(path, "", OpenMode::reader));
  GLMAP_CHECK(database.execute("BEGIN"));
  Source source(database);
  GLMAP_CHECK(check_file(source));
  GLMAP_CHECK(check_rows(source));
  GLMAP_TRY(report, Audit<Source>(source, words()).run());
  GLMAP_CHECK(check_row_checks(source, checked_table(kChainedTable)));
  // That an event's key is its identity's is looked at with its hash.
  GLMAP_CHECK(verify_keys(database, "event", "SELECT number, " + words().event_key + " FROM events e ORDER BY number"));
  GLMAP_CHECK(verify_keys(database, "entry", "SELECT number, reference_key(reference) FROM entries ORDER BY number"));
  GLMAP_CHECK(database.execute("COMMIT"));
  Reader reader(std::move(database));
  GLMAP_CHECK(check_statement(reader));
  return report;
}

}  // namespace glmap::gateway::store
