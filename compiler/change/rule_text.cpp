// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/rule_text.hpp"

#include <array>

namespace glmap::change {
namespace {

using rules::Operand;

class RuleText {
 public:
  RuleText(const rules::RuleBook& book, const rules::EventProgram& program) : book_(book), program_(program) {}

  std::string operand(const Operand& of) const {
    const EventType& type = book_.catalog.types[program_.type];
    switch (of.kind) {
      case Operand::Kind::header:
        return "event." + type.header[of.index].name;
      case Operand::Kind::line:
        return "line." + type.line[of.index].name;
      case Operand::Kind::functional:
        return "functional";
      case Operand::Kind::constant:
        return "`" + of.text + "` " + std::to_string(of.index);
      case Operand::Kind::step:
        return "step";
      case Operand::Kind::attribute:
        break;
    }
    const rules::Lookup& asked = program_.lookups[of.index];
    const rules::Table& table = book_.tables[asked.table];
    return lookup(asked) + "." + table.answers[of.answer].name;
  }

  std::string lookup(const rules::Lookup& asked) const {
    std::string text = "table " + book_.tables[asked.table].name + "(";
    for (const Operand& input : asked.inputs) text += operand(input) + ";";
    return text + ")" + (asked.must_agree ? " agrees " + operand(*asked.must_agree) : "");
  }

  std::string rule(const rules::Rule& of) const {
    std::string text = "ledger " + book_.ledgers[program_.ledger] + (program_.each_line ? " line" : " event") +
                       " outcome " + std::to_string(static_cast<int>(of.outcome));
    for (const rules::Condition& one : of.when) text += "\nwhen " + condition(one);
    for (const rules::PostBlock& one : of.blocks) text += "\n" + block(one);
    for (const rules::Recognition& one : of.recognitions) text += "\n" + recognition(one);
    if (of.reversal) text += "\nreverse " + operand(of.reversal->object);
    return text;
  }

 private:
  std::string condition(const rules::Condition& of) const {
    std::string text = std::to_string(static_cast<int>(of.kind)) + (of.negated ? " not " : " ") + operand(of.subject);
    if (of.kind == rules::Condition::Kind::same) return text + " " + operand(of.other);
    if (of.kind == rules::Condition::Kind::given) return text;
    for (const std::uint32_t value : of.values.values) text += "|" + book_.value_text(of.domain, value);
    return text;
  }

  std::string amount(const rules::Amount& of) const {
    std::string text;
    for (const rules::AmountStep& step : of.steps) {
      text += " " + std::to_string(static_cast<int>(step.kind));
      using Kind = rules::AmountStep::Kind;
      if (step.kind == Kind::load || step.kind == Kind::share) text += operand(step.operand);
      if (step.kind == Kind::constant) text += step.constant.to_text();
      if (step.kind == Kind::round) text += to_text(step.mode);
    }
    return text;
  }

  std::string dimensions(const std::vector<rules::DimensionSource>& of) const {
    std::string text;
    for (const rules::DimensionSource& one : of) text += " " + one.name + "=" + operand(one.value);
    return text;
  }

  std::string line(const rules::PostingLine& of) const {
    std::string text = std::string(to_text(of.side)) + " " + book_.roles[of.role].name + " " +
                       std::to_string(static_cast<int>(of.take)) + amount(of.amount);
    for (const std::uint32_t before : of.after) text += " after " + std::to_string(before);
    if (of.limit) {
      text += " limit";
      for (const std::string& key : of.limit->keys) text += " " + key;
      text += std::to_string(of.limit->else_hold) + of.limit->item + std::to_string(static_cast<int>(of.limit->order));
    }
    if (of.rate) text += " rate " + operand(*of.rate);
    if (of.functional) text += " worth " + operand(*of.functional);
    if (of.at_carrying_rate) text += " carrying";
    text += dimensions(of.dimensions) + " asks";
    for (const Operand& input : of.account_inputs) text += " " + operand(input);
    return text;
  }

  std::string block(const rules::PostBlock& of) const {
    std::string text = "post " + operand(of.entity) + " " + of.journal;
    for (const rules::PostingLine& one : of.lines) text += "\n" + line(one);
    for (const auto& role : {of.gain_role, of.loss_role})
      if (role) text += "\ndifference " + book_.roles[*role].name;
    return text;
  }

  std::string recognition(const rules::Recognition& of) const {
    std::string text = "recognise" + amount(of.amount) + " " + operand(of.from) + " " + operand(of.until) + " " +
                       std::string(to_text(of.convention));
    if (of.convention_from) text += " from " + operand(*of.convention_from);
    return text + " " + std::to_string(static_cast<int>(of.rounding)) + " " +
           std::to_string(static_cast<int>(of.changed)) + dimensions(of.keys) + "\n" + block(of.block);
  }

  const rules::RuleBook& book_;
  const rules::EventProgram& program_;
};

std::string terms_text(const EventType& type, const std::vector<SumTerm>& terms, bool on_line) {
  std::string text;
  for (const SumTerm& term : terms) {
    const auto& fields = on_line || term.over_lines ? type.line : type.header;
    text += (term.negative ? " -" : " +") + std::string(term.over_lines ? "sum " : "") + fields[term.field].name;
  }
  return text;
}

}  // namespace

std::string operand_text(const rules::RuleBook& book, const rules::EventProgram& program, const Operand& operand) {
  return RuleText(book, program).operand(operand);
}

std::string rule_text(const rules::RuleBook& book, const rules::EventProgram& program, const rules::Rule& rule) {
  return RuleText(book, program).rule(rule);
}

std::string schema_text(const EventType& type) {
  std::string text = "object " + type.object + "\nentity " + type.header[type.entity_field].name;
  if (type.currency_field) text += "\ncurrency " + type.header[*type.currency_field].name;
  for (const bool on_line : {false, true})
    for (const Field& field : on_line ? type.line : type.header) {
      if (field.definition.empty() && field.sign == AmountSign::any) continue;
      text += "\n" + std::string(on_line ? "line." : "") + field.name + ": " + std::string(to_text(field.sign)) +
              terms_text(type, field.definition, on_line);
    }
  for (const Invariant& invariant : type.invariants)
    text += "\ninvariant" + terms_text(type, invariant.terms, invariant.on_line);
  return text;
}

}  // namespace glmap::change
