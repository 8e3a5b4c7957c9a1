// SPDX-License-Identifier: Apache-2.0
// The conventions with numbers computed by hand; docs/formats/schedules.md prints the same ones.
#include "compiler/runtime/rules/schedule.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/rules/schedule_examples.hpp"

using namespace schedule_examples;
using glmap::rules::Convention;
using glmap::rules::due_entries;
using glmap::rules::EndMonths;
using glmap::rules::HalfMonths;
using glmap::rules::make_schedule;
using glmap::rules::planned_through;
using glmap::rules::Posted;
using glmap::rules::remaining_schedule;
using glmap::rules::Schedule;
using glmap::rules::ScheduleRounding;
using glmap::rules::ScheduleTerms;

namespace {

ScheduleTerms terms(std::string_view total, Convention convention, std::string_view from, std::string_view to) {
  return {.total = money(total), .convention = convention, .service_from = day(from), .service_to = day(to)};
}

Schedule over_months(std::string_view total, Convention convention, std::string_view from, std::string_view to) {
  return good(make_schedule(terms(total, convention, from, to), months()));
}

/// The year of the domain's example: 3,600 for 1 April 2025 to 31 March 2026.
Schedule example(Convention convention) {
  return over_months("3600.00 EUR", convention, "2025-04-01", "2026-03-31");
}

ScheduleTerms by_second(std::string_view total, std::string_view starts, std::string_view ends, std::string zone) {
  return {.total = money(total),
          .convention = Convention::by_second,
          .starts = at(starts),
          .ends = at(ends),
          .zone = std::move(zone)};
}

}  // namespace

TEST_CASE("1,000.00 over three equal months is 333.33, 333.34, 333.33", "[schedule][rounding]") {
  auto three = terms("1000.00 EUR", Convention::equal_months, "2026-01-01", "2026-03-31");
  CHECK(amounts(good(make_schedule(three, months()))) == "333.33 333.34 333.33");
  three.rounding = ScheduleRounding::rest_in_last;
  CHECK(amounts(good(make_schedule(three, months()))) == "333.33 333.33 333.34");
  CHECK(amounts(over_months("-1000.00 EUR", Convention::equal_months, "2026-01-01", "2026-03-31")) ==
        "-333.33 -333.34 -333.33");
}

TEST_CASE("a schedule keeps to the minor unit of its currency", "[schedule][rounding]") {
  const auto three = [](std::string_view total) {
    return amounts(over_months(total, Convention::equal_months, "2026-01-01", "2026-03-31"));
  };
  CHECK(three("1000 JPY") == "333 334 333");
  CHECK(three("1.000 KWD") == "0.333 0.334 0.333");
  CHECK(three("2 JPY") == "1 0 1");
  CHECK(three("0 JPY") == "0 0 0");
  CHECK(three("0.01 EUR") == "0.00 0.01 0.00");
}

TEST_CASE("an amount too small to be rounded month by month is refused, not posted with a negative rest",
          "[schedule][rounding]") {
  auto year = terms("0.07 EUR", Convention::full_months, "2026-01-01", "2026-12-31");
  CHECK(amounts(good(make_schedule(year, months()))) == "0.01 0.00 0.01 0.00 0.01 0.01 0.00 0.01 0.00 0.01 0.00 0.01");
  year.rounding = ScheduleRounding::rest_in_last;
  CHECK(refusal(make_schedule(year, months())) ==
        "GLM-7015: rounding each of 12 entries of `0.07 EUR` leaves -0.04 for the last one");
}

