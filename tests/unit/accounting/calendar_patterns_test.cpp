// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "compiler/runtime/accounting/day_start.hpp"
#include "compiler/runtime/accounting/fiscal_calendar_patterns.hpp"
#include "compiler/runtime/accounting/share.hpp"

using glmap::Currency;
using glmap::Date;
using glmap::ErrorCode;
using glmap::FiscalCalendar;
using glmap::FiscalYearName;
using glmap::Int128;
using glmap::Money;
using glmap::MonthYears;
using glmap::Period;
using glmap::Rounding;
using glmap::Weekday;
using glmap::WeekPattern;
using glmap::WeekYears;

namespace {

Date day(std::string_view text) {
  const auto date = Date::parse(text);
  INFO(text);
  REQUIRE(date.has_value());
  return *date;
}

template <class T>
T good(glmap::Result<T> result) {
  if (!result) FAIL(result.error().to_text());
  return std::move(*result);
}

/// National Retail Federation: 4-5-4, Saturday nearest 31 January, called after the year it begins in.
const WeekYears kRetail{.pattern = WeekPattern::four_five_four,
                        .end = WeekYears::End::nearest,
                        .weekday = Weekday::saturday,
                        .month = 1,
                        .named = FiscalYearName::year_it_begins_in};

/// Apple Inc., form 10-K: last Saturday of September, the additional week is in the first fiscal quarter.
const WeekYears kApple{.pattern = WeekPattern::four_four_five,
                       .end = WeekYears::End::last,
                       .weekday = Weekday::saturday,
                       .month = 9,
                       .named = FiscalYearName::year_it_ends_in,
                       .week_53_period = 3};

const Period& named(const std::vector<Period>& periods, std::string_view name) {
  for (const Period& period : periods)
    if (period.name == name) return period;
  FAIL(std::string(name));
  return periods.front();
}

std::string span(const Period& period) {
  return period.from.to_text() + " " + period.until.to_text();
}

// ---- a second generator, which walks over the days and never computes an end --------------------------------------

int month_of_next_day(Date date) {
  return date.plus_days(1).month();
}

bool is_month_end(Date date, int month) {
  return date.month() == month && month_of_next_day(date) != month;
}

bool ends_year(const WeekYears& years, Date date) {
  // 1970-01-01 was a Thursday.
  const int weekday = ((date.days() % 7 + 7) % 7 + 3) % 7 + 1;
  if (weekday != static_cast<int>(years.weekday)) return false;
  if (years.end == WeekYears::End::last) return date.month() == years.month && date.plus_days(7).month() != years.month;
  for (int off = -3; off <= 3; ++off)
    if (is_month_end(date.plus_days(off), years.month)) return true;
  return false;
}

/// One letter a week of a year of `weeks` weeks, 'A' for the first period: as a person with a wall calendar writes it.
std::string week_letters(const WeekYears& years, int weeks) {
  const std::string_view quarter = years.pattern == WeekPattern::four_four_five   ? "1111222233333"
                                   : years.pattern == WeekPattern::four_five_four ? "1111222223333"
                                                                                  : "1111122223333";
  std::string letters;
  for (int i = 0; i < 52; ++i)
    letters += static_cast<char>(years.pattern == WeekPattern::thirteen_by_four
                                     ? 'A' + i / 4
                                     : 'A' + i / 13 * 3 + (quarter[static_cast<std::size_t>(i % 13)] - '1'));
  if (weeks == 53) {
    const char longer = years.week_53_period == 0 ? letters.back() : static_cast<char>('A' + years.week_53_period - 1);
    letters.insert(letters.rfind(longer) + 1, 1, longer);
  }
  return letters;
}

/// Day -> period name, for every day after the first year end found from `from` up to the last one before `until`.
std::map<int, std::string> walked(const WeekYears& years, Date from, Date until) {
  std::vector<Date> ends;
  for (Date date = from; date <= until; date = date.plus_days(1))
    if (ends_year(years, date)) ends.push_back(date);
  std::map<int, std::string> names;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    const int weeks = (ends[i + 1].days() - ends[i].days()) / 7;
    // `nearest` may fall up to three days after the stated month.
    const Date stated = ends[i + 1].plus_days(years.end == WeekYears::End::nearest ? -3 : 0);
    int year = stated.year();
    if (years.named == FiscalYearName::year_it_begins_in && years.month != 12) --year;
    const std::string letters = week_letters(years, weeks);
    for (std::size_t d = 0; d < letters.size() * 7; ++d) {
      const int period = letters[d / 7] - 'A' + 1;
      names[ends[i].days() + 1 + static_cast<int>(d)] =
          std::to_string(year) + (period < 10 ? "-P0" : "-P") + std::to_string(period);
    }
  }
  return names;
}

