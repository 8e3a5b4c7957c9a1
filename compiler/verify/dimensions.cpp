// SPDX-License-Identifier: Apache-2.0
// Dimensions: what a role needs has a value on every path. Resolve has found each source; here it must also be there.
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"

namespace glmap::verify {
namespace {

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

}  // namespace

void check_dimensions(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  const rules::RuleBook& book = model.book;
  Findings findings(sink, "dimensions");
  std::size_t derived = 0;
  for (const rules::EventProgram& program : book.programs)
    for (const rules::Rule& rule : program.rules)
      for (const rules::PostBlock& block : rule.blocks)
        for (const rules::PostingLine& line : block.lines)
          for (const rules::DimensionSource& source : line.dimensions) {
            ++derived;
            const EventType& type = book.catalog.types[program.type];
            if (always_there(type, rule, source.value)) continue;
            const bool header = source.value.kind == rules::Operand::Kind::header;
            const Field& field = header ? type.header[source.value.index] : type.line[source.value.index];
            Diagnostic found{.code = ErrorCode::DimensionNotDerivable, .primary = place(line.where)};
            found.message = "role " + tick(book.roles[line.role].name) + " needs " + tick(source.name) + ", and " +
                            type.name + " may come without " + tick(field.name);
            found.labels.push_back({place(book.roles[line.role].where), "needed here"});
            found.notes.push_back("example: " + std::string(header ? "a " : "a line of ") + type.name + " without " +
                                  field.name);
            found.help = "make the field required in events.yaml, or add `and " + field.name +
                         " is given` to the rule and say what happens without it";
            found.fingerprint = "dimension/" + rule.name + "/" + book.roles[line.role].name + "/" + source.name;
            findings.add(std::move(found));
          }
  if (findings.empty()) proofs.results["every dimension has a value"] = counted(derived, "source");
}

}  // namespace glmap::verify
