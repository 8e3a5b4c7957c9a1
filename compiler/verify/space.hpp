// SPDX-License-Identifier: Apache-2.0
// Boxes over closed columns: what a table row or a rule asks for, column by column. A column is a set of codes or a
// stretch of days. Knows nothing of tables or money. Values; pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace glmap::verify {

__extension__ using Count = unsigned __int128;
/// Counts stop here instead of overflowing; a count this large is shown as "more than".
constexpr Count kCountMax = Count{1} << 127;

/// Decimal digits of a count.
std::string count_text(Count count);

/// Either a closed set of codes 0..size-1, or the days first..last (both belong to it).
struct Column {
  bool days = false;
  std::uint32_t size = 0;
  std::int32_t first = 0;
  std::int32_t last = -1;

  static Column closed(std::uint32_t size) { return {false, size, 0, -1}; }
  static Column of_days(std::int32_t first, std::int32_t last) { return {true, 0, first, last}; }
  friend bool operator==(const Column&, const Column&) = default;
};

/// What a row or a box has in one column. Values are sorted and distinct; an empty set, or first > last, fits nothing.
struct Cell {
  bool any = true;
  std::vector<std::uint32_t> values;
  std::int32_t first = 0;
  std::int32_t last = -1;

  static Cell of(std::vector<std::uint32_t> values);
  static Cell span(std::int32_t first, std::int32_t last);
  friend bool operator==(const Cell&, const Cell&) = default;
};
using Box = std::vector<Cell>;  // by Space::columns

struct Space {
  std::vector<Column> columns;  // at most 64
  std::vector<Box> rows;
  /// By row: known to share no point with any other row, within the boxes that are asked about. Empty: nothing is
  /// known.
  std::vector<bool> alone;

  Box whole() const { return Box(columns.size()); }
  std::vector<std::uint32_t> all_rows() const;
};

/// a * b, at most kCountMax.
Count times(Count a, Count b);
/// Points of the box, columns of days left out; at most kCountMax.
Count volume(const Space& space, const Box& box);
bool is_empty(const Space& space, const Box& box);

Cell intersect(const Column& column, const Cell& a, const Cell& b);
Box intersect(const Space& space, const Box& a, const Box& b);
/// What of `a` is not in `b`: none, one cell, or (days) two.
std::vector<Cell> without(const Column& column, const Cell& a, const Cell& b);
bool meets(const Column& column, const Cell& a, const Cell& b);
bool meets(const Space& space, const Box& a, const Box& b);

}  // namespace glmap::verify