/// Every pattern, kind of end and weekday, with months, names and places of week 53 going round.
std::vector<WeekYears> many_rules() {
  const std::array months{1, 2, 6, 9, 12};
  const std::array places{0, 1, 12};
  std::vector<WeekYears> rules;
  for (const auto pattern : {WeekPattern::four_four_five, WeekPattern::four_five_four, WeekPattern::five_four_four,
                             WeekPattern::thirteen_by_four})
    for (const auto end : {WeekYears::End::last, WeekYears::End::nearest})
      for (int weekday = 1; weekday <= 7; ++weekday)
        rules.push_back(
            {.pattern = pattern,
             .end = end,
             .weekday = static_cast<Weekday>(weekday),
             .month = months[rules.size() % months.size()],
             .named = rules.size() % 2 == 0 ? FiscalYearName::year_it_ends_in : FiscalYearName::year_it_begins_in,
             .week_53_period = places[rules.size() % places.size()]});
  return rules;
}

}  // namespace

TEST_CASE("weekdays are those of the wall calendar", "[calendar]") {
  CHECK(glmap::weekday_of(day("1970-01-01")) == Weekday::thursday);
  CHECK(glmap::weekday_of(day("2000-02-29")) == Weekday::tuesday);
  CHECK(glmap::weekday_of(day("1969-12-28")) == Weekday::sunday);
  CHECK(glmap::weekday_of(day("2026-10-05")) == Weekday::monday);
}

TEST_CASE("the retail calendar has its known years of 53 weeks", "[calendar][nrf][M8]") {
  // National Retail Federation, "4-5-4 calendar": 53 weeks in 2006, 2012, 2017 and 2023, and in no year between.
  std::set<int> longer;
  for (int year = 2001; year <= 2025; ++year)
    if (good(glmap::weeks_of_year(kRetail, year)) == 53) longer.insert(year);
  CHECK(longer == std::set<int>{2006, 2012, 2017, 2023});
  // Fiscal 2023 ended on Saturday 3 February 2024; the next year began the day after and ended on 1 February 2025.
  CHECK(good(glmap::year_end(kRetail, 2023)) == day("2024-02-03"));
  CHECK(good(glmap::year_end(kRetail, 2024)) == day("2025-02-01"));
  // Fiscal 2017 ended on 3 February 2018.
  CHECK(good(glmap::year_end(kRetail, 2017)) == day("2018-02-03"));
  const auto periods = good(glmap::week_periods(kRetail, 2023, 2024));
  REQUIRE(periods.size() == 24);
  CHECK(span(named(periods, "2023-P01")) == "2023-01-29 2023-02-25");  // retail "February", 4 weeks
  CHECK(span(named(periods, "2023-P02")) == "2023-02-26 2023-04-01");  // 5 weeks
  CHECK(span(named(periods, "2023-P12")) == "2023-12-31 2024-02-03");  // 4 weeks and the 53rd
  CHECK(span(named(periods, "2024-P01")) == "2024-02-04 2024-03-02");
}

TEST_CASE("a year that ends on the last Saturday of September, its 53rd week in the first quarter", "[calendar]") {
  // Apple Inc., forms 10-K for 2017, 2022, 2023 and 2024: year ends, and 53 weeks in 2017 and 2023 with a 14th week in
  // the first quarter, which ended on 31 December 2016 and 2022.
  CHECK(good(glmap::year_end(kApple, 2016)) == day("2016-09-24"));
  CHECK(good(glmap::year_end(kApple, 2017)) == day("2017-09-30"));
  CHECK(good(glmap::year_end(kApple, 2022)) == day("2022-09-24"));
  CHECK(good(glmap::year_end(kApple, 2023)) == day("2023-09-30"));
  CHECK(good(glmap::year_end(kApple, 2024)) == day("2024-09-28"));
  std::set<int> longer;
  for (int year = 2013; year <= 2024; ++year)
    if (good(glmap::weeks_of_year(kApple, year)) == 53) longer.insert(year);
  CHECK(longer == std::set<int>{2017, 2023});
  const auto periods = good(glmap::week_periods(kApple, 2017, 2023));
  CHECK(named(periods, "2017-P03").until == day("2016-12-31"));
  CHECK(named(periods, "2023-P03").until == day("2022-12-31"));
  CHECK(named(periods, "2022-P03").until == day("2021-12-25"));
}

