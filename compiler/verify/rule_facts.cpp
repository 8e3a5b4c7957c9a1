// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/rule_facts.hpp"

#include <algorithm>

#include "compiler/verify/report.hpp"

namespace glmap::verify {
namespace {

/// The rule fits only events in the currency of the books of their own entity.
bool only_functional(const EventType& type, const rules::Rule& rule) {
  return std::any_of(rule.when.begin(), rule.when.end(), [&](const rules::Condition& condition) {
    return condition.kind == rules::Condition::Kind::same && !condition.negated &&
           condition.subject.kind == rules::Operand::Kind::header && condition.subject.index == *type.currency_field &&
           condition.other.kind == rules::Operand::Kind::functional;
  });
}

}  // namespace

void for_each_block(const rules::EventProgram& program, const rules::Rule& rule,
                    const std::function<void(const BlockOfRule&)>& visit) {
  for (const rules::PostBlock& block : rule.blocks) visit({program, rule, block, nullptr});
  for (const rules::Recognition& recognition : rule.recognitions)
    visit({program, rule, recognition.block, &recognition});
}

void for_each_block(const rules::RuleBook& book, const std::function<void(const BlockOfRule&)>& visit) {
  for (const rules::EventProgram& program : book.programs)
    for (const rules::Rule& rule : program.rules) for_each_block(program, rule, visit);
}

bool is_own_entity(const EventType& type, const rules::PostBlock& block) {
  return block.entity.kind == rules::Operand::Kind::header && block.entity.index == type.entity_field;
}

bool may_convert(const rules::RuleBook& book, const BlockOfRule& of) {
  const EventType& type = book.catalog.types[of.program.type];
  if (!type.currency_field) return false;
  if (!only_functional(type, of.rule)) return true;
  if (is_own_entity(type, of.block)) return false;
  const auto& entities = book.catalog.entities;
  return std::any_of(entities.begin(), entities.end(),
                     [&](const LegalEntity& entity) { return entity.functional != entities.front().functional; });
}

bool always_there(const EventType& type, const rules::Rule& rule, const rules::Operand& operand) {
  const bool header = operand.kind == rules::Operand::Kind::header;
  if (!header && operand.kind != rules::Operand::Kind::line) return true;
  const Field& field = header ? type.header[operand.index] : type.line[operand.index];
  if (field.required) return true;
  // A condition on the field's value holds only when there is one.
  return std::any_of(rule.when.begin(), rule.when.end(), [&](const rules::Condition& condition) {
    const bool asks =
        condition.subject == operand || (condition.kind == rules::Condition::Kind::same && condition.other == operand);
    return asks && !(condition.kind == rules::Condition::Kind::given && condition.negated);
  });
}

std::string rule_words(const rules::RuleBook& book, const rules::EventProgram& program, const rules::Rule& rule) {
  const std::string name = rule.outcome == rules::Rule::Outcome::post ? "rule " + tick(rule.name) : tick(rule.name);
  return name + ledger_words(book, program.ledger);
}

std::string ledger_words(const rules::RuleBook& book, std::uint32_t ledger) {
  return book.ledgers.size() < 2 ? std::string() : " in ledger " + tick(book.ledgers[ledger]);
}

}  // namespace glmap::verify
