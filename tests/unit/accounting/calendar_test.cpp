// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/calendar.hpp"

#include <catch2/catch.hpp>

using glmap::civil_date;
using glmap::Date;
using glmap::ErrorCode;
using glmap::FiscalCalendar;
using glmap::Instant;
using glmap::Period;

namespace {

Date day(std::string_view text) {
  auto date = Date::parse(text);
  INFO(text);
  REQUIRE(date.has_value());
  return *date;
}

Instant at(std::string_view text) {
  auto instant = Instant::parse(text);
  INFO(text);
  if (!instant) FAIL(instant.error().to_text());
  return *instant;
}

std::string local(std::string_view instant, std::string_view zone) {
  auto date = civil_date(at(instant), zone);
  return date ? date->to_text() : glmap::code_text(date.error().code);
}

}  // namespace

TEST_CASE("a date is a day that exists", "[dates]") {
  CHECK(day("1970-01-01").days() == 0);
  CHECK(day("2000-03-01").days() == 11017);
  CHECK(day("2024-02-29").plus_days(1).to_text() == "2024-03-01");
  CHECK(day("2026-12-31").year() == 2026);
  CHECK(day("2026-12-31").month() == 12);
  CHECK(day("2026-12-31").day() == 31);
  CHECK(day("1900-01-01").to_text() == "1900-01-01");
  CHECK(day("2999-12-31").to_text() == "2999-12-31");
  for (const char* text : {"2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00",
                           "1899-12-31", "3000-01-01", "2026-1-1", "20261001", "2026/10/01", "2026-10-01 ",
                           " 2026-10-01", "2026-10-1x", "01.10.2026", "", "2026-10", "+2026-10-01", "-001-01-01"}) {
    INFO(text);
    REQUIRE_FALSE(Date::parse(text).has_value());
    CHECK(Date::parse(text).error().code == ErrorCode::BadLiteral);
  }
  CHECK(Date::from_ymd(2026, 2, 30).error().message == "`2026-02-30`: there is no 30 February 2026");
  CHECK_FALSE(Date::from_ymd(-1, 1, 1).has_value());
}

