// SPDX-License-Identifier: Apache-2.0
// The instant at which a civil day begins in a zone: the inverse of civil_date. Any thread.
#pragma once

#include <string_view>

#include "compiler/runtime/accounting/calendar.hpp"

namespace glmap {

/// The first instant of `date` in the IANA zone. Where clocks jump over midnight, the moment of the jump; where
/// midnight comes twice, the first; a day that a zone left out (Samoa, 30 December 2011) begins when the next one does.
/// Errors: GLM-2001 unknown zone.
Result<Instant> start_of_day(Date date, std::string_view zone);

}  // namespace glmap
