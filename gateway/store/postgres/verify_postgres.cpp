// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/postgres/reading.hpp"
#include "gateway/store/verify_rows.hpp"

namespace glmap::gateway::store {

namespace {

using postgres::Parameters;
using postgres::Rows;
using postgres::Session;

class Source {
 public:
  explicit Source(Session& session) : session_(session) {}

  template <class Take>
  Status each(const std::string& sql, std::initializer_list<std::int64_t> arguments, Take&& take) {
    Parameters parameters;
    for (const std::int64_t argument : arguments) parameters.integer(argument);
    GLMAP_TRY(rows, session_.query(sql, std::move(parameters)));
    for (int index = 0; index < rows.count(); ++index) GLMAP_CHECK(take(rows[index]));
    return {};
  }

 private:
  Session& session_;
};

AuditWords words() {
  return {.event_chain = "e.writer, e.link",
          .event_key = "(SELECT k.key FROM event_keys k WHERE k.event = e.number)",
          .change_chain = "writer, link",
          .entries_of =
              "FROM entries e JOIN entry_state s ON s.entry = e.number JOIN lanes l ON l.number = s.lane WHERE "
              "e.event > ?1 AND e.event <= ?2 AND NOT EXISTS (SELECT 1 FROM later_entries v WHERE v.entry = e.number) "
              "ORDER BY e.number",
          .later_of =
              "FROM later_entries v JOIN entries e ON e.number = v.entry JOIN entry_state s ON s.entry = e.number "
              "JOIN lanes l ON l.number = s.lane WHERE v.event > ?1 AND v.event <= ?2 ORDER BY e.number",
          .later_by =
              "FROM later_entries v JOIN entries e ON e.number = v.entry JOIN entry_state s ON s.entry = e.number "
              "JOIN lanes l ON l.number = s.lane WHERE v.writer = ?1 AND v.link = ?2 ORDER BY e.number",
          .heads = "SELECT number, event_links, event_hash, change_links, change_hash FROM writers",
          .balances =
              "SELECT entity, ledger, period, account, currency, sum(debit_minor)::text, sum(credit_minor)::text "
              "FROM balances GROUP BY 1, 2, 3, 4, 5"};
}

}  // namespace

Result<AuditReport> verify_postgres_store(const std::string& url) {
  postgres::Database database(url, "verify");
  return database.read([](Session& session) -> Result<AuditReport> {
    Source source(session);
    GLMAP_TRY(report, Audit<Source>(source, words()).run());
    GLMAP_TRY(rows, postgres::statement(session));
    for (const StatementRow& row : rows) {
      if (row.agrees()) continue;
      return fail(ErrorCode::StoreCorrupt,
                  "the statement of `" + row.source + "`, `" + row.entity + "`, `" + row.currency + "` does not agree",
                  "restore the last backup that verifies");
    }
    return report;
  });
}

}  // namespace glmap::gateway::store
