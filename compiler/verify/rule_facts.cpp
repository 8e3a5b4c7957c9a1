// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/rule_facts.hpp"

#include <algorithm>

namespace glmap::verify {

bool only_functional(const EventType& type, const rules::Rule& rule) {
  if (!type.currency_field) return true;
  return std::any_of(rule.when.begin(), rule.when.end(), [&](const rules::Condition& condition) {
    return condition.kind == rules::Condition::Kind::same && !condition.negated &&
           condition.subject.kind == rules::Operand::Kind::header && condition.subject.index == *type.currency_field &&
           condition.other.kind == rules::Operand::Kind::functional;
  });
}

}  // namespace glmap::verify
