// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/rule_index.hpp"

#include <algorithm>

namespace glmap::rules {
namespace {

// Up to here trying one after the other is as quick.
constexpr std::size_t kFewRules = 4;

bool asks_for_values(const Condition& condition) {
  return condition.kind == Condition::Kind::in && !condition.negated;
}

}  // namespace

RuleIndex::RuleIndex(const RuleBook& book, const EventProgram& program) {
  if (program.rules.size() <= kFewRules) return;
  for (const Rule& rule : program.rules)
    for (const Condition& condition : rule.when) {
      if (!asks_for_values(condition) || columns_.size() == kColumnsMax) continue;
      if (std::find(columns_.begin(), columns_.end(), condition.subject) != columns_.end()) continue;
      columns_.push_back(condition.subject);
      sizes_.push_back(book.domain_size(condition.domain) + 1);
    }
  const auto column_of = [&](const Operand& operand) {
    return static_cast<std::size_t>(std::find(columns_.begin(), columns_.end(), operand) - columns_.begin());
  };
  // Asking it cannot fail once the columns have their values.
  const auto is_safe = [&](const Operand& operand) {
    return operand.kind != Operand::Kind::attribute || column_of(operand) < columns_.size();
  };
  std::vector<SetIndex::Item> items;
  for (const Rule& rule : program.rules) {
    SetIndex::Item item(columns_.size(), nullptr);
    for (const Condition& condition : rule.when) {
      if (condition.kind == Condition::Kind::same && !(is_safe(condition.subject) && is_safe(condition.other))) break;
      if (condition.kind == Condition::Kind::in && !is_safe(condition.subject)) break;
      if (!asks_for_values(condition)) continue;
      const std::size_t column = column_of(condition.subject);
      if (column < columns_.size() && item[column] == nullptr && !condition.values.any)
        item[column] = &condition.values;
    }
    items.push_back(std::move(item));
  }
  index_ = SetIndex(sizes_, items);
  if (index_.not_hashed() > Candidates::kMax / 2) columns_.clear();
}

bool RuleIndex::find(Scope& scope, Candidates& candidates) const {
  if (columns_.empty()) return false;
  std::array<std::uint32_t, kColumnsMax> values;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const auto value = scope.code(columns_[c]);
    if (!value) return false;
    const std::uint32_t none = sizes_[c] - 1;
    values[c] = *value ? std::min(**value, none) : none;
  }
  std::size_t count = 0;
  index_.visit(std::span(values).first(columns_.size()), [&](std::uint32_t rule, bool) {
    if (count < Candidates::kMax) candidates.rules_[count] = rule;
    ++count;
  });
  if (count > Candidates::kMax) return false;
  candidates.size_ = count;
  std::sort(candidates.rules_.begin(), candidates.rules_.begin() + static_cast<std::ptrdiff_t>(count));
  return true;
}

}  // namespace glmap::rules
