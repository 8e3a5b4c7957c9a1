// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/covering.hpp"

#include <algorithm>
#include <deque>
#include <numeric>

#include "compiler/runtime/base/error.hpp"

namespace glmap::verify {
namespace {

// Intervals are halved rather than cut at every boundary when there are more boundaries than this.
constexpr std::size_t kCutsAtOnce = 2;

/// Values of one column that all rows in question treat alike, and the rows that have them.
struct Group {
  std::vector<std::uint32_t> values;  // sorted; empty for the group of values no row names
  std::vector<std::uint32_t> rows;
  bool unnamed = false;
};

/// One run of the search: a box, the rows that meet it (clipped to it), the path taken so far.
class Search {
 public:
  Search(const Space& space, const Box& within, const std::vector<std::uint32_t>& rows, Steps& steps,
         const std::function<bool(const Box&)>& visit)
      : space_(space), within_(within), steps_(steps), visit_(visit), width_(space.columns.size()) {
    GLMAP_ASSERT(width_ <= 64 && within.size() == width_);
    path_.resize(width_);
    scratch_.resize(width_);
    for (std::size_t c = 0; c < width_; ++c) prepare_column(c);
    for (const std::uint32_t row : rows) add_row(row);
    countable_ = part_volume(all_columns()) < kCountMax;
  }

  Covered run() {
    if (is_empty(space_, within_)) return Covered::yes;
    std::vector<std::uint32_t> rows(cells_.size());
    std::iota(rows.begin(), rows.end(), 0U);
    explore(rows, all_columns());
    if (out_of_steps_) return Covered::not_decided;
    return found_ ? Covered::no : Covered::yes;
  }

 private:
  using Mask = std::uint64_t;

  /// How far the current part has been narrowed in one column.
  struct Step {
    bool split = false;
    const Group* group = nullptr;                       // closed columns
    const std::vector<std::uint32_t>* named = nullptr;  // values some row names, sorted (for the unnamed group)
    std::int32_t first = 0, last = -1;                  // days
  };
  struct Scratch {
    std::vector<std::uint32_t> group_of;  // by value; 0: not named
  };

  static Mask bit(std::size_t column) { return Mask{1} << column; }
  Mask all_columns() const { return width_ == 64 ? ~Mask{0} : bit(width_) - 1; }

  void prepare_column(std::size_t c) {
    const Column& column = space_.columns[c];
    if (column.days) {
      path_[c].first = within_[c].any ? column.first : std::max(column.first, within_[c].first);
      path_[c].last = within_[c].any ? column.last : std::min(column.last, within_[c].last);
      days_.push_back(c);
    } else {
      scratch_[c].group_of.assign(column.size, 0);
    }
  }

  std::size_t domain_size(std::size_t c) const {
    return within_[c].any ? space_.columns[c].size : within_[c].values.size();
  }

  void add_row(std::uint32_t index) {
    const Box& row = space_.rows[index];
    std::vector<const Cell*> cells(width_);
    Mask narrow = 0;
    for (std::size_t c = 0; c < width_; ++c) {
      const Column& column = space_.columns[c];
      if (!meets(column, within_[c], row[c])) return;
      cells[c] = &row[c];
      if (column.days) continue;
      if (!row[c].any && !within_[c].any) cells[c] = &clipped_.emplace_back(intersect(column, within_[c], row[c]));
      if (!cells[c]->any && cells[c]->values.size() < domain_size(c)) narrow |= bit(c);
    }
    cells_.push_back(std::move(cells));
    narrow_.push_back(narrow);
    alone_.push_back(!space_.alone.empty() && space_.alone[index]);
  }

  /// Columns in which the row does not cover the current part.
  Mask narrow(std::uint32_t row, Mask open) const {
    Mask mask = narrow_[row] & open;
    for (const std::size_t c : days_) {
      const Cell& cell = *cells_[row][c];
      if (!cell.any && (cell.first > path_[c].first || cell.last < path_[c].last)) mask |= bit(c);
    }
    return mask;
  }

