// SPDX-License-Identifier: Apache-2.0
// Approvals, expectations and prerequisites that can matter: an approval of entries that are never posted, or that
// another approval already asks for, protects nothing; an expectation by a field that may be missing watches nothing.
#include <algorithm>
#include <set>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/feasible.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

using rules::Approval;

class ApprovalCheck {
 public:
  ApprovalCheck(const rules::RuleBook& book, Findings& findings) : book_(book), findings_(findings) {
    for (const rules::EventProgram& program : book.programs) {
      const ProgramSpace in = program_space(book, program);
      for (std::size_t r = 0; r < program.rules.size(); ++r) find_entities(in, r);
    }
  }

  void run() {
    for (std::size_t i = 0; i < book_.approvals.size(); ++i) {
      check_reachable(book_.approvals[i]);
      for (std::size_t other = 0; other < book_.approvals.size(); ++other)
        if (other != i && is_part_of(i, other)) {
          asked_already(book_.approvals[i], book_.approvals[other]);
          break;
        }
    }
  }

 private:
  /// The entities in whose books events of a type can post.
  void find_entities(const ProgramSpace& in, std::size_t rule) {
    const rules::EventProgram& program = *in.program;
    std::set<std::uint32_t>& known = posts_in_[program.type];
    if (program.rules[rule].reversal)  // in whichever books the entries stand
      for (std::uint32_t entity = 0; entity < book_.catalog.entities.size(); ++entity) known.insert(entity);
    for_each_block(program, program.rules[rule], [&](const BlockOfRule& of) {
      for (std::uint32_t entity = 0; entity < book_.catalog.entities.size(); ++entity) {
        if (known.contains(entity)) continue;
        Steps steps;
        const Question question{.box = in.space.rows[rule], .restrictions = {{of.block.entity, {entity}}}};
        // Not decided counts as posting: that the rule is undecided is told with its outcomes.
        if (find_event(in, question, steps).infeasible != Covered::yes) known.insert(entity);
      }
    });
  }

  bool asks_for(const Approval& approval, std::uint32_t entity) const {
    return approval.entities.empty() || std::binary_search(approval.entities.begin(), approval.entities.end(), entity);
  }

  void check_reachable(const Approval& approval) {
    if (approval.late && book_.closed == rules::ClosedPolicy::hold)
      return never(approval, "late",
                   "the book holds what falls into a closed period (`closed hold`), so that no entry " +
                       std::string("is ever moved by one"),
                   "delete the approval, or write `closed first open day` under `dates`");
    for (const std::uint32_t type : approval.types) {
      const auto known = posts_in_.find(type);
      const std::string& name = book_.catalog.types[type].name;
      if (known == posts_in_.end() || known->second.empty()) {
        never(approval, name, "events " + tick(name) + " never post anything", "take the event out, or name another");
        continue;
      }
      const bool met = std::any_of(known->second.begin(), known->second.end(),
                                   [&](std::uint32_t entity) { return asks_for(approval, entity); });
      if (met) continue;
      std::vector<std::string> posting;
      for (const std::uint32_t entity : known->second) posting.push_back(book_.catalog.entities[entity].code);
      never(approval, name, "events " + tick(name) + " post in " + all_of(posting) + " only",
            "name one of these entities behind `in`");
    }
  }

  void never(const Approval& approval, const std::string& what, const std::string& why, const std::string& help) {
    Diagnostic found{.code = ErrorCode::DeadRow, .primary = place(approval.where)};
    found.message = "this approval is never asked for: " + why;
    found.notes.push_back("example: no entry of any " + (approval.late ? std::string("event") : tick(what)) +
                          " is held for " + tick(approval.by));
    found.help = help;
    found.fingerprint = "approval/" + approval.by + "/" + what;
    findings_.add(std::move(found));
  }

  /// Whatever asks for `inner` asks for `outer` too, by the same role.
  bool is_part_of(std::size_t inner_index, std::size_t outer_index) const {
    const Approval& inner = book_.approvals[inner_index];
    const Approval& outer = book_.approvals[outer_index];
    if (inner.by != outer.by || inner.late != outer.late || inner.over < outer.over) return false;
    const auto includes = [](const std::vector<std::uint32_t>& all, const std::vector<std::uint32_t>& some) {
      return all.empty() || (!some.empty() && std::includes(all.begin(), all.end(), some.begin(), some.end()));
    };
    if (!includes(outer.types, inner.types) || !includes(outer.entities, inner.entities)) return false;
    const bool equal = inner.over == outer.over && inner.types == outer.types && inner.entities == outer.entities;
    return !equal || outer_index < inner_index;  // of two equal ones the second is too many
  }

  void asked_already(const Approval& inner, const Approval& outer) {
    Diagnostic found{.code = ErrorCode::DeadRow, .primary = place(inner.where)};
    found.message = "this approval asks for nothing that another does not ask for by the same role already";
    found.labels.push_back(
        {place(outer.where), "this one already asks, for whatever is over " + outer.over.to_text_fixed(2)});
    found.notes.push_back("example: an entry over " + inner.over.to_text_fixed(2) + " is held for " + tick(inner.by) +
                          " by the other clause");
    found.help = "delete one of the two, or name another role behind `by`";
    found.fingerprint = "approval/" + inner.by + "/part/" + inner.over.to_text();
    findings_.add(std::move(found));
  }

  const rules::RuleBook& book_;
  Findings& findings_;
  std::map<std::uint32_t, std::set<std::uint32_t>> posts_in_;  // by event type
};

/// Events that belong together are known by a field that both always carry.
void check_field(const rules::RuleBook& book, std::uint32_t type, std::uint32_t field, const SourceRef& where,
                 const std::string& what, Findings& findings) {
  const Field& known_by = book.catalog.types[type].header[field];
  if (known_by.required) return;
  const std::string& name = book.catalog.types[type].name;
  Diagnostic found{.code = ErrorCode::DimensionNotDerivable, .primary = place(where)};
  found.message = what + " by " + tick(known_by.name) + ", and " + tick(name) + " may come without it";
  found.notes.push_back("example: " + one(name) + " without " + known_by.name + " belongs to nothing");
  found.help = "make the field required in events.yaml, or name one that the event always carries";
  found.fingerprint = "known by/" + name + "/" + known_by.name;
  findings.add(std::move(found));
}

}  // namespace

void check_policies_reachable(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  const rules::RuleBook& book = model.book;
  const std::size_t policies = book.approvals.size() + book.expectations.size() + book.order.size();
  if (policies == 0) return;
  Findings findings(sink, "policies");
  if (!book.approvals.empty()) ApprovalCheck(book, findings).run();
  for (const rules::BusinessExpectation& each : book.expectations) {
    const std::string what = "the expectation knows its events";
    check_field(book, each.after, each.after_field, each.where, what, findings);
    check_field(book, each.expected, each.expected_field, each.where, what, findings);
  }
  for (const rules::Prerequisite& each : book.order) {
    const std::string what = "the order knows its events";
    check_field(book, each.type, each.field, each.where, what, findings);
    check_field(book, each.needs, each.needs_field, each.where, what, findings);
  }
  if (findings.empty()) proofs.results["approvals, expectations and orders can matter"] = counted(policies, "clause");
}

}  // namespace glmap::verify
