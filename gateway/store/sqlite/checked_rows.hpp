// SPDX-License-Identifier: Apache-2.0
// Rows that carry a check of their own columns (row_check), so that a byte that rots in a table without a hash is
// noticed: the statements that write them, and the SQL function row_digest that they call. Not a protection against
// people: that is the chain's. Pure; any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/runtime/base/error.hpp"

struct sqlite3;

namespace glmap::gateway::store {

struct CheckedTable {
  std::string_view name;
  std::vector<std::string_view> columns;  // without row_check, which is the last one
  std::int64_t since = 1;                 // version of the schema
};
const CheckedTable& checked_table(std::string_view name);
const std::vector<CheckedTable>& checked_tables();

/// INSERT INTO table VALUES (?1, ..., row_digest(?1, ...)).
std::string checked_insert(std::string_view table);
/// `sets`: columns and the expressions they take; an expression of the old row's columns sees the old values.
std::string checked_update(std::string_view table, std::initializer_list<std::pair<std::string_view, std::string>> sets,
                           std::string_view where);
/// One row when a row of the table does not match its check: its first column.
std::string find_unchecked(const CheckedTable& table);

/// An expression: 1 when the row of `alias` matches its check.
std::string matches_check(std::string_view table, std::string_view alias);
/// GLM-8004 about that row; `row` is its first column.
Error unchecked_row(std::string_view table, std::string_view row);

/// Makes row_digest and reference_key known to a connection. False when SQLite refuses.
bool add_functions(sqlite3* connection);

}  // namespace glmap::gateway::store
