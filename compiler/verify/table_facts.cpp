// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/table_facts.hpp"

#include <algorithm>

namespace glmap::verify {
namespace {

// With more changed rows than this it is no longer worth keeping what was known.
constexpr std::size_t kChangedMax = 256;

bool asks_everything(const TableSpace& in) {
  return in.asked.size() == 1 && in.asked.front() == in.space.whole();
}

/// Two rows that meet: do they where something can be asked?
bool share_asked_point(const TableSpace& in, std::uint32_t first, std::uint32_t second) {
  const Box& a = in.space.rows[first];
  const Box& b = in.space.rows[second];
  return std::any_of(in.asked.begin(), in.asked.end(), [&](const Box& asked) {
    for (std::size_t c = 0; c < asked.size(); ++c)
      if (!asked[c].any && !meets(in.space.columns[c], asked[c], intersect(in.space.columns[c], a[c], b[c])))
        return false;
    return true;
  });
}

/// What follows from the pairs of rows that overlap.
void conclude(TableFacts& facts) {
  Space& space = facts.in.space;
  if (!facts.overlaps_known) return;
  space.alone.assign(space.rows.size(), true);
  for (const auto& [first, second] : facts.overlaps) space.alone[first] = space.alone[second] = false;
  if (facts.overlap_count > facts.overlaps.size()) {
    space.alone.clear();  // who overlaps beyond those kept is not known
  } else if (!facts.overlaps.empty()) {
    facts.parts = disjoint_parts(space, facts.overlaps, worthwhile_parts(space));
  }
}

Covered all_covered(const TableFacts& facts, const std::vector<Box>& boxes) {
  Steps steps;
  const Space& space = facts.covering();
  const auto rows = space.all_rows();
  for (const Box& box : boxes) {
    const Covered covered = find_uncovered(space, box, rows, steps).covered;
    if (covered != Covered::yes) return covered;
  }
  return Covered::yes;
}

/// The rows of two versions: those before `prefix` and the last `suffix` are the same.
struct Difference {
  std::size_t prefix = 0, suffix = 0;
};
Difference difference(const std::vector<Box>& before, const std::vector<Box>& now) {
  const std::size_t shorter = std::min(before.size(), now.size());
  Difference same;
  while (same.prefix < shorter && before[same.prefix] == now[same.prefix]) ++same.prefix;
  while (same.suffix < shorter - same.prefix &&
         before[before.size() - 1 - same.suffix] == now[now.size() - 1 - same.suffix])
    ++same.suffix;
  return same;
}

bool comparable(const TableFacts& before, const TableSpace& now) {
  return before.overlaps_known && before.overlap_count == before.overlaps.size() &&
         before.in.space.columns == now.space.columns && before.in.asked == now.asked;
}

/// The pairs of which neither row has changed, with the numbers rows have now, and those with a row that has.
RowPairs updated_pairs(const TableFacts& before, const TableSpace& now, const Difference& same) {
  const std::size_t rows = now.space.rows.size();
  const std::size_t changed_until = before.in.space.rows.size() - same.suffix;
  const auto number_now = [&](std::uint32_t row) -> std::optional<std::uint32_t> {
    if (row < same.prefix) return row;
    if (row < changed_until) return std::nullopt;
    return static_cast<std::uint32_t>(row + rows - before.in.space.rows.size());
  };
  RowPairs pairs;
  for (const auto& [first, second] : before.overlaps) {
    const auto a = number_now(first);
    const auto b = number_now(second);
    if (a && b) pairs.emplace_back(*a, *b);
  }
  for (auto row = static_cast<std::uint32_t>(same.prefix); row < rows - same.suffix; ++row)
    for (std::uint32_t other = 0; other < rows; ++other) {
      const bool seen = other >= same.prefix && other <= row;  // changed rows meet each other once
      if (seen || !meets(now.space, now.space.rows[row], now.space.rows[other]) || !share_asked_point(now, row, other))
        continue;
      pairs.emplace_back(std::min(row, other), std::max(row, other));
    }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

}  // namespace

TableFacts table_facts(const rules::RuleBook& book, std::uint32_t table) {
  TableFacts facts;
  facts.in = table_space(book, table);
  const bool everything = asks_everything(facts.in);
  Steps steps;
  facts.overlaps_known = for_each_overlap(facts.in.space, steps, [&](std::uint32_t first, std::uint32_t second) {
    if (!everything && !share_asked_point(facts.in, first, second)) return true;
    ++facts.overlap_count;
    if (facts.overlaps.size() < TableFacts::kPairsKept) facts.overlaps.emplace_back(first, second);
    return true;
  });
  conclude(facts);
  facts.complete = all_covered(facts, facts.in.asked);
  return facts;
}

TableFacts table_facts(const rules::RuleBook& book, std::uint32_t table, const TableFacts& before) {
  TableSpace now = table_space(book, table);
  if (!comparable(before, now)) return table_facts(book, table);
  const Difference same = difference(before.in.space.rows, now.space.rows);
  const std::size_t rows_before = before.in.space.rows.size();
  if (std::max(rows_before, now.space.rows.size()) - same.prefix - same.suffix > kChangedMax)
    return table_facts(book, table);
  TableFacts facts;
  facts.overlaps = updated_pairs(before, now, same);
  facts.overlap_count = facts.overlaps.size();
  facts.overlaps_known = true;
  facts.in = std::move(now);
  if (facts.overlap_count > TableFacts::kPairsKept) return table_facts(book, table);
  conclude(facts);
  std::vector<Box> boxes = facts.in.asked;
  if (before.complete == Covered::yes) {  // a hole can only be where a row was
    boxes.clear();
    for (std::size_t row = same.prefix; row < rows_before - same.suffix; ++row)
      for (const Box& asked : facts.in.asked)
        if (meets(facts.in.space, asked, before.in.space.rows[row]))
          boxes.push_back(intersect(facts.in.space, asked, before.in.space.rows[row]));
  }
  facts.complete = all_covered(facts, boxes);
  return facts;
}

}  // namespace glmap::verify
