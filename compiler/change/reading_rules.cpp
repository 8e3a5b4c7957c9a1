// SPDX-License-Identifier: Apache-2.0
// Which rule fits the events of a box, in the evaluator's order: rules and their conditions one after the other, a
// table that has no answer makes the event wait even when a later rule would not have asked it.
#include <algorithm>

#include "compiler/change/reading.hpp"

namespace glmap::change {

using rules::Condition;
using verify::Cell;

Read<bool> Reading::are_same(Program& in, const Condition& condition) {
  const auto column_of = [&](const Operand& operand) -> std::optional<std::size_t> {
    Operand field = operand;
    if (operand.kind == Operand::Kind::attribute && in.program->lookups[operand.index].must_agree)
      field = *in.program->lookups[operand.index].must_agree;
    if (field.kind != Operand::Kind::header && field.kind != Operand::Kind::line) return std::nullopt;
    return frame().column_of(side_.book_, field);
  };
  // The side that is no field, or has fewer values, is told first; the other is then only cut in two.
  const Operand* first = &condition.subject;
  const Operand* second = &condition.other;
  auto one = column_of(*first);
  auto other = column_of(*second);
  if (one && (!other || codes_of(*one).size() > codes_of(*other).size())) {
    std::swap(first, second);
    std::swap(one, other);
  }
  GLMAP_TRY(left, code(in, *first));
  if (!other) {
    GLMAP_TRY(right, code(in, *second));
    return left && right && (*left == *right) != condition.negated;
  }
  GLMAP_TRY(given, is_in(*other, variable(*other).given()));
  if (!left || !given) return false;
  GLMAP_TRY(equal, is_in(*other, cell_of(*other, {false, {*left}}, false)));
  return equal != condition.negated;
}

Read<bool> Reading::holds(Program& in, const Condition& condition) {
  if (condition.kind == Condition::Kind::given) {
    GLMAP_TRY(given, is_given(condition.subject));
    return given != condition.negated;
  }
  if (condition.kind == Condition::Kind::same) return are_same(in, condition);
  Operand subject = condition.subject;
  if (subject.kind == Operand::Kind::attribute && in.program->lookups[subject.index].must_agree)
    subject = *in.program->lookups[subject.index].must_agree;
  if (subject.kind != Operand::Kind::header && subject.kind != Operand::Kind::line) {
    GLMAP_TRY(value, code(in, subject));
    return value && condition.values.contains(*value) != condition.negated;
  }
  const auto column = frame().column_of(side_.book_, subject);
  GLMAP_ASSERT(column.has_value());
  const auto [at, added] = side_.cells_.try_emplace(&condition);
  if (added) at->second = cell_of(*column, condition.values, condition.negated);
  return is_in(*column, at->second);
}

Read<const rules::Rule*> Reading::rule_of(Program& in) {
  for (const rules::Rule& rule : in.program->rules) {
    bool fits = true;
    for (const Condition& condition : rule.when) {
      GLMAP_TRY(met, holds(in, condition));
      fits = met;
      if (!fits) break;
    }
    if (fits) return &rule;
  }
  return waits();
}

Read<void> Reading::check_agreements(Program& in) {
  for (std::uint32_t i = 0; i < in.program->lookups.size(); ++i) {
    const rules::Lookup& asked = in.program->lookups[i];
    if (!asked.must_agree || (asked.on_line && !in.program->each_line)) continue;
    GLMAP_TRY(row, lookup(in, i));
    const auto column = frame().column_of(side_.book_, *asked.must_agree);
    GLMAP_ASSERT(column.has_value());
    GLMAP_TRY(allowed, is_in(*column, cell_of(*column, row->answers.front().values, false)));
    if (!allowed) return waits();
  }
  return {};
}

Read<void> Reading::run_program(Program& in) {
  GLMAP_TRY(rule, rule_of(in));
  if (rule->outcome == rules::Rule::Outcome::hold) return waits();
  if (rule->outcome == rules::Rule::Outcome::no_entry) {
    nothing_ = true;
    return {};
  }
  GLMAP_CHECK(check_agreements(in));
  return post_rule(in, *rule);
}

Read<Outcome> Reading::run() {
  if (frame().type_in(side_.book_) == nullptr) return Outcome{};
  for (std::size_t column = 0; column < frame().variables.size(); ++column) {
    GLMAP_TRY(accepted, is_in(column, in_book(column).accepted));
    if (!accepted) return Outcome{};
  }
  const auto programs = book().programs_of(*frame().type_index[side_.book_]);
  if (programs.empty()) return Outcome{};
  for (const rules::EventProgram& program : programs) {
    Program in{&program, std::vector<const rules::TableRow*>(program.lookups.size(), nullptr),
               static_cast<std::uint32_t>(&program - book().programs.data())};
    if (auto done = run_program(in); !done) {
      if (!done.error().waits) return std::unexpected(std::move(done.error()));
      return Outcome{};
    }
  }
  outcome_.kind = outcome_.lines.empty() ? Outcome::Kind::no_entry : Outcome::Kind::posts;
  std::sort(outcome_.lines.begin(), outcome_.lines.end());
  return std::move(outcome_);
}

BookSide::BookSide(const EventFrame& frame, std::size_t book) : frame_(frame), book_(book) {}
BookSide::~BookSide() = default;
BookSide::BookSide(BookSide&&) noexcept = default;

Read<Outcome> BookSide::read(const verify::Box& box, bool with_rates, Narrowed& narrowed, verify::Steps& steps) const {
  return Reading(*this, box, with_rates, narrowed, steps).run();
}

}  // namespace glmap::change
