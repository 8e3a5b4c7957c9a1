// SPDX-License-Identifier: Apache-2.0
// What a clock on the wall of a zone shows at an instant. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "compiler/runtime/accounting/calendar.hpp"

namespace glmap {

struct CivilTime {
  Date date;
  std::int32_t minute = 0;  // of the wall clock, 0 to 1439; where an hour comes twice, it is shown twice
  friend bool operator==(const CivilTime&, const CivilTime&) = default;
};

/// Errors: GLM-2001 unknown zone.
Result<CivilTime> civil_time(Instant instant, std::string_view zone);

}  // namespace glmap