TEST_CASE("3,600 for April 2025 to March 2026, by every convention", "[schedule][conventions]") {
  // Days: 30 31 30 31 31 30 31 30 31 31 28 31, in sum 365. Cumulative: 295.89, 601.64, 897.53, 1203.29, 1509.04,
  // 1804.93, 2110.68, 2406.58, 2712.33, 3018.08, 3294.25, 3600.00.
  const Schedule days = example(Convention::by_day);
  CHECK(amounts(days) == "295.89 305.75 295.89 305.76 305.75 295.89 305.75 295.90 305.75 305.75 276.17 305.75");
  CHECK(days.entries[10].weight == 28);
  CHECK(days.entries[10].period == "2026-02");
  CHECK(entry(days, 11) == "2026-03-31 305.75");
  for (const auto convention :
       {Convention::equal_months, Convention::ends_prorated, Convention::full_months, Convention::mid_month}) {
    INFO(to_text(convention));
    const Schedule schedule = example(convention);
    CHECK(amounts(schedule) == times(12, "300.00"));
    CHECK(entry(schedule, 0) == "2025-04-30 300.00");
    CHECK(entry(schedule, 11) == "2026-03-31 300.00");
  }
  // Both ends halved although they are served in whole: 11 units of 327.2727...
  auto halved = terms("3600.00 EUR", Convention::mid_month, "2025-04-01", "2026-03-31");
  halved.half_months = HalfMonths::always;
  CHECK(amounts(good(make_schedule(halved, months()))) ==
        "163.64 327.27 327.27 327.27 327.28 327.27 327.27 327.28 327.27 327.27 327.27 163.64");
}

TEST_CASE("the same year by the second, where the clocks are changed", "[schedule][conventions][zones][M7]") {
  // In Berlin October has 745 hours and March 743; the year has 8,760. Cumulative at the end of October: 3,600 * 5,137
  // / 8,760 = 2,111.0959, at the end of February 3,600 * 8,017 / 8,760 = 3,294.6575.
  const Schedule berlin = good(make_schedule(
      by_second("3600.00 EUR", "2025-04-01T00:00:00+02:00", "2026-04-01T00:00:00+02:00", "Europe/Berlin"), months()));
  CHECK(amounts(berlin) == "295.89 305.75 295.89 305.76 305.75 295.89 306.17 295.89 305.75 305.75 276.17 305.34");
  CHECK(berlin.entries[6].weight == glmap::Int128{745} * 3600 * 1'000'000);
  // In UTC there is no such hour: as by day.
  const Schedule utc =
      good(make_schedule(by_second("3600.00 EUR", "2025-04-01T00:00:00Z", "2026-04-01T00:00:00Z", "UTC"), months()));
  CHECK(amounts(utc) == amounts(example(Convention::by_day)));
}

TEST_CASE("the zone decides in which month a second of service lies", "[schedule][conventions][zones]") {
  // 24 hours from 18:00 UTC on 31 December: 6 hours of the old year in UTC, 11 in New York, none in Tokyo (03:00
  // there).
  const auto split = [](std::string zone) {
    return amounts(good(make_schedule(
        by_second("24.00 USD", "2026-12-31T18:00:00Z", "2027-01-01T18:00:00Z", std::move(zone)), months())));
  };
  CHECK(split("UTC") == "6.00 18.00");
  CHECK(split("America/New_York") == "11.00 13.00");
  CHECK(split("Asia/Tokyo") == "24.00");
}

TEST_CASE("where midnight comes twice no second is lost", "[schedule][conventions][zones][M7]") {
  // Newfoundland, 1 November 2009: at 00:01 the clocks went back to 23:01 on 31 October. The service ends in that
  // second 31 October, after the first midnight.
  const Schedule twice = good(make_schedule(
      by_second("10.00 CAD", "2009-10-31T12:00:00Z", "2009-11-01T03:00:00Z", "America/St_Johns"), months()));
  REQUIRE(twice.entries.size() == 1);
  CHECK(twice.entries[0].weight == glmap::Int128{15} * 3600 * 1'000'000);
  CHECK(entry(twice, 0) == "2009-10-31 10.00");
}

