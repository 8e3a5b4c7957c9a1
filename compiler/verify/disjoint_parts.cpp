// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/verify/covering.hpp"

namespace glmap::verify {
namespace {

// Pairs of rows that overlap are counted no further than this; so many cannot be cut up.
constexpr std::size_t kPairsMax = 100'000;

/// a less b: boxes that share no point, `a` itself when the two share none.
void subtract(const Space& space, Box a, const Box& b, std::vector<Box>& to) {
  if (!meets(space, a, b)) {
    to.push_back(std::move(a));
    return;
  }
  for (std::size_t c = 0; c < a.size(); ++c) {
    const Column& column = space.columns[c];
    for (Cell& outside : without(column, a[c], b[c])) {
      Box part = a;
      part[c] = std::move(outside);
      to.push_back(std::move(part));
    }
    a[c] = intersect(column, a[c], b[c]);
  }
}

}  // namespace

std::optional<Space> disjoint_parts(const Space& space, const RowPairs& overlaps, std::size_t most) {
  std::vector<std::vector<std::uint32_t>> earlier(space.rows.size());
  for (const auto& [first, second] : overlaps) earlier[second].push_back(first);
  Space result;
  result.columns = space.columns;
  for (std::size_t row = 0; row < space.rows.size(); ++row) {
    std::vector<Box> parts{space.rows[row]};
    for (const std::uint32_t other : earlier[row]) {
      std::vector<Box> left;
      for (Box& part : parts) subtract(space, std::move(part), space.rows[other], left);
      parts = std::move(left);
      if (result.rows.size() + parts.size() > most) return std::nullopt;
    }
    for (Box& part : parts) result.rows.push_back(std::move(part));
  }
  result.alone.assign(result.rows.size(), true);
  return result;
}

std::size_t worthwhile_parts(const Space& space) {
  return 2 * space.rows.size() + 10'000;
}

Space without_overlaps(Space space, Steps& steps) {
  RowPairs overlaps;
  const bool finished = for_each_overlap(space, steps, [&](std::uint32_t first, std::uint32_t second) {
    overlaps.emplace_back(first, second);
    return overlaps.size() < kPairsMax;
  });
  if (!finished || overlaps.size() == kPairsMax) return space;
  auto parts = disjoint_parts(space, overlaps, worthwhile_parts(space));
  return parts ? std::move(*parts) : std::move(space);
}

}  // namespace glmap::verify
