// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/coverage.hpp"

#include <algorithm>

#include "compiler/verify/covering.hpp"
#include "compiler/verify/table_space.hpp"

namespace glmap::verify {
namespace {

Count plus(Count a, Count b) {
  return a + std::min(b, kCountMax - a);
}

/// A table without its days: what is asked, and what each row fits on some day.
struct Undated {
  Space space;
  std::vector<Box> asked;
};

Undated without_days(const TableSpace& in) {
  Undated result{in.space, in.asked};
  if (!in.days) return result;
  const Column days = result.space.columns.back();
  result.space.columns.pop_back();
  for (Box& row : result.space.rows) {
    // A row that ends before it begins, or outside the life of the table, fits nothing.
    const bool ever = meets(days, row.back(), Cell{});
    row.pop_back();
    if (!ever && !row.empty()) row.front() = Cell::of({});
  }
  for (Box& box : result.asked) box.pop_back();
  result.space.alone.clear();
  return result;
}

/// Points of `within` that none of `rows` covers; nullopt when steps run out.
std::optional<Count> uncovered(const Space& space, const std::vector<Box>& within,
                               const std::vector<std::uint32_t>& rows, Steps& steps) {
  Space of_rows;
  of_rows.columns = space.columns;
  for (const std::uint32_t row : rows) of_rows.rows.push_back(space.rows[row]);
  of_rows = without_overlaps(std::move(of_rows), steps);
  const std::vector<std::uint32_t> all = of_rows.all_rows();
  Count count = 0;
  for (const Box& box : within) {
    const Covered covered = for_each_uncovered(of_rows, box, all, steps, [&](const Box& part) {
      count = plus(count, volume(of_rows, part));
      return true;
    });
    if (covered == Covered::not_decided) return std::nullopt;
  }
  return count;
}

Count volume_of(const Space& space, const std::vector<Box>& boxes) {
  Count count = 0;
  for (const Box& box : boxes)
    if (!is_empty(space, box)) count = plus(count, volume(space, box));
  return count;
}

/// `rows`: those that can meet `within`.
Mapped mapped(const rules::Table& table, const Space& space, const std::vector<Box>& within,
              const std::vector<std::uint32_t>& rows, Steps& steps) {
  Mapped result;
  result.combinations = volume_of(space, within);
  result.remaining = uncovered(space, within, rows, steps);
  std::vector<std::uint32_t> answering;
  for (const std::uint32_t row : rows)
    if (!table.rows[row].impossible) answering.push_back(row);
  const auto not_answered =
      answering.size() == rows.size() ? result.remaining : uncovered(space, within, answering, steps);
  if (not_answered) result.answered = result.combinations - *not_answered;
  if (not_answered && result.remaining) result.impossible = *not_answered - *result.remaining;
  return result;
}

/// The parts of `row` that can be asked.
std::vector<Box> asked_parts(const TableSpace& in, const Box& row) {
  std::vector<Box> parts;
  for (const Box& box : in.asked)
    if (meets(in.space, box, row)) parts.push_back(intersect(in.space, box, row));
  return parts;
}

/// Combinations of the row that, on some day, no earlier row of `earlier` fits.
std::optional<Count> of_row(const TableSpace& in, std::uint32_t row, const std::vector<std::uint32_t>& earlier,
                            Steps& steps) {
  const std::vector<Box> parts = asked_parts(in, in.space.rows[row]);
  if (earlier.empty()) return volume_of(in.space, parts);
  // What is left to the row, with its days; the same combination may be left on several stretches of days.
  Space left;
  left.columns = in.space.columns;
  if (in.days) left.columns.pop_back();
  for (const Box& part : parts) {
    const Covered covered = for_each_uncovered(in.space, part, earlier, steps, [&](const Box& box) {
      left.rows.push_back(box);
      if (in.days) left.rows.back().pop_back();
      return true;
    });
    if (covered == Covered::not_decided) return std::nullopt;
  }
  if (!in.days) return volume_of(left, left.rows);
  const auto missing = uncovered(left, {left.whole()}, left.all_rows(), steps);
  if (!missing) return std::nullopt;
  return volume(left, left.whole()) - *missing;
}

}  // namespace

TableCoverage table_coverage(const rules::RuleBook& book, std::uint32_t index) {
  const rules::Table& table = book.tables[index];
  const TableSpace in = table_space(book, index);
  const Undated undated = without_days(in);
  Steps steps;
  TableCoverage result;
  result.all = mapped(table, undated.space, undated.asked, undated.space.all_rows(), steps);
  std::vector<std::vector<std::uint32_t>> earlier(table.rows.size());
  const bool known = for_each_overlap(in.space, steps, [&](std::uint32_t first, std::uint32_t second) {
    earlier[second].push_back(first);
    return true;
  });
  for (std::uint32_t row = 0; row < table.rows.size(); ++row)
    result.rows.push_back(known ? of_row(in, row, earlier[row], steps) : std::nullopt);
  return result;
}

std::vector<ValueCoverage> value_coverage(const rules::RuleBook& book, std::uint32_t index, std::uint32_t column) {
  const rules::Table& table = book.tables[index];
  const Undated undated = without_days(table_space(book, index));
  std::vector<std::vector<std::uint32_t>> rows(undated.space.columns[column].size);
  for (std::uint32_t row = 0; row < table.rows.size(); ++row) {
    const Cell& cell = undated.space.rows[row][column];
    if (cell.any)
      for (auto& of_value : rows) of_value.push_back(row);
    else
      for (const std::uint32_t value : cell.values) rows[value].push_back(row);
  }
  std::vector<ValueCoverage> result(rows.size());
  for (std::uint32_t value = 0; value < rows.size(); ++value) {
    std::vector<Box> within;
    for (const Box& box : undated.asked) {
      Box slice = undated.space.whole();
      slice[column] = Cell::of({value});
      if (meets(undated.space, box, slice)) within.push_back(intersect(undated.space, box, slice));
    }
    for (const std::uint32_t row : rows[value])
      if (std::any_of(within.begin(), within.end(),
                      [&](const Box& box) { return meets(undated.space, box, undated.space.rows[row]); }))
        result[value].rows.push_back(row);
    Steps steps;
    result[value].all = mapped(table, undated.space, within, result[value].rows, steps);
  }
  return result;
}

}  // namespace glmap::verify