TEST_CASE("a year from the middle of a month, by every convention", "[schedule][conventions]") {
  const auto year = [](Convention convention) {
    return over_months("3600.00 EUR", convention, "2025-04-15", "2026-04-14");
  };
  // 16 of 30 days of April 2025, 14 of 30 of April 2026: together one month, so that a month is exactly 300.00.
  const Schedule prorated = year(Convention::ends_prorated);
  CHECK(amounts(prorated) == "160.00 " + times(11, "300.00") + " 140.00");
  CHECK(entry(prorated, 0) == "2025-04-30 160.00");
  CHECK(entry(prorated, 12) == "2026-04-14 140.00");
  CHECK(amounts(year(Convention::mid_month)) == "150.00 " + times(11, "300.00") + " 150.00");
  const Schedule full = year(Convention::full_months);
  CHECK(amounts(full) == times(12, "300.00"));
  CHECK(entry(full, 0) == "2025-04-30 300.00");
  CHECK(entry(full, 11) == "2026-03-31 300.00");
  const Schedule equal = year(Convention::equal_months);
  CHECK(amounts(equal) == times(12, "300.00"));
  CHECK(entry(equal, 0) == "2025-05-14 300.00");
  CHECK(equal.entries[0].period == "2025-05");
  CHECK(equal.entries[0].from == day("2025-04-15"));
  CHECK(entry(equal, 11) == "2026-04-14 300.00");
  // By day: 16 and 14 of 365 days.
  const Schedule days = year(Convention::by_day);
  CHECK(days.entries.size() == 13);
  CHECK(days.entries.front().amount == money("157.81 EUR"));  // 3,600 * 16 / 365 = 157.808
  CHECK(days.entries.back().amount == money("138.08 EUR"));   // 3,600 * 351 / 365 = 3,461.918
}

TEST_CASE("half a month and 16 of 30 days are two conventions", "[schedule][conventions][traps]") {
  // A published example of an ERP shows 50 and 53.33 for the same month: 100 a month from 15 April.
  CHECK(over_months("1200.00 EUR", Convention::mid_month, "2025-04-15", "2026-04-14").entries[0].amount ==
        money("50.00 EUR"));
  CHECK(over_months("1200.00 EUR", Convention::ends_prorated, "2025-04-15", "2026-04-14").entries[0].amount ==
        money("53.33 EUR"));
}

TEST_CASE("where the ends are not one month together, policy says who bears it", "[schedule][conventions]") {
  // 15 of 29 days of February 2024 and 14 of 28 of February 2025. In proportion: W = 15/29 + 11 + 14/28 = 348.5/29;
  // 3,600 * 15 / 348.5 = 154.95, 3,600 * 334 / 348.5 = 3,450.22.
  auto leap = terms("3600.00 EUR", Convention::ends_prorated, "2024-02-15", "2025-02-14");
  const Schedule spread = good(make_schedule(leap, months()));
  CHECK(spread.entries.front().amount == money("154.95 EUR"));
  CHECK(spread.entries[1].amount == money("299.57 EUR"));
  CHECK(spread.entries.back().amount == money("149.78 EUR"));
  // Months of exactly 300.00: the last one takes the 14/29 that the first one left.
  leap.end_months = EndMonths::complement;
  CHECK(amounts(good(make_schedule(leap, months()))) == "155.17 " + times(11, "300.00") + " 144.83");
  leap.service_to = day("2025-02-20");
  CHECK(refusal(make_schedule(leap, months())) ==
        "GLM-7015: the service from 2024-02-15 through 2025-02-20 is not a whole number of months, so its last month "
        "cannot "
        "complete the first one");
  CHECK(over_months("3600.00 EUR", Convention::ends_prorated, "2025-04-03", "2025-04-20").entries.size() == 1);
}

