// SPDX-License-Identifier: Apache-2.0
// Dimensions: what a role needs has a value on every path. Resolve has found each source; here it must also be there.
// What an open item says itself (`over its open items by invoice`) has no source in the event.
#include <set>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/program_space.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {

void check_dimensions(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  const rules::RuleBook& book = model.book;
  Findings findings(sink, "dimensions");
  std::size_t derived = 0;
  std::set<std::string> told;  // several lines of one role lack the same
  for_each_block(book, [&](const BlockOfRule& of) {
    const EventType& type = book.catalog.types[of.program.type];
    for (const rules::PostingLine& line : of.block.lines)
      for (const rules::DimensionSource& source : line.dimensions) {
        ++derived;
        if (always_there(type, of.rule, source.value)) continue;
        const bool header = source.value.kind == rules::Operand::Kind::header;
        const Field& field = field_of(type, source.value);
        Diagnostic found{.code = ErrorCode::DimensionNotDerivable, .primary = place(line.where)};
        found.message = "role " + tick(book.roles[line.role].name) + " needs " + tick(source.name) + ", and " +
                        type.name + " may come without " + tick(field.name);
        found.labels.push_back({place(book.roles[line.role].where), "needed here"});
        found.notes.push_back("example: " + (header ? one(type.name) : "a line of " + one(type.name)) + " without " +
                              field.name);
        found.help = "make the field required in events.yaml, or add `and " + field.name +
                     " is given` to the rule and say what happens without it";
        found.fingerprint = "dimension/" + of.rule.name + "/" + book.roles[line.role].name + "/" + source.name;
        if (told.insert(found.fingerprint).second) findings.add(std::move(found));
      }
  });
  if (findings.empty()) proofs.results["every dimension has a value"] = counted(derived, "source");
}

}  // namespace glmap::verify
