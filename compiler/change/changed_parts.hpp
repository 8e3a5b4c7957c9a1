// SPDX-License-Identifier: Apache-2.0
// Where two books can differ for an event type at all: boxes outside of which both say the same, so that a change of
// two rows in ten thousand is a search in two boxes. The boxes may hold events that nothing changes for; never the
// other way round. Private to change. Pure functions; any thread.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/change/event_frame.hpp"

namespace glmap::change {

/// Rows that only one of the books has, by what they ask for, answer and when they are in force: where they stand in
/// the table does not count. Worked out once for all event types.
struct ChangedTables {
  explicit ChangedTables(const Books& books);
  /// By book, table of that book: its rows that the other book's table of that name lacks.
  std::array<std::vector<std::vector<std::uint32_t>>, 2> rows;
};

/// Disjointness is not promised. Empty: nothing differs.
std::vector<verify::Box> changed_parts(const EventFrame& frame, const ChangedTables& tables);

}  // namespace glmap::change
