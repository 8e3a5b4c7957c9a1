// SPDX-License-Identifier: Apache-2.0
// Generators of the period lists that FiscalCalendar::make takes: months of a fiscal year that starts in any month,
// 4-4-5 and its sisters, 13 x 4 weeks, years of 52 or 53 weeks, and years written down because they are shorter.
// Not a calendar of its own: the result is always the explicit, gapless list. An adjustment period (a thirteenth period
// without days of its own) is not a stretch of days and has no place here.
// Periods are named <fiscal year>-P<two digits>: "2026-P03". Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/calendar.hpp"

namespace glmap {

/// ISO 8601: Monday is the first day.
enum class Weekday : std::uint8_t { monday = 1, tuesday, wednesday, thursday, friday, saturday, sunday };

Weekday weekday_of(Date date);

/// Weeks of the periods: of a quarter, four times a year, or thirteen equal periods.
enum class WeekPattern : std::uint8_t { four_four_five, four_five_four, five_four_four, thirteen_by_four };

/// "4-4-5", "4-5-4", "5-4-4", "13x4"
std::string_view to_text(WeekPattern pattern);
std::optional<WeekPattern> parse_week_pattern(std::string_view text);

/// Which calendar year a fiscal year is called after. By the year's *stated* end or start: a year that ends "on the
/// Saturday nearest 31 December 2021" and so on 1 January 2022 is 2021, not 2022.
enum class FiscalYearName : std::uint8_t { year_it_ends_in, year_it_begins_in };

/// Fiscal years of whole weeks.
struct WeekYears {
  /// `last`: the last such weekday in the month. `nearest`: the one nearest the month's last day, up to three days
  /// before or after it.
  enum class End : std::uint8_t { last, nearest };

  WeekPattern pattern = WeekPattern::four_four_five;
  End end = End::last;
  Weekday weekday = Weekday::saturday;  // the year's last day
  int month = 12;                       // the month of its stated end
  FiscalYearName named = FiscalYearName::year_it_ends_in;
  int week_53_period = 0;  // the period that is a week longer in a year of 53 weeks, from 1; 0: the last one
};

/// Fiscal years of twelve calendar months.
struct MonthYears {
  int first_month = 1;
  FiscalYearName named = FiscalYearName::year_it_ends_in;
};

/// The last day of fiscal year `year`. Errors: GLM-3005 when the rule or the year cannot be (years 1901 to 2998).
Result<Date> year_end(const WeekYears& years, int year);

/// 52 or 53.
Result<int> weeks_of_year(const WeekYears& years, int year);

/// The periods of the fiscal years `first` to `last`, both included. Errors: GLM-3005 as above, when `last` is before
/// `first`, or when week_53_period is no period of the pattern.
Result<std::vector<Period>> week_periods(const WeekYears& years, int first, int last);

/// The same for months. Errors: GLM-3005.
Result<std::vector<Period>> month_periods(const MonthYears& years, int first, int last);

/// A year that is shorter (or longer) than others, after a change of the year end or in the year of foundation: the
/// calendar months from `from` to `until`, cut at both. `year` is the fiscal year's name, different from its
/// neighbours'
/// ("2026S" gives "2026S-P01"). Errors: GLM-3005 when it ends before it begins or has more than 24 periods.
Result<std::vector<Period>> short_year_of_months(const std::string& year, Date from, Date until);

/// The same for weeks: one period for each number of `weeks`. Errors: GLM-3005 when there is none, more than 24, or one
/// is not 1 to 53.
Result<std::vector<Period>> short_year_of_weeks(const std::string& year, Date from, const std::vector<int>& weeks);

/// The parts one after the other as one calendar. Errors: GLM-3005 as FiscalCalendar::make.
Result<FiscalCalendar> joined_calendar(std::string name, const std::vector<std::vector<Period>>& parts);

}  // namespace glmap
