// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/block_plan.hpp"

#include <algorithm>

namespace glmap::rules {
namespace {

bool is_functional(const Operand& operand, const EventType& type) {
  return (operand.kind == Operand::Kind::header && type.header[operand.index].kind == FieldKind::money_functional) ||
         (operand.kind == Operand::Kind::line && type.line[operand.index].kind == FieldKind::money_functional);
}

bool has_functional_amount(const PostBlock& block, const EventType& type) {
  for (const PostingLine& line : block.lines)
    for (const AmountStep& step : line.amount.steps)
      if (step.kind == AmountStep::Kind::load && is_functional(step.operand, type)) return true;
  return false;
}

/// A column is answered by the role itself: two lines of the same inputs do not ask the same.
bool asks_for_role(const RuleBook& book, const Role& role) {
  return std::any_of(role.by_entity.begin(), role.by_entity.end(), [&](const RoleAccount& account) {
    if (account.kind != RoleAccount::Kind::table) return false;
    const std::vector<TableColumn>& columns = book.tables[account.table].columns;
    return std::any_of(columns.begin(), columns.end(),
                       [](const TableColumn& column) { return column.domain.kind == Domain::Kind::role; });
  });
}

bool is_field(const Operand& operand) {
  return operand.kind == Operand::Kind::header || operand.kind == Operand::Kind::line;
}

/// A question that a line before has asked, or a new one.
const TableQuestion* question_of(const RuleBook& book, const PostingLine& line, BlockPlan& plan) {
  const bool own = asks_for_role(book, book.roles[line.role]);
  if (!own)
    for (const auto& known : plan.questions)
      if (!known->fields.empty() && *known->operands == line.account_inputs) return known.get();
  TableQuestion question;
  question.operands = &line.account_inputs;
  if (!own && std::all_of(line.account_inputs.begin(), line.account_inputs.end(), is_field))
    for (const Operand& operand : line.account_inputs) question.fields.push_back({operand.kind, operand.index});
  plan.questions.push_back(std::make_unique<const TableQuestion>(std::move(question)));
  return plan.questions.back().get();
}

void plan_line(const RuleBook& book, const PostingLine& line, BlockPlan& plan) {
  LinePlan& planned = plan.lines.emplace_back();
  planned.line = &line;
  planned.accounts = &book.roles[line.role].by_entity;
  planned.question = question_of(book, line, plan);
  planned.role = line.role;
  planned.side = line.side;
  planned.bare = line.dimensions.empty() && !line.limit && !line.rate && !line.functional && !line.at_carrying_rate;
  const std::vector<AmountStep>& steps = line.amount.steps;
  if (steps.size() != 1 || steps.front().kind != AmountStep::Kind::load || !is_field(steps.front().operand)) return;
  planned.field_alone = true;
  planned.field_kind = steps.front().operand.kind;
  planned.field = steps.front().operand.index;
}

BlockPlan plan_block(const RuleBook& book, const EventType& type, const Rule& rule, const PostBlock& block,
                     const std::string& digest) {
  BlockPlan plan;
  plan.rule = &rule;
  plan.block = &block;
  plan.plain = std::all_of(block.lines.begin(), block.lines.end(), [](const PostingLine& line) {
    return line.take == PostingLine::Take::amount && !line.limit;
  });
  plan.functional = has_functional_amount(block, type);
  for (const PostingLine& line : block.lines) plan_line(book, line, plan);
  EntryOrigin origin{type.name, digest, {rule.name}, {}};
  for (const PostingLine& line : block.lines)
    if (std::find(origin.spec_lines.begin(), origin.spec_lines.end(), line.where) == origin.spec_lines.end())
      origin.spec_lines.push_back(line.where);
  plan.origin = std::move(origin);
  return plan;
}

}  // namespace

std::vector<RulePlan> plan_rules(const RuleBook& book, const EventProgram& program, const std::string& digest) {
  const EventType& type = book.catalog.types[program.type];
  std::vector<RulePlan> plans;
  for (const Rule& rule : program.rules) {
    RulePlan& plan = plans.emplace_back();
    for (const PostBlock& block : rule.blocks) plan.blocks.push_back(plan_block(book, type, rule, block, digest));
    for (const Recognition& recognition : rule.recognitions)
      plan.recognitions.push_back(plan_block(book, type, rule, recognition.block, digest));
  }
  return plans;
}

}  // namespace glmap::rules