TEST_CASE("a year is called after its stated end, not after the day it happens to end on", "[calendar]") {
  // Saturday nearest 31 December: 1 January 2022 ends the year 2021.
  const WeekYears years{.end = WeekYears::End::nearest, .weekday = Weekday::saturday, .month = 12};
  CHECK(good(glmap::year_end(years, 2021)) == day("2022-01-01"));
  CHECK(good(glmap::year_end(years, 2022)) == day("2022-12-31"));
  // For a December end both ways of naming agree: the year begins and ends in the same stated year.
  WeekYears by_begin = years;
  by_begin.named = FiscalYearName::year_it_begins_in;
  CHECK(good(glmap::year_end(by_begin, 2021)) == day("2022-01-01"));
}

TEST_CASE("the quarters of a year of weeks are 13 weeks", "[calendar]") {
  // Sunday nearest 31 December: 2026 begins on Monday 29 December 2025 and ends on Sunday 3 January 2027, 53 weeks.
  WeekYears years{.end = WeekYears::End::nearest, .weekday = Weekday::sunday, .month = 12};
  const auto periods = good(glmap::week_periods(years, 2026, 2026));
  CHECK(span(named(periods, "2026-P01")) == "2025-12-29 2026-01-25");
  CHECK(span(named(periods, "2026-P02")) == "2026-01-26 2026-02-22");
  CHECK(span(named(periods, "2026-P03")) == "2026-02-23 2026-03-29");
  CHECK(span(named(periods, "2026-P12")) == "2026-11-23 2027-01-03");  // 5 weeks and the 53rd
  years.pattern = WeekPattern::thirteen_by_four;
  const auto thirteen = good(glmap::week_periods(years, 2026, 2026));
  REQUIRE(thirteen.size() == 13);
  CHECK(span(thirteen.front()) == "2025-12-29 2026-01-25");
  CHECK(span(thirteen.back()) == "2026-11-30 2027-01-03");
  CHECK(thirteen.back().name == "2026-P13");
}

