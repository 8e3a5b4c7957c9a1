// SPDX-License-Identifier: Apache-2.0
// Routing: every entity a rule can post in has an account for each of the rule's roles.
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/feasible.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

class RuleRoutes {
  using Operand = rules::Operand;

 public:
  RuleRoutes(const ProgramSpace& in, std::size_t rule, Findings& findings)
      : book_(*in.book), in_(in), index_(rule), rule_(in.program->rules[rule]), findings_(findings) {}
  std::size_t routes = 0;

  void check(const rules::PostBlock& block, std::uint32_t role_index, const SourceRef& where) {
    const rules::Role& role = book_.roles[role_index];
    for (std::uint32_t e = 0; e < book_.catalog.entities.size(); ++e) {
      ++routes;
      if (role.by_entity[e].kind != rules::RoleAccount::Kind::none) continue;
      const auto event = event_in(block, e, {});
      if (event) report(role, book_.catalog.entities[e].code, block, where, *event);
    }
  }

  /// Where amounts are converted, the cents that are left need an account.
  void check_rounding(const BlockOfRule& of) {
    if (!book_.foreign_currency || !may_convert(book_, of) || is_one_amount(of.block)) return;
    const rules::Role& role = book_.roles[book_.foreign_currency->rounding_role];
    const Operand currency{Operand::Kind::header, *in_.type().currency_field, 0, {}};
    for (std::uint32_t e = 0; e < book_.catalog.entities.size(); ++e) {
      if (role.by_entity[e].kind != rules::RoleAccount::Kind::none) continue;
      const auto event = event_in(of.block, e, {{currency, of.block.entity}});
      if (event) report(role, book_.catalog.entities[e].code, of.block, of.block.where, *event);
    }
  }

 private:
  /// One debit and one credit at one rate: they are worth the same.
  static bool is_one_amount(const rules::PostBlock& block) {
    return block.lines.size() == 2 && std::none_of(block.lines.begin(), block.lines.end(), [](const auto& line) {
             return line.rate || line.functional || line.at_carrying_rate;
           });
  }

  /// An event that leads the rule to post in `entity`, in words; nullopt when there is none.
  std::optional<std::string> event_in(const rules::PostBlock& block, std::uint32_t entity,
                                      const std::optional<Question::Foreign>& foreign) const {
    Steps steps;
    Question question{.box = in_.space.rows[index_], .restrictions = {{block.entity, {entity}}}, .foreign = foreign};
    question.lookups = lookups_of(block);
    const Feasible event = find_event(in_, question, steps);
    if (event.infeasible == Covered::yes) return std::nullopt;
    return event.witness ? event_words(in_, *event.witness) : std::string();
  }

  /// The tables that its amounts ask: an event for which they have no answer is held, and posts nowhere.
  static std::vector<std::uint32_t> lookups_of(const rules::PostBlock& block) {
    std::vector<std::uint32_t> lookups;
    for (const rules::PostingLine& line : block.lines)
      for (const rules::AmountStep& step : line.amount.steps)
        if (step.kind == rules::AmountStep::Kind::load && step.operand.kind == rules::Operand::Kind::attribute)
          lookups.push_back(step.operand.index);
    return lookups;
  }

  void report(const rules::Role& role, const std::string& entity, const rules::PostBlock& block, const SourceRef& where,
              const std::string& event) {
    const std::string fingerprint = "route/" + rule_.name + "/" + role.name + "/" + entity;
    if (event.empty()) {
      findings_.add(rules_not_decided(where, "rule " + tick(rule_.name) + " can post in " + entity, fingerprint));
      return;
    }
    Diagnostic found{.code = ErrorCode::RoleNotAvailable, .primary = place(where)};
    found.message =
        "rule " + tick(rule_.name) + " can post in " + entity + ", which may not use role " + tick(role.name);
    found.labels.push_back({place(role.where), entity + " has no account here"});
    found.notes.push_back("example: " + event);
    const bool rounding =
        where == block.where && book_.foreign_currency && &role == &book_.roles[book_.foreign_currency->rounding_role];
    if (rounding)
      found.notes.push_back("the amounts are converted there, and a cent may be left that needs an account");
    found.help = "give the role an account in " + entity + ", or keep the rule away with " +
                 tick("when " + operand_words(book_, *in_.program, block.entity) + " is not " + entity) +
                 (rounding ? " or `when currency is functional`" : "");
    found.fingerprint = fingerprint;
    findings_.add(std::move(found));
  }

  const rules::RuleBook& book_;
  const ProgramSpace& in_;
  std::size_t index_;
  const rules::Rule& rule_;
  Findings& findings_;
};

}  // namespace

void check_roles_available(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  Findings findings(sink, "postings");
  std::size_t routes = 0;
  for (const rules::EventProgram& program : model.book.programs) {
    const ProgramSpace in = program_space(model.book, program);
    for (std::size_t r = 0; r < program.rules.size(); ++r) {
      RuleRoutes rule(in, r, findings);
      for_each_block(program, program.rules[r], [&](const BlockOfRule& of) {
        for (const rules::PostingLine& line : of.block.lines) rule.check(of.block, line.role, line.where);
        if (of.block.gain_role) rule.check(of.block, *of.block.gain_role, of.block.where);
        if (of.block.loss_role) rule.check(of.block, *of.block.loss_role, of.block.where);
        rule.check_rounding(of);
      });
      routes += rule.routes;
    }
  }
  if (findings.empty())
    proofs.results["every posting has an account in every entity it reaches"] = counted(routes, "route");
}

}  // namespace glmap::verify
