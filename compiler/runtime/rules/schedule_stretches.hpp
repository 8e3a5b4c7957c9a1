// SPDX-License-Identifier: Apache-2.0
// Private to schedule*.cpp: cuts a service period into stretches with exact weights, one schedule entry each, and says
// what part of a stretch a shorter service would have weighed. No money in here. Pure functions; any thread.
#pragma once

#include <vector>

#include "compiler/runtime/rules/schedule.hpp"

namespace glmap::rules {

/// One calendar month. The least common multiple of 28, 29, 30 and 31, so that days of any month are whole numbers.
inline constexpr Int128 kMonthWeight = 377'580;

/// A stretch is an entry without an amount.
Result<std::vector<ScheduleEntry>> cut_into_stretches(const ScheduleTerms& terms, const FiscalCalendar& calendar);

/// by_second: service_from and service_to as the civil dates of starts and ends. Errors: GLM-7015, GLM-2001.
Result<ScheduleTerms> with_dates(ScheduleTerms terms);

/// The first day of the n-th month after `from`, counted from its day of the month; where a month has no such day, the
/// first of the next one (so that the month before ends with its last day: 31 Jan - 28 Feb, 1 Mar - 30 Mar).
Date month_start(Date from, int months);

/// The months from `service_from` on that have begun by `service_to`, counted as month_start does.
int months_begun(Date service_from, Date service_to);

/// True when the service is a whole number of such months.
bool is_whole_months(Date service_from, Date service_to);

/// What `stretch` would weigh had the service ended on `last_day`, which lies in it: by day its days, ends prorated the
/// days of the month, full and equal months all of it, mid-month one half. Not for by_second.
Int128 weight_until(const ScheduleTerms& terms, const ScheduleEntry& stretch, Date last_day);

/// True when a change may cut a stretch of the convention in two.
bool can_be_cut(Convention convention);

std::unexpected<Error> bad_schedule(std::string message, std::string help = {});

}  // namespace glmap::rules
