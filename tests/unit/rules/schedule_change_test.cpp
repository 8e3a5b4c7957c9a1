// SPDX-License-Identifier: Apache-2.0
// Changes of a schedule that has begun: prospective, catch-up, pause, termination.
#include "compiler/runtime/rules/schedule_change.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/rules/schedule_examples.hpp"

using namespace schedule_examples;
using glmap::rules::Change;
using glmap::rules::Convention;
using glmap::rules::due_entries;
using glmap::rules::earned_through;
using glmap::rules::EndMonths;
using glmap::rules::HalfMonths;
using glmap::rules::make_schedule;
using glmap::rules::Posted;
using glmap::rules::Remainder;
using glmap::rules::remaining_schedule;
using glmap::rules::replan_catch_up;
using glmap::rules::replan_prospective;
using glmap::rules::Schedule;
using glmap::rules::ScheduleEntry;
using glmap::rules::ScheduleRounding;
using glmap::rules::ScheduleTerms;
using glmap::rules::Stop;
using glmap::rules::terminate;

namespace {

Schedule plan(std::string_view total, Convention convention, std::string_view from, std::string_view to) {
  return good(make_schedule(
      {.total = money(total), .convention = convention, .service_from = day(from), .service_to = day(to)}, months()));
}

/// The first `entries` are posted as planned.
Posted posted(const Schedule& schedule, std::size_t entries) {
  glmap::Int128 minor = schedule.opening.minor();
  for (std::size_t i = 0; i < entries; ++i) minor += schedule.entries[i].amount.minor();
  return {.entries = entries, .amount = glmap::Money::from_minor(minor, schedule.total.currency())};
}

Change change(std::string_view total, std::string_view effective, std::string_view until) {
  return {.total = money(total), .effective = day(effective), .until = day(until)};
}

}  // namespace

TEST_CASE("more seats from July: what is left is spread over what is left", "[schedule][prospective]") {
  const Schedule year = plan("1200.00 EUR", Convention::full_months, "2026-01-01", "2026-12-31");
  const Schedule later =
      good(replan_prospective(year, posted(year, 6), change("1800.00 EUR", "2026-07-01", "2026-12-31"), months()));
  CHECK(later.opening == money("600.00 EUR"));
  CHECK(amounts(later) == times(6, "200.00"));
  CHECK(entry(later, 0) == "2026-07-31 200.00");
  CHECK(later.total == money("1800.00 EUR"));
}

TEST_CASE("entries that were due before the change keep their old amounts", "[schedule][prospective]") {
  const Schedule year = plan("1200.00 EUR", Convention::full_months, "2026-01-01", "2026-12-31");
  // The run for May and June did not happen.
  const Schedule later =
      good(replan_prospective(year, posted(year, 4), change("1800.00 EUR", "2026-07-01", "2026-12-31"), months()));
  CHECK(later.opening == money("400.00 EUR"));
  CHECK(amounts(later) == "100.00 100.00 " + times(6, "200.00"));
  CHECK(entry(later, 0) == "2026-05-31 100.00");
  // And a difference in the ledger is mended by the first of them.
  const Schedule mended = good(replan_prospective(year, {.entries = 4, .amount = money("390.00 EUR")},
                                                  change("1800.00 EUR", "2026-07-01", "2026-12-31"), months()));
  CHECK(amounts(mended) == "110.00 100.00 " + times(6, "200.00"));
}

TEST_CASE("a service contract made cheaper and longer after two years", "[schedule][prospective]") {
  // IFRS 15, example 7 (IE33-IE36), case of a prospective modification: three years at 100,000; after two, the last
  // year is cut to 80,000 and three years are added for 200,000: 280,000 over four years, 70,000 a year.
  const Schedule three = plan("300000.00 USD", Convention::equal_months, "2020-01-01", "2022-12-31");
  const Schedule six =
      good(replan_prospective(three, posted(three, 24), change("480000.00 USD", "2022-01-01", "2025-12-31"), months()));
  REQUIRE(six.entries.size() == 48);
  CHECK(six.opening == money("200000.00 USD"));
  for (const char* year_end : {"2022-12-31", "2023-12-31", "2024-12-31", "2025-12-31"}) {
    const int years = day(year_end).year() - 2021;
    CHECK(planned_through(six, day(year_end)).minor() == 20'000'000 + years * 7'000'000);
  }
  CHECK(entry(six, 0) == "2022-01-31 5833.33");
  CHECK(entry(six, 1) == "2022-02-28 5833.34");
}

