// SPDX-License-Identifier: Apache-2.0
// Changes of a schedule that has begun: prospective re-plan (IFRS 15.21 a), cumulative catch-up (15.21 b), pause, and
// termination. Each takes the schedule and what has been posted and gives the schedule that replaces it: what is posted
// stays posted, entries due under the old terms before the change keep their old amounts, and opening + entries is the
// new total, exactly. A separate contract (15.20) is a schedule of its own and needs nothing from here.
// Which of them a change is, and whether the contract may be changed so, is the caller's decision. Pure; any thread.
#pragma once

#include <optional>

#include "compiler/runtime/rules/schedule.hpp"

namespace glmap::rules {

struct Change {
  Money total;     // of the whole contract line, what is posted included
  Date effective;  // the first day under the new terms
  Date until;      // the new last day of service
  /// After a pause: no service from `effective` until the day before this one. Not for a cumulative catch-up.
  std::optional<Date> resumes;
  /// by_second: the exact instant instead of the beginning of `effective` (or of `resumes`), and instead of the end of
  /// `until`.
  std::optional<Instant> effective_at;
  std::optional<Instant> ends_at;
};

/// What is not recognised before `effective` is spread over the service that is left, by the old convention.
/// Where posted entries reach beyond `effective`, the new terms begin after them.
/// Rounds: as the schedule's terms; the cent that the old terms owed is part of what is left.
/// Errors: GLM-7015 when the convention does not cut months and `effective` is inside one, when nothing of the service
///         is left, when what is posted exceeds the new total, or when `effective` lies before an earlier change that
///         has not begun; GLM-3002; and as make_schedule.
/// Source: IFRS 15.21(a), ASC 606-10-25-13(a)
Result<Schedule> replan_prospective(const Schedule& schedule, const Posted& posted, const Change& change,
                                    const FiscalCalendar& calendar);

/// The whole contract line is planned anew from its origin; one catch_up entry on `effective` brings what was
/// recognised to the new line, the entries after it follow the new line. No catch_up entry when there is no difference.
/// The fiscal period in which `effective` lies ends on the new line as a whole.
/// Errors: GLM-7015 after a pause (the line has a gap), when `effective` lies before an earlier change that has not
///         begun; GLM-3002; and as make_schedule.
/// Source: IFRS 15.21(b), ASC 606-10-25-13(b)
Result<Schedule> replan_catch_up(const Schedule& schedule, const Posted& posted, const Change& change,
                                 const FiscalCalendar& calendar);

/// What is earned through a day under the schedule's terms, whatever is posted. A month begun counts as its convention
/// says: by its days, a half, or in full. For by_second through the end of the day in the zone.
/// Errors: GLM-7015 when the day lies before an earlier change that has not begun; GLM-7008.
Result<Money> earned_through(const Schedule& schedule, Date day);

enum class Remainder : std::uint8_t {
  forfeited,  // the customer pays and gets no more: the rest is revenue at once
  credited,   // the customer does not owe it: the total falls to what is earned
};

struct Stop {
  Date last_day;  // the last day of service
  Remainder remainder = Remainder::credited;
  std::optional<Instant> ends_at;  // by_second: the exact end instead of the end of `last_day`
};

struct Terminated {
  Schedule schedule;
  Money earned;     // through last_day; the new total when the remainder is credited
  Money remainder;  // old total - earned: what is credited or forfeited
};

/// Ends the service. Entries due by last_day stay; the stretch in which it lies is cut; what was posted for later days
/// is taken back by a correction entry on last_day (credited), or the rest is one termination entry on last_day
/// (forfeited). A closed period is the business of whoever posts the entry.
/// Errors: GLM-7015 when last_day lies before an earlier change that has not begun; GLM-7007, GLM-3002, GLM-7008.
Result<Terminated> terminate(const Schedule& schedule, const Posted& posted, const Stop& stop,
                             const FiscalCalendar& calendar);

}  // namespace glmap::rules
