// SPDX-License-Identifier: Apache-2.0
// The covering search against plain enumeration of every point, on thousands of small generated tables.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "compiler/verify/covering.hpp"

using namespace glmap::verify;

namespace {

using Point = std::vector<std::int32_t>;

bool holds(const Column& column, const Cell& cell, std::int32_t value) {
  if (cell.any) return true;
  if (column.days) return value >= cell.first && value <= cell.last;
  return std::binary_search(cell.values.begin(), cell.values.end(), static_cast<std::uint32_t>(value));
}
bool holds(const Space& space, const Box& box, const Point& point) {
  for (std::size_t c = 0; c < point.size(); ++c)
    if (!holds(space.columns[c], box[c], point[c])) return false;
  return true;
}

std::vector<Point> points(const Space& space) {
  std::vector<Point> all{{}};
  for (const Column& column : space.columns) {
    std::vector<Point> longer;
    const std::int32_t first = column.days ? column.first : 0;
    const std::int32_t last = column.days ? column.last : static_cast<std::int32_t>(column.size) - 1;
    for (const Point& point : all)
      for (std::int32_t value = first; value <= last; ++value) {
        longer.push_back(point);
        longer.back().push_back(value);
      }
    all = std::move(longer);
  }
  return all;
}

Cell random_cell(std::mt19937& random, const Column& column) {
  if (random() % 3 == 0) return {};
  if (column.days) {
    const auto first = column.first - 2 + static_cast<std::int32_t>(random() % 10);
    return Cell::span(first, first - 1 + static_cast<std::int32_t>(random() % 8));  // sometimes empty
  }
  Cell cell = Cell::of({});
  for (std::uint32_t value = 0; value < column.size; ++value)
    if (random() % 2 == 0) cell.values.push_back(value);
  if (cell.values.empty() && random() % 4 != 0)
    cell.values.push_back(static_cast<std::uint32_t>(random() % column.size));
  return cell;
}

Space random_space(std::mt19937& random, bool with_days) {
  Space space;
  const std::size_t width = 1 + random() % 4;
  for (std::size_t c = 0; c < width; ++c)
    space.columns.push_back(Column::closed(1 + static_cast<std::uint32_t>(random() % 5)));
  if (with_days) space.columns.push_back(Column::of_days(100, 100 + static_cast<std::int32_t>(random() % 8)));
  const std::size_t rows = random() % 14;
  for (std::size_t r = 0; r < rows; ++r) {
    Box row;
    for (const Column& column : space.columns) row.push_back(random_cell(random, column));
    space.rows.push_back(std::move(row));
  }
  return space;
}

std::vector<std::uint32_t> all_but(const Space& space, std::uint32_t left_out) {
  auto rows = space.all_rows();
  rows.erase(rows.begin() + left_out);
  return rows;
}

void check_against_enumeration(const Space& space, std::size_t& disagreements) {
  Steps steps;
  const auto all = points(space);
  const auto rows = space.all_rows();
  std::set<Point> open;
  for (const Point& point : all)
    if (std::none_of(space.rows.begin(), space.rows.end(), [&](const Box& row) { return holds(space, row, point); }))
      open.insert(point);

  // The boxes found are disjoint, and together exactly the open points.
  std::vector<Box> boxes;
  const Covered covered = for_each_uncovered(space, space.whole(), rows, steps, [&](const Box& box) {
    boxes.push_back(box);
    return true;
  });
  disagreements += (covered == Covered::yes) != open.empty();
  for (const Point& point : all) {
    const auto hits =
        std::count_if(boxes.begin(), boxes.end(), [&](const Box& box) { return holds(space, box, point); });
    disagreements += hits != (open.contains(point) ? 1 : 0);
  }
  for (const Box& box : boxes) {
    const Box wide = widen(space, box, rows);
    for (const Point& point : all) {
      disagreements += holds(space, wide, point) && !open.contains(point);
      disagreements += holds(space, box, point) && !holds(space, wide, point);
    }
  }
  // A row all of whose points other rows take.
  for (std::uint32_t row = 0; row < space.rows.size(); ++row) {
    const bool dead = std::none_of(all.begin(), all.end(), [&](const Point& point) {
      if (!holds(space, space.rows[row], point)) return false;
      for (const std::uint32_t other : all_but(space, row))
        if (holds(space, space.rows[other], point)) return false;
      return true;
    });
    const auto found = find_uncovered(space, space.rows[row], all_but(space, row), steps);
    disagreements += (found.covered == Covered::yes) != dead;
  }
  std::set<std::pair<std::uint32_t, std::uint32_t>> pairs, expected;
  for_each_overlap(space, steps, [&](std::uint32_t a, std::uint32_t b) { return pairs.emplace(a, b).second; });
  for (const Point& point : all)
    for (std::uint32_t a = 0; a < rows.size(); ++a)
      for (std::uint32_t b = a + 1; b < rows.size(); ++b)
        if (holds(space, space.rows[a], point) && holds(space, space.rows[b], point)) expected.emplace(a, b);
  disagreements += pairs != expected;
}

/// Splits a box again and again, so that the parts cover it exactly once.
std::vector<Box> partition(const Space& space, std::size_t rows, std::mt19937& random) {
  std::vector<Box> boxes;
  Box whole;
  for (const Column& column : space.columns) {
    if (column.days) {
      whole.push_back(Cell::span(column.first, column.last));
    } else {
      whole.push_back(Cell::of({}));
      for (std::uint32_t value = 0; value < column.size; ++value) whole.back().values.push_back(value);
    }
  }
  boxes.push_back(whole);
  while (boxes.size() < rows) {
    const std::size_t at = random() % boxes.size();
    const std::size_t c = random() % space.columns.size();
    Box left = boxes[at];
    Box right = left;
    if (space.columns[c].days) {
      if (left[c].first == left[c].last) continue;
      const auto span = static_cast<std::uint32_t>(left[c].last - left[c].first);
      left[c].last = left[c].first + static_cast<std::int32_t>(random() % span);
      right[c].first = left[c].last + 1;
    } else {
      std::vector<std::uint32_t> a, b;
      for (const std::uint32_t value : left[c].values) (random() % 2 ? a : b).push_back(value);
      if (a.empty() || b.empty()) continue;
      left[c].values = a;
      right[c].values = b;
    }
    boxes[at] = std::move(left);
    boxes.push_back(std::move(right));
  }
  for (Box& box : boxes)
    for (std::size_t c = 0; c < box.size(); ++c)
      if (box[c] == whole[c]) box[c] = {};
  return boxes;
}

}  // namespace

