// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/day_start.hpp"

#include <date/tz.h>

namespace glmap {

Result<Instant> start_of_day(Date date, std::string_view zone) {
  try {
    const date::local_days midnight{date::days{date.days()}};
    const date::time_zone* found = date::locate_zone(std::string(zone));
    const auto begins =
        found->to_sys(std::chrono::time_point_cast<std::chrono::seconds>(midnight), date::choose::earliest);
    return Instant{std::int64_t{begins.time_since_epoch().count()} * 1'000'000};
  } catch (const std::exception&) {
    return fail(ErrorCode::UnknownName, in_backticks(zone) + " is not a time zone",
                "write a zone of the IANA database, such as Europe/Berlin");
  }
}

}  // namespace glmap
