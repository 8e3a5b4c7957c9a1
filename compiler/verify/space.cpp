// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/space.hpp"

#include <algorithm>
#include <numeric>

namespace glmap::verify {
namespace {

struct Days {
  std::int32_t first;
  std::int32_t last;
};
/// The days of a cell within its column; a row may be in force before or after them, only these count.
Days days_of(const Column& column, const Cell& cell) {
  if (cell.any) return {column.first, column.last};
  return {std::max(column.first, cell.first), std::min(column.last, cell.last)};
}

bool share_value(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() && j != b.end()) {
    if (*i == *j) return true;
    if (*i < *j) {
      ++i;
    } else {
      ++j;
    }
  }
  return false;
}

}  // namespace

Count times(Count a, Count b) {
  if (a == 0 || b == 0) return 0;
  return a > kCountMax / b ? kCountMax : a * b;
}

std::string count_text(Count count) {
  if (count == 0) return "0";
  std::string text;
  for (; count != 0; count /= 10) text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(count % 10)));
  return text;
}

Cell Cell::of(std::vector<std::uint32_t> values) {
  Cell cell;
  cell.any = false;
  cell.values = std::move(values);
  return cell;
}

Cell Cell::span(std::int32_t first, std::int32_t last) {
  Cell cell;
  cell.any = false;
  cell.first = first;
  cell.last = last;
  return cell;
}

std::vector<std::uint32_t> Space::all_rows() const {
  std::vector<std::uint32_t> all(rows.size());
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

Count volume(const Space& space, const Box& box) {
  Count product = 1;
  for (std::size_t c = 0; c < box.size(); ++c)
    if (!space.columns[c].days) product = times(product, box[c].any ? space.columns[c].size : box[c].values.size());
  return product;
}

bool meets(const Column& column, const Cell& a, const Cell& b) {
  if (column.days) {
    const Days x = days_of(column, a);
    const Days y = days_of(column, b);
    return std::max(x.first, y.first) <= std::min(x.last, y.last);
  }
  if (a.any && b.any) return column.size != 0;
  if (a.any) return !b.values.empty();
  if (b.any) return !a.values.empty();
  const auto& small = a.values.size() < b.values.size() ? a.values : b.values;
  const auto& large = a.values.size() < b.values.size() ? b.values : a.values;
  if (small.size() == 1) return std::binary_search(large.begin(), large.end(), small.front());
  return share_value(small, large);
}

bool meets(const Space& space, const Box& a, const Box& b) {
  for (std::size_t c = 0; c < space.columns.size(); ++c)
    if (!meets(space.columns[c], a[c], b[c])) return false;
  return true;
}

Cell intersect(const Column& column, const Cell& a, const Cell& b) {
  if (column.days) {
    if (a.any && b.any) return {};
    const Days x = days_of(column, a);
    const Days y = days_of(column, b);
    return Cell::span(std::max(x.first, y.first), std::min(x.last, y.last));
  }
  if (a.any) return b;
  if (b.any) return a;
  Cell both = Cell::of({});
  std::set_intersection(a.values.begin(), a.values.end(), b.values.begin(), b.values.end(),
                        std::back_inserter(both.values));
  return both;
}

Box intersect(const Space& space, const Box& a, const Box& b) {
  Box both(space.columns.size());
  for (std::size_t c = 0; c < both.size(); ++c) both[c] = intersect(space.columns[c], a[c], b[c]);
  return both;
}

std::vector<Cell> without(const Column& column, const Cell& a, const Cell& b) {
  std::vector<Cell> parts;
  if (b.any) return parts;
  if (column.days) {
    const Days x = days_of(column, a);
    const Days y = days_of(column, b);
    if (x.first < y.first) parts.push_back(Cell::span(x.first, std::min(x.last, y.first - 1)));
    if (x.last > y.last) parts.push_back(Cell::span(std::max(x.first, y.last + 1), x.last));
    return parts;
  }
  std::vector<std::uint32_t> all = a.values;
  if (a.any) {
    all.resize(column.size);
    std::iota(all.begin(), all.end(), 0U);
  }
  Cell rest = Cell::of({});
  std::set_difference(all.begin(), all.end(), b.values.begin(), b.values.end(), std::back_inserter(rest.values));
  if (!rest.values.empty()) parts.push_back(std::move(rest));
  return parts;
}

bool is_empty(const Space& space, const Box& box) {
  for (std::size_t c = 0; c < box.size(); ++c) {
    const Column& column = space.columns[c];
    if (column.days) {
      const Days days = days_of(column, box[c]);
      if (days.first > days.last) return true;
    } else if (box[c].any ? column.size == 0 : box[c].values.empty()) {
      return true;
    }
  }
  return false;
}

}  // namespace glmap::verify