TEST_CASE("covering search and plain enumeration agree on 4,000 small tables", "[covering]") {
  std::mt19937 random(20261101);
  std::size_t disagreements = 0;
  for (int i = 0; i < 4000; ++i) {
    Space space = random_space(random, i % 2 == 0);
    Steps steps;
    check_against_enumeration(space, disagreements);
    const Space parts = without_overlaps(space, steps);
    check_against_enumeration(parts, disagreements);
    for (const Point& point : points(space)) {  // the same points, each in one part only
      const auto in = [&](const Box& row) { return holds(space, row, point); };
      disagreements += std::count_if(parts.rows.begin(), parts.rows.end(), in) !=
                       (std::any_of(space.rows.begin(), space.rows.end(), in) ? 1 : 0);
    }
  }
  CHECK(disagreements == 0);
}

TEST_CASE("rows of keys and rows of long lists are compared by different ways and give the same pairs", "[covering]") {
  std::mt19937 random(20260811);
  std::size_t disagreements = 0, pairs = 0;
  for (int i = 0; i < 40; ++i) {
    Space space;
    space.columns = {Column::closed(400), Column::closed(6), Column::closed(70), Column::of_days(0, 30)};
    for (int r = 0; r < 500; ++r) {
      Box row;
      for (const Column& column : space.columns) {
        const bool key = &column == space.columns.data() && random() % 10 != 0;
        row.push_back(key ? Cell::of({static_cast<std::uint32_t>(random() % 400)}) : random_cell(random, column));
      }
      space.rows.push_back(std::move(row));
    }
    std::set<std::pair<std::uint32_t, std::uint32_t>> found;
    Steps steps;
    for_each_overlap(space, steps, [&](std::uint32_t a, std::uint32_t b) {
      disagreements += !found.emplace(a, b).second;
      return true;
    });
    for (std::uint32_t a = 0; a < space.rows.size(); ++a)
      for (std::uint32_t b = a + 1; b < space.rows.size(); ++b)
        disagreements += meets(space, space.rows[a], space.rows[b]) != found.contains({a, b});
    pairs += found.size();
  }
  CHECK(disagreements == 0);
  CHECK(pairs > 1000);
}

