// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/posting_day.hpp"

namespace glmap::rules {
namespace {

bool soft_closed_to(const RuleBook& book, const LegalEntity& entity, PostingKind kind) {
  if (!entity.soft_closed_through) return false;
  if (kind == PostingKind::schedule) return !book.soft_closed_schedules;
  if (kind == PostingKind::reversal) return !book.soft_closed_reversals;
  return true;
}

/// The last day on which nothing of the kind may stand.
std::optional<Date> closed_through(const RuleBook& book, const LegalEntity& entity, PostingKind kind) {
  if (!soft_closed_to(book, entity, kind)) return entity.closed_through;
  if (!entity.closed_through) return entity.soft_closed_through;
  return std::max(*entity.closed_through, *entity.soft_closed_through);
}

}  // namespace

Date day_to_post(const RuleBook& book, const LegalEntity& entity, Date date, PostingKind kind) {
  const auto closed = closed_through(book, entity, kind);
  if (book.closed != ClosedPolicy::first_open_day || !closed || date > *closed) return date;
  return closed->plus_days(1);
}

Result<const Period*> period_to_post(const RuleBook& book, const LegalEntity& entity, Date date, PostingKind kind) {
  const auto closed = closed_through(book, entity, kind);
  if (closed && date <= *closed) {
    const bool soft = !entity.closed_through || date > *entity.closed_through;
    return fail(ErrorCode::PeriodClosed,
                "the posting date " + date.to_text() + " lies in a " + (soft ? "soft-closed" : "closed") +
                    " period of " + entity.code + " (" + (soft ? "soft-closed" : "closed") + " through " +
                    closed->to_text() + ")",
                "ask the controller: re-open the period, or change the book's `closed` policy");
  }
  const FiscalCalendar* calendar = book.calendar_of(entity);
  const Period* period = calendar == nullptr ? nullptr : calendar->period_of(date);
  if (period == nullptr)
    return fail(ErrorCode::PeriodUndefined,
                "calendar `" + entity.calendar + "` of " + entity.code + " has no period for " + date.to_text(),
                "extend the calendar in the reference data");
  return period;
}

}  // namespace glmap::rules
