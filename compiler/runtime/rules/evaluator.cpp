// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/evaluator.hpp"

#include <algorithm>

#include "compiler/runtime/rules/entry_builder.hpp"
#include "compiler/runtime/rules/matcher.hpp"
#include "compiler/runtime/rules/scope.hpp"

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

/// The rule that fits. Errors: GLM-7001 none, GLM-7013 two, and those of table look-ups.
Result<const Rule*> rule_for(Scope& scope) {
  const EventContext& context = scope.context();
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
  if (fitting == nullptr)
    return fail(ErrorCode::NoRuleFits, "no rule of the book fits " + context.type().title,
                "add a rule or a `no entry for`, release the book, then retry the event");
  return fitting;
}

}  // namespace

struct Evaluator::Impl {
  std::shared_ptr<const RuleBook> book;
  std::string digest;
  std::vector<TableMatcher> matchers;
  std::vector<std::vector<std::optional<std::uint32_t>>> date_fields;  // by event type; nullopt: occurred_at

  Result<Date> posting_date(const BillingEvent& event, std::uint32_t entity) const;
  Decision decide(const BillingEvent& event, std::vector<TraceStep>* trace) const;
  Result<Decision> run(const EventContext& context) const;
  Result<Decision> run_all(const EventContext& first, std::span<const EventProgram> programs) const;
};

Evaluator::Evaluator(std::shared_ptr<const RuleBook> book, std::string digest) : impl_(std::make_unique<Impl>()) {
  impl_->book = std::move(book);
  impl_->digest = std::move(digest);
  const RuleBook& rules = *impl_->book;
  for (const Table& table : rules.tables) impl_->matchers.emplace_back(rules, table);
  for (std::uint32_t type = 0; type < rules.catalog.types.size(); ++type) {
    std::vector<std::optional<std::uint32_t>> fields;
    for (const std::string& name : rules.posting_date_fields) {
      if (name == "occurred_at") {
        fields.push_back(std::nullopt);
      } else if (const auto field = rules.catalog.types[type].header_index(name)) {
        fields.push_back(field);
      }
    }
    impl_->date_fields.push_back(std::move(fields));
  }
}

Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

const RuleBook& Evaluator::book() const {
  return *impl_->book;
}
const std::string& Evaluator::digest() const {
  return impl_->digest;
}

Decision Evaluator::decide(const BillingEvent& event) const {
  return impl_->decide(event, nullptr);
}
Decision Evaluator::explain(const BillingEvent& event, std::vector<TraceStep>& trace) const {
  return impl_->decide(event, &trace);
}

Result<Date> Evaluator::Impl::posting_date(const BillingEvent& event, std::uint32_t entity) const {
  for (const auto& field : date_fields[event.type]) {
    if (!field) {
      if (event.occurred_at) return civil_date(*event.occurred_at, book->catalog.entities[entity].zone);
      continue;
    }
    if (const Date* date = std::get_if<Date>(&event.header[*field])) return *date;
  }
  return fail(ErrorCode::DateMissing, "the event carries none of the dates that the book takes the posting date from",
              "send one of them, or the event's `time`");
}

Decision Evaluator::Impl::decide(const BillingEvent& event, std::vector<TraceStep>* trace) const {
  const std::span<const EventProgram> programs = book->programs_of(event.type);
  const EventType& type = book->catalog.types[event.type];
  if (programs.empty())
    return Held{{ErrorCode::NoRuleFits,
                 "the book has no rule for " + type.name,
                 "add a rule or a `no entry for`, release the book, then retry the event",
                 {}}};
  const Code* entity = std::get_if<Code>(&event.header[type.entity_field]);
  GLMAP_ASSERT(entity != nullptr);
  auto date = posting_date(event, entity->value);
  if (!date) return Held{std::move(date).error()};
  // Tables are asked for the day on which the entry will stand, which the closed policy may move.
  Date posting = *date;
  const auto& closed_through = book->catalog.entities[entity->value].closed_through;
  if (book->closed == ClosedPolicy::first_open_day && closed_through && posting <= *closed_through)
    posting = closed_through->plus_days(1);
  const EventContext context{*book, matchers, programs.front(), event, *date, posting, entity->value, trace};
  auto decision = programs.size() == 1 ? run(context) : run_all(context, programs);
  if (!decision) return Held{std::move(decision).error()};
  return std::move(*decision);
}

/// One decision over all ledgers: what one of them holds posts in none.
Result<Decision> Evaluator::Impl::run_all(const EventContext& first, std::span<const EventProgram> programs) const {
  std::vector<JournalEntry> entries;
  std::optional<NoEntry> nothing;
  for (const EventProgram& program : programs) {
    const EventContext context{*book,        matchers,   program, first.event, first.document_date, first.posting_date,
                               first.entity, first.trace};
    GLMAP_TRY(decision, run(context));
    if (auto* made = std::get_if<std::vector<JournalEntry>>(&decision))
      std::move(made->begin(), made->end(), std::back_inserter(entries));
    else if (!nothing)
      nothing = std::get<NoEntry>(decision);
  }
  if (!entries.empty()) return Decision(std::move(entries));
  return Decision(std::move(*nothing));
}

Result<Decision> Evaluator::Impl::run(const EventContext& context) const {
  EntryBuilder builder(context, digest);
  const Rule* silent = nullptr;  // a `no entry` rule that fitted
  const std::int32_t lines = context.program.each_line ? static_cast<std::int32_t>(context.event.lines.size()) : 1;
  for (std::int32_t i = 0; i < lines; ++i) {
    Scope scope(context, context.program.each_line ? i : -1);
    GLMAP_TRY(rule, rule_for(scope));
    if (rule->outcome == Rule::Outcome::hold)
      return fail(ErrorCode::HeldByRule, "the book holds this event: " + rule->because, "decide the case, then retry",
                  rule->where);
    if (rule->outcome == Rule::Outcome::no_entry) {
      if (silent == nullptr) silent = rule;
      continue;
    }
    GLMAP_CHECK(scope.check_agreements());
    for (const PostBlock& block : rule->blocks) GLMAP_CHECK(builder.post(*rule, block, scope));
  }
  GLMAP_TRY(entries, builder.finish());
  if (!entries.empty()) return Decision(std::move(entries));
  if (silent != nullptr) return Decision(NoEntry{silent->name, silent->because});
  return Decision(NoEntry{"", "every amount of the event is zero"});
}

}  // namespace glmap::rules
