// SPDX-License-Identifier: Apache-2.0
// How much of what a table can be asked each of its rows answers: exact counts, by covering and never by listing. Days
// are one more dimension: a row that another one follows on New Year's Day counts its combinations like any other.
// Says nothing of whether that is right (the proofs do). Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/runtime/rules/rule_book.hpp"
#include "compiler/verify/space.hpp"

namespace glmap::verify {

/// Combinations of a table's columns, by what becomes of them. A count that took too many steps is nullopt.
struct Mapped {
  Count combinations = 0;
  std::optional<Count> answered;    // a row answers them, on some day at least
  std::optional<Count> impossible;  // only rows that call them impossible fit
  std::optional<Count> remaining;   // no row fits on any day
  friend bool operator==(const Mapped&, const Mapped&) = default;
};

struct TableCoverage {
  Mapped all;
  /// By row: the combinations that this row and no earlier one answers (or calls impossible) on some day.
  std::vector<std::optional<Count>> rows;
};
TableCoverage table_coverage(const rules::RuleBook& book, std::uint32_t table);

/// One value of one column, and where it leads.
struct ValueCoverage {
  Mapped all;
  std::vector<std::uint32_t> rows;  // that can be asked with the value, in order
};
/// By the values of the column. A value that the table is never asked with has no combinations.
std::vector<ValueCoverage> value_coverage(const rules::RuleBook& book, std::uint32_t table, std::uint32_t column);

}  // namespace glmap::verify