TEST_CASE("a change inside a month cuts it by day", "[schedule][prospective]") {
  // 10.00 a day; from 16 April 3,000 more for 260 days: 2,600 + 3,000 = 5,600 over 260 days.
  const Schedule year = plan("3650.00 EUR", Convention::by_day, "2025-01-01", "2025-12-31");
  const Schedule later =
      good(replan_prospective(year, posted(year, 3), change("6650.00 EUR", "2025-04-16", "2025-12-31"), months()));
  CHECK(entry(later, 0) == "2025-04-15 150.00");
  CHECK(later.entries[0].from == day("2025-04-01"));
  CHECK(entry(later, 1) == "2025-04-30 323.08");  // 5,600 * 15 / 260 = 323.077
  CHECK(later.entries[1].from == day("2025-04-16"));
  CHECK(later.entries[1].period == "2025-04");
  CHECK(sum(later) == 665'000);
  // Prorated ends: 1,200 for the year; to 15 April 3.5 months = 350; 2,050 over 15/30 + 8 = 8.5 months.
  const Schedule prorated = plan("1200.00 EUR", Convention::ends_prorated, "2025-01-01", "2025-12-31");
  const Schedule changed = good(
      replan_prospective(prorated, posted(prorated, 3), change("2400.00 EUR", "2025-04-16", "2025-12-31"), months()));
  CHECK(entry(changed, 0) == "2025-04-15 50.00");
  CHECK(entry(changed, 1) == "2025-04-30 120.59");  // 2,050 * 0.5 / 8.5 = 120.588
  CHECK(entry(changed, 2) == "2025-05-31 241.17");  // 2,050 * 1.5 / 8.5 = 361.765, less 120.59
  CHECK(sum(changed) == 240'000);
}

TEST_CASE("an upgrade by the second begins at its instant", "[schedule][prospective][zones]") {
  // 24 hours at 1.00; at 06:00 the price for the rest is doubled: 6.00 and 18 * 2 = 36.00, in total 42.00.
  const Schedule one_day = good(make_schedule({.total = money("24.00 USD"),
                                               .convention = Convention::by_second,
                                               .starts = at("2026-01-31T12:00:00Z"),
                                               .ends = at("2026-02-01T12:00:00Z"),
                                               .zone = "UTC"},
                                              months()));
  CHECK(amounts(one_day) == "12.00 12.00");
  Change upgrade = change("42.00 USD", "2026-01-31", "2026-02-01");
  upgrade.effective_at = at("2026-01-31T18:00:00Z");
  upgrade.ends_at = at("2026-02-01T12:00:00Z");
  const Schedule later = good(replan_prospective(one_day, posted(one_day, 0), upgrade, months()));
  CHECK(amounts(later) == "6.00 12.00 24.00");
  CHECK(later.entries[0].posting_date == day("2026-01-31"));
  CHECK(later.entries[1].posting_date == day("2026-01-31"));
  // Without an instant, from midnight to midnight.
  const Schedule daily =
      good(replan_prospective(one_day, posted(one_day, 0), change("60.00 USD", "2026-02-01", "2026-02-02"), months()));
  CHECK(amounts(daily) == "12.00 48.00");
}

TEST_CASE("a convention that does not cut months refuses a change inside one", "[schedule][prospective][errors]") {
  for (const auto convention : {Convention::full_months, Convention::equal_months, Convention::mid_month}) {
    const Schedule year = plan("1200.00 EUR", convention, "2026-01-01", "2026-12-31");
    CHECK(refusal(
              replan_prospective(year, posted(year, 3), change("1800.00 EUR", "2026-04-16", "2026-12-31"), months())) ==
          "GLM-7015: the change on 2026-04-16 lies inside the month from 2026-04-01, which `" +
              std::string(to_text(convention)) + "` does not cut");
    CHECK(sum(good(replan_prospective(year, posted(year, 3), change("1800.00 EUR", "2026-05-01", "2026-12-31"),
                                      months()))) == 180'000);
  }
}

TEST_CASE("months go on being counted from the contract's first day", "[schedule][prospective]") {
  // 15 April to 14 April in full months: posted April to June, nine entries are left, July to March.
  const Schedule full = plan("1200.00 EUR", Convention::full_months, "2025-04-15", "2026-04-14");
  const Schedule later =
      good(replan_prospective(full, posted(full, 3), change("2100.00 EUR", "2025-07-01", "2026-04-14"), months()));
  CHECK(amounts(later) == times(9, "200.00"));
  CHECK(entry(later, 8) == "2026-03-31 200.00");
  // The same by equal months: the change is on the 15th.
  const Schedule equal = plan("1200.00 EUR", Convention::equal_months, "2025-04-15", "2026-04-14");
  const Schedule changed =
      good(replan_prospective(equal, posted(equal, 3), change("2100.00 EUR", "2025-07-15", "2026-04-14"), months()));
  CHECK(amounts(changed) == times(9, "200.00"));
  CHECK(entry(changed, 0) == "2025-08-14 200.00");
  // From the 31st: the second month begins on 1 March, the third on 31 March again.
  const Schedule last_day = plan("1200.00 EUR", Convention::equal_months, "2025-01-31", "2026-01-30");
  const Schedule from_march = good(
      replan_prospective(last_day, posted(last_day, 1), change("2300.00 EUR", "2025-03-01", "2026-01-30"), months()));
  CHECK(amounts(from_march) == times(11, "200.00"));
  CHECK(entry(from_march, 0) == "2025-03-30 200.00");
  CHECK(entry(from_march, 1) == "2025-04-30 200.00");
  // A last month that completes the first still does, after a change in between.
  const Schedule complement = good(make_schedule({.total = money("3600.00 EUR"),
                                                  .convention = Convention::ends_prorated,
                                                  .service_from = day("2024-02-15"),
                                                  .service_to = day("2025-02-14"),
                                                  .end_months = EndMonths::complement},
                                                 months()));
  const Schedule same = good(replan_prospective(complement, posted(complement, 6),
                                                change("3600.00 EUR", "2024-08-01", "2025-02-14"), months()));
  CHECK(amounts(same) == times(6, "300.00") + " 144.83");
}

TEST_CASE("what is posted beyond the change stays, and the new terms begin after it", "[schedule][prospective]") {
  const Schedule year = plan("1200.00 EUR", Convention::full_months, "2026-01-01", "2026-12-31");
  const Schedule later =
      good(replan_prospective(year, posted(year, 8), change("1600.00 EUR", "2026-07-01", "2026-12-31"), months()));
  CHECK(later.opening == money("800.00 EUR"));
  CHECK(amounts(later) == times(4, "200.00"));
  CHECK(entry(later, 0) == "2026-09-30 200.00");
}

TEST_CASE("an extension and a renewal begin where the old service ends", "[schedule][prospective]") {
  const Schedule year = plan("1200.00 EUR", Convention::full_months, "2026-01-01", "2026-12-31");
  const Schedule two =
      good(replan_prospective(year, posted(year, 11), change("3000.00 EUR", "2027-01-01", "2027-12-31"), months()));
  CHECK(amounts(two) == "100.00 " + times(12, "150.00"));
}

TEST_CASE("a change cannot lower the total below what is recognised, nor leave nothing to spread it over",
          "[schedule][prospective][errors]") {
  const Schedule year = plan("1200.00 EUR", Convention::full_months, "2026-01-01", "2026-12-31");
  const auto refused =
      replan_prospective(year, posted(year, 6), change("500.00 EUR", "2026-07-01", "2026-12-31"), months());
  CHECK(refusal(refused) == "GLM-7015: `600.00 EUR` is recognised already, more than the new total `500.00 EUR`");
  CHECK(refused.error().help == "use a cumulative catch-up, or end the service and credit the rest");
  CHECK(refusal(replan_prospective(year, posted(year, 6), change("0.00 EUR", "2026-07-01", "2026-12-31"), months()))
            .starts_with("GLM-7015"));
  CHECK(refusal(replan_prospective(year, posted(year, 6), change("-1800.00 EUR", "2026-07-01", "2026-12-31"), months()))
            .starts_with("GLM-7015"));
  CHECK(amounts(good(replan_prospective(year, posted(year, 6), change("600.00 EUR", "2026-07-01", "2026-12-31"),
                                        months()))) == times(6, "0.00"));
  CHECK(
      refusal(replan_prospective(year, posted(year, 6), change("1800.00 EUR", "2026-07-01", "2026-06-30"), months())) ==
      "GLM-7015: the service ends on 2026-06-30, before it begins on 2026-07-01");
  CHECK(refusal(replan_prospective(year, posted(year, 12), change("1800.00 EUR", "2026-07-01", "2026-12-31"), months()))
            .starts_with("GLM-7015"));
  CHECK(refusal(replan_prospective(year, {.entries = 13, .amount = money("1200.00 EUR")},
                                   change("1800.00 EUR", "2026-07-01", "2026-12-31"), months()))
            .starts_with("GLM-7015: 13 entries are posted"));
  CHECK(refusal(replan_prospective(year, posted(year, 6), change("1800.00 USD", "2026-07-01", "2026-12-31"), months()))
            .starts_with("GLM-3002"));
  CHECK(refusal(replan_prospective(year, {.entries = 6, .amount = money("600.00 USD")},
                                   change("1800.00 USD", "2026-07-01", "2026-12-31"), months()))
            .starts_with("GLM-3002"));
}

TEST_CASE("a credit line is changed as its mirror image", "[schedule][prospective]") {
  const Schedule year = plan("-1200.00 EUR", Convention::full_months, "2026-01-01", "2026-12-31");
  const Schedule later =
      good(replan_prospective(year, posted(year, 6), change("-1800.00 EUR", "2026-07-01", "2026-12-31"), months()));
  CHECK(amounts(later) == times(6, "-200.00"));
  CHECK(refusal(replan_prospective(year, posted(year, 6), change("-500.00 EUR", "2026-07-01", "2026-12-31"), months()))
            .starts_with("GLM-7015"));
}

TEST_CASE("changes follow one another in order of time", "[schedule][prospective]") {
  const Schedule year = plan("1200.00 EUR", Convention::full_months, "2026-01-01", "2026-12-31");
  // Agreed in May, from October: until then the old terms.
  const Schedule first =
      good(replan_prospective(year, posted(year, 4), change("1500.00 EUR", "2026-10-01", "2026-12-31"), months()));
  CHECK(amounts(first) == times(5, "100.00") + " 200.00 200.00 200.00");
  CHECK(amounts(good(due_entries(first, {.amount = money("400.00 EUR")}, day("2026-06-30")))) == "100.00 100.00");
  const Schedule second =
      good(replan_prospective(first, posted(first, 6), change("1800.00 EUR", "2026-11-01", "2026-12-31"), months()));
  CHECK(second.opening == money("1100.00 EUR"));
  CHECK(amounts(second) == "350.00 350.00");
  CHECK(refusal(
            replan_prospective(first, posted(first, 2), change("1800.00 EUR", "2026-08-01", "2026-12-31"), months())) ==
        "GLM-7015: the service changes on 2026-08-01, before an earlier change that begins on 2026-10-01");
  CHECK(refusal(earned_through(first, day("2026-08-15"))).starts_with("GLM-7015"));
  CHECK(good(earned_through(first, day("2026-10-31"))) == money("1100.00 EUR"));
}

TEST_CASE("a service that pauses is spread over the months after it", "[schedule][pause]") {
  const Schedule year = plan("1200.00 EUR", Convention::full_months, "2026-01-01", "2026-12-31");
  Change pause = change("1200.00 EUR", "2026-04-01", "2027-02-28");
  pause.resumes = day("2026-06-01");
  const Schedule later = good(replan_prospective(year, posted(year, 3), pause, months()));
  CHECK(amounts(later) == times(9, "100.00"));
  CHECK(entry(later, 0) == "2026-06-30 100.00");
  CHECK(entry(later, 8) == "2027-02-28 100.00");
  // By day, paused inside a month: 10.00 a day, 14 days of April, then 261 days are left from 10 June.
  const Schedule days = plan("3650.00 EUR", Convention::by_day, "2025-01-01", "2025-12-31");
  pause = change("3650.00 EUR", "2025-04-15", "2026-02-25");
  pause.resumes = day("2025-06-10");
  const Schedule cut = good(replan_prospective(days, posted(days, 3), pause, months()));
  CHECK(entry(cut, 0) == "2025-04-14 140.00");
  CHECK(entry(cut, 1) == "2025-06-30 210.00");
  CHECK(cut.interrupted);
  CHECK(refusal(replan_catch_up(cut, posted(cut, 1), change("4000.00 EUR", "2025-07-01", "2026-02-25"), months())) ==
        "GLM-7015: a cumulative catch-up counts from 2025-01-01 without a gap, but the service pauses in between");
}

TEST_CASE("a price concession is caught up on its day", "[schedule][catch-up]") {
  const Schedule year = plan("1200.00 EUR", Convention::full_months, "2026-01-01", "2026-12-31");
  const Schedule later =
      good(replan_catch_up(year, posted(year, 6), change("900.00 EUR", "2026-07-01", "2026-12-31"), months()));
  CHECK(amounts(later) == "-150.00 " + times(6, "75.00"));
  CHECK(later.entries[0].kind == ScheduleEntry::Kind::catch_up);
  CHECK(entry(later, 0) == "2026-07-01 -150.00");
  CHECK(later.entries[0].period == "2026-07");
  // Entries due before it keep the old amount, and are caught up with the rest.
  const Schedule late =
      good(replan_catch_up(year, posted(year, 4), change("900.00 EUR", "2026-07-01", "2026-12-31"), months()));
  CHECK(amounts(late) == "100.00 100.00 -150.00 " + times(6, "75.00"));
  // Nothing to catch up: no entry.
  CHECK(amounts(good(replan_catch_up(year, posted(year, 6), change("1200.00 EUR", "2026-07-01", "2026-12-31"),
                                     months()))) == times(6, "100.00"));
  // Longer for the same money: 600 of 1,200 in 6 of 24 months is 300 too much.
  CHECK(amounts(good(replan_catch_up(year, posted(year, 6), change("1200.00 EUR", "2026-07-01", "2027-12-31"),
                                     months()))) == "-300.00 " + times(18, "50.00"));
  // The month of the change follows the new line as a whole.
  const Schedule inside =
      good(replan_catch_up(year, posted(year, 6), change("900.00 EUR", "2026-07-20", "2026-12-31"), months()));
  CHECK(amounts(inside) == "-150.00 " + times(6, "75.00"));
  CHECK(entry(inside, 0) == "2026-07-20 -150.00");
  // A service that is over: all of it on the day.
  CHECK(amounts(good(replan_catch_up(year, posted(year, 12), change("900.00 EUR", "2027-02-10", "2026-12-31"),
                                     months()))) == "-300.00");
}

TEST_CASE("a catch-up after a prospective change counts from the contract's first day", "[schedule][catch-up]") {
  const Schedule year = plan("1200.00 EUR", Convention::full_months, "2026-01-01", "2026-12-31");
  const Schedule first =
      good(replan_prospective(year, posted(year, 6), change("1800.00 EUR", "2026-07-01", "2026-12-31"), months()));
  // 600 + 2 * 200 = 1,000 posted; 2,400 for the year is 1,600 through August.
  const Schedule second =
      good(replan_catch_up(first, posted(first, 2), change("2400.00 EUR", "2026-09-01", "2026-12-31"), months()));
  CHECK(second.opening == money("1000.00 EUR"));
  CHECK(amounts(second) == "600.00 " + times(4, "200.00"));
}

TEST_CASE("a contract ended in April is earned to that day", "[schedule][termination]") {
  const Schedule year = plan("3650.00 EUR", Convention::by_day, "2025-01-01", "2025-12-31");
  const auto credited = good(terminate(year, posted(year, 3), {.last_day = day("2025-04-15")}, months()));
  CHECK(credited.earned == money("1050.00 EUR"));
  CHECK(credited.remainder == money("2600.00 EUR"));
  CHECK(credited.schedule.total == money("1050.00 EUR"));
  CHECK(amounts(credited.schedule) == "150.00");
  CHECK(entry(credited.schedule, 0) == "2025-04-15 150.00");

  const auto forfeited = good(
      terminate(year, posted(year, 3), {.last_day = day("2025-04-15"), .remainder = Remainder::forfeited}, months()));
  CHECK(amounts(forfeited.schedule) == "150.00 2600.00");
  CHECK(entry(forfeited.schedule, 1) == "2025-04-15 2600.00");
  CHECK(forfeited.schedule.entries[1].kind == ScheduleEntry::Kind::termination);
  CHECK(forfeited.schedule.total == money("3650.00 EUR"));

  // April is posted already: 15 days of it are taken back.
  const auto back = good(terminate(year, posted(year, 4), {.last_day = day("2025-04-15")}, months()));
  CHECK(amounts(back.schedule) == "-150.00");
  CHECK(back.schedule.entries[0].kind == ScheduleEntry::Kind::correction);
  CHECK(back.earned == money("1050.00 EUR"));
  // March is not posted yet.
  const auto missed = good(terminate(year, posted(year, 2), {.last_day = day("2025-04-15")}, months()));
  CHECK(amounts(missed.schedule) == "310.00 150.00");
}

TEST_CASE("a month begun counts at the end as its convention says", "[schedule][termination]") {
  // 1,200 for the year, ended on 10 July: six months and ten days.
  const auto earned = [](Convention convention) {
    const Schedule year = plan("1200.00 EUR", convention, "2026-01-01", "2026-12-31");
    CHECK(sum(good(terminate(year, posted(year, 6), {.last_day = day("2026-07-10")}, months())).schedule) ==
          good(earned_through(year, day("2026-07-10"))).minor());
    return good(earned_through(year, day("2026-07-10"))).amount_text();
  };
  CHECK(earned(Convention::full_months) == "700.00");
  CHECK(earned(Convention::equal_months) == "700.00");
  CHECK(earned(Convention::mid_month) == "650.00");
  CHECK(earned(Convention::ends_prorated) == "632.26");  // 100 * 10 / 31 = 32.258
  CHECK(earned(Convention::by_day) == "627.95");         // 1,200 * 191 / 365 = 627.945
}

TEST_CASE("a service ended by the second is earned to the second", "[schedule][termination][zones]") {
  const Schedule one_day = good(make_schedule({.total = money("24.00 USD"),
                                               .convention = Convention::by_second,
                                               .starts = at("2026-01-31T12:00:00Z"),
                                               .ends = at("2026-02-01T12:00:00Z"),
                                               .zone = "UTC"},
                                              months()));
  const auto ended = good(terminate(one_day, posted(one_day, 1),
                                    {.last_day = day("2026-02-01"), .ends_at = at("2026-02-01T05:30:00Z")}, months()));
  CHECK(ended.earned == money("17.50 USD"));
  CHECK(amounts(ended.schedule) == "5.50");
  const auto by_day = good(terminate(one_day, posted(one_day, 1), {.last_day = day("2026-01-31")}, months()));
  CHECK(by_day.earned == money("12.00 USD"));
  CHECK(by_day.schedule.entries.empty());
}

TEST_CASE("a contract ended before it began earns nothing, and one ended after its end loses nothing",
          "[schedule][termination]") {
  const Schedule year = plan("1200.00 EUR", Convention::full_months, "2026-01-01", "2026-12-31");
  const auto never = good(terminate(year, posted(year, 0), {.last_day = day("2025-12-31")}, months()));
  CHECK(never.earned == money("0.00 EUR"));
  CHECK(never.remainder == money("1200.00 EUR"));
  CHECK(never.schedule.entries.empty());
  const auto late = good(terminate(year, posted(year, 11), {.last_day = day("2027-05-05")}, months()));
  CHECK(late.remainder == money("0.00 EUR"));
  CHECK(amounts(late.schedule) == "100.00");
  // A planned change that will never come: end the schedule from before it.
  const Schedule changed =
      good(replan_prospective(year, posted(year, 4), change("1500.00 EUR", "2026-10-01", "2026-12-31"), months()));
  CHECK(refusal(terminate(changed, posted(changed, 0), {.last_day = day("2026-06-30")}, months()))
            .starts_with("GLM-7015"));
  CHECK(good(terminate(year, posted(year, 4), {.last_day = day("2026-06-30")}, months())).earned ==
        money("600.00 EUR"));
}

TEST_CASE("a terminated contract can be taken up again", "[schedule][termination][prospective]") {
  const Schedule year = plan("1200.00 EUR", Convention::full_months, "2026-01-01", "2026-12-31");
  const auto ended = good(terminate(year, posted(year, 3), {.last_day = day("2026-04-30")}, months()));
  CHECK(amounts(ended.schedule) == "100.00");
  const Schedule again = good(replan_prospective(ended.schedule, {.entries = 1, .amount = money("400.00 EUR")},
                                                 change("1000.00 EUR", "2026-07-01", "2026-12-31"), months()));
  CHECK(amounts(again) == times(6, "100.00"));
}

TEST_CASE("a schedule of what is left can be changed from where it begins, not before",
          "[schedule][prospective][run]") {
  const Schedule year = plan("1000.00 EUR", Convention::by_day, "2026-01-01", "2026-12-31");
  const Schedule left = good(remaining_schedule(year, posted(year, 6)));
  const Posted none{.amount = left.opening};
  const Change later = change("1500.00 EUR", "2026-08-10", "2026-12-31");
  CHECK(amounts(good(replan_prospective(left, none, later, months()))) ==
        amounts(good(replan_prospective(year, posted(year, 6), later, months()))));
  CHECK(good(earned_through(left, day("2026-08-10"))) == good(earned_through(year, day("2026-08-10"))));
  CHECK(refusal(earned_through(left, day("2026-05-31"))) ==
        "GLM-7015: the service changes on 2026-06-01, before 2026-07-01, where this schedule begins");
}

TEST_CASE("what is left of a changed schedule is still cut where it should be", "[schedule][prospective][run]") {
  // 10.00 a day; from 1 July 20.00 a day. Agreed in May: May and June are in front of the new terms.
  const Schedule year = plan("3650.00 EUR", Convention::by_day, "2025-01-01", "2025-12-31");
  const Schedule changed =
      good(replan_prospective(year, posted(year, 4), change("5490.00 EUR", "2025-07-01", "2025-12-31"), months()));
  CHECK(amounts(changed) == "310.00 300.00 620.00 620.00 600.00 620.00 600.00 620.00");
  // Through the 10th of October: 1,810 + 102 * 20 = 3,850.
  for (std::size_t entries = 0; entries <= 5; ++entries) {
    const Schedule left = good(remaining_schedule(changed, posted(changed, entries)));
    CHECK(good(earned_through(left, day("2025-10-10"))) == money("3850.00 EUR"));
    CHECK(left.entries.size() == 8 - entries);
    // In two steps as in one.
    if (entries == 5) {
      const Schedule one = good(remaining_schedule(changed, posted(changed, 1)));
      const Schedule four_more = good(remaining_schedule(one, posted(one, 4)));
      CHECK(good(earned_through(four_more, day("2025-10-10"))) == money("3850.00 EUR"));
    }
  }
}

TEST_CASE("a month counted from the 15th that ends early is posted where it ends", "[schedule][termination]") {
  const Schedule year = plan("1200.00 EUR", Convention::equal_months, "2025-04-15", "2026-04-14");
  CHECK(year.entries[0].period == "2025-05");
  const auto ended = good(terminate(year, posted(year, 0), {.last_day = day("2025-04-20")}, months()));
  CHECK(entry(ended.schedule, 0) == "2025-04-20 100.00");
  CHECK(ended.schedule.entries[0].period == "2025-04");
}

TEST_CASE("after a pause months are counted from the day of resumption, after a termination as before",
          "[schedule][pause]") {
  const Schedule year = plan("1200.00 EUR", Convention::equal_months, "2025-04-15", "2026-04-14");
  Change pause = change("1200.00 EUR", "2025-07-15", "2026-05-09");
  pause.resumes = day("2025-08-10");
  const Schedule later = good(replan_prospective(year, posted(year, 3), pause, months()));
  CHECK(amounts(later) == times(9, "100.00"));
  CHECK(entry(later, 0) == "2025-09-09 100.00");
  // Also when an earlier change had fixed the day they are counted from.
  const Schedule dearer =
      good(replan_prospective(year, posted(year, 3), change("2100.00 EUR", "2025-07-15", "2026-04-14"), months()));
  const Schedule paused = good(replan_prospective(dearer, posted(dearer, 0), pause, months()));
  CHECK(amounts(paused) == times(9, "100.00"));
  CHECK(entry(paused, 0) == "2025-09-09 100.00");
  const auto ended = good(terminate(year, posted(year, 3), {.last_day = day("2025-07-20")}, months()));
  const Schedule again = good(replan_prospective(ended.schedule, posted(ended.schedule, 1),
                                                 change("1000.00 EUR", "2025-08-15", "2026-02-14"), months()));
  CHECK(amounts(again) == times(6, "100.00"));
  CHECK(entry(again, 0) == "2025-09-14 100.00");
}

TEST_CASE("a catch-up by the second counts from the first instant, a pause ends at midnight", "[schedule][zones]") {
  const Schedule two_days = good(make_schedule({.total = money("48.00 USD"),
                                                .convention = Convention::by_second,
                                                .starts = at("2026-01-30T12:00:00Z"),
                                                .ends = at("2026-02-01T12:00:00Z"),
                                                .zone = "UTC"},
                                               months()));
  CHECK(amounts(two_days) == "36.00 12.00");
  Change dearer = change("60.00 USD", "2026-01-31", "2026-02-01");
  dearer.ends_at = at("2026-02-01T12:00:00Z");
  const Schedule first = good(replan_prospective(two_days, posted(two_days, 0), dearer, months()));
  CHECK(amounts(first) == "12.00 32.00 16.00");  // 48.00 over 36 hours
  // 36 of 48 hours of 96.00 are 72.00, 44.00 of it recognised.
  Change again = change("96.00 USD", "2026-02-01", "2026-02-01");
  again.ends_at = dearer.ends_at;
  const Schedule second = good(replan_catch_up(first, posted(first, 2), again, months()));
  CHECK(amounts(second) == "28.00 24.00");
  // Paused on 31 January, resumed on 2 February for 24 hours.
  Change pause = change("48.00 USD", "2026-01-31", "2026-02-02");
  pause.resumes = day("2026-02-02");
  const Schedule paused = good(replan_prospective(two_days, posted(two_days, 0), pause, months()));
  CHECK(amounts(paused) == "12.00 36.00");
  CHECK(paused.entries[1].from == day("2026-02-02"));
  CHECK(paused.entries[1].weight == glmap::Int128{86'400} * 1'000'000);
}

TEST_CASE("rounding each entry is kept through a change", "[schedule][prospective][rounding]") {
  const Schedule year = good(make_schedule({.total = money("100.00 EUR"),
                                            .convention = Convention::full_months,
                                            .service_from = day("2026-01-01"),
                                            .service_to = day("2026-12-31"),
                                            .rounding = ScheduleRounding::rest_in_last},
                                           months()));
  CHECK(amounts(year) == times(11, "8.33") + " 8.37");
  const Schedule later =
      good(replan_prospective(year, posted(year, 6), change("150.00 EUR", "2026-07-01", "2026-12-31"), months()));
  CHECK(amounts(later) == times(5, "16.67") + " 16.67");  // 150.00 - 49.98 = 100.02, a sixth is 16.67
  CHECK(good(earned_through(year, day("2026-07-10"))) == money("58.31 EUR"));
}