TEST_CASE("every day from 1900 to 2999 is printed and read back, one after the other", "[dates][property]") {
  Date date = day("1900-01-01");
  int count = 0;
  for (; date <= day("2999-12-31"); date = date.plus_days(1), ++count) {
    const auto again = Date::parse(date.to_text());
    if (!again || *again != date) FAIL(date.to_text());
  }
  CHECK(count == 401'767);  // 1100 years: 1100 * 365 + 267 leap days
}

TEST_CASE("an instant needs an offset and is kept in UTC", "[dates]") {
  CHECK(at("1970-01-01T00:00:00Z").micros == 0);
  CHECK(at("2026-10-01T12:00:00+02:00").to_text() == "2026-10-01T10:00:00Z");
  CHECK(at("2026-10-01T00:30:00+05:45").to_text() == "2026-09-30T18:45:00Z");
  CHECK(at("2026-12-31T20:00:00-05:00").to_text() == "2027-01-01T01:00:00Z");
  CHECK(at("2026-10-01t12:00:00z").to_text() == "2026-10-01T12:00:00Z");
  CHECK(at("2026-10-01T12:00:00.5Z").to_text() == "2026-10-01T12:00:00.500000Z");
  CHECK(at("2026-10-01T12:00:00.123456789Z").to_text() == "2026-10-01T12:00:00.123456Z");
  CHECK(at("2026-10-01T12:00:00.000000900Z").to_text() == "2026-10-01T12:00:00Z");
  CHECK(at("1969-12-31T23:59:59.25Z").micros == -750'000);
  CHECK(at("1969-12-31T23:59:59.25Z").to_text() == "1969-12-31T23:59:59.250000Z");
  CHECK(at("1900-01-01T00:00:00-00:00").to_text() == "1900-01-01T00:00:00Z");
  for (const char* text : {"2026-10-01T12:00:00", "2026-10-01", "2026-10-01 12:00:00Z", "2026-10-01T24:00:00Z",
                           "2026-10-01T12:60:00Z", "2026-10-01T12:00:60Z", "2026-10-01T12:00Z", "2026-10-01T12:00:00.Z",
                           "2026-10-01T12:00:00.1234567890Z", "2026-10-01T12:00:00+2:00", "2026-10-01T12:00:00+0200",
                           "2026-10-01T12:00:00+24:00", "2026-02-30T12:00:00Z", "2026-10-01T12:00:00ZZ", ""}) {
    INFO(text);
    REQUIRE_FALSE(Instant::parse(text).has_value());
    CHECK(Instant::parse(text).error().code == ErrorCode::BadLiteral);
  }
}

TEST_CASE("the same moment is another day across the date line", "[dates][zones][M7]") {
  CHECK(local("2026-12-31T10:30:00Z", "Pacific/Kiritimati") == "2027-01-01");  // UTC+14
  CHECK(local("2026-12-31T10:30:00Z", "Pacific/Pago_Pago") == "2026-12-30");   // UTC-11
  CHECK(local("2026-12-31T10:30:00Z", "Europe/Berlin") == "2026-12-31");
  CHECK(local("2026-12-31T14:59:59Z", "Asia/Tokyo") == "2026-12-31");
  CHECK(local("2026-12-31T15:00:00Z", "Asia/Tokyo") == "2027-01-01");
}

TEST_CASE("Samoa had no 30 December 2011", "[dates][zones][M7]") {
  // Apia went from UTC-10 to UTC+14 at the end of 29 December 2011 (tz database, file australasia).
  CHECK(local("2011-12-30T09:59:59Z", "Pacific/Apia") == "2011-12-29");
  CHECK(local("2011-12-30T10:00:00Z", "Pacific/Apia") == "2011-12-31");
}

TEST_CASE("midnight in New York moves with daylight saving time", "[dates][zones][M7]") {
  CHECK(local("2026-01-15T04:59:59Z", "America/New_York") == "2026-01-14");  // UTC-5
  CHECK(local("2026-01-15T05:00:00Z", "America/New_York") == "2026-01-15");
  CHECK(local("2026-07-15T03:59:59Z", "America/New_York") == "2026-07-14");  // UTC-4
  CHECK(local("2026-07-15T04:00:00Z", "America/New_York") == "2026-07-15");
  // Clocks change on 8 March and 1 November 2026; the days themselves begin where they should.
  CHECK(local("2026-03-08T04:59:59Z", "America/New_York") == "2026-03-07");
  CHECK(local("2026-03-09T04:00:00Z", "America/New_York") == "2026-03-09");
  CHECK(local("2026-11-01T03:59:59Z", "America/New_York") == "2026-10-31");
  CHECK(local("2026-11-02T04:59:59Z", "America/New_York") == "2026-11-01");
  CHECK(local("2026-11-02T05:00:00Z", "America/New_York") == "2026-11-02");
}

TEST_CASE("a moment before 1970 has a day too", "[dates][zones]") {
  CHECK(local("1969-12-31T23:59:59.9Z", "UTC") == "1969-12-31");
  CHECK(local("1950-06-01T00:00:00Z", "America/Los_Angeles") == "1950-05-31");
}

TEST_CASE("a zone that the tz database does not know is an error", "[dates][zones][M7]") {
  CHECK(glmap::zone_exists("Europe/Berlin"));
  CHECK(glmap::zone_exists("UTC"));
  for (const char* zone :
       {"Mars/Olympus", "", "europe/berlin", "../../etc/passwd", "CEST", "Europe", "/etc/localtime"}) {
    INFO(zone);
    CHECK_FALSE(glmap::zone_exists(zone));
    CHECK(local("2026-01-01T00:00:00Z", zone) == "GLM-2001");
  }
}

TEST_CASE("every date of fifty years lies in exactly one month of the calendar", "[calendar][property][M8]") {
  const auto calendar = FiscalCalendar::months("months", day("2000-01-15"), day("2049-12-01"));
  REQUIRE(calendar.has_value());
  CHECK(calendar->periods().size() == 600);
  for (Date date = day("2000-01-01"); date <= day("2049-12-31"); date = date.plus_days(1)) {
    int matches = 0;
    for (const Period& period : calendar->periods())
      if (period.from <= date && date <= period.until) ++matches;
    const Period* found = calendar->period_of(date);
    if (matches != 1 || found == nullptr || found->name != date.to_text().substr(0, 7)) FAIL(date.to_text());
  }
  CHECK(calendar->period_of(day("1999-12-31")) == nullptr);
  CHECK(calendar->period_of(day("2050-01-01")) == nullptr);
}

TEST_CASE("a 4-4-5 calendar is a list of periods", "[calendar][M8]") {
  const auto calendar = FiscalCalendar::make("4-4-5", {{"2026-P1", day("2025-12-28"), day("2026-01-24")},
                                                       {"2026-P2", day("2026-01-25"), day("2026-02-21")},
                                                       {"2026-P3", day("2026-02-22"), day("2026-03-28")}});
  REQUIRE(calendar.has_value());
  CHECK(calendar->name() == "4-4-5");
  CHECK(calendar->period_of(day("2025-12-28"))->name == "2026-P1");
  CHECK(calendar->period_of(day("2026-01-24"))->name == "2026-P1");
  CHECK(calendar->period_of(day("2026-01-25"))->name == "2026-P2");
  CHECK(calendar->period_of(day("2026-03-29")) == nullptr);
}

TEST_CASE("a calendar with a gap, an overlap or a period twice is refused", "[calendar][M8]") {
  const Period january{"01", day("2026-01-01"), day("2026-01-31")};
  const auto refused = [](std::vector<Period> periods) {
    auto calendar = FiscalCalendar::make("c", std::move(periods));
    REQUIRE_FALSE(calendar.has_value());
    CHECK(calendar.error().code == ErrorCode::BadReferenceData);
    return calendar.error().message;
  };
  CHECK(refused({}) == "calendar `c`: it has no period");
  CHECK(refused({january, {"02", day("2026-02-02"), day("2026-02-28")}}) ==
        "calendar `c`: the days after 2026-01-31 and before 2026-02-02 belong to no period");
  CHECK(refused({january, {"02", day("2026-01-31"), day("2026-02-28")}}) ==
        "calendar `c`: periods `01` and `02` overlap or stand in the wrong order");
  CHECK(refused({january, {"01", day("2026-02-01"), day("2026-02-28")}}) ==
        "calendar `c`: two periods are called `01`");
  refused({{"x", day("2026-01-31"), day("2026-01-01")}});
  CHECK_FALSE(FiscalCalendar::months("m", day("2026-02-01"), day("2026-01-31")).has_value());
}
