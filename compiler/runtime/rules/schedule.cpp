// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/schedule.hpp"

#include <array>

#include "compiler/runtime/accounting/share.hpp"
#include "compiler/runtime/rules/schedule_stretches.hpp"

namespace glmap::rules {
namespace {

constexpr std::array kConventions{Convention::by_second,     Convention::by_day,      Convention::equal_months,
                                  Convention::ends_prorated, Convention::full_months, Convention::mid_month};

/// Each entry is what the cumulative line says less what the entries before it already are.
Status fill_cumulative(const ScheduleTerms& terms, Int128 weight_total, std::vector<ScheduleEntry>& entries) {
  Int128 weight = 0;
  Money before = Money::zero(terms.total.currency());
  for (ScheduleEntry& entry : entries) {
    weight += entry.weight;
    GLMAP_TRY(reached, share_of(terms.total, weight, weight_total, terms.mode));
    GLMAP_TRY(amount, subtract(reached, before));
    entry.amount = amount;
    before = reached;
  }
  return {};
}

Status fill_rest_in_last(const ScheduleTerms& terms, Int128 weight_total, std::vector<ScheduleEntry>& entries) {
  Money left = terms.total;
  for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
    GLMAP_TRY(amount, share_of(terms.total, entries[i].weight, weight_total, terms.mode));
    entries[i].amount = amount;
    GLMAP_TRY(rest, subtract(left, amount));
    left = rest;
  }
  if (!left.is_zero() && left.is_negative() != terms.total.is_negative())
    return bad_schedule("rounding each of " + std::to_string(entries.size()) + " entries of `" + terms.total.to_text() +
                            "` leaves " + left.amount_text() + " for the last one",
                        "round cumulatively: the amount is too small to round each entry by itself");
  entries.back().amount = left;
  return {};
}

}  // namespace

std::string_view to_text(Convention convention) {
  switch (convention) {
    case Convention::by_second:
      return "by_second";
    case Convention::by_day:
      return "by_day";
    case Convention::equal_months:
      return "equal_months";
    case Convention::ends_prorated:
      return "ends_prorated";
    case Convention::full_months:
      return "full_months";
    case Convention::mid_month:
      return "mid_month";
  }
  GLMAP_ASSERT(!"a convention of the list");
  return {};
}

std::optional<Convention> parse_convention(std::string_view text) {
  for (const Convention convention : kConventions)
    if (text == to_text(convention)) return convention;
  return std::nullopt;
}

Result<Schedule> make_schedule(const ScheduleTerms& terms, const FiscalCalendar& calendar) {
  Schedule schedule;
  GLMAP_TRY(dated, with_dates(terms));
  schedule.spread.terms = dated;
  GLMAP_TRY(entries, cut_into_stretches(dated, calendar));
  Int128 weight_total = 0;
  for (const ScheduleEntry& entry : entries) weight_total += entry.weight;
  GLMAP_CHECK(terms.rounding == ScheduleRounding::cumulative ? fill_cumulative(dated, weight_total, entries)
                                                             : fill_rest_in_last(dated, weight_total, entries));
  schedule.total = terms.total;
  schedule.opening = schedule.spread.anchor = Money::zero(terms.total.currency());
  schedule.spread.weight_total = weight_total;
  schedule.origin = dated.service_from;
  schedule.origin_at = dated.starts;
  schedule.entries = std::move(entries);
  GLMAP_ASSERT(planned_through(schedule, schedule.entries.back().posting_date) == schedule.total);
  return schedule;
}

Money planned_through(const Schedule& schedule, Date day) {
  Int128 minor = schedule.opening.minor();
  for (const ScheduleEntry& entry : schedule.entries)
    if (entry.posting_date <= day) minor += entry.amount.minor();
  return Money::from_minor(minor, schedule.total.currency());
}

Result<Schedule> remaining_schedule(const Schedule& schedule, const Posted& posted) {
  const std::size_t count = schedule.entries.size();
  if (posted.entries > count)
    return bad_schedule(std::to_string(posted.entries) + " entries are posted of a schedule that has " +
                        std::to_string(count));
  Schedule left = schedule;
  left.entries.clear();
  Money planned = schedule.opening;
  for (std::size_t i = 0; i < count; ++i) {
    const ScheduleEntry& entry = schedule.entries[i];
    if (i >= posted.entries) {
      left.entries.push_back(entry);
      continue;
    }
    GLMAP_TRY(more, add(planned, entry.amount));
    planned = more;
    if (i >= schedule.spread.first_spread) left.spread.weight_before += entry.weight;
  }
  left.spread.first_spread -= std::min(left.spread.first_spread, posted.entries);
  GLMAP_TRY(difference, subtract(planned, posted.amount));
  left.opening = posted.amount;
  if (left.entries.empty()) {
    if (!difference.is_zero())
      return bad_schedule("all entries are posted, in sum " + posted.amount.to_text() + ", but the total is " +
                              schedule.total.to_text(),
                          "re-plan the schedule with the right total or a later end");
    return left;
  }
  GLMAP_TRY(first, add(left.entries.front().amount, difference));
  left.entries.front().amount = first;
  return left;
}

Result<std::vector<ScheduleEntry>> due_entries(const Schedule& schedule, const Posted& posted, Date day) {
  GLMAP_TRY(left, remaining_schedule(schedule, posted));
  std::vector<ScheduleEntry> due;
  for (ScheduleEntry& entry : left.entries) {
    if (entry.posting_date > day) break;
    due.push_back(std::move(entry));
  }
  return due;
}

}  // namespace glmap::rules
