// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/schedule_change.hpp"

#include <algorithm>

#include "compiler/runtime/accounting/day_start.hpp"
#include "compiler/runtime/accounting/share.hpp"
#include "compiler/runtime/rules/schedule_stretches.hpp"

namespace glmap::rules {
namespace {

/// Where old terms end: after `last_day`, for by_second at `end`.
struct Cut {
  Date last_day;
  Instant end;
};

bool by_second(const Schedule& schedule) {
  return schedule.spread.terms.convention == Convention::by_second;
}

Result<Cut> cut_before(const Schedule& schedule, Date effective, const std::optional<Instant>& exactly) {
  Cut cut{.last_day = effective.plus_days(-1)};
  if (!by_second(schedule)) return cut;
  const std::string& zone = schedule.spread.terms.zone;
  GLMAP_TRY(midnight, start_of_day(effective, zone));
  cut.end = exactly.value_or(midnight);
  GLMAP_TRY(last_day, civil_date(Instant{cut.end.micros - 1}, zone));
  cut.last_day = last_day;
  return cut;
}

/// Weights of the spread terms up to the end of the entry before `index`.
Int128 weight_before(const Schedule& schedule, std::size_t index) {
  Int128 weight = schedule.spread.weight_before;
  for (std::size_t i = schedule.spread.first_spread; i < index; ++i) weight += schedule.entries[i].weight;
  return weight;
}

/// What of entries[index] lies before the cut: nothing, a part, or all of its weight.
Int128 weight_within(const Schedule& schedule, std::size_t index, const Cut& cut) {
  const ScheduleEntry& entry = schedule.entries[index];
  const ScheduleTerms& terms = schedule.spread.terms;
  if (terms.convention == Convention::by_second) {
    const Int128 begins = terms.starts.micros + weight_before(schedule, index);
    return std::clamp(Int128{cut.end.micros} - begins, Int128{0}, entry.weight);
  }
  if (cut.last_day < entry.from) return 0;
  return cut.last_day >= entry.until ? entry.weight : weight_until(terms, entry, cut.last_day);
}

bool ends_within(const Schedule& schedule, std::size_t index, const Cut& cut) {
  const ScheduleEntry& entry = schedule.entries[index];
  if (!by_second(schedule) || index < schedule.spread.first_spread) return entry.until <= cut.last_day;
  return weight_within(schedule, index, cut) == entry.weight;
}

/// The terms of entries in front of the spread are those of an earlier time; they are not cut again.
Status check_not_before_change(const Schedule& schedule, const Cut& cut) {
  const ScheduleTerms& terms = schedule.spread.terms;
  const bool changed = schedule.spread.first_spread > 0 || !schedule.spread.anchor.is_zero();
  const bool before = by_second(schedule) ? cut.end < terms.starts : cut.last_day.plus_days(1) < terms.service_from;
  if (changed && before)
    return bad_schedule("the service changes on " + cut.last_day.plus_days(1).to_text() +
                            ", before an earlier change that begins on " + terms.service_from.to_text(),
                        "start from the schedule before that change, and apply both in order of time");
  const bool posted_before = schedule.spread.weight_before > 0;
  const Date known_from = schedule.entries.empty() ? terms.service_to.plus_days(1) : schedule.entries.front().from;
  if (posted_before && cut.last_day.plus_days(1) < known_from)
    return bad_schedule("the service changes on " + cut.last_day.plus_days(1).to_text() + ", before " +
                            known_from.to_text() + ", where this schedule begins",
                        "start from the schedule with its posted entries");
  return {};
}

/// The amount recognised when a part of entries[index], `part` of its weight, is: entries before it included.
Result<Money> reached_within(const Schedule& schedule, std::size_t index, Int128 part, const Money& planned_before) {
  const Schedule::Spread& spread = schedule.spread;
  const bool cumulative = spread.terms.rounding == ScheduleRounding::cumulative;
  const Int128 weight = cumulative ? weight_before(schedule, index) + part : part;
  GLMAP_TRY(share, share_of(spread.terms.total, weight, spread.weight_total, spread.terms.mode));
  return add(cumulative ? spread.anchor : planned_before, share);
}

/// What is posted, and what the old terms still give before the cut.
struct Kept {
  std::vector<ScheduleEntry> entries;
  Money reached;            // posted and kept
  Date next_day;            // the first day that nothing was recognised for
  Instant next_at;          // by_second
  bool cut_inside = false;  // a stretch was cut
};

Result<std::string> period_name(const FiscalCalendar& calendar, Date day) {
  const Period* period = calendar.period_of(day);
  if (period == nullptr)
    return fail(ErrorCode::PeriodUndefined, "no accounting period is defined for " + day.to_text(),
                "define calendar `" + calendar.name() + "` for the whole service");
  return period->name;
}

/// The first part of entries[index], up to the cut.
Status keep_part(const Schedule& schedule, std::size_t index, const Cut& cut, const Money& planned_before,
                 const FiscalCalendar& calendar, Kept& kept) {
  const Int128 part = weight_within(schedule, index, cut);
  if (part == 0) return {};
  ScheduleEntry entry = schedule.entries[index];
  GLMAP_TRY(reached, reached_within(schedule, index, part, planned_before));
  GLMAP_TRY(amount, subtract(reached, kept.reached));
  GLMAP_TRY(period, period_name(calendar, cut.last_day));
  entry.amount = amount;
  entry.weight = part;
  entry.until = entry.posting_date = cut.last_day;
  entry.period = period;
  kept.entries.push_back(std::move(entry));
  kept.reached = reached;
  kept.cut_inside = true;
  return {};
}

Result<Kept> keep_until(const Schedule& schedule, const Posted& posted, const Cut& cut,
                        const FiscalCalendar& calendar) {
  GLMAP_CHECK(check_not_before_change(schedule, cut));
  GLMAP_TRY(same_currency, add(schedule.opening, posted.amount));
  static_cast<void>(same_currency);
  if (posted.entries > schedule.entries.size())
    return bad_schedule(std::to_string(posted.entries) + " entries are posted of a schedule that has " +
                        std::to_string(schedule.entries.size()));
  Kept kept{.reached = posted.amount, .next_day = cut.last_day.plus_days(1), .next_at = cut.end};
  Money planned = schedule.opening;
  for (std::size_t i = 0; i < schedule.entries.size(); ++i) {
    const ScheduleEntry& entry = schedule.entries[i];
    const bool is_posted = i < posted.entries;
    if (!is_posted && !ends_within(schedule, i, cut)) {
      if (i >= schedule.spread.first_spread) GLMAP_CHECK(keep_part(schedule, i, cut, planned, calendar, kept));
      break;
    }
    GLMAP_TRY(through, add(planned, entry.amount));
    planned = through;
    if (is_posted) {
      kept.next_day = std::max(kept.next_day, entry.until.plus_days(1));
      if (by_second(schedule) && i >= schedule.spread.first_spread) {
        const Int128 ends = schedule.spread.terms.starts.micros + weight_before(schedule, i) + entry.weight;
        kept.next_at = std::max(kept.next_at, Instant{static_cast<std::int64_t>(ends)});
      }
      continue;
    }
    GLMAP_TRY(amount, subtract(planned, kept.reached));
    kept.entries.push_back(entry);
    kept.entries.back().amount = amount;
    kept.reached = planned;
  }
  return kept;
}

/// Of `terms`, what is left from `kept.next_day` on.
Result<ScheduleTerms> terms_from(ScheduleTerms terms, const Kept& kept, const Change& change) {
  if (change.resumes)
    terms.counted_from.reset();  // after a pause months are counted anew
  else
    terms.counted_from = terms.counted_from.value_or(terms.service_from);
  terms.service_from = std::max(kept.next_day, change.resumes.value_or(kept.next_day));
  terms.service_to = change.until;
  if (terms.convention == Convention::by_second) {
    terms.starts = kept.next_at;
    if (change.resumes) {
      GLMAP_TRY(resumed, start_of_day(*change.resumes, terms.zone));
      terms.starts = std::max(terms.starts, resumed);
    }
    GLMAP_TRY(ends, start_of_day(change.until.plus_days(1), terms.zone));
    terms.ends = change.ends_at.value_or(ends);
  }
  if (!is_whole_months(terms.counted_from.value_or(terms.service_from), terms.service_to))
    terms.end_months = EndMonths::proportional;
  return terms;
}

Status check_left(const Money& total, const Money& reached, const Money& left) {
  const auto like_total = [&](const Money& amount) {
    return amount.is_zero() || (!total.is_zero() && amount.is_negative() == total.is_negative());
  };
  if (left.is_zero() || (like_total(left) && like_total(reached))) return {};
  return bad_schedule(
      "`" + reached.to_text() + "` is recognised already, more than the new total `" + total.to_text() + "`",
      "use a cumulative catch-up, or end the service and credit the rest");
}

/// The old entries in front of those of `later`, which spreads what is left.
Schedule with_kept(const Schedule& old, const Posted& posted, Kept kept, Schedule later, const Money& total) {
  Schedule result = std::move(later);
  result.total = total;
  result.opening = posted.amount;
  result.spread.first_spread = kept.entries.size();
  kept.entries.insert(kept.entries.end(), std::make_move_iterator(result.entries.begin()),
                      std::make_move_iterator(result.entries.end()));
  result.entries = std::move(kept.entries);
  result.origin = old.origin;
  result.origin_at = old.origin_at;
  result.interrupted = old.interrupted;
  return result;
}

Money sum_of(const Schedule& schedule) {
  Int128 minor = schedule.opening.minor();
  for (const ScheduleEntry& entry : schedule.entries) minor += entry.amount.minor();
  return Money::from_minor(minor, schedule.total.currency());
}

Result<Money> earned_before(const Schedule& schedule, const Cut& cut) {
  GLMAP_CHECK(check_not_before_change(schedule, cut));
  Money earned = schedule.opening;
  for (std::size_t i = 0; i < schedule.entries.size(); ++i) {
    if (!ends_within(schedule, i, cut)) {
      const Int128 part = i < schedule.spread.first_spread ? Int128{0} : weight_within(schedule, i, cut);
      return part == 0 ? Result<Money>(earned) : reached_within(schedule, i, part, earned);
    }
    GLMAP_TRY(more, add(earned, schedule.entries[i].amount));
    earned = more;
  }
  return earned;
}

/// The contract line as it would be, had the new terms held from its origin.
Result<Schedule> planned_anew(const Schedule& schedule, const Change& change, const FiscalCalendar& calendar) {
  Change from_origin = change;
  from_origin.resumes.reset();
  const Kept nothing{
      .reached = Money::zero(change.total.currency()), .next_day = schedule.origin, .next_at = schedule.origin_at};
  GLMAP_TRY(terms, terms_from(schedule.spread.terms, nothing, from_origin));
  terms.total = change.total;
  return make_schedule(terms, calendar);
}

/// Appends what has no stretch of its own on `day`, unless it is zero.
Status append_on(Date day, ScheduleEntry::Kind kind, const Money& amount, const FiscalCalendar& calendar,
                 std::vector<ScheduleEntry>& entries) {
  if (amount.is_zero()) return {};
  GLMAP_TRY(period, period_name(calendar, day));
  entries.push_back({.kind = kind, .period = period, .from = day, .until = day, .posting_date = day, .amount = amount});
  return {};
}

/// No service is left to spread anything over.
Schedule ended(const Schedule& old, const Posted& posted, Kept kept, const Cut& cut, const Money& total) {
  Schedule result;
  result.spread.terms = old.spread.terms;
  result.spread.terms.total = Money::zero(total.currency());
  result.spread.terms.counted_from = old.spread.terms.counted_from.value_or(old.spread.terms.service_from);
  result.spread.terms.service_from = cut.last_day.plus_days(1);
  result.spread.terms.service_to = cut.last_day;
  result.spread.terms.starts = result.spread.terms.ends = cut.end;
  result.spread.anchor = total;
  result.spread.weight_total = 1;
  return with_kept(old, posted, std::move(kept), std::move(result), total);
}

}  // namespace

Result<Schedule> replan_prospective(const Schedule& schedule, const Posted& posted, const Change& change,
                                    const FiscalCalendar& calendar) {
  GLMAP_TRY(cut, cut_before(schedule, change.effective, change.effective_at));
  GLMAP_TRY(kept, keep_until(schedule, posted, cut, calendar));
  const ScheduleTerms& old = schedule.spread.terms;
  if (kept.cut_inside && !can_be_cut(old.convention))
    return bad_schedule("the change on " + change.effective.to_text() + " lies inside the month from " +
                            kept.entries.back().from.to_text() + ", which `" + std::string(to_text(old.convention)) +
                            "` does not cut",
                        "let it begin with a month of the service, or use `by_day`");
  GLMAP_TRY(left, subtract(change.total, kept.reached));
  GLMAP_CHECK(check_left(change.total, kept.reached, left));
  GLMAP_TRY(terms, terms_from(old, kept, change));
  terms.total = left;
  GLMAP_TRY(later, make_schedule(terms, calendar));
  later.spread.anchor = kept.reached;
  Schedule result = with_kept(schedule, posted, std::move(kept), std::move(later), change.total);
  result.interrupted = schedule.interrupted || change.resumes.has_value();
  GLMAP_ASSERT(sum_of(result) == change.total);
  return result;
}

Result<Schedule> replan_catch_up(const Schedule& schedule, const Posted& posted, const Change& change,
                                 const FiscalCalendar& calendar) {
  if (schedule.interrupted || change.resumes)
    return bad_schedule("a cumulative catch-up counts from " + schedule.origin.to_text() +
                            " without a gap, but the service pauses in between",
                        "re-plan prospectively, or make a schedule for each part of the service");
  GLMAP_TRY(cut, cut_before(schedule, change.effective, change.effective_at));
  GLMAP_TRY(kept, keep_until(schedule, posted, cut, calendar));
  if (kept.cut_inside) {  // the stretch in which the change lies follows the new line as a whole
    GLMAP_TRY(reached, subtract(kept.reached, kept.entries.back().amount));
    kept.reached = reached;
    kept.entries.pop_back();
  }
  GLMAP_TRY(anew, planned_anew(schedule, change, calendar));
  const Date through = kept.next_day.plus_days(-1);
  Int128 merged = 0;
  Money line = Money::zero(change.total.currency());
  std::size_t count = 0;
  for (; count < anew.entries.size() && anew.entries[count].until <= through; ++count) {
    merged += anew.entries[count].weight;
    GLMAP_TRY(more, add(line, anew.entries[count].amount));
    line = more;
  }
  GLMAP_TRY(difference, subtract(line, kept.reached));
  GLMAP_CHECK(append_on(change.effective, ScheduleEntry::Kind::catch_up, difference, calendar, kept.entries));
  anew.entries.erase(anew.entries.begin(), anew.entries.begin() + static_cast<std::ptrdiff_t>(count));
  anew.spread.weight_before = merged;
  Schedule result = with_kept(schedule, posted, std::move(kept), std::move(anew), change.total);
  GLMAP_ASSERT(sum_of(result) == change.total);
  return result;
}

Result<Money> earned_through(const Schedule& schedule, Date day) {
  GLMAP_TRY(cut, cut_before(schedule, day.plus_days(1), std::nullopt));
  return earned_before(schedule, cut);
}

Result<Terminated> terminate(const Schedule& schedule, const Posted& posted, const Stop& stop,
                             const FiscalCalendar& calendar) {
  GLMAP_TRY(cut, cut_before(schedule, stop.last_day.plus_days(1), stop.ends_at));
  GLMAP_TRY(kept, keep_until(schedule, posted, cut, calendar));
  Terminated result;
  GLMAP_TRY(earned, earned_before(schedule, cut));
  GLMAP_TRY(remainder, subtract(schedule.total, earned));
  const bool credited = stop.remainder == Remainder::credited;
  const Money total = credited ? earned : schedule.total;
  GLMAP_TRY(left, subtract(total, kept.reached));
  const auto kind = credited ? ScheduleEntry::Kind::correction : ScheduleEntry::Kind::termination;
  GLMAP_CHECK(append_on(cut.last_day, kind, left, calendar, kept.entries));
  result.earned = earned;
  result.remainder = remainder;
  result.schedule = ended(schedule, posted, std::move(kept), cut, total);
  GLMAP_ASSERT(sum_of(result.schedule) == total);
  return result;
}

}  // namespace glmap::rules
