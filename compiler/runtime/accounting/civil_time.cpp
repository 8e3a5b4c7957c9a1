// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/civil_time.hpp"

#include <date/tz.h>

namespace glmap {

Result<CivilTime> civil_time(Instant instant, std::string_view zone) {
  try {
    const date::time_zone* found = date::locate_zone(std::string(zone));
    const date::sys_time<std::chrono::microseconds> at{std::chrono::microseconds{instant.micros}};
    const auto local = found->to_local(at);
    const auto day = date::floor<date::days>(local);
    const auto minute = date::floor<std::chrono::minutes>(local - day);
    return CivilTime{Date::from_days(static_cast<std::int32_t>(day.time_since_epoch().count())),
                     static_cast<std::int32_t>(minute.count())};
  } catch (const std::exception&) {
    return fail(ErrorCode::UnknownName, in_backticks(zone) + " is not a time zone",
                "write a zone of the IANA database, such as Europe/Berlin");
  }
}

}  // namespace glmap