  /// Points of the current part in the columns not yet split (those split are alike for every row left), and days.
  Count part_volume(Mask open) const {
    Count product = 1;
    for (std::size_t c = 0; c < width_; ++c) {
      if (space_.columns[c].days) {
        product = times(product, static_cast<Count>(path_[c].last - path_[c].first + 1));
      } else if ((open & bit(c)) != 0) {
        product = times(product, domain_size(c));
      }
    }
    return product;
  }
  Count row_volume(std::uint32_t row, Mask open) const {
    Count product = 1;
    for (const std::size_t c : days_) {
      const Cell& cell = *cells_[row][c];
      const std::int32_t first = cell.any ? path_[c].first : std::max(path_[c].first, cell.first);
      const std::int32_t last = cell.any ? path_[c].last : std::min(path_[c].last, cell.last);
      product *= static_cast<Count>(last - first + 1);
    }
    for (std::size_t c = 0; c < width_; ++c) {
      if (space_.columns[c].days || (open & bit(c)) == 0) continue;
      product *= (narrow_[row] & bit(c)) != 0 ? cells_[row][c]->values.size() : domain_size(c);
    }
    return product;
  }
  /// Rows that share no point cover a part exactly when their sizes add up to its size.
  bool covered_by_size(const std::vector<std::uint32_t>& rows, Mask open) const {
    if (!countable_) return false;
    Count sum = 0;
    for (const std::uint32_t row : rows) {
      if (!alone_[row]) return false;
      sum += row_volume(row, open);
    }
    return sum == part_volume(open);
  }

  bool spend(std::uint64_t count) {
    if (steps_.left < count) {
      steps_.left = 0;
      out_of_steps_ = true;
      return false;
    }
    steps_.left -= count;
    return true;
  }

  /// False: stop everything.
  bool explore(const std::vector<std::uint32_t>& rows, Mask open) {
    if (!spend(rows.size() + 1)) return false;
    if (rows.empty()) return emit();
    if (covered_by_size(rows, open)) return true;
    std::uint32_t counts[64] = {};
    for (const std::uint32_t row : rows) {
      Mask mask = narrow(row, open);
      if (mask == 0) return true;
      for (; mask != 0; mask &= mask - 1) ++counts[__builtin_ctzll(mask)];
    }
    const std::size_t best = static_cast<std::size_t>(std::max_element(counts, counts + width_) - counts);
    return space_.columns[best].days ? split_days(rows, open, best) : split_values(rows, open, best);
  }

  bool split_days(const std::vector<std::uint32_t>& rows, Mask open, std::size_t c) {
    const std::int32_t first = path_[c].first;
    const std::int32_t last = path_[c].last;
    std::vector<std::int32_t> starts;  // first days of the parts after the first
    for (const std::uint32_t row : rows) {
      const Cell& cell = *cells_[row][c];
      if (cell.any) continue;
      if (cell.first > first && cell.first <= last) starts.push_back(cell.first);
      if (cell.last < last && cell.last >= first) starts.push_back(cell.last + 1);
    }
    std::sort(starts.begin(), starts.end());
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    if (starts.size() > kCutsAtOnce) starts.assign(1, starts[starts.size() / 2]);
    starts.push_back(last + 1);
    const bool was_split = path_[c].split;
    path_[c].split = true;
    std::int32_t from = first;
    bool go_on = true;
    for (std::size_t i = 0; i < starts.size() && go_on; ++i) {
      path_[c].first = from;
      path_[c].last = starts[i] - 1;
      std::vector<std::uint32_t> kept;
      for (const std::uint32_t row : rows) {
        const Cell& cell = *cells_[row][c];
        if (cell.any || (cell.first <= path_[c].last && cell.last >= path_[c].first)) kept.push_back(row);
      }
      go_on = explore(kept, open);
      from = starts[i];
    }
    path_[c].first = first;
    path_[c].last = last;
    path_[c].split = was_split;
    return go_on;
  }

