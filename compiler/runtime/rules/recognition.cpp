// SPDX-License-Identifier: Apache-2.0
// `recognise AMOUNT over FROM to UNTIL`: a schedule begun, stated again, or changed. Nothing is posted here: its
// entries are due on their days (next_due.cpp).
#include <algorithm>

#include "compiler/runtime/accounting/day_start.hpp"
#include "compiler/runtime/rules/amounts.hpp"
#include "compiler/runtime/rules/evaluator_impl.hpp"
#include "compiler/runtime/rules/rates.hpp"
#include "compiler/runtime/rules/schedule_change.hpp"

namespace glmap::rules {
namespace {

/// What one line of one event says about a schedule.
struct Stated {
  const Recognition& recognition;
  const LegalEntity& books;
  const FiscalCalendar& calendar;
  ScheduleKey key;
  ScheduleTerms terms;
  ScheduleStatement statement;
  Money functional_total;
};

/// A day, or a moment for `by_second`.
using ServiceEnd = std::variant<Date, Instant>;

Result<ServiceEnd> end_at(const EventContext& context, const Scope& scope, const Operand& operand,
                          const SourceRef& where) {
  if (const Date* date = std::get_if<Date>(&scope.field(operand))) return ServiceEnd(*date);
  if (const Instant* moment = std::get_if<Instant>(&scope.field(operand))) return ServiceEnd(*moment);
  const EventType& type = context.type();
  const bool known = operand.kind == Operand::Kind::header || operand.kind == Operand::Kind::line;
  const std::string name = !known                                  ? std::string("its dates")
                           : operand.kind == Operand::Kind::header ? type.header[operand.index].name
                                                                   : type.line[operand.index].name;
  return fail(ErrorCode::BadSchedule, "a revenue schedule needs `" + name + "` and the event carries none",
              "send the dates of the service", where);
}

Result<Convention> convention_of(const Recognition& recognition, Scope& scope) {
  if (!recognition.convention_from) return recognition.convention;
  GLMAP_TRY(word, scope.text(*recognition.convention_from));
  if (const auto convention = parse_convention(word)) return *convention;
  return fail(ErrorCode::BadSchedule, in_backticks(word) + " is no convention by which revenue is recognised",
              "write one of by_second, by_day, equal_months, ends_prorated, full_months, mid_month", recognition.where);
}

/// Nothing is to be spread, and nothing says over which days.
bool states_nothing(const Money& total, const Recognition& recognition, const Scope& scope) {
  const auto given = [&](const Operand& operand) {
    return !std::holds_alternative<std::monostate>(scope.field(operand));
  };
  return total.is_zero() && !(given(recognition.from) && given(recognition.until));
}

/// The service from one moment to another, the end not included; its days are those of the books' zone.
Result<ScheduleTerms> between(ScheduleTerms terms, Instant starts, Instant ends) {
  GLMAP_TRY(first, civil_date(starts, terms.zone));
  GLMAP_TRY(last, civil_date(Instant{ends.micros - 1}, terms.zone));
  terms.service_from = first;
  terms.service_to = last;
  terms.starts = starts;
  terms.ends = ends;
  return terms;
}

Result<ScheduleTerms> terms_of(const EventContext& context, const Recognition& recognition, const Money& total,
                               Scope& scope, const LegalEntity& books) {
  ScheduleTerms terms;
  GLMAP_TRY(from, end_at(context, scope, recognition.from, recognition.where));
  GLMAP_TRY(until, end_at(context, scope, recognition.until, recognition.where));
  GLMAP_TRY(convention, convention_of(recognition, scope));
  terms.total = total;
  terms.convention = convention;
  terms.rounding = recognition.rounding;
  terms.zone = books.zone;
  if (const Instant* starts = std::get_if<Instant>(&from)) return between(terms, *starts, std::get<Instant>(until));
  terms.service_from = std::get<Date>(from);
  terms.service_to = std::get<Date>(until);
  if (convention != Convention::by_second) return terms;
  GLMAP_TRY(starts, start_of_day(terms.service_from, books.zone));
  GLMAP_TRY(ends, start_of_day(terms.service_to.plus_days(1), books.zone));
  terms.starts = starts;
  terms.ends = ends;
  return terms;
}

bool same_terms(const ScheduleTerms& a, const ScheduleTerms& b) {
  return a.total == b.total && a.convention == b.convention && a.service_from == b.service_from &&
         a.service_to == b.service_to && a.starts == b.starts && a.ends == b.ends && a.rounding == b.rounding;
}

/// A later service of the same thing (a renewal) is a schedule of its own.
bool overlap(const RevenueSchedule& schedule, const ScheduleTerms& stated) {
  return schedule.plan.origin <= stated.service_to && stated.service_from <= schedule.terms.service_to;
}

std::string in_words(const ScheduleTerms& terms) {
  return terms.total.to_text() + " over " + terms.service_from.to_text() + " to " + terms.service_to.to_text() + " " +
         std::string(to_text(terms.convention));
}

std::string in_words(const ScheduleKey& key) {
  std::string text;
  for (const Dimension& one : key.values) text += (text.empty() ? "" : ", ") + one.name + " " + one.value;
  return text;
}

/// The schedule for the same thing over the same time, as it stands after what this event has done so far.
std::optional<OpenSchedule> known_schedule(const Stated& stated, const Work& work) {
  if (stated.key.values.empty()) return std::nullopt;
  for (const OpenSchedule& open : work.change.schedules)
    if (open.schedule->key == stated.key && overlap(*open.schedule, stated.terms)) return open;
  for (const std::uint64_t id : work.state.schedules_for(stated.key)) {
    const OpenSchedule& open = work.state.schedule(id);
    if (!work.has_ended(id) && overlap(*open.schedule, stated.terms)) return open;
  }
  return std::nullopt;
}

std::unexpected<Error> changed(const Stated& stated, const RevenueSchedule& before, const std::string& why) {
  return fail(ErrorCode::ScheduleChanged,
              "the revenue schedule for " + in_words(stated.key) + " is " + in_words(before.terms) +
                  ", the event states " + in_words(stated.terms) + (why.empty() ? "" : ": " + why),
              "decide what the change is; `when changed prospective` or `catch_up` in the rule decides it for all",
              stated.recognition.where);
}

Result<OpenSchedule> begin(Stated stated, Work& work) {
  GLMAP_TRY(plan, make_schedule(stated.terms, stated.calendar));
  auto schedule = std::make_shared<RevenueSchedule>();
  const Money none = Money::zero(stated.terms.total.currency());
  schedule->key = std::move(stated.key);
  schedule->terms = std::move(stated.terms);
  schedule->plan = std::move(plan);
  schedule->functional_total = stated.functional_total;
  schedule->statements.push_back(std::move(stated.statement));
  const Money nothing = Money::zero(stated.functional_total.currency());
  return OpenSchedule{work.next_schedule++, std::move(schedule), {{0, none}, nothing, false}};
}

/// The new terms of the whole contract line and the first day on which they hold. Terms that begin where the old ones
/// did restate the whole line from the event's date on; terms that begin later follow on what was earned until then.
Result<Change> change_of(const Stated& stated, const RevenueSchedule& before) {
  Change change;
  change.until = stated.terms.service_to;
  change.total = stated.terms.total;
  if (stated.terms.service_from < before.plan.origin)
    return changed(stated, before, "it would begin before the schedule that it changes");
  if (stated.terms.service_from == before.plan.origin) {
    change.effective = std::max(stated.statement.date, stated.terms.service_from);
    return change;
  }
  change.effective = stated.terms.service_from;
  GLMAP_TRY(earned, earned_through(before.plan, change.effective.plus_days(-1)));
  GLMAP_TRY(total, add(earned, stated.terms.total));
  change.total = total;
  return change;
}

/// The whole line's worth: what the change adds is valued at the rate of the event that makes it.
Result<Money> changed_worth(const Stated& stated, const RevenueSchedule& before, const Money& total, Rounding mode) {
  if (!stated.statement.rate) return total;
  GLMAP_TRY(more, subtract(total, before.plan.total));
  GLMAP_TRY(worth, convert(more, *stated.statement.rate, before.functional_total.currency(), mode));
  return add(before.functional_total, worth);
}

Result<OpenSchedule> change_schedule(const Stated& stated, const OpenSchedule& open, Rounding mode) {
  const RevenueSchedule& before = *open.schedule;
  if (stated.recognition.changed == Recognition::Changed::hold) return changed(stated, before, {});
  if (stated.terms.convention != before.terms.convention || stated.terms.rounding != before.terms.rounding)
    return changed(stated, before, "how it is spread cannot be changed");
  if (stated.terms.total.currency() != before.terms.total.currency())
    return changed(stated, before, "its currency cannot be changed");
  if (open.progress.blocked) return changed(stated, before, "an entry of it waits for a person");
  GLMAP_TRY(change, change_of(stated, before));
  const auto replan =
      stated.recognition.changed == Recognition::Changed::prospective ? replan_prospective : replan_catch_up;
  GLMAP_TRY(plan, replan(before.plan, open.progress.posted, change, stated.calendar));
  GLMAP_TRY(worth, changed_worth(stated, before, change.total, mode));
  auto schedule = std::make_shared<RevenueSchedule>(before);
  schedule->functional_total = worth;
  schedule->terms = stated.terms;
  schedule->plan = std::move(plan);
  schedule->statements.insert(schedule->statements.begin(), stated.statement);
  schedule->changed = true;
  const Money posted = schedule->plan.opening;
  return OpenSchedule{open.id, std::move(schedule), {{0, posted}, open.progress.functional, false}};
}

Result<OpenSchedule> state_again(const Stated& stated, const OpenSchedule& open) {
  auto schedule = std::make_shared<RevenueSchedule>(*open.schedule);
  schedule->statements.push_back(stated.statement);
  return OpenSchedule{open.id, std::move(schedule), open.progress};
}

Result<ScheduleKey> key_of(const EventContext& context, const Recognition& recognition, std::uint32_t entity,
                           Scope& scope) {
  ScheduleKey key{context.program.ledger, entity, {}};
  for (const DimensionSource& source : recognition.keys) {
    GLMAP_TRY(value, scope.text(source.value));
    if (value.empty())
      return fail(ErrorCode::DimensionMissing,
                  "the revenue schedule is kept by `" + source.name + "` and the event carries none",
                  "send the field `" + source.name + "`", recognition.where);
    key.values.push_back({source.name, value});
  }
  std::sort(key.values.begin(), key.values.end());
  return key;
}

}  // namespace

Status Evaluator::Impl::recognise(const EventContext& context, const Rule& rule, std::uint32_t index, Scope& scope,
                                  Work& work) const {
  const Recognition& recognition = rule.recognitions[index];
  GLMAP_TRY(entity, scope.code(recognition.block.entity));
  if (!entity)
    return fail(ErrorCode::MissingField, "the event names no entity to recognise revenue in", "send the entity",
                recognition.where);
  const LegalEntity& books = book->catalog.entities[*entity];
  const FiscalCalendar* calendar = book->calendar_of(books);
  if (calendar == nullptr)
    return fail(ErrorCode::PeriodUndefined, "entity " + books.code + " has no calendar", {}, recognition.where);
  GLMAP_TRY(total, evaluate(recognition.amount, scope, event_currency(context, books)));
  if (states_nothing(total, recognition, scope)) return {};
  GLMAP_TRY(key, key_of(context, recognition, *entity, scope));
  GLMAP_TRY(terms, terms_of(context, recognition, total, scope, books));
  Stated stated{recognition, books, *calendar, std::move(key), std::move(terms), {}, {}};
  stated.functional_total = stated.terms.total;
  stated.statement = {work.event,
                      static_cast<std::uint32_t>(&context.program - book->programs.data()),
                      static_cast<std::uint32_t>(&rule - context.program.rules.data()),
                      index,
                      scope.line(),
                      context.document_date,
                      std::nullopt};
  const auto known = known_schedule(stated, work);
  if (!known && stated.terms.total.is_zero()) return {};
  if (stated.terms.total.currency() != books.functional) {
    GLMAP_TRY(rate, rate_of(context, work.state, stated.terms.total.currency(), *entity, recognition.where));
    GLMAP_TRY(worth, at_rate(context, stated.terms.total, rate, books.functional));
    stated.statement.rate = rate;
    stated.functional_total = worth;
  }
  if (!known) {
    GLMAP_TRY(begun, begin(std::move(stated), work));
    work.change.schedules.push_back(std::move(begun));
    return {};
  }
  for (const ScheduleStatement& statement : known->schedule->statements)
    if (statement.event == work.event)
      return changed(stated, *known->schedule, "two lines of one event speak about it; name in `for` what parts them");
  GLMAP_TRY(next, same_terms(stated.terms, known->schedule->terms)
                      ? state_again(stated, *known)
                      : change_schedule(stated, *known, conversion_mode(*book)));
  std::erase_if(work.change.schedules, [&](const OpenSchedule& open) { return open.id == next.id; });
  work.change.schedules.push_back(std::move(next));
  return {};
}

}  // namespace glmap::rules