TEST_CASE("a leap day has its share by day and none by month", "[schedule][conventions]") {
  CHECK(amounts(over_months("60.00 EUR", Convention::by_day, "2024-02-01", "2024-03-31")) == "29.00 31.00");
  CHECK(amounts(over_months("59.00 EUR", Convention::by_day, "2025-02-01", "2025-03-31")) == "28.00 31.00");
  CHECK(amounts(over_months("60.00 EUR", Convention::full_months, "2024-02-01", "2024-03-31")) == "30.00 30.00");
  CHECK(over_months("366.00 EUR", Convention::by_day, "2024-01-01", "2024-12-31").entries[1].amount ==
        money("29.00 EUR"));
  // 366 days from 1 March 2023: the 29th of February is the last.
  CHECK(over_months("366.00 EUR", Convention::by_day, "2023-03-01", "2024-02-29").entries.back().amount ==
        money("29.00 EUR"));
}

TEST_CASE("both the first and the last day of the service count", "[schedule][conventions][traps]") {
  CHECK(amounts(over_months("31.00 EUR", Convention::by_day, "2026-01-31", "2026-03-02")) == "1.00 28.00 2.00");
  CHECK(amounts(over_months("7.00 EUR", Convention::by_day, "2026-01-31", "2026-01-31")) == "7.00");
  // A source that ends a period where the next begins must hand in the day before.
  const Schedule first = over_months("300.00 EUR", Convention::by_day, "2026-01-01", "2026-01-31");
  const Schedule second = over_months("300.00 EUR", Convention::by_day, "2026-02-01", "2026-02-28");
  CHECK(first.entries.size() == 1);
  CHECK(second.entries.size() == 1);
}

TEST_CASE("months are counted from the 31st where a month has none", "[schedule][conventions][traps]") {
  const Schedule year = over_months("1200.00 EUR", Convention::equal_months, "2025-01-31", "2026-01-30");
  CHECK(amounts(year) == times(12, "100.00"));
  CHECK(entry(year, 0) == "2025-02-28 100.00");
  CHECK(entry(year, 1) == "2025-03-30 100.00");
  CHECK(entry(year, 3) == "2025-05-30 100.00");  // 1 - 30 May: April has no 31st
  CHECK(entry(year, 11) == "2026-01-30 100.00");
  // A billing system that starts the next month on 28 February sends these dates; they are still one and twelve months.
  CHECK(over_months("100.00 EUR", Convention::equal_months, "2025-01-31", "2025-02-27").entries.size() == 1);
  CHECK(over_months("1200.00 EUR", Convention::full_months, "2024-02-29", "2025-02-27").entries.size() == 12);
  CHECK(over_months("1200.00 EUR", Convention::full_months, "2024-02-29", "2025-02-28").entries.size() == 12);
  CHECK(over_months("1300.00 EUR", Convention::full_months, "2024-02-29", "2025-03-01").entries.size() == 13);
}

TEST_CASE("a month begun counts in full, in the month it begins", "[schedule][conventions]") {
  const Schedule short_service = over_months("90.00 EUR", Convention::full_months, "2026-01-20", "2026-02-10");
  REQUIRE(short_service.entries.size() == 1);
  CHECK(entry(short_service, 0) == "2026-01-31 90.00");
  CHECK(amounts(over_months("90.00 EUR", Convention::full_months, "2026-01-20", "2026-02-20")) == "45.00 45.00");
}

