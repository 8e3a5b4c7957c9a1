// SPDX-License-Identifier: Apache-2.0
// Signs: a line that takes from a balance takes nothing of a negative amount, and `rest of` it then posts the whole of
// it on the other side. Nobody sees that in a rule, so an amount that is taken in parts should say its sign.
// Warnings, about amounts of the event as a whole: a line of an invoice that is below zero is a discount or takes
// another line back, and goes where that one went. What a schedule recognises follows from the event.
#include <algorithm>
#include <set>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/program_space.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

using rules::AmountStep;
using rules::Operand;
using rules::PostingLine;

class Signs {
 public:
  Signs(const rules::RuleBook& book, const rules::EventProgram& program)
      : book_(book), program_(program), type_(book.catalog.types[program.type]) {}

  /// For every event that satisfies its schema. False when that does not follow from the schema.
  bool never_negative(const rules::Amount& amount) const {
    std::vector<bool> stack;
    for (const AmountStep& step : amount.steps) {
      if (step.kind == AmountStep::Kind::load || step.kind == AmountStep::Kind::constant) {
        stack.push_back(step.kind == AmountStep::Kind::load ? operand_is(step.operand) : !step.constant.is_negative());
        continue;
      }
      const bool right = stack.back();
      stack.pop_back();
      switch (step.kind) {
        case AmountStep::Kind::add:
        case AmountStep::Kind::multiply:
          stack.back() = stack.back() && right;
          break;
        case AmountStep::Kind::subtract:
          stack.back() = false;
          break;
        case AmountStep::Kind::negate:
          stack.push_back(false);
          break;
        case AmountStep::Kind::share:
          stack.push_back(right && operand_is(step.operand));
          break;
        default:
          stack.push_back(right);
      }
    }
    return !stack.empty() && stack.back();
  }

 private:
  bool operand_is(const Operand& operand) const {
    if (operand.kind == Operand::Kind::header) return field_is(type_.header, operand.index);
    if (operand.kind == Operand::Kind::line) return field_is(type_.line, operand.index);
    if (operand.kind != Operand::Kind::attribute) return false;
    const auto& rows = book_.tables[program_.lookups[operand.index].table].rows;
    return std::all_of(rows.begin(), rows.end(), [&](const rules::TableRow& row) {
      return row.impossible || !row.answers[operand.answer].number.is_negative();
    });
  }

  /// Promised, or a sum of what is promised. Definitions lead back to nothing: resolve has seen to that.
  bool field_is(const std::vector<Field>& fields, std::uint32_t index) const {
    const Field& field = fields[index];
    if (field.sign != AmountSign::any) return true;
    return !field.definition.empty() &&
           std::all_of(field.definition.begin(), field.definition.end(), [&](const SumTerm& term) {
             return !term.negative && field_is(term.over_lines ? type_.line : fields, term.field);
           });
  }

  const rules::RuleBook& book_;
  const rules::EventProgram& program_;
  const EventType& type_;
};

/// The line that posts what `taking` leaves; nullptr when there is none.
const PostingLine* rest_behind(const rules::PostBlock& block, std::uint32_t taking) {
  for (const PostingLine& line : block.lines)
    if (line.take == PostingLine::Take::rest_of && !line.limit &&
        std::find(line.after.begin(), line.after.end(), taking) != line.after.end())
      return &line;
  return nullptr;
}

Diagnostic falls_through(const rules::RuleBook& book, const BlockOfRule& of, const PostingLine& taking,
                         const PostingLine& rest) {
  const std::string& type = book.catalog.types[of.program.type].name;
  const std::string side(to_text(opposite(rest.side)));
  const std::string amount = tick(taking.amount.text);
  Diagnostic found{
      .code = ErrorCode::SignNotSaid, .severity = diagnostics::Severity::warning, .primary = place(taking.where)};
  found.message = amount + " may be negative; this line then takes nothing, and the whole amount is posted as a " +
                  side + " of " + tick(book.roles[rest.role].name);
  found.labels.push_back({place(rest.where), "by this line"});
  found.notes.push_back("example: " + one(type) + " with " + amount + " -50.00 posts " +
                        tick(side + " " + book.roles[rest.role].name + " 50.00"));
  found.help =
      "write `sign: positive` at the amount in events.yaml: an event with another sign is then held; what takes money "
      "back is best an event type of its own; if negative amounts are meant, let this warning stand";
  found.fingerprint = "sign/" + of.rule.name + "/" + type + "/" + book.roles[taking.role].name;
  return found;
}

}  // namespace

void check_signs(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  const rules::RuleBook& book = model.book;
  Findings findings(sink, "amounts");
  std::size_t taken = 0;
  std::set<std::string> told;  // an amount of an event, which one word in its schema mends
  for_each_block(book, [&](const BlockOfRule& of) {
    if (of.recognition != nullptr || of.program.each_line) return;
    const Signs signs(book, of.program);
    for (std::uint32_t i = 0; i < of.block.lines.size(); ++i) {
      const PostingLine& line = of.block.lines[i];
      if (!line.limit || line.limit->else_hold) continue;
      const PostingLine* rest = rest_behind(of.block, i);
      if (rest == nullptr) continue;
      ++taken;
      if (signs.never_negative(line.amount)) continue;
      if (told.insert(book.catalog.types[of.program.type].name + " " + line.amount.text).second)
        findings.add(falls_through(book, of, line, *rest));
      break;  // the lines of one entry share the amount
    }
  });
  if (findings.empty() && taken != 0)
    proofs.results["amounts taken from balances are never negative"] = counted(taken, "line");
}

}  // namespace glmap::verify
