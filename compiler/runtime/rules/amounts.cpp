// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/amounts.hpp"

namespace glmap::rules {
namespace {

Result<Decimal> load(const Operand& operand, Scope& scope) {
  if (operand.kind == Operand::Kind::attribute) {
    GLMAP_TRY(answer, scope.answer(operand));
    return answer->number;
  }
  const FieldValue& value = scope.field(operand);
  if (const Money* money = std::get_if<Money>(&value)) return money->decimal();
  if (const Decimal* number = std::get_if<Decimal>(&value)) return *number;
  return Decimal();
}

Status apply(const AmountStep& step, std::vector<Decimal>& stack, int digits) {
  if (step.kind == AmountStep::Kind::negate) {
    stack.back() = stack.back().negated();
    return {};
  }
  if (step.kind == AmountStep::Kind::round) {
    GLMAP_TRY(rounded, stack.back().rounded(digits, step.mode));
    stack.back() = rounded;
    return {};
  }
  GLMAP_ASSERT(stack.size() >= 2);
  const Decimal right = stack.back();
  stack.pop_back();
  auto result = step.kind == AmountStep::Kind::add        ? add(stack.back(), right)
                : step.kind == AmountStep::Kind::subtract ? subtract(stack.back(), right)
                                                          : multiply(stack.back(), right);
  if (!result) return std::unexpected(std::move(result).error());
  stack.back() = *result;
  return {};
}

}  // namespace

Result<Money> evaluate(const Amount& amount, Scope& scope, Currency currency) {
  if (amount.steps.size() == 1 && amount.steps.front().kind == AmountStep::Kind::load) {  // the usual case
    const Operand& operand = amount.steps.front().operand;
    if (operand.kind != Operand::Kind::attribute)
      if (const Money* money = std::get_if<Money>(&scope.field(operand)); money != nullptr)
        if (money->currency() == currency) return *money;
  }
  std::vector<Decimal> stack;
  for (const AmountStep& step : amount.steps) {
    if (step.kind == AmountStep::Kind::load) {
      GLMAP_TRY(value, load(step.operand, scope));
      stack.push_back(value);
    } else if (step.kind == AmountStep::Kind::constant) {
      stack.push_back(step.constant);
    } else {
      GLMAP_CHECK(apply(step, stack, currency.digits()));
    }
  }
  GLMAP_ASSERT(stack.size() == 1);
  return Money::from_decimal(stack.back(), currency);
}

}  // namespace glmap::rules
