// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/fiscal_calendar_patterns.hpp"

#include <array>
#include <chrono>

namespace glmap {
namespace {

constexpr int kYearFirst = 1901;
constexpr int kYearLast = 2998;
constexpr int kDaysPerWeek = 7;
constexpr int kWeeksPerYear = 52;
constexpr std::size_t kShortYearPeriodsMax = 24;

std::unexpected<Error> bad(std::string message, std::string help = {}) {
  return fail(ErrorCode::BadReferenceData, "fiscal calendar: " + std::move(message), std::move(help));
}

Status check_years(int first, int last) {
  if (last < first)
    return bad("it ends with year " + std::to_string(last) + ", before it begins with year " + std::to_string(first));
  if (first < kYearFirst || last > kYearLast)
    return bad("years " + std::to_string(first) + " to " + std::to_string(last) + " reach outside 1901 to 2998");
  return {};
}

Status check_month(int month) {
  if (month < 1 || month > 12) return bad("month " + std::to_string(month) + " is not one of 1 to 12");
  return {};
}

Date last_day_of_month(int year, int month) {
  const std::chrono::year_month_day_last end{
      std::chrono::year{year}, std::chrono::month_day_last{std::chrono::month{static_cast<unsigned>(month)}}};
  return Date::from_days(static_cast<std::int32_t>(std::chrono::sys_days{end}.time_since_epoch().count()));
}

std::vector<int> weeks_of(WeekPattern pattern) {
  switch (pattern) {
    case WeekPattern::four_four_five:
      return {4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5};
    case WeekPattern::four_five_four:
      return {4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 4};
    case WeekPattern::five_four_four:
      return {5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4};
    case WeekPattern::thirteen_by_four:
      return std::vector<int>(13, 4);
  }
  GLMAP_ASSERT(!"a week pattern of the list");
  return {};
}

std::string period_name(const std::string& year, std::size_t number) {
  return year + (number < 10 ? "-P0" : "-P") + std::to_string(number);
}

/// Periods of whole weeks one after the other; the first begins on `from`.
std::vector<Period> of_weeks(const std::string& year, Date from, const std::vector<int>& weeks) {
  std::vector<Period> periods;
  for (const int count : weeks) {
    const Date next = from.plus_days(count * kDaysPerWeek);
    periods.push_back({period_name(year, periods.size() + 1), from, next.plus_days(-1)});
    from = next;
  }
  return periods;
}

/// The year in which the fiscal year `year` has its stated end.
int stated_end(FiscalYearName named, int month, int year) {
  return named == FiscalYearName::year_it_ends_in || month == 12 ? year : year + 1;
}

/// The rule's day in the calendar year `year`.
Date week_year_end(const WeekYears& years, int year) {
  const Date month_end = last_day_of_month(year, years.month);
  const int back =
      (static_cast<int>(weekday_of(month_end)) - static_cast<int>(years.weekday) + kDaysPerWeek) % kDaysPerWeek;
  const bool forward = years.end == WeekYears::End::nearest && back > kDaysPerWeek / 2;
  return month_end.plus_days(forward ? kDaysPerWeek - back : -back);
}

Status check(const WeekYears& years) {
  GLMAP_CHECK(check_month(years.month));
  if (years.weekday < Weekday::monday || years.weekday > Weekday::sunday)
    return bad("weekday " + std::to_string(static_cast<int>(years.weekday)) + " is not one of 1 (Monday) to 7");
  const auto periods = static_cast<int>(weeks_of(years.pattern).size());
  if (years.week_53_period < 0 || years.week_53_period > periods)
    return bad("week 53 cannot be in period " + std::to_string(years.week_53_period) + ": " +
                   std::string(to_text(years.pattern)) + " has " + std::to_string(periods) + " periods",
               "name the period that is a week longer in a year of 53 weeks");
  return {};
}

struct WeekYear {
  Date first, last;
  int weeks() const { return (last.days() - first.days() + 1) / kDaysPerWeek; }
};

WeekYear week_year(const WeekYears& years, int year) {
  const int end = stated_end(years.named, years.month, year);
  const WeekYear found{week_year_end(years, end - 1).plus_days(1), week_year_end(years, end)};
  // Two ends are 365 or 366 days apart, shifted by less than a week each, and fall on the same weekday.
  GLMAP_ASSERT(found.weeks() == kWeeksPerYear || found.weeks() == kWeeksPerYear + 1);
  return found;
}

}  // namespace

Weekday weekday_of(Date date) {
  const std::chrono::weekday weekday{std::chrono::sys_days{std::chrono::days{date.days()}}};
  return static_cast<Weekday>(weekday.iso_encoding());
}

std::string_view to_text(WeekPattern pattern) {
  switch (pattern) {
    case WeekPattern::four_four_five:
      return "4-4-5";
    case WeekPattern::four_five_four:
      return "4-5-4";
    case WeekPattern::five_four_four:
      return "5-4-4";
    case WeekPattern::thirteen_by_four:
      return "13x4";
  }
  GLMAP_ASSERT(!"a week pattern of the list");
  return {};
}

std::optional<WeekPattern> parse_week_pattern(std::string_view text) {
  for (const auto pattern : {WeekPattern::four_four_five, WeekPattern::four_five_four, WeekPattern::five_four_four,
                             WeekPattern::thirteen_by_four})
    if (text == to_text(pattern)) return pattern;
  return std::nullopt;
}

Result<Date> year_end(const WeekYears& years, int year) {
  GLMAP_CHECK(check(years));
  GLMAP_CHECK(check_years(year, year));
  return week_year(years, year).last;
}

Result<int> weeks_of_year(const WeekYears& years, int year) {
  GLMAP_CHECK(check(years));
  GLMAP_CHECK(check_years(year, year));
  return week_year(years, year).weeks();
}

Result<std::vector<Period>> week_periods(const WeekYears& years, int first, int last) {
  GLMAP_CHECK(check(years));
  GLMAP_CHECK(check_years(first, last));
  std::vector<Period> periods;
  for (int year = first; year <= last; ++year) {
    const WeekYear found = week_year(years, year);
    std::vector<int> weeks = weeks_of(years.pattern);
    const std::size_t longer =
        years.week_53_period == 0 ? weeks.size() : static_cast<std::size_t>(years.week_53_period);
    if (found.weeks() > kWeeksPerYear) ++weeks[longer - 1];
    const std::vector<Period> more = of_weeks(std::to_string(year), found.first, weeks);
    GLMAP_ASSERT(more.back().until == found.last);
    periods.insert(periods.end(), more.begin(), more.end());
  }
  return periods;
}

Result<std::vector<Period>> month_periods(const MonthYears& years, int first, int last) {
  GLMAP_CHECK(check_month(years.first_month));
  GLMAP_CHECK(check_years(first, last));
  const int last_month = years.first_month == 1 ? 12 : years.first_month - 1;
  std::vector<Period> periods;
  for (int year = first; year <= last; ++year) {
    const int end = stated_end(years.named, last_month, year);
    const Date before = last_day_of_month(end - 1, last_month);
    GLMAP_TRY(more,
              short_year_of_months(std::to_string(year), before.plus_days(1), last_day_of_month(end, last_month)));
    GLMAP_ASSERT(more.size() == 12);
    periods.insert(periods.end(), more.begin(), more.end());
  }
  return periods;
}

Result<std::vector<Period>> short_year_of_months(const std::string& year, Date from, Date until) {
  if (until < from)
    return bad("year `" + year + "` ends on " + until.to_text() + ", before it begins on " + from.to_text());
  std::vector<Period> periods;
  while (from <= until) {
    if (periods.size() == kShortYearPeriodsMax) return bad("year `" + year + "` has more than 24 periods");
    const Date end = std::min(until, last_day_of_month(from.year(), from.month()));
    periods.push_back({period_name(year, periods.size() + 1), from, end});
    from = end.plus_days(1);
  }
  return periods;
}

Result<std::vector<Period>> short_year_of_weeks(const std::string& year, Date from, const std::vector<int>& weeks) {
  if (weeks.empty() || weeks.size() > kShortYearPeriodsMax)
    return bad("year `" + year + "` has " + std::to_string(weeks.size()) + " periods; 1 to 24 are expected");
  for (const int count : weeks)
    if (count < 1 || count > kWeeksPerYear + 1)
      return bad("a period of year `" + year + "` has " + std::to_string(count) + " weeks; 1 to 53 are expected");
  return of_weeks(year, from, weeks);
}

Result<FiscalCalendar> joined_calendar(std::string name, const std::vector<std::vector<Period>>& parts) {
  std::vector<Period> periods;
  for (const auto& part : parts) periods.insert(periods.end(), part.begin(), part.end());
  return FiscalCalendar::make(std::move(name), std::move(periods));
}

}  // namespace glmap
