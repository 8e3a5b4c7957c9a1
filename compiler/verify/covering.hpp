// SPDX-License-Identifier: Apache-2.0
// Is every point of a box of closed columns covered by some row? A depth-first covering search: split the box along the
// column that distinguishes most rows, until a part has a row that covers it or no row at all. Knows nothing of tables,
// rules or money. Exact: values are grouped by partition refinement, never by a hash alone. Bounded memory (one path of
// the search); bounded time by a step budget, and when that runs out the answer is "not decided", never "covered".
// Source: evidence on decision tables, docs/ARCHITECTURE.md (proofs). Pure functions over given data; single-threaded.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/verify/space.hpp"

namespace glmap::verify {

/// How much a search may still do; one step is one row looked at in one part of a box.
struct Steps {
  std::uint64_t left = kDefault;
  static constexpr std::uint64_t kDefault = 20'000'000;
};

enum class Covered : std::uint8_t { yes, no, not_decided };

/// Calls `visit` with disjoint boxes inside `within` that no row covers, until it returns false or there are no more.
/// `rows`: which rows of the space count. Returns yes when there was no such box, not_decided when steps ran out.
Covered for_each_uncovered(const Space& space, const Box& within, const std::vector<std::uint32_t>& rows, Steps& steps,
                           const std::function<bool(const Box&)>& visit);

struct Uncovered {
  Covered covered = Covered::yes;
  std::optional<Box> box;  // when not covered
};
Uncovered find_uncovered(const Space& space, const Box& within, const std::vector<std::uint32_t>& rows, Steps& steps);

/// The number of points that no row covers, columns of days left out of the product (the space should have none).
/// nullopt: not decided, or more than 2^127.
std::optional<Count> count_uncovered(const Space& space, const std::vector<std::uint32_t>& rows, Steps& steps);

/// Makes an uncovered box as large as it can be by widening one column after the other, days first.
Box widen(const Space& space, Box box, const std::vector<std::uint32_t>& rows);

/// Calls `visit` with each pair of rows (first < second) that share a point, until it returns false.
/// Returns false when steps ran out.
bool for_each_overlap(const Space& space, Steps& steps,
                      const std::function<bool(std::uint32_t first, std::uint32_t second)>& visit);

using RowPairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// The rows of `space` in boxes that share no point, which makes the searches above fast: each row less the earlier
/// rows that `overlaps` (all of them, first < second) pairs it with. nullopt when that makes more than `parts_max`.
std::optional<Space> disjoint_parts(const Space& space, const RowPairs& overlaps, std::size_t parts_max);
/// What disjoint_parts is worth: a few boxes for a row that is cut up; more would cost more than it saves.
std::size_t worthwhile_parts(const Space& space);

/// A space of the same points in boxes that share none; `space` as it is when steps run out or that is not worth it.
Space without_overlaps(Space space, Steps& steps);

}  // namespace glmap::verify
