// SPDX-License-Identifier: Apache-2.0
// What the proofs about one table rest on: its rows as boxes, which of them overlap, whether they cover what can be
// asked. Geometry only, no words. Can be brought up to date after an edit by looking at the boxes of the changed rows
// alone, with the same result as from scratch. Private to verify. Values; pure functions; any thread.
#pragma once

#include <optional>

#include "compiler/verify/table_space.hpp"

namespace glmap::verify {

struct TableFacts {
  TableSpace in;  // in.space.alone is known when `overlaps_known`
  /// Pairs of rows (first < second, ascending) that share a point that can be asked; the first kPairsKept of them.
  RowPairs overlaps;
  std::uint64_t overlap_count = 0;
  bool overlaps_known = false;  // false: the search ran out of steps
  /// The same points as the rows', in boxes that share none; empty when the rows already share none, or when there
  /// would be too many.
  std::optional<Space> parts;
  Covered complete = Covered::not_decided;  // does every point that can be asked have a row

  static constexpr std::size_t kPairsKept = 100'000;
  /// What searches for holes go through: any of the two gives the same answers.
  const Space& covering() const { return parts ? *parts : in.space; }
};

TableFacts table_facts(const rules::RuleBook& book, std::uint32_t table);

/// The same, with what is known of an earlier version of the table: only boxes of rows that differ are looked at again,
/// when the columns are still the same and few rows have changed; otherwise everything.
TableFacts table_facts(const rules::RuleBook& book, std::uint32_t table, const TableFacts& before);

}  // namespace glmap::verify
