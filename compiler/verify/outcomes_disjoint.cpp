// SPDX-License-Identifier: Apache-2.0
// No event reaches two outcomes: it would be posted twice, or posted and not posted. And every rule can apply.
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/feasible.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

constexpr std::size_t kConditionsShown = 4;

class ProgramCheck {
 public:
  ProgramCheck(const ResolvedModel& model, const rules::EventProgram& program, Sink& sink, rules::Proofs& proofs)
      : program_(program),
        sink_(sink),
        proofs_(proofs),
        in_(program_space(model.book, program)),
        event_(tick(in_.type().name) + ledger_words(model.book, program.ledger)),
        key_("event " + in_.type().name + ledger_words(model.book, program.ledger)) {}

  void run() {
    find_dead_rules();
    find_overlaps();
    if (sound_) proofs_.results[key_ + " unambiguous"] = "proved: " + counted(program_.rules.size(), "outcome");
  }

 private:
  void report_not_decided(const rules::Rule& rule, const std::string& what) {
    sound_ = false;
    sink_.report(rules_not_decided(rule.where, what, key_ + " unambiguous"));
  }

  void find_dead_rules() {
    Findings findings(sink_, "rules that never apply");
    for (std::size_t r = 0; r < program_.rules.size(); ++r) {
      const rules::Rule& rule = program_.rules[r];
      const bool contradiction = is_empty(in_.space, in_.space.rows[r]);
      if (!contradiction) {
        const Feasible event = find_event(in_, {.box = in_.space.rows[r], .may_leave_out_checked = true}, steps_);
        if (event.infeasible == Covered::no) continue;
        if (event.infeasible == Covered::not_decided) {
          report_not_decided(rule, "rule " + tick(rule.name) + " can apply");
          continue;
        }
      }
      sound_ = false;
      findings.add(dead_rule(r, contradiction));
    }
  }

  Diagnostic dead_rule(std::size_t index, bool contradiction) const {
    const rules::Rule& rule = program_.rules[index];
    Diagnostic found;
    found.code = ErrorCode::DeadRow;
    found.primary = place(rule.where);
    found.message = name_of(rule) + " never applies to event " + event_ + ": " +
                    (contradiction ? "its conditions exclude each other" : "no event meets its conditions");
    for (std::size_t i = 0; i < std::min(rule.when.size(), kConditionsShown); ++i)
      found.labels.push_back({place(rule.when[i].where), "this must hold"});
    if (!contradiction)
      found.notes.push_back("its conditions: " + condition_words(in_, in_.space.rows[index]) +
                            (asks_tables(index) ? "; no row of the tables leads there" : ""));
    found.help =
        "correct the conditions, or delete the rule; values separated by commas are alternatives, what `and` "
        "joins must hold together";
    found.fingerprint = key_ + " dead " + stable_name(index);
    return found;
  }

  bool asks_tables(std::size_t index) const {
    for (std::size_t c = 0; c < in_.asked.size(); ++c)
      if (in_.asked[c].kind == Asked::Kind::answer && !in_.space.rows[index][c].any) return true;
    return false;
  }

  /// `no entry` and `hold` are named after their line, which moves; their place among the event's rules moves less.
  std::string stable_name(std::size_t index) const {
    const rules::Rule& rule = program_.rules[index];
    return rule.outcome == rules::Rule::Outcome::post ? rule.name : "outcome " + std::to_string(index + 1);
  }

  void find_overlaps() {
    Findings findings(sink_, "pairs of rules that overlap");
    const bool all_seen = for_each_overlap(in_.space, steps_, [&](std::uint32_t first, std::uint32_t second) {
      const Box shared = intersect(in_.space, in_.space.rows[first], in_.space.rows[second]);
      const Feasible event = find_event(in_, {.box = shared, .may_leave_out_checked = true}, steps_);
      if (event.infeasible == Covered::not_decided) {
        report_not_decided(program_.rules[second], "no " + event_ + " meets two rules");
        return false;
      }
      if (event.infeasible == Covered::yes) return true;
      sound_ = false;
      findings.add(overlap_found(program_.rules[first], program_.rules[second], shared, *event.witness));
      return true;
    });
    if (!all_seen) report_not_decided(program_.rules.front(), "no " + event_ + " meets two rules");
  }

  Diagnostic overlap_found(const rules::Rule& first, const rules::Rule& second, const Box& shared,
                           const Witness& witness) const {
    const std::string when = condition_words(in_, shared);
    Diagnostic found;
    found.code = ErrorCode::RulesOverlap;
    found.primary = place(second.where);
    found.message = name_of(first) + " and " + name_of(second) + " both fit event " + event_ +
                    (when.empty() ? "" : " when " + when);
    found.labels.push_back({place(first.where), name_of(first) + " is here"});
    found.notes.push_back("example: " + event_words(in_, witness));
    const bool both_post = first.outcome == rules::Rule::Outcome::post && second.outcome == rules::Rule::Outcome::post;
    found.help = std::string("narrow one of them with a further `and`") +
                 (both_post ? "; if the event needs two entries, write two `post in` blocks in one rule"
                            : ": an event is posted, or held, or posts nothing, and only one of them");
    found.fingerprint = key_ + " overlap " + condition_words(in_, shared);
    return found;
  }

  static std::string name_of(const rules::Rule& rule) {
    if (rule.outcome == rules::Rule::Outcome::post) return "rule " + tick(rule.name);
    return tick(rule.name);
  }

  const rules::EventProgram& program_;
  Sink& sink_;
  rules::Proofs& proofs_;
  ProgramSpace in_;
  std::string event_, key_;  // the event and where the book has several the ledger, in words and as a fingerprint
  Steps steps_;
  bool sound_ = true;
};

}  // namespace

void check_outcomes_disjoint(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  for (const rules::EventProgram& program : model.book.programs) ProgramCheck(model, program, sink, proofs).run();
}

}  // namespace glmap::verify
