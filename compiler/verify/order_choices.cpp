// SPDX-License-Identifier: Apache-2.0
// Order: an event that cannot be posted before another about the same object has come - it reverses what the other
// posted, or takes from the object's balance `else hold` - needs a choice what happens when it comes first. A line
// whose rest goes elsewhere has made that choice. And two events never wait for each other. Warnings for missing
// choices: without one the event is held at once, for a person.
#include <algorithm>
#include <map>
#include <set>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

using rules::Operand;

class OrderCheck {
 public:
  OrderCheck(const rules::RuleBook& book, Findings& findings) : book_(book), findings_(findings) {
    for_each_block(book, [&](const BlockOfRule& of) {
      for (const rules::PostingLine& line : of.block.lines)
        fillers_[{of.program.ledger, line.role, line.side}].insert(of.program.type);
    });
  }

  std::size_t choices = 0;

  void run() {
    for (const rules::EventProgram& program : book_.programs)
      for (const rules::Rule& rule : program.rules) {
        if (rule.reversal) check_reversal(program, rule);
        for (const rules::PostBlock& block : rule.blocks)
          for (const rules::PostingLine& line : block.lines)
            if (line.limit && line.limit->else_hold) check_hold(program, rule, line);
      }
  }

  /// Types that wait for themselves by way of others.
  void find_cycles() {
    std::map<std::uint32_t, std::vector<const rules::Prerequisite*>> needs;
    for (const rules::Prerequisite& one : book_.order) needs[one.type].push_back(&one);
    std::set<std::uint32_t> done;
    for (const auto& [type, list] : needs) {
      std::vector<const rules::Prerequisite*> path;
      if (!done.contains(type)) follow(type, needs, path, done);
    }
  }

 private:
  const std::string& type_name(std::uint32_t type) const { return book_.catalog.types[type].name; }

  bool posts(std::uint32_t type, std::uint32_t ledger) const {
    const rules::EventProgram* program = book_.program_of(type, ledger);
    return program != nullptr && std::any_of(program->rules.begin(), program->rules.end(), [](const rules::Rule& rule) {
             return !rule.blocks.empty() || !rule.recognitions.empty();
           });
  }

  bool is_chosen(std::uint32_t type, const std::set<std::uint32_t>& needed) const {
    return std::any_of(book_.order.begin(), book_.order.end(),
                       [&](const rules::Prerequisite& one) { return one.type == type && needed.contains(one.needs); });
  }

  /// What `reverse everything for invoice` needs: an event about that invoice that posts.
  void check_reversal(const rules::EventProgram& program, const rules::Rule& rule) {
    const std::string& field = book_.catalog.types[program.type].header[rule.reversal->object.index].name;
    std::set<std::uint32_t> needed;
    for (std::uint32_t type = 0; type < book_.catalog.types.size(); ++type)
      if (type != program.type && book_.catalog.types[type].object == field && posts(type, program.ledger))
        needed.insert(type);
    if (needed.empty()) {
      Diagnostic found{.code = ErrorCode::DeadRow, .primary = place(rule.reversal->where)};
      found.message = rule_words(book_, program, rule) + " reverses what stands for " + tick(field) +
                      ", and no event whose object is " + tick(field) + " posts anything" +
                      ledger_words(book_, program.ledger);
      found.notes.push_back("example: every " + type_name(program.type) + " finds nothing to reverse and is held");
      found.help = "name the field that is the `object` of the event to be reversed, or add `object: " + field +
                   "` to its schema";
      found.fingerprint = "reversal/" + rule.name;
      return findings_.add(std::move(found));
    }
    ++choices;
    if (!is_chosen(program.type, needed))
      no_choice(program, rule, rule.reversal->where, needed, "reverses what it posted", field);
  }

