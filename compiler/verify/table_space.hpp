// SPDX-License-Identifier: Apache-2.0
// A table as boxes: what each row fits, and what the book can ask the table at all. Private to verify.
#pragma once

#include <optional>
#include <vector>

#include "compiler/runtime/rules/rule_book.hpp"
#include "compiler/verify/covering.hpp"

namespace glmap::verify {

/// The days on which the book can post: from the first period of all calendars to the last.
struct Life {
  Date first, last;
};
Life book_life(const rules::RuleBook& book);

struct TableSpace {
  Space space;                      // by Table::columns, then days when some row has `from` or `until`
  std::optional<std::size_t> days;  // the column of days
  /// Disjoint boxes of what can be asked. A table of accounts is asked only for the roles and entities that name it.
  std::vector<Box> asked;
  Count combinations = 0;  // in `asked`, days left out

  /// The row's box where it can be asked; nullopt where it never is.
  std::optional<Box> asked_part(const Box& row) const;
};

/// The days begin with the earliest `from` of the table (before it the table is not in force, and an event is held) and
/// end with the book's life.
TableSpace table_space(const rules::RuleBook& book, std::uint32_t table);

/// Entities in which `role` takes its account from `table`.
std::vector<std::uint32_t> entities_by_table(const rules::Role& role, std::uint32_t table);

/// Both impossible, or the same in every answer column.
bool give_the_same(const rules::TableRow& a, const rules::TableRow& b);

/// "product VOICE, charge_kind subscription, on 2026-11-01": the first point of a box.
std::string example_words(const rules::RuleBook& book, const rules::Table& table, const TableSpace& in, const Box& box);
/// "product VOICE or CHAT, any charge_kind, from 2026-11-01 through 2026-12-31"
std::string region_words(const rules::RuleBook& book, const rules::Table& table, const TableSpace& in, const Box& box);

}  // namespace glmap::verify
