// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/region_search.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace glmap::change {
namespace {

using verify::Box;
using verify::Cell;

// More differences than this are a new book; the report says that it stopped.
constexpr std::size_t kFoundMax = 200'000;

class Walk {
 public:
  Walk(const EventFrame& frame, const std::vector<Box>& within, verify::Steps& steps, RegionSearch& result)
      : frame_(frame),
        within_(within),
        steps_(steps),
        result_(result),
        sides_{BookSide(frame, kOld), BookSide(frame, kNew)} {}

  void run() {
    std::vector<std::uint32_t> parts(within_.size());
    std::iota(parts.begin(), parts.end(), 0U);
    visit(frame_.space.whole(), parts, nullptr);
  }

 private:
  /// `parts`: those of `within` that can meet the box.
  void visit(const Box& box, const std::vector<std::uint32_t>& parts, const Narrowed* wider) {
    if (result_.undecided || verify::is_empty(frame_.space, box)) return;
    if (steps_.left == 0 || result_.found.size() >= kFoundMax) {
      result_.undecided = box;
      return;
    }
    std::vector<std::uint32_t> meeting;
    bool inside = false;
    for (const std::uint32_t part : parts) {
      if (!verify::meets(frame_.space, box, within_[part])) continue;
      meeting.push_back(part);
      inside = inside || is_within(frame_.space, box, within_[part]);
    }
    steps_.left -= std::min<std::uint64_t>(steps_.left, parts.size());
    if (meeting.empty()) return;
    if (inside) return decide(box, meeting, wider);
    const Box& part = within_[meeting.front()];
    for (std::size_t c = 0; c < box.size(); ++c)
      if (!is_within(frame_.space.columns[c], box[c], part[c])) return cut(box, {c, part[c]}, meeting, wider);
  }

  void cut(const Box& box, const Split& by, const std::vector<std::uint32_t>& parts, const Narrowed* wider) {
    const verify::Column& column = frame_.space.columns[by.column];
    Box part = box;
    part[by.column] = verify::intersect(column, box[by.column], by.part);
    visit(part, parts, wider);
    for (Cell& outside : verify::without(column, box[by.column], by.part)) {
      part[by.column] = std::move(outside);
      visit(part, parts, wider);
    }
  }

  void decide(const Box& box, const std::vector<std::uint32_t>& parts, const Narrowed* wider) {
    Narrowed here{wider, {}};
    // Rates are looked at only where the books part anyway: whether one is missing is the same question to both.
    for (const bool with_rates : {false, true}) {
      auto before = sides_[kOld].read(box, with_rates, here, steps_);
      if (!before) return cut(box, before.error().split, parts, &here);
      auto after = sides_[kNew].read(box, with_rates, here, steps_);
      if (!after) return cut(box, after.error().split, parts, &here);
      if (*before == *after) return;
      if (with_rates) result_.found.push_back({box, std::move(*before), std::move(*after)});
    }
  }

  const EventFrame& frame_;
  const std::vector<Box>& within_;
  verify::Steps& steps_;
  RegionSearch& result_;
  BookSide sides_[2];
};

Cell united(const Cell& a, const Cell& b) {
  Cell cell = Cell::of({});
  std::set_union(a.values.begin(), a.values.end(), b.values.begin(), b.values.end(), std::back_inserter(cell.values));
  return cell;
}

/// Every cell that holds all of its column becomes `any`, so that equal cells look equal.
void normalise(const verify::Space& space, Box& box) {
  for (std::size_t c = 0; c < box.size(); ++c)
    if (is_within(space.columns[c], Cell{}, box[c])) box[c] = Cell{};
}

std::vector<std::int64_t> others_key(const Box& box, std::size_t column) {
  std::vector<std::int64_t> key;
  for (std::size_t c = 0; c < box.size(); ++c) {
    key.push_back(-1 - static_cast<std::int64_t>(c));
    if (c == column || box[c].any) continue;
    key.insert(key.end(), box[c].values.begin(), box[c].values.end());
    if (box[c].values.empty()) key.insert(key.end(), {INT32_MAX, box[c].first, box[c].last});
  }
  return key;
}

/// Boxes that agree in all other columns become one in this column.
std::vector<Box> merged_in(const verify::Space& space, std::vector<Box> boxes, std::size_t column) {
  std::map<std::vector<std::int64_t>, std::vector<Box>> groups;
  for (Box& box : boxes) groups[others_key(box, column)].push_back(std::move(box));
  std::vector<Box> result;
  for (auto& [key, group] : groups) {
    if (space.columns[column].days)
      std::sort(group.begin(), group.end(), [&](const Box& a, const Box& b) {
        return !b[column].any && (a[column].any || a[column].first < b[column].first);
      });
    const std::size_t first = result.size();
    for (Box& box : group) {
      if (result.size() == first || result.back()[column].any) {
        if (result.size() == first) result.push_back(std::move(box));
        continue;
      }
      Cell& into = result.back()[column];
      if (!space.columns[column].days)
        into = united(into, box[column]);
      else if (box[column].first <= into.last + 1)
        into.last = std::max(into.last, box[column].last);
      else
        result.push_back(std::move(box));
    }
    for (std::size_t i = first; i < result.size(); ++i) normalise(space, result[i]);
  }
  return result;
}

}  // namespace

RegionSearch search_regions(const EventFrame& frame, const std::vector<Box>& within, verify::Steps& steps) {
  RegionSearch result;
  if (!within.empty()) Walk(frame, within, steps, result).run();
  return result;
}

std::vector<Box> merged(const verify::Space& space, std::vector<Box> boxes) {
  for (Box& box : boxes) normalise(space, box);
  for (std::size_t before = SIZE_MAX; boxes.size() < before;) {
    before = boxes.size();
    for (std::size_t c = 0; c < space.columns.size() && boxes.size() > 1; ++c)
      boxes = merged_in(space, std::move(boxes), c);
  }
  return boxes;
}

}  // namespace glmap::change