  /// Groups the values of column `c` by which rows have them (partition refinement: linear in the values named).
  /// `named` receives every value some narrow row names, sorted.
  std::vector<Group> group_values(const std::vector<std::uint32_t>& rows, std::size_t c,
                                  std::vector<std::uint32_t>& named) {
    std::vector<std::uint32_t>& group_of = scratch_[c].group_of;
    std::vector<std::uint32_t> split_to(1, 0);  // by group: the group its members move to for the present row
    std::vector<std::uint32_t> stamp(1, 0);     // by group: the row (plus one) split_to belongs to
    std::uint32_t turn = 0;
    for (const std::uint32_t row : rows) {
      if ((narrow_[row] & bit(c)) == 0) continue;
      ++turn;
      for (const std::uint32_t value : cells_[row][c]->values) {
        const std::uint32_t old = group_of[value];
        if (old == 0) named.push_back(value);
        if (stamp[old] != turn) {
          stamp[old] = turn;
          split_to[old] = static_cast<std::uint32_t>(split_to.size());
          split_to.push_back(0);
          stamp.push_back(0);
        }
        group_of[value] = split_to[old];
      }
    }
    std::sort(named.begin(), named.end());
    return collect_groups(rows, c, named, split_to.size());
  }

  std::vector<Group> collect_groups(const std::vector<std::uint32_t>& rows, std::size_t c,
                                    const std::vector<std::uint32_t>& named, std::size_t ids) {
    std::vector<std::uint32_t>& group_of = scratch_[c].group_of;
    std::vector<std::uint32_t> place(ids, UINT32_MAX);  // group id -> position in result
    std::vector<Group> groups;
    for (const std::uint32_t value : named) {
      std::uint32_t& at = place[group_of[value]];
      if (at == UINT32_MAX) {
        at = static_cast<std::uint32_t>(groups.size());
        groups.emplace_back();
      }
      groups[at].values.push_back(value);
    }
    if (named.size() < domain_size(c)) groups.emplace_back().unnamed = true;
    for (const std::uint32_t row : rows) {
      if ((narrow_[row] & bit(c)) == 0) {
        for (Group& group : groups) group.rows.push_back(row);
        continue;
      }
      for (const std::uint32_t value : cells_[row][c]->values) {
        Group& group = groups[place[group_of[value]]];
        if (group.rows.empty() || group.rows.back() != row) group.rows.push_back(row);
      }
    }
    for (const std::uint32_t value : named) group_of[value] = 0;
    return groups;
  }

  bool split_values(const std::vector<std::uint32_t>& rows, Mask open, std::size_t c) {
    std::vector<std::uint32_t> named;
    const std::vector<Group> groups = group_values(rows, c, named);
    std::vector<std::uint32_t> order(groups.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return groups[a].rows.size() < groups[b].rows.size();  // where few rows are left, a hole is found soonest
    });
    path_[c].split = true;
    path_[c].named = &named;
    bool go_on = true;
    for (const std::uint32_t index : order) {
      path_[c].group = &groups[index];
      go_on = explore(groups[index].rows, open & ~bit(c));
      if (!go_on) break;
    }
    path_[c] = {};
    return go_on;
  }

  bool emit() {
    found_ = true;
    Box box = within_;
    for (std::size_t c = 0; c < width_; ++c) {
      if (!path_[c].split) continue;
      if (space_.columns[c].days) {
        box[c] = Cell::span(path_[c].first, path_[c].last);
      } else if (!path_[c].group->unnamed) {
        box[c] = Cell::of(path_[c].group->values);
      } else {
        box[c] = Cell::of(values_but(c, *path_[c].named));
      }
    }
    return visit_(box);
  }

