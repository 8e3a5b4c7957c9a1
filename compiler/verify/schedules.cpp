// SPDX-License-Identifier: Apache-2.0
// Schedules: one can be made for every event that asks for one; events about the same schedule speak of the same
// amount; what a rule puts into a balance for its schedule is what the schedule takes out.
#include <algorithm>
#include <map>

#include "compiler/verify/account_uses.hpp"
#include "compiler/verify/checks.hpp"
#include "compiler/verify/feasible.hpp"
#include "compiler/verify/posted_amounts.hpp"
#include "compiler/verify/program_space.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

using rules::Convention;
using rules::Operand;
using rules::Recognition;

bool needs_months(Convention convention) {
  return convention != Convention::by_second && convention != Convention::by_day;
}

/// The first period of the calendar that is not one calendar month.
const Period* other_than_month(const FiscalCalendar& calendar) {
  for (const Period& period : calendar.periods()) {
    const Date next = period.until.plus_days(1);
    if (period.from.to_text().ends_with("-01") && next.to_text().ends_with("-01") &&
        next.days() - period.from.days() <= 31)
      continue;
    return &period;
  }
  return nullptr;
}

bool uses_line(const rules::Amount& amount) {
  return std::any_of(amount.steps.begin(), amount.steps.end(), [](const rules::AmountStep& step) {
    return step.kind == rules::AmountStep::Kind::share ||
           (step.kind == rules::AmountStep::Kind::load && step.operand.kind == Operand::Kind::line);
  });
}

class ScheduleCheck {
 public:
  ScheduleCheck(const rules::RuleBook& book, const rules::EventProgram& program, const rules::Rule& rule,
                const Recognition& recognition, const std::vector<bool>& balance_sheet, Findings& findings)
      : book_(book),
        program_(program),
        rule_(rule),
        it_(recognition),
        balance_sheet_(balance_sheet),
        findings_(findings) {}

  void run() {
    always_stated();
    calendars_fit();
    one_amount_a_schedule();
    takes_out_what_was_put_in();
  }

 private:
  static std::string all_ticked(std::vector<std::string> names) {
    for (std::string& name : names) name = tick(name);
    return all_of(names);
  }
  const EventType& type() const { return book_.catalog.types[program_.type]; }
  std::string name() const { return "the schedule of " + rule_words(book_, program_, rule_); }
  std::string words(const Operand& operand) const { return operand_words(book_, program_, operand); }

  Diagnostic finding(const SourceRef& where, const std::string& what) const {
    Diagnostic found{.code = ErrorCode::ScheduleUnsound, .primary = place(where)};
    found.fingerprint = "schedule/" + rule_.name + "/" + type().name + "/" + what;
    return found;
  }

  /// The days of the service and what the schedule is for are there whenever the rule fits.
  void always_stated() {
    std::vector<std::string> names, asked;
    for (const Operand* day : {&it_.from, &it_.until})
      if (!always_there(type(), rule_, *day)) {
        names.push_back(field_of(type(), *day).name);
        asked.push_back("and " + words(*day) + " is given");
      }
    if (!names.empty()) {
      Diagnostic found = finding(it_.where, "days");
      found.message = name() + " is made over days, and " + type().name + " may come without " + all_ticked(names);
      found.notes.push_back("example: " + std::string(program_.each_line ? "a line of " : "") + one(type().name) +
                            " without " + all_of(names) + ": over which days is it earned?");
      std::string conditions;
      for (const std::string& one_asked : asked) conditions += (conditions.empty() ? "" : " ") + one_asked;
      found.help = std::string(names.size() == 1 ? "make the field" : "make the fields") +
                   " required in events.yaml, or add `" + conditions + "` to the rule and say what happens without";
      findings_.add(std::move(found));
    }
    for (const rules::DimensionSource& key : it_.keys) {
      if (always_there(type(), rule_, key.value)) continue;
      const Field& field = field_of(type(), key.value);
      Diagnostic found = finding(it_.where, "needs " + field.name);
      found.message = name() + " is kept by " + tick(field.name) + ", and " + type().name + " may come without it";
      found.notes.push_back("example: " + std::string(key.value.kind == Operand::Kind::header ? "" : "a line of ") +
                            one(type().name) + " without " + field.name);
      found.help = "make the field required in events.yaml, or add `and " + words(key.value) +
                   " is given` to the rule and say what happens without it";
      findings_.add(std::move(found));
    }
  }

