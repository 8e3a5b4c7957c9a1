// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/schedule_stretches.hpp"

#include <algorithm>
#include <chrono>

#include "compiler/runtime/accounting/day_start.hpp"

namespace glmap::rules {
namespace {

using Stretches = std::vector<ScheduleEntry>;

std::chrono::year_month month_of(Date date) {
  return std::chrono::year{date.year()} / date.month();
}

int days_in_month(std::chrono::year_month month) {
  return static_cast<int>(static_cast<unsigned>((month / std::chrono::last).day()));
}

Date date_of(std::chrono::year_month month, int day) {
  const std::chrono::sys_days days{month / day};
  return Date::from_days(static_cast<std::int32_t>(days.time_since_epoch().count()));
}

int months_between(std::chrono::year_month from, std::chrono::year_month to) {
  return static_cast<int>((to - from).count());
}

std::unexpected<Error> outside(const FiscalCalendar& calendar, Date day) {
  std::string help;
  if (!calendar.periods().empty())
    help = "calendar `" + calendar.name() + "` is defined from " + calendar.periods().front().from.to_text() +
           " through " + calendar.periods().back().until.to_text() + "; define it for the whole service";
  return fail(ErrorCode::PeriodUndefined, "no accounting period is defined for " + day.to_text(), std::move(help));
}

Result<const Period*> period_at(const FiscalCalendar& calendar, Date day) {
  const Period* found = calendar.period_of(day);
  if (found == nullptr) return outside(calendar, day);
  return found;
}

Status check_span(const ScheduleTerms& terms) {
  if (terms.service_to < terms.service_from)
    return bad_schedule(
        "the service ends on " + terms.service_to.to_text() + ", before it begins on " + terms.service_from.to_text(),
        "the last day of the service is the first one or later");
  return {};
}

/// The fiscal periods that the service touches, in order.
Result<std::vector<const Period*>> periods_touched(const ScheduleTerms& terms, const FiscalCalendar& calendar) {
  GLMAP_TRY(first, period_at(calendar, terms.service_from));
  GLMAP_TRY(last, period_at(calendar, terms.service_to));
  std::vector<const Period*> touched;
  for (const Period* period = first; period <= last; ++period) touched.push_back(period);  // one vector, no gaps
  return touched;
}

ScheduleEntry stretch(const std::string& period, Date from, Date until, Int128 weight) {
  return {.period = period, .from = from, .until = until, .posting_date = until, .weight = weight};
}

Result<Stretches> by_day(const ScheduleTerms& terms, const FiscalCalendar& calendar) {
  GLMAP_TRY(touched, periods_touched(terms, calendar));
  Stretches found;
  for (const Period* period : touched) {
    const Date from = std::max(period->from, terms.service_from);
    const Date until = std::min(period->until, terms.service_to);
    found.push_back(stretch(period->name, from, until, until.days() - from.days() + 1));
  }
  return found;
}

Result<Stretches> by_second(const ScheduleTerms& terms, const FiscalCalendar& calendar) {
  GLMAP_TRY(touched, periods_touched(terms, calendar));
  Stretches found;
  Instant begins = terms.starts;
  for (const Period* period : touched) {
    GLMAP_TRY(next, start_of_day(period->until.plus_days(1), terms.zone));
    const Instant ends = period == touched.back() ? terms.ends : std::min(next, terms.ends);
    if (ends <= begins) continue;  // a period of days that the zone left out
    found.push_back(stretch(period->name, std::max(period->from, terms.service_from),
                            std::min(period->until, terms.service_to), Int128{ends.micros} - begins.micros));
    begins = ends;
  }
  return found;
}

/// The period of `day`, which must lie within one calendar month: a month cannot be shared out over weeks.
Result<const Period*> month_period_at(const ScheduleTerms& terms, const FiscalCalendar& calendar, Date day) {
  GLMAP_TRY(period, period_at(calendar, day));
  if (month_of(period->from) != month_of(period->until))
    return bad_schedule("period `" + period->name + "` is not one calendar month, and `" +
                            std::string(to_text(terms.convention)) + "` spreads over calendar months",
                        "use `by_day` or `by_second` with such a calendar");
  return period;
}

/// [from, until] of one calendar month as a stretch.
Result<ScheduleEntry> month_stretch(const ScheduleTerms& terms, const FiscalCalendar& calendar, Date from, Date until,
                                    Int128 weight) {
  GLMAP_TRY(period, month_period_at(terms, calendar, until));
  if (from < period->from)
    return bad_schedule("the month " + from.to_text().substr(0, 7) + " lies in more than one accounting period, and `" +
                            std::string(to_text(terms.convention)) + "` spreads over calendar months",
                        "use `by_day` or `by_second` with such a calendar");
  return stretch(period->name, from, until, weight);
}

Date counted_from(const ScheduleTerms& terms) {
  return terms.counted_from.value_or(terms.service_from);
}

Result<Stretches> equal_months(const ScheduleTerms& terms, const FiscalCalendar& calendar) {
  Stretches found;
  const Date origin = counted_from(terms);
  const int months = months_begun(origin, terms.service_to);
  for (int i = 0; i < months; ++i) {
    const Date from = std::max(month_start(origin, i), terms.service_from);
    const Date until = std::min(month_start(origin, i + 1).plus_days(-1), terms.service_to);
    if (until < terms.service_from) continue;
    GLMAP_TRY(period, month_period_at(terms, calendar, until));
    found.push_back(stretch(period->name, from, until, kMonthWeight));
  }
  return found;
}

Result<Stretches> full_months(const ScheduleTerms& terms, const FiscalCalendar& calendar) {
  Stretches found;
  const int months = months_begun(counted_from(terms), terms.service_to);
  auto month = month_of(counted_from(terms));
  for (int i = 0; i < months; ++i, month += std::chrono::months{1}) {
    const Date from = std::max(date_of(month, 1), terms.service_from);
    const Date until = std::min(date_of(month, days_in_month(month)), terms.service_to);
    if (until < terms.service_from) continue;
    GLMAP_TRY(found_stretch, month_stretch(terms, calendar, from, until, kMonthWeight));
    found.push_back(found_stretch);
  }
  return found;
}

Int128 days_of_month_weight(Date from, Date until) {
  return kMonthWeight / days_in_month(month_of(until)) * (until.days() - from.days() + 1);
}

bool is_whole_month(Date from, Date until) {
  return from.day() == 1 && until.day() == days_in_month(month_of(until));
}

Int128 calendar_month_weight(const ScheduleTerms& terms, Date from, Date until) {
  if (terms.convention == Convention::ends_prorated) return days_of_month_weight(from, until);
  const bool an_end = from == counted_from(terms) || until == terms.service_to;
  const bool halved = terms.half_months == HalfMonths::always ? an_end : !is_whole_month(from, until);
  return halved ? kMonthWeight / 2 : kMonthWeight;
}

/// ends_prorated and mid_month.
Result<Stretches> calendar_months(const ScheduleTerms& terms, const FiscalCalendar& calendar) {
  Stretches found;
  const auto last = month_of(terms.service_to);
  for (auto month = month_of(terms.service_from); month <= last; month += std::chrono::months{1}) {
    const Date from = std::max(date_of(month, 1), terms.service_from);
    const Date until = std::min(date_of(month, days_in_month(month)), terms.service_to);
    GLMAP_TRY(found_stretch, month_stretch(terms, calendar, from, until, calendar_month_weight(terms, from, until)));
    found.push_back(found_stretch);
  }
  return found;
}

/// The last month makes the first one up to a whole month.
Status complement_ends(const ScheduleTerms& terms, Stretches& stretches) {
  const Date from = counted_from(terms);
  if (!is_whole_months(from, terms.service_to))
    return bad_schedule("the service from " + from.to_text() + " through " + terms.service_to.to_text() +
                            " is not a whole number of months, so its last month cannot complete the first one",
                        "prorate the ends in proportion, or correct the last day of the service");
  if (from.day() > 1) stretches.back().weight = kMonthWeight / days_in_month(month_of(from)) * (from.day() - 1);
  return {};
}

Result<Stretches> cut(const ScheduleTerms& terms, const FiscalCalendar& calendar) {
  switch (terms.convention) {
    case Convention::by_second:
      return by_second(terms, calendar);
    case Convention::by_day:
      return by_day(terms, calendar);
    case Convention::equal_months:
      return equal_months(terms, calendar);
    case Convention::full_months:
      return full_months(terms, calendar);
    case Convention::ends_prorated:
    case Convention::mid_month:
      return calendar_months(terms, calendar);
  }
  GLMAP_ASSERT(!"a convention of the list");
  return {};
}

}  // namespace

std::unexpected<Error> bad_schedule(std::string message, std::string help) {
  return fail(ErrorCode::BadSchedule, std::move(message), std::move(help));
}

Result<ScheduleTerms> with_dates(ScheduleTerms terms) {
  if (terms.convention != Convention::by_second) return terms;
  if (terms.ends <= terms.starts)
    return bad_schedule(
        "the service ends at " + terms.ends.to_text() + ", not after it begins at " + terms.starts.to_text(),
        "the end is the first instant that no longer belongs to the service");
  GLMAP_TRY(from, civil_date(terms.starts, terms.zone));
  GLMAP_TRY(to, civil_date(Instant{terms.ends.micros - 1}, terms.zone));
  terms.service_from = from;
  terms.service_to = std::max(from, to);
  return terms;
}

Date month_start(Date from, int months) {
  auto month = month_of(from) + std::chrono::months{months};
  if (from.day() <= days_in_month(month)) return date_of(month, from.day());
  return date_of(month + std::chrono::months{1}, 1);
}

int months_begun(Date service_from, Date service_to) {
  const int months = months_between(month_of(service_from), month_of(service_to));
  return month_start(service_from, months) <= service_to ? months + 1 : months;
}

bool is_whole_months(Date service_from, Date service_to) {
  return month_start(service_from, months_begun(service_from, service_to)) == service_to.plus_days(1);
}

Int128 weight_until(const ScheduleTerms& terms, const ScheduleEntry& stretch, Date last_day) {
  GLMAP_ASSERT(terms.convention != Convention::by_second);
  GLMAP_ASSERT(stretch.from <= last_day && last_day <= stretch.until);
  if (last_day == stretch.until) return stretch.weight;
  switch (terms.convention) {
    case Convention::by_day:
      return last_day.days() - stretch.from.days() + 1;
    case Convention::ends_prorated:
      return std::min(stretch.weight, days_of_month_weight(stretch.from, last_day));
    case Convention::mid_month:
      return std::min(stretch.weight, kMonthWeight / 2);
    default:
      return stretch.weight;
  }
}

bool can_be_cut(Convention convention) {
  return convention == Convention::by_second || convention == Convention::by_day ||
         convention == Convention::ends_prorated;
}

Result<std::vector<ScheduleEntry>> cut_into_stretches(const ScheduleTerms& terms, const FiscalCalendar& calendar) {
  GLMAP_CHECK(check_span(terms));
  GLMAP_TRY(stretches, cut(terms, calendar));
  if (stretches.empty())
    return bad_schedule("no month of the service is left from " + terms.service_from.to_text() + " on",
                        "let the service end later, or use a cumulative catch-up");
  if (terms.convention == Convention::ends_prorated && terms.end_months == EndMonths::complement)
    GLMAP_CHECK(complement_ends(terms, stretches));
  return stretches;
}

}  // namespace glmap::rules