TEST_CASE("every date of fifty years lies in exactly one period of a week calendar, as a walk over the days finds it",
          "[calendar][property][M8]") {
  const Date from = day("1999-06-01");
  const Date until = day("2052-06-30");
  const Date first = day("2001-01-01");
  const Date last = day("2050-12-31");
  std::size_t compared = 0;
  for (const WeekYears& years : many_rules()) {
    INFO(to_text(years.pattern) << " month " << years.month << " weekday " << static_cast<int>(years.weekday)
                                << " week 53 in " << years.week_53_period);
    const auto calendar = good(glmap::joined_calendar("weeks", {good(glmap::week_periods(years, 2000, 2051))}));
    const auto names = walked(years, from, until);
    for (Date date = first; date <= last; date = date.plus_days(1)) {
      const Period* period = calendar.period_of(date);
      const auto found = names.find(date.days());
      if (period == nullptr || found == names.end() || found->second != period->name)
        FAIL(date.to_text() << ": " << (period ? period->name : "none") << " but "
                            << (found == names.end() ? "none" : found->second));
      ++compared;
    }
    // make() has refused gaps and overlaps, so that one period is exactly one; the count agrees too.
    std::int64_t days = 0;
    for (const Period& period : calendar.periods()) days += period.until.days() - period.from.days() + 1;
    CHECK(days == calendar.periods().back().until.days() - calendar.periods().front().from.days() + 1);
  }
  CHECK(compared == many_rules().size() * 18'262);  // 50 years, 12 leap days
}

TEST_CASE("months of a fiscal year that starts in any month", "[calendar][M8]") {
  const auto april = good(glmap::month_periods({.first_month = 4}, 2026, 2027));
  REQUIRE(april.size() == 24);
  CHECK(april.front().name == "2026-P01");
  CHECK(span(april.front()) == "2025-04-01 2025-04-30");
  CHECK(span(named(april, "2026-P11")) == "2026-02-01 2026-02-28");
  CHECK(span(named(april, "2027-P12")) == "2027-03-01 2027-03-31");
  const auto begins =
      good(glmap::month_periods({.first_month = 4, .named = FiscalYearName::year_it_begins_in}, 2025, 2025));
  CHECK(begins.front().name == "2025-P01");
  CHECK(span(begins.front()) == "2025-04-01 2025-04-30");
  const auto january = good(glmap::month_periods({.first_month = 1}, 2024, 2024));
  CHECK(span(named(january, "2024-P02")) == "2024-02-01 2024-02-29");
  const Date first_day = day("2001-01-01");
  const Date last_day = day("2050-12-31");
  for (int first = 1; first <= 12; ++first)
    for (const auto style : {FiscalYearName::year_it_ends_in, FiscalYearName::year_it_begins_in}) {
      const auto calendar =
          good(glmap::joined_calendar("months", {good(glmap::month_periods({first, style}, 2000, 2051))}));
      for (Date date = first_day; date <= last_day; date = date.plus_days(1)) {
        const Period* period = calendar.period_of(date);
        const int number = (date.month() - first + 12) % 12 + 1;
        int year = date.month() >= first ? date.year() : date.year() - 1;  // the year it begins in
        if (style == FiscalYearName::year_it_ends_in && first != 1) ++year;
        const std::string name = std::to_string(year) + (number < 10 ? "-P0" : "-P") + std::to_string(number);
        if (period == nullptr || period->name != name) FAIL(date.to_text() << " " << name);
      }
    }
}

TEST_CASE("a change of the year end leaves a short year between", "[calendar][M8]") {
  const auto before = good(glmap::month_periods({.first_month = 1}, 2025, 2025));
  const auto shorter = good(glmap::short_year_of_months("2026S", day("2026-01-01"), day("2026-03-31")));
  const auto after = good(glmap::month_periods({.first_month = 4}, 2027, 2028));
  const auto calendar = good(glmap::joined_calendar("acme", {before, shorter, after}));
  CHECK(calendar.periods().size() == 12 + 3 + 24);
  CHECK(calendar.period_of(day("2026-02-28"))->name == "2026S-P02");
  CHECK(calendar.period_of(day("2026-04-01"))->name == "2027-P01");

  // Founded on 17 March: the first period is cut.
  const auto founded = good(glmap::short_year_of_months("2026", day("2026-03-17"), day("2026-12-31")));
  REQUIRE(founded.size() == 10);
  CHECK(span(founded.front()) == "2026-03-17 2026-03-31");
  CHECK(founded.back().name == "2026-P10");

  const auto weeks = good(glmap::short_year_of_weeks("2026S", day("2026-01-05"), {4, 4, 5}));
  CHECK(span(weeks.back()) == "2026-03-02 2026-04-05");

  // Parts that do not meet are no calendar.
  const auto gap = glmap::joined_calendar("acme", {before, after});
  REQUIRE_FALSE(gap.has_value());
  CHECK(gap.error().code == ErrorCode::BadReferenceData);
  const auto twice = glmap::joined_calendar(
      "acme", {good(glmap::short_year_of_months("2026", day("2026-01-01"), day("2026-03-31"))),
               good(glmap::month_periods({.first_month = 4, .named = FiscalYearName::year_it_begins_in}, 2026, 2026))});
  REQUIRE_FALSE(twice.has_value());
  CHECK(twice.error().message == "calendar `acme`: two periods are called `2026-P01`");
}

TEST_CASE("a rule that no calendar can follow is refused", "[calendar]") {
  const auto code = [](const auto& result) {
    return result.has_value() ? std::string("accepted") : glmap::code_text(result.error().code);
  };
  CHECK(code(glmap::week_periods({.month = 13}, 2020, 2021)) == "GLM-3005");
  CHECK(code(glmap::week_periods({.month = 0}, 2020, 2021)) == "GLM-3005");
  CHECK(code(glmap::week_periods({.week_53_period = 13}, 2020, 2021)) == "GLM-3005");
  CHECK(code(glmap::week_periods({.pattern = WeekPattern::thirteen_by_four, .week_53_period = 13}, 2020, 2021)) ==
        "accepted");
  CHECK(code(glmap::week_periods({.weekday = static_cast<Weekday>(0)}, 2020, 2021)) == "GLM-3005");
  CHECK(code(glmap::week_periods({}, 2021, 2020)) == "GLM-3005");
  CHECK(code(glmap::week_periods({}, 1900, 1901)) == "GLM-3005");
  CHECK(code(glmap::week_periods({}, 1901, 2998)) == "accepted");
  CHECK(code(glmap::week_periods({}, 2998, 2999)) == "GLM-3005");
  CHECK(code(glmap::year_end({.month = 0}, 2020)) == "GLM-3005");
  CHECK(code(glmap::month_periods({.first_month = 0}, 2020, 2021)) == "GLM-3005");
  CHECK(code(glmap::month_periods({.first_month = 13}, 2020, 2021)) == "GLM-3005");
  CHECK(code(glmap::short_year_of_months("x", day("2026-02-01"), day("2026-01-31"))) == "GLM-3005");
  CHECK(code(glmap::short_year_of_months("x", day("2026-01-01"), day("2028-01-01"))) == "GLM-3005");
  CHECK(code(glmap::short_year_of_weeks("x", day("2026-01-01"), {})) == "GLM-3005");
  CHECK(code(glmap::short_year_of_weeks("x", day("2026-01-01"), {4, 0})) == "GLM-3005");
  CHECK(glmap::week_periods({.week_53_period = 13}, 2020, 2021).error().message ==
        "fiscal calendar: week 53 cannot be in period 13: 4-4-5 has 12 periods");
  for (const char* text : {"4-4-5", "4-5-4", "5-4-4", "13x4"}) CHECK(to_text(*glmap::parse_week_pattern(text)) == text);
  CHECK_FALSE(glmap::parse_week_pattern("4-4-4").has_value());
}

TEST_CASE("a day begins at midnight of its zone, wherever the clocks are moved", "[dates][zones][M7]") {
  const auto begins = [](std::string_view date, std::string_view zone) {
    const auto instant = glmap::start_of_day(day(date), zone);
    return instant ? instant->to_text() : glmap::code_text(instant.error().code);
  };
  CHECK(begins("2026-01-01", "UTC") == "2026-01-01T00:00:00Z");
  CHECK(begins("2026-07-01", "Europe/Berlin") == "2026-06-30T22:00:00Z");
  CHECK(begins("2026-01-01", "Europe/Berlin") == "2025-12-31T23:00:00Z");
  CHECK(begins("2026-01-01", "Asia/Kolkata") == "2025-12-31T18:30:00Z");
  // Clocks in Sao Paulo jumped from 00:00 to 01:00 on 4 November 2018: the day begins with the jump.
  CHECK(begins("2018-11-04", "America/Sao_Paulo") == "2018-11-04T03:00:00Z");
  // Newfoundland put its clocks back from 00:01 on 7 November 2010 to 23:01 the day before: midnight came twice.
  CHECK(begins("2010-11-07", "America/St_Johns") == "2010-11-07T02:30:00Z");
  // Samoa left out 30 December 2011.
  CHECK(begins("2011-12-30", "Pacific/Apia") == "2011-12-30T10:00:00Z");
  CHECK(begins("2011-12-31", "Pacific/Apia") == "2011-12-30T10:00:00Z");
  CHECK(begins("2026-01-01", "Mars/Olympus") == "GLM-2001");
  const Date from = day("2010-01-01");
  const Date until = day("2030-12-31");
  for (const char* zone :
       {"Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"})
    for (Date date = from; date <= until; date = date.plus_days(1)) {
      const auto instant = good(glmap::start_of_day(date, zone));
      const auto at = good(glmap::civil_date(instant, zone));
      const auto before = good(glmap::civil_date({instant.micros - 1}, zone));
      if (at < date || before >= date) FAIL(zone << " " << date.to_text());
    }
}

TEST_CASE("a share of an amount is exact in any size and mirrors its sign", "[money]") {
  const Currency eur = good(Currency::parse("EUR"));
  const auto share = [&](long long minor, long long part, long long whole) {
    return good(glmap::share_of(Money::from_minor(minor, eur), part, whole, Rounding::half_away_from_zero))
        .amount_text();
  };
  CHECK(share(100'000, 1, 3) == "333.33");
  CHECK(share(100'000, 2, 3) == "666.67");
  CHECK(share(1, 1, 2) == "0.01");
  CHECK(share(-1, 1, 2) == "-0.01");
  CHECK(share(-100'000, 2, 3) == "-666.67");
  CHECK(share(100, 3, 2) == "1.50");
  CHECK(share(5, 0, 7) == "0.00");
  // 10^29 * (10^30 - 1) / 10^30 needs more than 128 bits on the way.
  Int128 large = 1;
  for (int i = 0; i < 30; ++i) large *= 10;
  CHECK(good(glmap::share_of(Money::from_minor(large / 10, eur), large - 1, large, Rounding::down)).minor() ==
        large / 10 - 1);
  const Money one = Money::from_minor(1, eur);
  for (const auto& [part, whole] : {std::pair{-1, 2}, std::pair{1, 0}, std::pair{1, -3}}) {
    const auto refused = glmap::share_of(one, part, whole, Rounding::down);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::ArithmeticOverflow);
  }
  CHECK_FALSE(glmap::share_of(Money::from_minor(large, eur), 1000, 1, Rounding::down).has_value());
}