  /// Conventions that count months need fiscal periods that are months.
  void calendars_fit() {
    for (std::uint32_t e = 0; e < book_.catalog.entities.size(); ++e) {
      const LegalEntity& entity = book_.catalog.entities[e];
      const FiscalCalendar* calendar = book_.calendar_of(entity);
      const Period* period = calendar == nullptr ? nullptr : other_than_month(*calendar);
      if (period == nullptr) continue;
      const auto found_event = counts_months_in(e);
      if (found_event.infeasible == Covered::yes) continue;
      if (!found_event.words) {
        findings_.add(rules_not_decided(it_.where, name() + " counts calendar months in " + entity.code,
                                        finding(it_.where, "calendar " + calendar->name()).fingerprint));
        return;
      }
      Diagnostic found = finding(it_.where, "calendar " + calendar->name());
      found.message =
          name() + " can count calendar months, and the fiscal periods of " + entity.code + " are not calendar months";
      found.notes.push_back("example: " + *found_event.words);
      found.notes.push_back("period " + period->name + " of calendar " + calendar->name() + " is " +
                            days_words(period->from.days(), period->until.days()));
      found.help = "recognise by `by_day` or `by_second` there, which fit any calendar";
      findings_.add(std::move(found));
      return;
    }
  }

  struct EventFound {
    Covered infeasible = Covered::yes;
    std::optional<std::string> words;
  };
  /// An event of `entity` whose schedule counts months.
  EventFound counts_months_in(std::uint32_t entity) const {
    rules::EventProgram asked = program_;
    rules::Rule rule = rule_;
    if (it_.convention_from) {
      rules::Condition months;
      months.subject = *it_.convention_from;
      const Operand operand = effective(program_, months.subject);
      months.domain = {rules::Domain::Kind::list,
                       operand.kind == Operand::Kind::attribute
                           ? book_.tables[program_.lookups[operand.index].table].answers[operand.answer].list
                           : field_of(type(), operand).list};
      const auto& values = book_.catalog.lists[months.domain.list].values;
      for (std::uint32_t value = 0; value < values.size(); ++value)
        if (const auto one = rules::parse_convention(values[value]); one && needs_months(*one))
          months.values.values.push_back(value);
      rule.when.push_back(std::move(months));
    } else if (!needs_months(it_.convention)) {
      return {};
    }
    asked.rules = {std::move(rule)};
    const ProgramSpace in = program_space(book_, asked);
    Steps steps;
    const Feasible event =
        find_event(in, {.box = in.space.rows.front(), .restrictions = {{it_.block.entity, {entity}}}}, steps);
    return {event.infeasible, event.witness ? std::optional(event_words(in, *event.witness)) : std::nullopt};
  }

  /// Lines of one event that share the schedule state one amount: it must not be the line's own.
  void one_amount_a_schedule() {
    if (!program_.each_line || it_.keys.empty() || !uses_line(it_.amount)) return;
    const bool by_line = std::any_of(it_.keys.begin(), it_.keys.end(), [&](const rules::DimensionSource& key) {
      return effective(program_, key.value).kind == Operand::Kind::line ||
             (key.value.kind == Operand::Kind::attribute && program_.lookups[key.value.index].on_line);
    });
    if (by_line) return;
    std::vector<std::string> keys;
    for (const rules::DimensionSource& key : it_.keys) keys.push_back(key.name);
    Diagnostic found = finding(it_.where, "shared");
    found.message = name() + " is the same for all lines of an event, and each line states an amount of its own, " +
                    tick(it_.amount.text);
    found.notes.push_back("example: two lines of one " + type().name + " with the same " + all_of(keys) +
                          ": the second changes what the first has begun");
    found.help = "add a field of the line behind `for`, or leave `for` out: then every line has a schedule of its own";
    findings_.add(std::move(found));
  }

