// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/checked_rows.hpp"

#include <algorithm>

#include <sqlite3.h>

#include "compiler/runtime/base/digest.hpp"
#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::store {

const std::vector<CheckedTable>& checked_tables() {
  static const std::vector<CheckedTable> tables = {
      {"restores", {"number", "at", "by"}},
      {"bundles", {"number", "digest", "bytes"}},
      {"activations", {"number", "bundle", "at"}},
      {"statement_rows", {"number", "source", "entity", "currency", "accepted_count", "accepted_minor"}},
      {"event_state",
       {"event", "state", "bundle", "statement_row", "amount_minor", "first_entry", "entry_count", "reason", "rule",
        "because", "object", "control"}},
      {"lanes", {"number", "name"}},
      {"entry_state",
       {"entry", "event", "state", "lane", "due_at", "claim", "sends", "looks", "waits", "last_sent_at", "object",
        "document_id", "reason"}},
      {"conflicts", {"number", "first", "type", "content_digest", "received_at", "raw"}},
      {"balances", {"entity", "ledger", "period", "account", "currency", "debit_minor", "credit_minor"}},
  };
  return tables;
}

const CheckedTable& checked_table(std::string_view name) {
  const auto at = std::ranges::find(checked_tables(), name, &CheckedTable::name);
  GLMAP_ASSERT(at != checked_tables().end());
  return *at;
}

std::string checked_insert(std::string_view table) {
  std::string places;
  for (std::size_t place = 1; place <= checked_table(table).columns.size(); ++place) {
    places += (place > 1 ? "," : "") + std::string("?") + std::to_string(place);
  }
  return "INSERT INTO " + std::string(table) + " VALUES (" + places + ",row_digest(" + places + "))";
}

std::string checked_update(std::string_view table, std::initializer_list<std::pair<std::string_view, std::string>> sets,
                           std::string_view where) {
  std::string assignments, values;
  for (const std::string_view column : checked_table(table).columns) {
    std::string value(column);
    for (const auto& [name, expression] : sets) {
      if (name == column) value = expression;
    }
    values += (values.empty() ? "" : ",") + value;
  }
  for (const auto& [name, expression] : sets) assignments += std::string(name) + "=" + expression + ",";
  return "UPDATE " + std::string(table) + " SET " + assignments + "row_check=row_digest(" + values + ") WHERE " +
         std::string(where);
}

std::string find_unchecked(const CheckedTable& table) {
  std::string columns;
  for (const std::string_view column : table.columns) columns += (columns.empty() ? "" : ",") + std::string(column);
  return "SELECT " + std::string(table.columns.front()) + " FROM " + std::string(table.name) +
         " WHERE row_check IS NOT row_digest(" + columns + ") LIMIT 1";
}

namespace {

/// Of each value its kind, its length and its bytes.
void row_digest(sqlite3_context* context, int count, sqlite3_value** values) {
  std::string bytes;
  for (int index = 0; index < count; ++index) {
    const int kind = sqlite3_value_type(values[index]);
    bytes += static_cast<char>('0' + kind);
    if (kind == SQLITE_NULL) continue;
    const auto* data = static_cast<const char*>(sqlite3_value_blob(values[index]));  // an integer as its digits
    const int size = sqlite3_value_bytes(values[index]);
    bytes += std::to_string(size) + ":";
    if (data != nullptr) bytes.append(data, static_cast<std::size_t>(size));
  }
  const Sha256 digest = sha256(bytes);
  std::uint64_t check = 0;
  for (std::size_t index = 0; index < 8; ++index) check = check << 8 | digest[index];
  sqlite3_result_int64(context, static_cast<sqlite3_int64>(check));
}

}  // namespace

bool add_row_digest(sqlite3* connection) {
  return sqlite3_create_function_v2(connection, "row_digest", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
                                    &row_digest, nullptr, nullptr, nullptr) == SQLITE_OK;
}

}  // namespace glmap::gateway::store
