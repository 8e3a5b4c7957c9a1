// SPDX-License-Identifier: Apache-2.0
// Which events of one type two books decide differently: a covering search over the common refinement of both, which
// splits a box of events until each book decides all of it alike. Exact: what it does not get through in its steps is
// left undecided and said so. Private to change; single-threaded.
#pragma once

#include "compiler/change/book_reading.hpp"

namespace glmap::change {

/// Events that both books decide, each in its own way.
struct Difference {
  verify::Box box;
  Outcome before, after;
};

struct RegionSearch {
  std::vector<Difference> found;
  std::optional<verify::Box> undecided;  // a box that the steps did not suffice for
};

/// `within`: the boxes outside of which nothing differs (see changed_parts.hpp).
RegionSearch search_regions(const EventFrame& frame, const std::vector<verify::Box>& within, verify::Steps& steps);

/// Boxes of the same events, fewer: two that differ in one column only become one.
std::vector<verify::Box> merged(const verify::Space& space, std::vector<verify::Box> boxes);

}  // namespace glmap::change