  // ---- what is put in is what is taken out

  void takes_out_what_was_put_in() {
    std::vector<const rules::Amount*> amounts{&it_.amount};
    for (const rules::PostBlock& block : rule_.blocks)
      for (const rules::PostingLine& line : block.lines) amounts.push_back(&line.amount);
    for_each_answer(book_, program_, amounts, [&](AmountTerms& terms, const std::string& answers) {
      const auto total = terms.good() ? terms.normal_form(it_.amount) : std::nullopt;
      const auto step = total ? step_atom(terms) : std::nullopt;
      if (!step) return false;  // balance is not decided then, and told
      for (const rules::PostingLine& line : it_.block.lines)
        if (!check_role(line, *total, *step, amounts, terms, answers)) return false;
      return true;
    });
  }

  static std::optional<Atom> step_atom(AmountTerms& terms) {
    rules::Amount step;
    step.steps.push_back({.kind = rules::AmountStep::Kind::load, .operand = AmountTerms::kStep});
    const auto form = terms.normal_form(step);
    return form ? std::optional(form->terms().begin()->first.front()) : std::nullopt;
  }

  /// A line of the steps that empties a balance which the rule itself has filled, both without a limit.
  bool check_role(const rules::PostingLine& line, const Polynomial& total, Atom step,
                  const std::vector<const rules::Amount*>& amounts, AmountTerms& terms, const std::string& answers) {
    if (!balance_sheet_[line.role] || line.take != rules::PostingLine::Take::amount || line.limit) return true;
    const auto put_in = put_into(line.role, opposite(line.side), terms);
    const auto each = terms.normal_form(line.amount);
    if (!put_in || !each) return true;
    for (const auto& [monomial, coefficient] : each->terms())
      if (monomial != Monomial{step}) {  // rounded in each step: what they come to together is not known
        findings_.add(step_by_step(line));
        return false;
      }
    const auto out = each->substituted(step, total);
    const auto difference = out ? subtract(*put_in, *out) : std::nullopt;
    if (difference && difference->is_zero()) return true;
    const auto refuted = difference ? find_difference(terms, *put_in, *out) : std::nullopt;
    const std::string role = tick(book_.roles[line.role].name);
    Diagnostic found = finding(line.where, book_.roles[line.role].name);
    if (!refuted) {
      findings_.add(amounts_not_decided(line.where, name() + " takes out of " + role + " what the rule puts into it",
                                        found.fingerprint));
      return false;
    }
    found.message = name() + " takes " + tick(terms.formula(*out)) + " out of " + role + ", and the rule puts " +
                    tick(terms.formula(*put_in)) + " into it";
    for (const rules::PostBlock& block : rule_.blocks)
      for (const rules::PostingLine& other : block.lines)
        if (other.role == line.role) found.labels.push_back({place(other.where), "it is put in here"});
    found.notes.push_back("example: " + (program_.each_line ? "a line of " + type().name : one(type().name)) +
                          " with " + terms.words(refuted->event, amounts) +
                          (answers.empty() ? "" : " (" + answers + ")") + ": " + amount_words(refuted->left, true) +
                          " in, " + amount_words(refuted->right, true) + " out");
    found.help =
        "recognise the amount that is put in; or let the line take `, at most its balance for ...`, and a "
        "second line `rest of` it from the role that is then owed";
    findings_.add(std::move(found));
    return false;
  }

