// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/checked_rows.hpp"

#include <algorithm>

#include <sqlite3.h>

#include "gateway/store/store.hpp"

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
      {"lanes", {"number", "name", "entity"}},
      {"lane_days", {"lane", "day", "requests"}},
      {"entries", {"number", "event", "reference", "entity", "ledger", "period", "created_at", "body"}},
      {"entry_state",
       {"entry", "event", "state", "lane", "due_at", "claim", "sends", "looks", "waits", "last_sent_at", "object",
        "document_id", "reason"}},
      {"conflicts", {"number", "first", "type", "content_digest", "received_at", "raw"}},
      {"event_key_runs", {"number", "bits", "keys", "last", "into_run", "done"}},
      {"entry_key_runs", {"number", "bits", "keys", "last", "into_run", "done"}},
      {"turns", {"number", "kind", "event", "bundle", "at", "detail", "outcome"}, 3},
      {"later_entries", {"event", "entry", "change"}, 3},
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

std::string matches_check(std::string_view table, std::string_view alias) {
  const std::string prefix = std::string(alias) + ".";
  std::string columns;
  for (const std::string_view column : checked_table(table).columns) {
    columns += (columns.empty() ? "" : ",") + prefix + std::string(column);
  }
  return "(" + prefix + "row_check IS row_digest(" + columns + "))";
}

Error unchecked_row(std::string_view table, std::string_view row) {
  return {ErrorCode::StoreCorrupt,
          "row `" + std::string(row) + "` of `" + std::string(table) + "` does not match its check",
          "compare it with the backups; restore the last one that verifies",
          {}};
}

namespace {

/// Every step can be undone, so that values that differ in one place never give the same sum.
class Sum {
 public:
  void number(std::uint64_t value) {
    sum_ = (sum_ ^ value) * 0x9e3779b97f4a7c15U;
    sum_ ^= sum_ >> 29;
  }
  void bytes(const char* data, std::size_t size) {
    number(size);
    for (; size >= 8; data += 8, size -= 8) number(word(data, 8));
    if (size > 0) number(word(data, size));
  }
  std::uint64_t value() const { return sum_; }

 private:
  static std::uint64_t word(const char* data, std::size_t size) {
    std::uint64_t value = 0;  // low byte first, on any machine
    for (std::size_t at = 0; at < size; ++at) value |= std::uint64_t{static_cast<std::uint8_t>(data[at])} << (8 * at);
    return value;
  }
  std::uint64_t sum_ = 0x243f6a8885a308d3U;
};

/// Of each value its kind and its number, or its length and its bytes.
void row_digest_function(sqlite3_context* context, int count, sqlite3_value** values) {
  Sum sum;
  for (int index = 0; index < count; ++index) {
    const int kind = sqlite3_value_type(values[index]);
    sum.number(static_cast<std::uint64_t>(kind));
    if (kind == SQLITE_NULL) continue;
    if (kind == SQLITE_INTEGER) {
      sum.number(static_cast<std::uint64_t>(sqlite3_value_int64(values[index])));
      continue;
    }
    const auto* data = static_cast<const char*>(sqlite3_value_blob(values[index]));
    sum.bytes(data, static_cast<std::size_t>(sqlite3_value_bytes(values[index])));
  }
  sqlite3_result_int64(context, static_cast<sqlite3_int64>(sum.value()));
}

void reference_key_function(sqlite3_context* context, int, sqlite3_value** values) {
  const auto* data = static_cast<const char*>(sqlite3_value_blob(values[0]));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
  const EventKey key = reference_key(std::string_view(data != nullptr ? data : "", size));
  sqlite3_result_blob(context, key.data(), static_cast<int>(key.size()), SQLITE_TRANSIENT);
}

}  // namespace

bool add_functions(sqlite3* connection) {
  constexpr int kPure = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  const int digest = sqlite3_create_function_v2(connection, "row_digest", -1, kPure, nullptr, &row_digest_function,
                                                nullptr, nullptr, nullptr);
  const int key = sqlite3_create_function_v2(connection, "reference_key", 1, kPure, nullptr, &reference_key_function,
                                             nullptr, nullptr, nullptr);
  return digest == SQLITE_OK && key == SQLITE_OK;
}

}  // namespace glmap::gateway::store
