// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/amounts.hpp"

namespace glmap::rules {
namespace {

Result<Decimal> load(const Operand& operand, Scope& scope) {
  if (operand.kind == Operand::Kind::attribute) {
    GLMAP_TRY(answer, scope.answer(operand));
    return answer->number;
  }
  if (operand.kind == Operand::Kind::step) {
    GLMAP_ASSERT(scope.context().step != nullptr);  // only a recognition's lines ask for it
    return scope.context().step->decimal();
  }
  const FieldValue& value = scope.field(operand);
  if (const Money* money = std::get_if<Money>(&value)) return money->decimal();
  if (const Decimal* number = std::get_if<Decimal>(&value)) return *number;
  return Decimal();
}

/// This line's part of the amount on the stack.
Status share(const AmountStep& step, Scope& scope, Currency currency, Decimal& top) {
  const EventContext& context = scope.context();
  GLMAP_ASSERT(scope.line() >= 0);  // a line's field is only named where each line is decided
  GLMAP_TRY(total, Money::from_decimal(top, currency));
  auto [known, added] = context.shares.try_emplace({step.operand.index, total.minor(), currency});
  if (added) {
    std::vector<Decimal> weights;
    for (const std::vector<FieldValue>& line : context.event.lines) {
      const Money* weight = std::get_if<Money>(&line[step.operand.index]);
      weights.push_back(weight == nullptr ? Decimal() : weight->decimal());
    }
    auto parts = total.is_zero() ? std::vector<Money>(weights.size(), total) : split(total, weights);
    if (!parts) {
      context.shares.erase(known);
      return std::unexpected(std::move(parts).error());
    }
    known->second = std::move(*parts);
  }
  top = known->second[static_cast<std::size_t>(scope.line())].decimal();
  return {};
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
    if (operand.kind == Operand::Kind::header || operand.kind == Operand::Kind::line)
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
    } else if (step.kind == AmountStep::Kind::share) {
      GLMAP_ASSERT(!stack.empty());
      GLMAP_CHECK(share(step, scope, currency, stack.back()));
    } else {
      GLMAP_CHECK(apply(step, stack, currency.digits()));
    }
  }
  GLMAP_ASSERT(stack.size() == 1);
  return Money::from_decimal(stack.back(), currency);
}

}  // namespace glmap::rules
