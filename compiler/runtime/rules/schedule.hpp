// SPDX-License-Identifier: Apache-2.0
// Revenue schedules: an amount spread over a service period, one entry a fiscal period, exact to the minor unit.
// docs/formats/schedules.md shows each convention with its numbers. A schedule is a plan: it knows nothing of accounts,
// of open or closed periods, of what the ERP has. Its state is kept elsewhere as "the first n entries are posted, in
// sum so much" (Posted); everything here is computed from these two and nothing else. Invariants: opening + the
// entries' amounts = total; entries are in order of time; amounts may be zero and are then dropped when posted, not
// here. Pure functions, no clock; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/accounting/money.hpp"

namespace glmap::rules {

/// How much of the service a fiscal period holds.
/// by_second and by_day work with any fiscal calendar (4-4-5); the four month conventions need calendar months.
enum class Convention : std::uint8_t {
  by_second,      // seconds of the service that lie in the period, days beginning at midnight of `zone`
  by_day,         // days of the service that lie in the period; first and last day count
  equal_months,   // months counted from the start day (15 Apr - 14 May, ...), each the same, posted on their last day
  ends_prorated,  // whole calendar months 1, the first and last one by days of that month
  full_months,    // the same months as equal_months, the n-th of them posted in the n-th calendar month from the start
  mid_month,      // whole calendar months 1, a month served in part one half
};

/// The words of a book: "by_second", "by_day", "equal_months", "ends_prorated", "full_months", "mid_month".
std::string_view to_text(Convention convention);
std::optional<Convention> parse_convention(std::string_view text);

enum class ScheduleRounding : std::uint8_t {
  /// entry(k) = round(T * w(1..k) / W) - entries(1..k-1): never further than half a minor unit from the exact line.
  cumulative,
  /// entry(k) = round(T * w(k) / W), the last entry takes what is left.
  rest_in_last,
};

/// What ends_prorated does when the first and the last month do not make up one whole month.
enum class EndMonths : std::uint8_t {
  proportional,  // all weights as they are, divided by their sum
  complement,    // n months of T / n each; the last entry takes what the first left of its month
};

/// Which months mid_month halves.
enum class HalfMonths : std::uint8_t {
  part_months,  // the first and the last one, when they are not served in whole
  always,       // the first and the last one, wherever the service begins and ends
};

struct ScheduleTerms {
  Money total;
  Convention convention = Convention::by_day;
  /// Both days belong to the service. For by_second they follow from `starts` and `ends` and what stands here is not
  /// read.
  Date service_from;
  Date service_to;
  /// Month conventions, when the service has begun before this schedule does: the day from which its months count.
  std::optional<Date> counted_from;
  /// by_second only: [starts, ends), and the IANA zone whose midnights part the fiscal periods.
  Instant starts;
  Instant ends;
  std::string zone;
  ScheduleRounding rounding = ScheduleRounding::cumulative;
  Rounding mode = Rounding::half_away_from_zero;
  EndMonths end_months = EndMonths::proportional;
  HalfMonths half_months = HalfMonths::part_months;
};

struct ScheduleEntry {
  enum class Kind : std::uint8_t {
    regular,
    catch_up,     // brings what was posted to where the new terms would have it
    termination,  // the remainder, recognised at once
    correction,   // takes back what was posted for days after the end
  };
  Kind kind = Kind::regular;
  std::string period;  // fiscal period of posting_date
  Date from, until;    // the days of service it stands for, both included
  Date posting_date;   // the last of these days
  Int128 weight = 0;   // days, microseconds, or 1/377580 of a month; 0 for what is not regular
  Money amount;
};

struct Schedule {
  /// Everything recognised over the life of the contract line, posted or not.
  Money total;
  /// Posted before the first entry.
  Money opening;
  std::vector<ScheduleEntry> entries;

  // How the entries from `first_spread` on came to their amounts; what a later change starts from.
  struct Spread {
    ScheduleTerms terms;       // terms.total is spread over weight_total
    Money anchor;              // recognised when terms begin
    Int128 weight_before = 0;  // weights of these terms that lie before entries[first_spread]
    Int128 weight_total = 0;
    std::size_t first_spread = 0;
  };
  Spread spread;
  /// The first day (instant) of the contract line, before any change; where a cumulative catch-up counts from.
  Date origin;
  Instant origin_at;
  /// True after a pause: the service has a gap.
  bool interrupted = false;
};

/// What has been posted: the first `entries` entries of a schedule, and the sum over the life of the contract line,
/// Schedule::opening included. The sum is what the ledger says, also when it is not what was planned.
struct Posted {
  std::size_t entries = 0;
  Money amount;
};

/// Spreads terms.total over the fiscal periods of `calendar`.
/// Rounds: by terms.rounding and terms.mode; the entries add up to terms.total exactly; a negative total gives the
///         mirror image of the positive one.
/// Errors: GLM-7015 the service ends before it begins (or, by second, when it begins), a month convention meets a
/// fiscal
///         period that is not one calendar month, `complement` without whole months, or `rest_in_last` leaves a last
///         entry against the sign of the total; GLM-7007 the calendar does not cover the service; GLM-2001 unknown
///         zone; GLM-7008.
/// Source: IFRS 15.39-41 (progress over time); conventions as named in docs/formats/schedules.md
Result<Schedule> make_schedule(const ScheduleTerms& terms, const FiscalCalendar& calendar);

/// opening and all entries with a posting date up to `day`.
Money planned_through(const Schedule& schedule, Date day);

/// The schedule of what is not posted yet, starting from what *was* posted: its first entry takes up a difference
/// between plan and ledger, the later ones are as planned. Errors: GLM-7015 when more entries are posted than there
/// are, or all are and their sum is not the total; GLM-3002.
Result<Schedule> remaining_schedule(const Schedule& schedule, const Posted& posted);

/// The entries a period run has to post, in order: not posted, with a posting date up to `day`. Called after a downtime
/// it gives all that were missed, each with its own date. Calling it again with them counted in `posted` gives none.
/// Errors: as remaining_schedule.
Result<std::vector<ScheduleEntry>> due_entries(const Schedule& schedule, const Posted& posted, Date day);

}  // namespace glmap::rules