  /// A balance of one business object (`for invoice`) is filled by the events about that object. One of many (`for
  /// customer`) says nothing about what should have come.
  void check_hold(const rules::EventProgram& program, const rules::Rule& rule, const rules::PostingLine& line) {
    const auto found = fillers_.find({program.ledger, line.role, opposite(line.side)});
    if (found == fillers_.end() || found->second.contains(program.type)) return;
    std::set<std::uint32_t> needed;
    std::string by;
    for (const std::uint32_t type : found->second) {
      const std::string& object = book_.catalog.types[type].object;
      if (std::find(line.limit->keys.begin(), line.limit->keys.end(), object) == line.limit->keys.end()) continue;
      needed.insert(type);
      if (by.empty()) by = object;
    }
    if (needed.empty()) return;
    ++choices;
    if (is_chosen(program.type, needed)) return;
    no_choice(program, rule, line.where, needed,
              "takes from the balance of " + tick(book_.roles[line.role].name) + " that it fills", by);
  }

  void no_choice(const rules::EventProgram& program, const rules::Rule& rule, const SourceRef& where,
                 const std::set<std::uint32_t>& needed, const std::string& why, const std::string& by) {
    if (!told_.emplace(program.type, *needed.begin()).second) return;
    const std::string& name = type_name(program.type);
    const std::string& first = type_name(*needed.begin());
    std::vector<std::string> types;
    for (const std::uint32_t type : needed) types.push_back(tick(type_name(type)));
    Diagnostic found{
        .code = ErrorCode::NoOrderChosen, .severity = diagnostics::Severity::warning, .primary = place(where)};
    found.message = "nothing is said about an event " + tick(name) + " that comes before its " + any_of(types) + ": " +
                    rule_words(book_, program, rule) + " " + why;
    found.notes.push_back("example: " + one(name) + " that arrives a minute before its " + first +
                          " is held at once, and a person must retry it");
    found.help =
        "write under `order`: " + tick(name + " needs " + first + " by " + by + ", wait 3 days, else hold for OWNER");
    found.fingerprint = "order/" + name + "/" + rule.name;
    findings_.add(std::move(found));
  }

  void follow(std::uint32_t type, const std::map<std::uint32_t, std::vector<const rules::Prerequisite*>>& needs,
              std::vector<const rules::Prerequisite*>& path, std::set<std::uint32_t>& done) {
    const auto begins = std::find_if(path.begin(), path.end(), [&](const auto* one) { return one->type == type; });
    if (begins != path.end()) return report_cycle({begins, path.end()});
    if (!done.insert(type).second) return;
    const auto known = needs.find(type);
    if (known == needs.end()) return;
    for (const rules::Prerequisite* one : known->second) {
      path.push_back(one);
      follow(one->needs, needs, path, done);
      path.pop_back();
    }
  }

  void report_cycle(const std::vector<const rules::Prerequisite*>& cycle) {
    Diagnostic found{.code = ErrorCode::DeadRow, .primary = place(cycle.back()->where)};
    std::string chain;
    for (const rules::Prerequisite* each : cycle)
      chain += (chain.empty() ? "" : "which ") + ("waits for " + tick(type_name(each->needs))) + ", ";
    found.message = tick(type_name(cycle.front()->type)) + " " + chain + "so that none of them can ever be first";
    for (const rules::Prerequisite* each : cycle)
      if (each != cycle.back())
        found.labels.push_back({place(each->where), tick(type_name(each->type)) + " waits here"});
    found.notes.push_back("example: the first " + type_name(cycle.front()->type) +
                          " and all that belongs to it wait until their time is over, and a person gets them");
    found.help = "delete the clause about what need not come first";
    found.fingerprint = "order/cycle/" + type_name(cycle.front()->type);
    findings_.add(std::move(found));
  }

  const rules::RuleBook& book_;
  Findings& findings_;
  std::map<std::tuple<std::uint32_t, std::uint32_t, Side>, std::set<std::uint32_t>> fillers_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> told_;  // event, what it needs
};

}  // namespace

void check_order(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  Findings findings(sink, "orders of events");
  OrderCheck order(model.book, findings);
  order.run();
  order.find_cycles();
  if (findings.empty() && order.choices + model.book.order.size() != 0)
    proofs.results["it is said what comes before what"] = counted(order.choices + model.book.order.size(), "choice");
}

}  // namespace glmap::verify
