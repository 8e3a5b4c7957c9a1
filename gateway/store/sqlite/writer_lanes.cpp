// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "gateway/store/sqlite/checked_rows.hpp"
#include "gateway/store/sqlite/writer.hpp"

namespace glmap::gateway::store {

Result<std::int64_t> Writer::take_requests(std::string_view lane, Date day, std::int64_t wanted, std::int64_t most) {
  GLMAP_TRY(find, database_.prepare("SELECT requests FROM lane_days WHERE lane=?1 AND day=?2"));
  find.text(1, lane).integer(2, day.days());
  GLMAP_TRY(known, find.step());
  const std::int64_t before = known ? find.integer(0) : 0;
  find.reset();
  const std::int64_t taken = std::clamp(wanted, -before, std::max<std::int64_t>(0, most - before));
  if (taken == 0) return 0;
  GLMAP_TRY(write, database_.prepare(known ? checked_update("lane_days", {{"requests", "?3"}}, "lane=?1 AND day=?2")
                                           : checked_insert("lane_days")));
  GLMAP_CHECK(write.text(1, lane).integer(2, day.days()).integer(3, before + taken).run());
  return taken;
}

}  // namespace glmap::gateway::store
