// SPDX-License-Identifier: Apache-2.0
// Completeness of tables, for what events leave out: a table has no row for a value that is not there, so that what a
// rule asks a table for is there whenever the rule fits.
#include <set>
#include <tuple>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/program_space.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

using rules::Operand;

class RuleInputs {
 public:
  RuleInputs(const rules::RuleBook& book, const rules::EventProgram& program, const rules::Rule& rule,
             Findings& findings)
      : book_(book), program_(program), type_(book.catalog.types[program.type]), rule_(rule), findings_(findings) {}

  void run() {
    for (const rules::Condition& condition : rule_.when) {
      asks(condition.subject);
      asks(condition.other);
    }
    if (rule_.outcome != rules::Rule::Outcome::post) return;
    for (std::uint32_t lookup = 0; lookup < program_.lookups.size(); ++lookup)
      if (program_.lookups[lookup].must_agree) asks_table(lookup);
    for_each_block(program_, rule_, [&](const BlockOfRule& of) {
      if (of.recognition != nullptr) asks(*of.recognition);
      for (const rules::PostingLine& line : of.block.lines) asks(line, of.block);
    });
  }

 private:
  void asks(const rules::Recognition& recognition) {
    asks(recognition.amount);
    if (recognition.convention_from) asks(*recognition.convention_from);
    for (const rules::DimensionSource& key : recognition.keys) asks(key.value);
  }

  void asks(const rules::PostingLine& line, const rules::PostBlock& block) {
    asks(line.amount);
    for (const rules::DimensionSource& source : line.dimensions) asks(source.value);
    for (const rules::RoleAccount& account : book_.roles[line.role].by_entity)
      if (account.kind == rules::RoleAccount::Kind::table) asks_table(account.table, line.account_inputs);
    asks(block.entity);
  }

  void asks(const rules::Amount& amount) {
    for (const rules::AmountStep& step : amount.steps)
      if (step.kind == rules::AmountStep::Kind::load) asks(step.operand);
  }

  void asks(const Operand& written) {
    const Operand operand = effective(program_, written);
    if (operand.kind == Operand::Kind::attribute) asks_table(operand.index);
  }

  void asks_table(std::uint32_t lookup) {
    if (!asked_.insert(lookup).second) return;
    asks_table(program_.lookups[lookup].table, program_.lookups[lookup].inputs);
  }

  void asks_table(std::uint32_t table, const std::vector<Operand>& inputs) {
    for (const Operand& written : inputs) {
      const Operand input = effective(program_, written);
      asks(input);
      const bool field = input.kind == Operand::Kind::header || input.kind == Operand::Kind::line;
      if (!field || always_there(type_, rule_, input)) continue;
      if (told_.insert({table, input.kind, input.index}).second) findings_.add(missing(table, input));
    }
  }

  Diagnostic missing(std::uint32_t index, const Operand& input) const {
    const rules::Table& table = book_.tables[index];
    const std::string& field = field_of(type_, input).name;
    const bool header = input.kind == Operand::Kind::header;
    Diagnostic found{.code = ErrorCode::TableHole, .primary = place(rule_.where)};
    found.message = rule_words(book_, program_, rule_) + " asks table " + tick(table.name) + ", which asks for " +
                    tick(field) + ", and " + type_.name + " may come without it";
    found.labels.push_back({place(table.where), "no row of this table fits a value that is not given"});
    found.notes.push_back("example: " + (header ? one(type_.name) : "a line of " + type_.name) + " without " + field);
    found.help = "make the field required in events.yaml, or add " +
                 tick("and " + operand_words(book_, program_, input) + " is given") +
                 " to the rule and say what happens without it";
    found.fingerprint = "table " + table.name + " without " + field + " " + rule_.name + " " + type_.name;
    return found;
  }

  const rules::RuleBook& book_;
  const rules::EventProgram& program_;
  const EventType& type_;
  const rules::Rule& rule_;
  Findings& findings_;
  std::set<std::uint32_t> asked_;                                           // look-ups
  std::set<std::tuple<std::uint32_t, Operand::Kind, std::uint32_t>> told_;  // table, field
};

}  // namespace

void check_inputs_given(const ResolvedModel& model, Sink& sink, rules::Proofs&) {
  Findings findings(sink, "fields that a table asks for and events may leave out");
  for (const rules::EventProgram& program : model.book.programs)
    for (const rules::Rule& rule : program.rules) RuleInputs(model.book, program, rule, findings).run();
}

}  // namespace glmap::verify