TEST_CASE("weeks are spread by day only", "[schedule][conventions][calendar]") {
  // Fiscal 2026 begins on Monday 29 December 2025. Of 1 January to 31 March: 25 days in P01, 28, 35, and 2 in P04.
  const Schedule quarter =
      good(make_schedule(terms("900.00 EUR", Convention::by_day, "2026-01-01", "2026-03-31"), weeks()));
  CHECK(amounts(quarter) == "250.00 280.00 350.00 20.00");
  CHECK(quarter.entries[0].period == "2026-P01");
  CHECK(entry(quarter, 0) == "2026-01-25 250.00");
  CHECK(entry(quarter, 2) == "2026-03-29 350.00");
  CHECK(entry(quarter, 3) == "2026-03-31 20.00");
  // The year of 53 weeks: 371 days from 29 December 2025 to 3 January 2027, P12 with 42.
  const Schedule year =
      good(make_schedule(terms("371.00 EUR", Convention::by_day, "2025-12-29", "2027-01-03"), weeks()));
  CHECK(amounts(year) == "28.00 28.00 35.00 28.00 28.00 35.00 28.00 28.00 35.00 28.00 28.00 42.00");
  for (const auto convention :
       {Convention::equal_months, Convention::ends_prorated, Convention::full_months, Convention::mid_month}) {
    const auto refused = make_schedule(terms("900.00 EUR", convention, "2026-01-01", "2026-03-31"), weeks());
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.ends_with("is not one calendar month, and `" + std::string(to_text(convention)) +
                                            "` spreads over calendar months"));
    CHECK(refused.error().help == "use `by_day` or `by_second` with such a calendar");
  }
}

TEST_CASE("fiscal months name the periods of a year that begins in April", "[schedule][calendar]") {
  const auto fiscal =
      good(glmap::joined_calendar("april", {good(glmap::month_periods({.first_month = 4}, 2026, 2027))}));
  const Schedule year =
      good(make_schedule(terms("3600.00 EUR", Convention::equal_months, "2025-04-01", "2026-03-31"), fiscal));
  CHECK(year.entries.front().period == "2026-P01");
  CHECK(year.entries.back().period == "2026-P12");
  // A first period that is cut (founded on 17 March) is still one calendar month.
  const auto founded = good(glmap::joined_calendar(
      "founded", {good(glmap::short_year_of_months("2026", day("2026-03-17"), day("2026-12-31")))}));
  CHECK(amounts(good(make_schedule(terms("25.00 EUR", Convention::ends_prorated, "2026-03-17", "2026-04-30"),
                                   founded))) == "8.15 16.85");  // 15/31 and 1: 25 * 15 / 46 = 8.152
  // A month that lies in two periods is not.
  const auto cut = good(
      glmap::joined_calendar("cut", {good(glmap::short_year_of_months("a", day("2026-01-01"), day("2026-03-16"))),
                                     good(glmap::short_year_of_months("b", day("2026-03-17"), day("2026-12-31")))}));
  CHECK(refusal(make_schedule(terms("25.00 EUR", Convention::full_months, "2026-03-01", "2026-04-30"), cut)) ==
        "GLM-7015: the month 2026-03 lies in more than one accounting period, and `full_months` spreads over calendar "
        "months");
}

