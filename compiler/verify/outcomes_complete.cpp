// SPDX-License-Identifier: Apache-2.0
// Every event reaches an outcome: a rule that posts, a `no entry`, or a `hold`. Combinations of conditions that no
// event can have are left out; each hole is shown with an event that falls into it.
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/feasible.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

/// " in ledger cash_basis" as it is written; empty where the book has one ledger, or for the first, which need not be
/// said.
std::string ledger_clause(const rules::RuleBook& book, std::uint32_t ledger) {
  return ledger == 0 ? std::string() : " in ledger " + book.ledgers[ledger];
}

class ProgramCheck {
 public:
  ProgramCheck(const ResolvedModel& model, const rules::EventProgram& program, Sink& sink, rules::Proofs& proofs)
      : model_(model), program_(program), sink_(sink), proofs_(proofs), in_(program_space(model.book, program)) {}

  void run() {
    if (in_.asked.size() > kColumnsMax) return report_too_many();
    Findings findings(sink_, "kinds of events without an outcome");
    Space space = without_overlaps(in_.space, steps_);  // what was reported counts as covered from then on
    std::optional<Box> reported;
    do {
      reported.reset();
      const Covered covered = for_each_uncovered(space, space.whole(), space.all_rows(), steps_, [&](const Box& box) {
        const Feasible event = find_event(in_, {.box = box, .may_leave_out_checked = true}, steps_);
        undecided_ = undecided_ || event.infeasible == Covered::not_decided;
        if (event.infeasible != Covered::no) return !undecided_;
        reported = widen(space, box, space.all_rows());
        findings.add(hole_found(*reported, *event.witness));
        return false;
      });
      undecided_ = undecided_ || covered == Covered::not_decided;
      if (undecided_) return report_not_decided();
      if (reported) space.rows.push_back(*reported);
      if (reported && !space.alone.empty()) space.alone.push_back(true);
    } while (reported && !findings.full());
    if (findings.empty())
      proofs_.results["event " + in_.type().name + in_ledger() + " complete"] =
          "proved: " + counted(program_.rules.size(), "outcome");
  }

 private:
  static constexpr std::size_t kColumnsMax = 64;

  SourceRef where() const { return program_.rules.empty() ? SourceRef{} : program_.rules.front().where; }

  std::string in_ledger() const { return ledger_words(model_.book, program_.ledger); }

  void report_not_decided() {
    sink_.report(rules_not_decided(where(),
                                   "every event " + tick(in_.type().name) + " reaches an outcome" + in_ledger(),
                                   "event " + in_.type().name + in_ledger() + " complete"));
  }

  void report_too_many() {
    Diagnostic found =
        rules_not_decided(where(), "every event " + tick(in_.type().name) + " reaches an outcome" + in_ledger(),
                          "event " + in_.type().name + in_ledger() + " complete");
    found.notes = {"its rules ask for " + std::to_string(in_.asked.size()) + " things; " + std::to_string(kColumnsMax) +
                   " is the most that is gone through; nothing is claimed and nothing is refuted"};
    sink_.report(std::move(found));
  }

  Diagnostic hole_found(const Box& hole, const Witness& witness) const {
    const std::string when = condition_words(in_, hole);
    const std::string name = in_.type().name;
    Diagnostic found;
    found.code = ErrorCode::EventWithoutOutcome;
    found.primary = place(where());
    found.message = "no rule fits event " + tick(name) + in_ledger() + (when.empty() ? "" : " when " + when);
    const auto schema = model_.event_spans.find(name);
    if (schema != model_.event_spans.end())
      found.labels.push_back({schema->second, "the event is declared here; its first rule is above"});
    found.notes.push_back("example: " + event_words(in_, witness));
    const auto written = written_conditions(in_, hole);
    const std::string of =
        name + ledger_clause(model_.book, program_.ledger) + (!written || written->empty() ? "" : " when " + *written);
    found.help = written
                     ? "write a rule for it, or " + tick("no entry for " + of) + " with the reason, or " +
                           tick("hold " + of + " because \"...\"")
                     : "write rules for it, or `no entry for` with the reason, or `hold`: one for the values, and one "
                       "for events without it";
    found.fingerprint = "event " + name + in_ledger() + " hole " + when;
    return found;
  }

  const ResolvedModel& model_;
  const rules::EventProgram& program_;
  Sink& sink_;
  rules::Proofs& proofs_;
  ProgramSpace in_;
  Steps steps_;
  bool undecided_ = false;
};

void report_silent_event(const ResolvedModel& model, const EventType& type, std::uint32_t ledger, Sink& sink) {
  const std::string in = ledger_words(model.book, ledger);
  Diagnostic found;
  found.code = ErrorCode::EventWithoutOutcome;
  const auto schema = model.event_spans.find(type.name);
  if (schema != model.event_spans.end()) found.primary = schema->second;
  found.message = "no rule and no `no entry` speaks of event " + tick(type.name) + in;
  if (const auto& programs = model.book.programs_of(model.book.catalog.type_index(type.name).value());
      !programs.empty() && !programs.front().rules.empty())
    found.labels.push_back(
        {place(programs.front().rules.front().where),
         "it has its outcomes in ledger " + tick(model.book.ledgers[programs.front().ledger]) + " here"});
  found.notes.push_back("example: every " + type.name + " would be held");
  const std::string clause = ledger_clause(model.book, ledger);
  found.help = "write a rule for it" + (clause.empty() ? "" : " with " + tick(clause.substr(1))) + ", or " +
               tick("no entry for " + type.name + clause) + " with the reason, or " +
               tick("hold " + type.name + clause + " because \"...\"");
  found.fingerprint = "event " + type.name + in + " hole";
  sink.report(std::move(found));
}

}  // namespace

void check_outcomes_complete(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  for (std::uint32_t type = 0; type < model.book.catalog.types.size(); ++type)
    for (std::uint32_t ledger = 0; ledger < model.book.ledgers.size(); ++ledger)
      if (model.book.program_of(type, ledger) == nullptr)
        report_silent_event(model, model.book.catalog.types[type], ledger, sink);
  for (const rules::EventProgram& program : model.book.programs) ProgramCheck(model, program, sink, proofs).run();
}

}  // namespace glmap::verify