  Diagnostic step_by_step(const rules::PostingLine& line) const {
    const std::string& role = book_.roles[line.role].name;
    Diagnostic found = amounts_not_decided(line.where,
                                           name() + " takes " + tick(line.amount.text) + " of each step out of " +
                                               tick(role) + ", and all steps together what the rule puts into it",
                                           finding(line.where, role).fingerprint);
    found.notes = {"each step is rounded by itself, so that its parts need not add up to the whole"};
    found.help =
        "take `amount` in one line; or `amount, at most its balance for ...`, and `rest of amount` from the role that "
        "is "
        "then owed";
    return found;
  }

  /// What the rule posts to `role` on `side` in the schedule's entity; nullopt: nothing, or only within a limit.
  std::optional<Polynomial> put_into(std::uint32_t role, Side side, AmountTerms& terms) const {
    std::optional<Polynomial> sum;
    for (const rules::PostBlock& block : rule_.blocks) {
      if (block.entity != it_.block.entity) continue;
      const auto posted = posted_amounts(book_, block, terms);
      if (!posted) return std::nullopt;
      for (std::size_t i = 0; i < block.lines.size(); ++i) {
        const rules::PostingLine& line = block.lines[i];
        if (line.role != role) continue;
        if (line.limit || line.take != rules::PostingLine::Take::amount) return std::nullopt;
        const Polynomial so_far = sum.value_or(Polynomial());
        sum = line.side == side ? add(so_far, (*posted)[i]) : subtract(so_far, (*posted)[i]);
        if (!sum) return std::nullopt;
      }
    }
    return sum;
  }

  const rules::RuleBook& book_;
  const rules::EventProgram& program_;
  const rules::Rule& rule_;
  const Recognition& it_;
  const std::vector<bool>& balance_sheet_;  // by role
  Findings& findings_;
};

/// Rules of one ledger whose schedules have the same keys speak of the same schedules: how they change them must agree.
void check_shared(const rules::RuleBook& book, Findings& findings) {
  struct First {
    const rules::EventProgram* program;
    const rules::Rule* rule;
    const Recognition* recognition;
  };
  std::map<std::string, First> known;
  for_each_block(book, [&](const BlockOfRule& of) {
    if (of.recognition == nullptr || of.recognition->keys.empty()) return;
    std::string key = std::to_string(of.program.ledger);
    for (const rules::DimensionSource& one : of.recognition->keys) key += "/" + one.name;
    const auto [at, added] = known.try_emplace(key, First{&of.program, &of.rule, of.recognition});
    const First& first = at->second;
    if (added || &of.rule == first.rule ||
        (first.recognition->changed == of.recognition->changed &&
         first.recognition->rounding == of.recognition->rounding))
      return;
    Diagnostic found{.code = ErrorCode::ScheduleUnsound, .primary = place(of.recognition->where)};
    found.message = rule_words(book, of.program, of.rule) + " and " + rule_words(book, *first.program, *first.rule) +
                    " speak of the same schedules and change or round them in different ways";
    found.labels.push_back({place(first.recognition->where), "the other is here"});
    found.notes.push_back("example: " + one(book.catalog.types[first.program->type].name) + ", then " +
                          one(book.catalog.types[of.program.type].name) + " with the same values behind `for`");
    found.help = "let both say the same `when changed` and `rounding`, or name other fields behind `for`";
    found.fingerprint = "schedule/" + of.rule.name + "/shared " + key;
    findings.add(std::move(found));
  });
}

}  // namespace

void check_schedules(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  const rules::RuleBook& book = model.book;
  Findings findings(sink, "schedules");
  const std::vector<bool> balance_sheet = balance_sheet_roles(book);
  std::size_t schedules = 0;
  for (const rules::EventProgram& program : book.programs)
    for (const rules::Rule& rule : program.rules)
      for (const Recognition& recognition : rule.recognitions) {
        ++schedules;
        ScheduleCheck(book, program, rule, recognition, balance_sheet, findings).run();
      }
  check_shared(book, findings);
  if (findings.empty() && schedules != 0)
    proofs.results["schedules can be made and take out what was put in"] = counted(schedules, "schedule");
}

}  // namespace glmap::verify