TEST_CASE("a service that ends before it begins has no schedule", "[schedule][errors]") {
  CHECK(refusal(make_schedule(terms("1.00 EUR", Convention::by_day, "2026-02-01", "2026-01-31"), months())) ==
        "GLM-7015: the service ends on 2026-01-31, before it begins on 2026-02-01");
  CHECK(
      refusal(make_schedule(by_second("1.00 EUR", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "UTC"), months())) ==
      "GLM-7015: the service ends at 2026-01-01T00:00:00Z, not after it begins at 2026-01-01T00:00:00Z");
  CHECK(refusal(make_schedule(by_second("1.00 EUR", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", "UTC"), months()))
            .starts_with("GLM-7015"));
  CHECK(refusal(make_schedule(by_second("1.00 EUR", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "Mars/Base"),
                              months())) == "GLM-2001: `Mars/Base` is not a time zone");
}

TEST_CASE("a calendar that ends before the service does is an error, never a shorter schedule", "[schedule][errors]") {
  const auto year = good(glmap::FiscalCalendar::months("short", day("2026-01-01"), day("2026-12-01")));
  for (const auto convention : {Convention::by_day, Convention::equal_months, Convention::ends_prorated,
                                Convention::full_months, Convention::mid_month}) {
    INFO(to_text(convention));
    const auto late = make_schedule(terms("1.00 EUR", convention, "2026-06-01", "2027-05-31"), year);
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().code == glmap::ErrorCode::PeriodUndefined);
    CHECK(late.error().help ==
          "calendar `short` is defined from 2026-01-01 through 2026-12-31; define it for the whole service");
    const auto early = make_schedule(terms("1.00 EUR", convention, "2025-12-01", "2026-05-31"), year);
    REQUIRE_FALSE(early.has_value());
    CHECK(early.error().code == glmap::ErrorCode::PeriodUndefined);
  }
}

TEST_CASE("the largest amount that Money holds is spread exactly", "[schedule][rounding]") {
  const std::string large = "1" + std::string(27, '0') + ".00 EUR";  // 10^29 cents
  const Schedule schedule = over_months(large, Convention::by_day, "2020-01-01", "2039-12-31");
  CHECK(schedule.entries.size() == 240);
  CHECK(sum(schedule) == schedule.total.minor());
}

TEST_CASE("a period run posts what is due, all that was missed, and nothing twice", "[schedule][run]") {
  const Schedule schedule = over_months("1000.00 EUR", Convention::equal_months, "2026-01-01", "2026-03-31");
  CHECK(planned_through(schedule, day("2026-02-28")) == money("666.67 EUR"));
  CHECK(planned_through(schedule, day("2026-02-27")) == money("333.33 EUR"));
  const Posted none{.amount = money("0.00 EUR")};
  CHECK(amounts(good(due_entries(schedule, none, day("2026-01-30")))).empty());
  CHECK(amounts(good(due_entries(schedule, none, day("2026-01-31")))) == "333.33");
  CHECK(amounts(good(due_entries(schedule, none, day("2026-04-15")))) == "333.33 333.34 333.33");
  const Posted one{.entries = 1, .amount = money("333.33 EUR")};
  CHECK(amounts(good(due_entries(schedule, one, day("2026-01-31")))).empty());
  const auto due = good(due_entries(schedule, one, day("2026-02-28")));
  CHECK(amounts(due) == "333.34");
  CHECK(due.front().posting_date == day("2026-02-28"));
}

TEST_CASE("what the ledger has is where a schedule goes on from", "[schedule][run]") {
  const Schedule schedule = over_months("1000.00 EUR", Convention::equal_months, "2026-01-01", "2026-03-31");
  // Someone posted 330.00 for January: February brings the total back to the line.
  const Schedule left = good(remaining_schedule(schedule, {.entries = 1, .amount = money("330.00 EUR")}));
  CHECK(amounts(left) == "336.67 333.33");
  CHECK(left.opening == money("330.00 EUR"));
  CHECK(sum(left) == 100'000);
  // And again from there.
  const Schedule last = good(remaining_schedule(left, {.entries = 1, .amount = money("666.67 EUR")}));
  CHECK(amounts(last) == "333.33");
  CHECK(amounts(good(remaining_schedule(schedule, {.entries = 3, .amount = money("1000.00 EUR")}))).empty());
  CHECK(refusal(remaining_schedule(schedule, {.entries = 3, .amount = money("999.99 EUR")})) ==
        "GLM-7015: all entries are posted, in sum 999.99 EUR, but the total is 1000.00 EUR");
  CHECK(refusal(remaining_schedule(schedule, {.entries = 4, .amount = money("1000.00 EUR")})) ==
        "GLM-7015: 4 entries are posted of a schedule that has 3");
  CHECK(refusal(remaining_schedule(schedule, {.entries = 1, .amount = money("333.33 USD")})).starts_with("GLM-3002"));
}

TEST_CASE("a book's word for a convention is read back", "[schedule]") {
  for (const char* word : {"by_second", "by_day", "equal_months", "ends_prorated", "full_months", "mid_month"}) {
    const auto convention = glmap::rules::parse_convention(word);
    REQUIRE(convention.has_value());
    CHECK(to_text(*convention) == word);
  }
  CHECK_FALSE(glmap::rules::parse_convention("by day").has_value());
}