TEST_CASE("the count of combinations without a row is exact", "[covering]") {
  std::mt19937 random(7);
  std::size_t disagreements = 0;
  for (int i = 0; i < 3000; ++i) {
    const Space space = random_space(random, false);
    std::size_t open = 0;
    for (const Point& point : points(space))
      open +=
          std::none_of(space.rows.begin(), space.rows.end(), [&](const Box& row) { return holds(space, row, point); });
    Steps steps;
    disagreements += count_uncovered(space, space.all_rows(), steps) != Count{open};
  }
  CHECK(disagreements == 0);
}

TEST_CASE("a list of five thousand products is counted without enumerating", "[covering]") {
  Space space;
  space.columns = {Column::closed(5000), Column::closed(5000), Column::closed(5000), Column::closed(5000)};
  space.rows.push_back({Cell::of({4999}), {}, {}, {}});
  Steps steps;
  // 4,999 x 5,000^3
  CHECK(count_text(count_uncovered(space, space.all_rows(), steps).value()) == "624875000000000");
}

TEST_CASE("a proof that runs out of steps says so", "[covering]") {
  std::mt19937 random(3);
  Space space;
  for (int c = 0; c < 6; ++c) space.columns.push_back(Column::closed(20));
  space.rows = partition(space, 500, random);
  Steps few{100};
  CHECK(find_uncovered(space, space.whole(), space.all_rows(), few).covered == Covered::not_decided);
  Steps enough;
  CHECK(find_uncovered(space, space.whole(), space.all_rows(), enough).covered == Covered::yes);
}

TEST_CASE("ten thousand rows in seven columns are proved complete and disjoint", "[covering]") {
  std::mt19937 random(20260101);
  Space space;
  for (const std::uint32_t size : {50U, 40U, 60U, 4U, 30U, 100U}) space.columns.push_back(Column::closed(size));
  space.columns.push_back(Column::of_days(20000, 23650));
  space.rows = partition(space, 10000, random);
  using Clock = std::chrono::steady_clock;
  const auto ms = [](Clock::time_point since) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since).count();
  };

  auto start = Clock::now();
  Steps steps;
  space = without_overlaps(std::move(space), steps);
  CHECK(space.rows.size() == 10000);  // nothing had to be cut
  std::cout << "disjoint, 10,000 rows: " << ms(start) << " ms\n";

  start = Clock::now();
  CHECK(find_uncovered(space, space.whole(), space.all_rows(), steps).covered == Covered::yes);
  std::cout << "complete, 10,000 rows: " << ms(start) << " ms, " << Steps::kDefault - steps.left << " steps\n";

  start = Clock::now();
  const auto found = find_uncovered(space, space.whole(), all_but(space, 4711), steps);
  REQUIRE(found.covered == Covered::no);
  CHECK(meets(space, *found.box, space.rows[4711]));
  CHECK(widen(space, *found.box, all_but(space, 4711)) == space.rows[4711]);
  std::cout << "the one removed row is found: " << ms(start) << " ms\n";
}
