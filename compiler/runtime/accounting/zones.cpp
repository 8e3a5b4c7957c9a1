// SPDX-License-Identifier: Apache-2.0
// Time zones, from the machine's tz database through Howard Hinnant's date library.
#include <map>

#include <date/tz.h>

#include "compiler/runtime/accounting/calendar.hpp"

namespace glmap {
namespace {

/// What was last asked of a zone: between two of its transitions the offset does not change.
struct KnownZone {
  const date::time_zone* zone = nullptr;
  std::int64_t begin_seconds = 0;
  std::int64_t end_seconds = 0;
  std::int64_t offset_seconds = 0;
};

/// nullptr when the database does not know the zone.
KnownZone* find_zone(std::string_view name) {
  // A cache of immutable reference data, one a thread so that it needs no lock. Unknown names are not kept: they may
  // come from outside and there is no end to them.
  thread_local std::map<std::string, KnownZone, std::less<>> cache;
  if (const auto known = cache.find(name); known != cache.end()) return &known->second;
  try {
    const date::time_zone* zone = date::locate_zone(std::string(name));
    return &cache.emplace(std::string(name), KnownZone{.zone = zone}).first->second;
  } catch (const std::exception&) {
    return nullptr;
  }
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

Result<Date> civil_date(Instant instant, std::string_view zone) {
  KnownZone* known = find_zone(zone);
  if (known == nullptr)
    return fail(ErrorCode::UnknownName, in_backticks(zone) + " is not a time zone",
                "write a zone of the IANA database, such as Europe/Berlin");
  const std::int64_t seconds = floor_divide(instant.micros, 1'000'000);
  if (seconds < known->begin_seconds || seconds >= known->end_seconds) {
    try {
      const date::sys_info info = known->zone->get_info(date::sys_seconds{std::chrono::seconds{seconds}});
      known->begin_seconds = info.begin.time_since_epoch().count();
      known->end_seconds = info.end.time_since_epoch().count();
      known->offset_seconds = info.offset.count();
    } catch (const std::exception&) {
      return fail(ErrorCode::UnknownName, "time zone " + in_backticks(zone) + " cannot be read from the tz database");
    }
  }
  return Date::from_days(static_cast<std::int32_t>(floor_divide(seconds + known->offset_seconds, 86'400)));
}

bool zone_exists(std::string_view zone) {
  return find_zone(zone) != nullptr;
}

}  // namespace glmap
