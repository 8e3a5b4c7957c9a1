// SPDX-License-Identifier: Apache-2.0
// Civil dates, instants, accounting periods and fiscal calendars. A Date is a day on the calendar and knows no zone; an
// Instant is UTC. Nothing here reads a clock. Values; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap {

class Date {
 public:
  constexpr Date() = default;
  /// Days since 1970-01-01.
  static constexpr Date from_days(std::int32_t days) { return Date(days); }
  /// Errors: GLM-1007 when the day does not exist or the year is outside 1900..2999.
  static Result<Date> from_ymd(int year, int month, int day);
  /// ISO 8601 calendar date `YYYY-MM-DD` only. Errors: GLM-1007.
  static Result<Date> parse(std::string_view text);

  constexpr std::int32_t days() const { return days_; }
  int year() const;
  int month() const;
  int day() const;
  Date plus_days(int count) const { return Date(days_ + count); }
  std::string to_text() const;
  /// The same ten characters to `to`; the end.
  char* write(char* to) const;

  friend auto operator<=>(const Date&, const Date&) = default;

 private:
  constexpr explicit Date(std::int32_t days) : days_(days) {}
  std::int32_t days_ = 0;
};

/// A point in time, UTC, microseconds since 1970-01-01T00:00:00Z.
struct Instant {
  std::int64_t micros = 0;
  /// RFC 3339 with an explicit offset ("2026-10-01T12:00:00+02:00", "...Z"); up to 9 fractional digits, cut to
  /// microseconds. Errors: GLM-1007.
  static Result<Instant> parse(std::string_view text);
  /// "2026-10-01T10:00:00Z", with six fractional digits when they are not zero.
  std::string to_text() const;
  friend auto operator<=>(const Instant&, const Instant&) = default;
};

/// The civil date of `instant` in the IANA zone. Errors: GLM-2001 unknown zone.
/// Source: the tz database of the machine, read once a zone.
Result<Date> civil_date(Instant instant, std::string_view zone);
/// True when the tz database knows the zone.
bool zone_exists(std::string_view zone);

enum class PeriodState : std::uint8_t { open, closed };

/// [from, until] are both days of the period. Named as the ledger names it: "2026-10".
struct Period {
  std::string name;
  Date from;
  Date until;
};

/// An explicit, gapless list of periods. A date outside it has no period, which is an error and never a guess.
class FiscalCalendar {
 public:
  FiscalCalendar() = default;
  /// Errors: GLM-3005 when there is none, when periods leave a gap, overlap, or are not in order.
  static Result<FiscalCalendar> make(std::string name, std::vector<Period> periods);
  /// Calendar months, named YYYY-MM, from the month of `first` to the month of `last`.
  static Result<FiscalCalendar> months(std::string name, Date first, Date last);

  const std::string& name() const { return name_; }
  const std::vector<Period>& periods() const { return periods_; }
  /// nullptr outside the calendar.
  const Period* period_of(Date date) const;

 private:
  std::string name_;
  std::vector<Period> periods_;
};

}  // namespace glmap
