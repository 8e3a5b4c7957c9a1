// SPDX-License-Identifier: Apache-2.0
// Routing: every entity a rule can post in has an account for each of the rule's roles.
#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"

namespace glmap::verify {
namespace {

/// Can the rule fire with the block's entity being `entity`? Only conditions on that very operand are held against it.
bool can_post_in(const rules::Rule& rule, const rules::PostBlock& block, std::uint32_t entity) {
  for (const rules::Condition& condition : rule.when)
    if (condition.kind == rules::Condition::Kind::in && condition.subject == block.entity &&
        condition.values.contains(entity) == condition.negated)
      return false;
  return true;
}

}  // namespace

void check_roles_available(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  const rules::RuleBook& book = model.book;
  Findings findings(sink, "postings");
  std::size_t routes = 0;
  const auto check = [&](const rules::Rule& rule, const rules::PostBlock& block, std::uint32_t role_index,
                         const SourceRef& where) {
    const rules::Role& role = book.roles[role_index];
    for (std::uint32_t e = 0; e < book.catalog.entities.size(); ++e) {
      if (!can_post_in(rule, block, e)) continue;
      ++routes;
      if (role.by_entity[e].kind != rules::RoleAccount::Kind::none) continue;
      const std::string& entity = book.catalog.entities[e].code;
      Diagnostic found{.code = ErrorCode::RoleNotAvailable, .primary = place(where)};
      found.message =
          "rule " + tick(rule.name) + " can post in " + entity + ", which may not use role " + tick(role.name);
      found.labels.push_back({place(role.where), entity + " has no account here"});
      found.help =
          "give the role an account in " + entity + ", or keep the rule away with `when entity is not " + entity + "`";
      found.fingerprint = "route/" + rule.name + "/" + role.name + "/" + entity;
      findings.add(std::move(found));
    }
  };
  for (const rules::EventProgram& program : book.programs)
    for (const rules::Rule& rule : program.rules)
      for (const rules::PostBlock& block : rule.blocks) {
        for (const rules::PostingLine& line : block.lines) check(rule, block, line.role, line.where);
        if (block.gain_role) check(rule, block, *block.gain_role, block.where);
        if (block.loss_role) check(rule, block, *block.loss_role, block.where);
      }
  if (findings.empty())
    proofs.results["every posting has an account in every entity it reaches"] = counted(routes, "route");
}

}  // namespace glmap::verify