  std::vector<std::uint32_t> values_but(std::size_t c, const std::vector<std::uint32_t>& left_out) const {
    std::vector<std::uint32_t> values;
    std::vector<std::uint32_t> all = within_[c].values;
    if (within_[c].any) {
      all.resize(space_.columns[c].size);
      std::iota(all.begin(), all.end(), 0U);
    }
    std::set_difference(all.begin(), all.end(), left_out.begin(), left_out.end(), std::back_inserter(values));
    return values;
  }

  const Space& space_;
  const Box& within_;
  Steps& steps_;
  const std::function<bool(const Box&)>& visit_;
  std::size_t width_;
  std::vector<std::size_t> days_;                // columns of days
  std::vector<std::vector<const Cell*>> cells_;  // by row of this run, column
  std::vector<Mask> narrow_;  // by row of this run: closed columns in which it is narrower than within_
  std::vector<bool> alone_;   // by row of this run: overlaps no other
  bool countable_ = false;    // sizes fit into a count
  std::deque<Cell> clipped_;
  std::vector<Step> path_;
  std::vector<Scratch> scratch_;
  bool found_ = false;
  bool out_of_steps_ = false;
};

}  // namespace

Covered for_each_uncovered(const Space& space, const Box& within, const std::vector<std::uint32_t>& rows, Steps& steps,
                           const std::function<bool(const Box&)>& visit) {
  return Search(space, within, rows, steps, visit).run();
}

Uncovered find_uncovered(const Space& space, const Box& within, const std::vector<std::uint32_t>& rows, Steps& steps) {
  Uncovered result;
  result.covered = for_each_uncovered(space, within, rows, steps, [&](const Box& box) {
    result.box = box;
    return false;
  });
  return result;
}

std::optional<Count> count_uncovered(const Space& space, const std::vector<std::uint32_t>& rows, Steps& steps) {
  Count total = 0;
  const Covered covered = for_each_uncovered(space, space.whole(), rows, steps, [&](const Box& box) {
    total += std::min(volume(space, box), kCountMax - total);
    return true;
  });
  if (covered == Covered::not_decided || total == kCountMax) return std::nullopt;
  return total;
}

Box widen(const Space& space, Box box, const std::vector<std::uint32_t>& rows) {
  const auto widen_column = [&](std::size_t c) {
    if (box[c].any) return;
    const Column& column = space.columns[c];
    std::vector<bool> taken(column.days ? 0 : column.size, false);
    std::int32_t first = column.first;
    std::int32_t last = column.last;
    for (const std::uint32_t index : rows) {
      const Box& row = space.rows[index];
      bool meets_rest = true;
      for (std::size_t other = 0; other < box.size() && meets_rest; ++other)
        meets_rest = other == c || meets(space.columns[other], box[other], row[other]);
      if (!meets_rest) continue;
      if (row[c].any) return;  // nothing to gain here; the row misses the box elsewhere only by this column
      for (const std::uint32_t value : row[c].values) taken[value] = true;
      if (!column.days || row[c].first > row[c].last) continue;
      if (row[c].last < box[c].first) first = std::max(first, row[c].last + 1);
      if (row[c].first > box[c].last) last = std::min(last, row[c].first - 1);
    }
    if (column.days) {
      box[c] = first == column.first && last == column.last ? Cell{} : Cell::span(first, last);
      return;
    }
    Cell wide = Cell::of({});
    for (std::uint32_t value = 0; value < column.size; ++value)
      if (!taken[value]) wide.values.push_back(value);
    box[c] = wide.values.size() == column.size ? Cell{} : std::move(wide);
  };
  for (std::size_t c = 0; c < box.size(); ++c)
    if (space.columns[c].days) widen_column(c);
  for (std::size_t c = 0; c < box.size(); ++c)
    if (!space.columns[c].days) widen_column(c);
  return box;
}

}  // namespace glmap::verify
