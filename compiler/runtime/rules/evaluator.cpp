// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/evaluator.hpp"

#include <algorithm>

#include "compiler/runtime/accounting/day_start.hpp"
#include "compiler/runtime/rules/evaluator_impl.hpp"

namespace glmap::rules {
namespace {

std::string operand_name(const EventContext& context, const Operand& operand) {
  switch (operand.kind) {
    case Operand::Kind::header:
      return context.type().header[operand.index].name;
    case Operand::Kind::line:
      return context.type().line[operand.index].name;
    case Operand::Kind::attribute:
      return context.book.tables[context.program.lookups[operand.index].table].answers[operand.answer].name;
    case Operand::Kind::functional:
      return "functional";
    case Operand::Kind::constant:
      return operand.text;
    case Operand::Kind::step:
      return "amount";
  }
  return {};
}

bool is_given(const Scope& scope, const Operand& operand) {
  return !std::holds_alternative<std::monostate>(scope.field(operand));
}

/// Errors are those of table look-ups: a condition on an attribute that no row answers holds the event.
Result<bool> holds(const Condition& condition, Scope& scope) {
  switch (condition.kind) {
    case Condition::Kind::given:
      return is_given(scope, condition.subject) != condition.negated;
    case Condition::Kind::in: {
      if (const Code* code = std::get_if<Code>(&scope.field(condition.subject)))  // the usual case
        return condition.values.contains(code->value) != condition.negated;
      GLMAP_TRY(value, scope.code(condition.subject));
      // An absent value is in no set and outside every set: neither `is` nor `is not` holds.
      return value && condition.values.contains(*value) != condition.negated;
    }
    case Condition::Kind::same: {
      GLMAP_TRY(left, scope.code(condition.subject));
      GLMAP_TRY(right, scope.code(condition.other));
      return left && right && (*left == *right) != condition.negated;
    }
  }
  return false;
}

std::string why_not(const Condition& condition, Scope& scope) {
  const EventContext& context = scope.context();
  const std::string name = operand_name(context, condition.subject);
  if (condition.kind == Condition::Kind::given) return name + (condition.negated ? " is given" : " is not given");
  auto seen = scope.text(condition.subject);
  const std::string value = seen && !seen->empty() ? *seen : "(none)";
  std::string wanted = condition.negated ? "not " : "";
  if (condition.kind == Condition::Kind::same) {
    wanted += operand_name(context, condition.other);
  } else {
    std::string list;
    for (const std::uint32_t code : condition.values.values)
      list += (list.empty() ? "" : ", ") + context.book.value_text(condition.domain, code);
    wanted += list;
  }
  return name + " is " + value + ", the rule asks for " + wanted;
}

/// The first condition of `rule` that fails; nullptr when all hold.
Result<const Condition*> first_failing(const Rule& rule, Scope& scope) {
  for (const Condition& condition : rule.when) {
    GLMAP_TRY(met, holds(condition, scope));
    if (!met) return &condition;
  }
  return nullptr;
}

std::unexpected<Error> no_rule_fits(const EventContext& context) {
  return fail(ErrorCode::NoRuleFits, "no rule of the book fits " + context.type().title,
              "add a rule or a `no entry for`, release the book, then retry the event");
}

/// The rule that fits, when nobody asks why: the first, for the compiler proved that no other fits; nullptr when none.
/// Errors: those of table look-ups.
Result<const Rule*> first_fitting(Scope& scope, std::span<const std::uint32_t> candidates) {
  for (const std::uint32_t candidate : candidates) {
    const Rule& rule = scope.context().program.rules[candidate];
    GLMAP_TRY(failing, first_failing(rule, scope));
    if (failing == nullptr) return &rule;
  }
  return nullptr;
}

/// The rule that fits. Errors: GLM-7001 none, GLM-7013 two, and those of table look-ups.
Result<const Rule*> rule_for(Scope& scope, const RuleIndex& index) {
  const EventContext& context = scope.context();
  RuleIndex::Candidates candidates;
  if (context.trace == nullptr && context.reached == nullptr && index.find(scope, candidates)) {
    GLMAP_TRY(rule, first_fitting(scope, candidates.rules()));
    if (rule != nullptr) return rule;
    return no_rule_fits(context);
  }
  const Rule* fitting = nullptr;
  for (const Rule& rule : context.program.rules) {
    GLMAP_TRY(failing, first_failing(rule, scope));
    if (context.trace != nullptr)
      context.trace->push_back({scope.line(), "rule " + rule.name, failing ? why_not(*failing, scope) : "fits",
                                rule.where, failing == nullptr});
    if (failing != nullptr) continue;
    if (fitting != nullptr)
      return fail(ErrorCode::TwoRulesFit, "both `" + fitting->name + "` and `" + rule.name + "` fit the event",
                  "make their conditions exclude each other", rule.where);
    fitting = &rule;
    if (context.trace == nullptr) break;  // the compiler proved that no other fits
  }
  if (fitting != nullptr && context.reached != nullptr)
    context.reached->rules[static_cast<std::size_t>(&context.program - context.book.programs.data())]
                          [static_cast<std::size_t>(fitting - context.program.rules.data())] = true;
  if (fitting == nullptr) return no_rule_fits(context);
  return fitting;
}

}  // namespace

Reached::Reached(const RuleBook& book) {
  for (const Table& table : book.tables) rows.emplace_back(table.rows.size(), false);
  for (const EventProgram& program : book.programs) rules.emplace_back(program.rules.size(), false);
}

bool Work::has_ended(std::uint64_t schedule) const {
  return std::find(change.ended.begin(), change.ended.end(), schedule) != change.ended.end();
}

Evaluator::Impl::Impl(std::shared_ptr<const RuleBook> rules, std::string bundle_digest)
    : book(std::move(rules)), digest(std::move(bundle_digest)), watched(*book), keeps_state(book->keeps_state()) {
  matchers.reserve(book->tables.size());
  for (const Table& table : book->tables) matchers.emplace_back(*book, table, matchers);
  for (const EventProgram& program : book->programs) rule_indexes.emplace_back(*book, program);
  for (const EventProgram& program : book->programs) plans.push_back(plan_rules(*book, program, digest));
  for (std::uint32_t type = 0; type < book->catalog.types.size(); ++type) {
    std::vector<std::optional<std::uint32_t>> fields;
    for (const std::string& name : book->posting_date_fields) {
      if (name == "occurred_at") {
        fields.push_back(std::nullopt);
      } else if (const auto field = book->catalog.types[type].header_index(name)) {
        fields.push_back(field);
      }
    }
    date_fields.push_back(std::move(fields));
  }
  for (const EventProgram& program : book->programs)
    for (const Rule& rule : program.rules) reverses = reverses || rule.reversal;
  for (const Prerequisite& one : book->order) needed.emplace(one.needs, one.needs_field);
  for (const BusinessExpectation& one : book->expectations) needed.emplace(one.expected, one.expected_field);
}

Evaluator::Evaluator(std::shared_ptr<const RuleBook> book, std::string digest)
    : impl_(std::make_unique<Impl>(std::move(book), std::move(digest))) {}

Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

const RuleBook& Evaluator::book() const {
  return *impl_->book;
}
const std::string& Evaluator::digest() const {
  return impl_->digest;
}

bool Evaluator::keeps_state() const {
  return impl_->keeps_state;
}

struct Evaluator::Workspace::Memory {
  WorkMemory work;
  Decision decision;
};

Evaluator::Workspace::Workspace() : memory_(std::make_unique<Memory>()) {}
Evaluator::Workspace::~Workspace() = default;
Evaluator::Workspace::Workspace(Workspace&&) noexcept = default;
Evaluator::Workspace& Evaluator::Workspace::operator=(Workspace&&) noexcept = default;

Decision Evaluator::decide(const BillingEvent& event) const {
  Workspace workspace;
  decide(event, workspace);
  return std::move(workspace.memory_->decision);
}

const Decision& Evaluator::decide(const BillingEvent& event, Workspace& workspace) const {
  Workspace::Memory& memory = *workspace.memory_;
  Work work({std::shared_ptr<void>(), &event}, impl_->fresh, impl_->watched,
            memory.work);  // the caller keeps the event
  impl_->decide(work, {}, memory.decision);
  return memory.decision;
}

Decision Evaluator::explain(const BillingEvent& event, std::vector<TraceStep>& trace) const {
  WorkMemory memory;
  Decision decision;
  Work work({std::shared_ptr<void>(), &event}, impl_->fresh, impl_->watched, memory);
  impl_->decide(work, {&trace, nullptr}, decision);
  return decision;
}

Step Evaluator::step(std::shared_ptr<const BillingEvent> event, const BookState& state,
                     const Observer& observer) const {
  Step step;
  step.event = event;
  auto waiting = impl_->waits(event, state);
  if (!waiting) {
    step.outcome = Held{std::move(waiting).error()};
    return step;
  }
  if (*waiting) {
    step.outcome = impl_->in_words(**waiting);
    step.change.waits = std::move(**waiting);
    return step;
  }
  impl_->decide_in(state, observer, step);
  return step;
}

std::uint32_t Evaluator::Impl::entity_of(const BillingEvent& event) const {
  const Code* entity = std::get_if<Code>(&event.header[book->catalog.types[event.type].entity_field]);
  GLMAP_ASSERT(entity != nullptr);
  return entity->value;
}

Result<Date> Evaluator::Impl::date_of(const BillingEvent& event) const {
  for (const auto& field : date_fields[event.type]) {
    if (!field) {
      if (event.occurred_at) return civil_date(*event.occurred_at, book->catalog.entities[entity_of(event)].zone);
      continue;
    }
    if (const Date* date = std::get_if<Date>(&event.header[*field])) return *date;
  }
  return fail(ErrorCode::DateMissing, "the event carries none of the dates that the book takes the posting date from",
              "send one of them, or the event's `time`");
}

Result<Instant> Evaluator::Impl::time_of(const BillingEvent& event) const {
  if (event.occurred_at) return *event.occurred_at;
  GLMAP_TRY(date, date_of(event));
  return start_of_day(date, book->catalog.entities[entity_of(event)].zone);
}

Clock Evaluator::clock_at(const BillingEvent& event, const BookState& state) const {
  Clock clock = state.clock();
  const auto date = impl_->date_of(event);
  if (!date) return clock;
  const FiscalCalendar* calendar = book().calendar_of(book().catalog.entities[impl_->entity_of(event)]);
  if (calendar == nullptr || calendar->period_of(*date) == nullptr) return clock;
  clock.day = std::max(clock.day, date->plus_days(-1));
  if (const auto time = impl_->time_of(event)) clock.now = std::max(clock.now, *time);
  return clock;
}

EventContext Evaluator::Impl::context_of(const EventProgram& program, const BillingEvent& event, Date date,
                                         const Notes& notes) const {
  // Tables are asked for the day on which the entry will stand, which the closed policy may move.
  const std::uint32_t entity = entity_of(event);
  const Date posting = day_to_post(*book, book->catalog.entities[entity], date, PostingKind::event);
  return EventContext(*book, matchers, digest, program, event, date, posting, entity, notes.trace, notes.reached);
}

void Evaluator::Impl::decide_in(const BookState& state, const Observer& observer, Step& step) const {
  WorkMemory memory;
  Decision decision;
  Work work(step.event, state, watched, memory);
  decide(work, {observer.trace ? &step.trace : nullptr, observer.reached}, decision);
  step.outcome =
      std::visit([](auto&& decided) { return Outcome(std::forward<decltype(decided)>(decided)); }, std::move(decision));
  step.change = std::move(work.change);
}

void Evaluator::Impl::decide(Work& work, const Notes& notes, Decision& decision) const {
  EntryMaker& maker = work.memory.entries.maker;
  auto* entries = std::get_if<std::vector<JournalEntry>>(&decision);
  if (entries != nullptr)
    maker.begin(*entries);
  else
    maker.begin();
  const BillingEvent& event = *work.event;
  const std::span<const EventProgram> programs = book->programs_of(event.type);
  if (programs.empty()) {
    decision = Held{{ErrorCode::NoRuleFits,
                     "the book has no rule for " + book->catalog.types[event.type].name,
                     "add a rule or a `no entry for`, release the book, then retry the event",
                     {}}};
  } else if (auto done = run_all(programs, work, notes); !done) {
    work.change = {};  // a refused event changes nothing
    decision = Held{std::move(done).error()};
  } else if (maker.entries().empty()) {
    decision = std::move(*work.nothing);
  } else if (entries != nullptr) {
    entries->swap(maker.entries());
  } else {
    decision = std::move(maker.entries());
  }
}

Status Evaluator::Impl::run_all(std::span<const EventProgram> programs, Work& work, const Notes& notes) const {
  GLMAP_TRY(date, date_of(*work.event));
  const EventContext first = context_of(programs.front(), *work.event, date, notes);
  GLMAP_CHECK(run(first, work));
  for (const EventProgram& program : programs.subspan(1))
    GLMAP_CHECK(run(context_of(program, *work.event, date, notes), work));
  const std::vector<JournalEntry>& entries = work.memory.entries.maker.entries();
  if (!entries.empty()) {
    GLMAP_CHECK(check_approvals(first, entries, date, false));
    GLMAP_CHECK(note_entries(entries, *work.event, work));
  }
  return needed.empty() && book->expectations.empty() ? Status() : note_arrival(work.event, work);
}

Status Evaluator::Impl::run(const EventContext& context, Work& work) const {
  const RuleIndex& index = rule_indexes[static_cast<std::size_t>(&context.program - book->programs.data())];
  Occasion occasion;
  occasion.day = context.posting_date;
  EntryBuilder builder(context, work.state, work.balances, occasion, work.memory.entries);
  const std::size_t before = work.memory.entries.maker.size();
  const Rule* silent = nullptr;  // a `no entry` rule that fitted
  bool begins = false;
  const std::int32_t lines = context.program.each_line ? static_cast<std::int32_t>(context.event.lines.size()) : 1;
  for (std::int32_t i = 0; i < lines; ++i) {
    Scope scope(context, context.program.each_line ? i : -1, work.memory.found);
    GLMAP_TRY(rule, rule_for(scope, index));
    if (rule->outcome == Rule::Outcome::hold)
      return fail(ErrorCode::HeldByRule, "the book holds this event: " + rule->because,
                  "decide the case; the same event by the same book is held again", rule->where);
    if (rule->outcome == Rule::Outcome::no_entry) {
      if (silent == nullptr) silent = rule;
      continue;
    }
    GLMAP_CHECK(run_line(context, *rule, scope, builder, work));
    begins = begins || !rule->recognitions.empty();
  }
  GLMAP_CHECK(builder.finish());
  if (begins)
    for (const auto& [entity, next] : builder.next_numbers())
      work.change.series.push_back(
          {{context.event.source, context.event.id, context.event.revision, entity, context.program.ledger}, next});
  if (work.nothing || work.memory.entries.maker.size() != before) return {};
  work.nothing = silent != nullptr ? NoEntry{silent->name, silent->because}
                 : begins ? NoEntry{"", "nothing is posted yet: the event states the terms of a revenue schedule"}
                          : NoEntry{"", "every amount of the event is zero"};
  return {};
}

/// What a rule does for one line of the event, or for the whole of it.
Status Evaluator::Impl::run_line(const EventContext& context, const Rule& rule, Scope& scope, EntryBuilder& builder,
                                 Work& work) const {
  GLMAP_CHECK(scope.check_agreements());
  for (const BlockPlan& plan : plan_of(context.program, rule).blocks) GLMAP_CHECK(builder.post(plan, scope));
  if (rule.reversal) GLMAP_CHECK(reverse(context, rule, scope, builder, work));
  for (std::uint32_t r = 0; r < rule.recognitions.size(); ++r) GLMAP_CHECK(recognise(context, rule, r, scope, work));
  return {};
}

const RulePlan& Evaluator::Impl::plan_of(const EventProgram& program, const Rule& rule) const {
  return plans[static_cast<std::size_t>(&program - book->programs.data())]
              [static_cast<std::size_t>(&rule - program.rules.data())];
}

Status Evaluator::Impl::check_approvals(const EventContext& context, const std::vector<JournalEntry>& entries, Date day,
                                        bool only_late) const {
  const auto holds_any = [](const std::vector<std::uint32_t>& list, std::uint32_t one) {
    return list.empty() || std::find(list.begin(), list.end(), one) != list.end();
  };
  for (const Approval& approval : book->approvals) {
    if (approval.late ? false : only_late) continue;
    if (!approval.late && !holds_any(approval.types, context.event.type)) continue;
    for (const JournalEntry& entry : entries) {
      const auto entity = book->catalog.entity_index(entry.data().entity);
      GLMAP_ASSERT(entity.has_value());
      if (approval.late && entry.data().posting_date <= day) continue;
      if (!holds_any(approval.entities, *entity) || entry.total_functional().decimal() <= approval.over) continue;
      return fail(ErrorCode::ApprovalNeeded,
                  "needs approval by " + approval.by + ": " + entry.total_functional().to_text() + " in " +
                      entry.data().entity + (approval.late ? ", moved out of a closed period," : "") + " exceeds " +
                      approval.over.to_text(),
                  approval.by + " looks at the event and decides", approval.where);
    }
  }
  return {};
}

Status Evaluator::Impl::note_entries(const std::vector<JournalEntry>& entries, const BillingEvent& event,
                                     Work& work) const {
  if (!watched.empty()) {
    GLMAP_TRY(moves, watched.moves(entries, work.state));
    work.change.balances = std::move(moves);
  }
  if (!reverses || event.object.empty()) return {};
  for (const JournalEntry& entry : entries) {
    const auto ledger = std::find(book->ledgers.begin(), book->ledgers.end(), entry.data().ledger);
    work.change.posted.push_back({{static_cast<std::uint32_t>(ledger - book->ledgers.begin()), event.object},
                                  book->catalog.types[event.type].object,
                                  entry.key().reference(),
                                  std::make_shared<const JournalEntry>(entry),
                                  false});
  }
  return {};
}

}  // namespace glmap::rules
