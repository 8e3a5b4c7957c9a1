// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/book_tests.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "compiler/runtime/accounting/journal_export.hpp"
#include "compiler/runtime/rules/evaluator.hpp"

namespace glmap::driver {
namespace {

using diagnostics::Diagnostic;
using diagnostics::Sink;
using ExpectationKind = syntax::Expectation::Kind;

/// What an event gave, seen from outside.
struct Outcome {
  enum class Kind { entries, no_entry, held, duplicate, conflict };
  Kind kind = Kind::held;
  std::vector<JournalEntry> entries;
  std::string reason;
};

std::string in_words(const Outcome& outcome, const std::vector<LegalEntity>& entities) {
  switch (outcome.kind) {
    case Outcome::Kind::no_entry:
      return "the event posts nothing: " + outcome.reason;
    case Outcome::Kind::held:
      return "the event is held: " + outcome.reason;
    case Outcome::Kind::duplicate:
      return "the event is a duplicate";
    case Outcome::Kind::conflict:
      return "the event conflicts with the one before";
    case Outcome::Kind::entries:
      break;
  }
  std::string text = "the event posts\n";
  for (const JournalEntry& entry : outcome.entries) text += plain_entry(entry, entities);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

class TestRun {
 public:
  TestRun(const resolve::BookTest& test, const rules::Evaluator& evaluator, std::set<std::string>& rules_used,
          Sink& sink)
      : test_(test), evaluator_(evaluator), rules_used_(rules_used), sink_(sink) {}

  bool run() {
    for (const resolve::TestStep& step : test_.steps) check(step, decide(step));
    return good_;
  }

 private:
  Outcome decide(const resolve::TestStep& step) {
    Outcome outcome;
    const EventCatalog& catalog = evaluator_.book().catalog;
    auto identity = read_identity(step.event);
    if (!identity) return held(identity.error());
    auto [known, added] = seen_.try_emplace(identity->id, identity->content_digest);
    if (!added) {
      outcome.kind = known->second == identity->content_digest ? Outcome::Kind::duplicate : Outcome::Kind::conflict;
      return outcome;
    }
    auto event = decode_event(catalog, step.event);
    if (!event) return held(event.error());
    std::vector<rules::TraceStep> trace;
    rules::Decision decision = evaluator_.explain(*event, trace);
    for (const rules::TraceStep& seen : trace)
      if (seen.fits && seen.what.starts_with("rule ")) rules_used_.insert(seen.what.substr(5));
    if (auto* entries = std::get_if<std::vector<JournalEntry>>(&decision)) {
      outcome.kind = Outcome::Kind::entries;
      outcome.entries = std::move(*entries);
      return outcome;
    }
    if (const auto* nothing = std::get_if<rules::NoEntry>(&decision)) {
      outcome.kind = Outcome::Kind::no_entry;
      outcome.reason = nothing->because;
      return outcome;
    }
    return held(std::get<rules::Held>(decision).reason);
  }
  static Outcome held(const Error& error) {
    Outcome outcome;
    outcome.reason = error.to_text();
    return outcome;
  }

  void check(const resolve::TestStep& step, Outcome outcome) {
    if (step.expected.empty()) {
      if (outcome.kind == Outcome::Kind::held) complain(step.span, "nothing is expected of this event", outcome);
      return;
    }
    if (step.expected.front().kind != ExpectationKind::entry) return check_outcome(step.expected.front(), outcome);
    if (outcome.kind != Outcome::Kind::entries)
      return complain(step.expected.front().span, "an entry is expected", outcome);
    std::vector<bool> matched(outcome.entries.size(), false);
    for (const resolve::Expectation& expected : step.expected) check_entry(expected, outcome, matched);
    for (std::size_t i = 0; i < matched.size(); ++i)
      if (!matched[i]) {
        Outcome extra;
        extra.kind = Outcome::Kind::entries;
        extra.entries.push_back(outcome.entries[i]);
        complain(step.span, "the event posts an entry that the test does not expect", extra);
      }
  }

  void check_outcome(const resolve::Expectation& expected, const Outcome& outcome) {
    static const std::map<ExpectationKind, std::pair<Outcome::Kind, const char*>> kinds = {
        {ExpectationKind::no_entry, {Outcome::Kind::no_entry, "no entry is expected"}},
        {ExpectationKind::held, {Outcome::Kind::held, "the event is expected to be held"}},
        {ExpectationKind::duplicate, {Outcome::Kind::duplicate, "a duplicate is expected"}},
        {ExpectationKind::conflict, {Outcome::Kind::conflict, "a conflict is expected"}}};
    const auto& [kind, words] = kinds.at(expected.kind);
    if (outcome.kind != kind) return complain(expected.span, words, outcome);
    if (outcome.reason.find(expected.reason) == std::string::npos)
      complain(expected.span, "the reason is expected to say \"" + expected.reason + "\"", outcome);
  }

  void check_entry(const resolve::Expectation& expected, const Outcome& outcome, std::vector<bool>& matched) {
    for (std::size_t i = 0; i < outcome.entries.size(); ++i) {
      const JournalEntryDraft& data = outcome.entries[i].data();
      if (matched[i] || data.entity != expected.entity || data.journal != expected.journal ||
          data.posting_date != expected.date)
        continue;
      matched[i] = true;
      return check_lines(expected, outcome, data);
    }
    complain(expected.span,
             "an entry of " + expected.entity + " in journal " + expected.journal + " on " + expected.date.to_text() +
                 " is expected",
             outcome);
  }

  void check_lines(const resolve::Expectation& expected, const Outcome& outcome, const JournalEntryDraft& data) {
    if (!expected.currency.empty() && expected.currency != data.functional.code())
      return complain(expected.span,
                      "the books of " + data.entity + " are in " + std::string(data.functional.code()) +
                          ", the test says " + expected.currency,
                      outcome);
    std::vector<bool> used(data.lines.size(), false);
    for (const resolve::ExpectedLine& line : expected.lines) {
      std::size_t found = data.lines.size();
      for (std::size_t i = 0; i < data.lines.size() && found == data.lines.size(); ++i)
        if (!used[i] && fits(line, data.lines[i])) found = i;
      if (found == data.lines.size()) return complain(line.span, "no line of the entry is like this", outcome);
      used[found] = true;
    }
    if (std::find(used.begin(), used.end(), false) != used.end())
      complain(expected.span, "the entry has a line that the test does not expect", outcome);
  }

  static bool fits(const resolve::ExpectedLine& expected, const JournalLine& line) {
    const auto has = [&](const Dimension& dimension) {
      return std::find(line.dimensions.begin(), line.dimensions.end(), dimension) != line.dimensions.end();
    };
    return expected.side == line.side && expected.account == line.account && expected.role == line.role &&
           expected.functional == line.functional &&
           (!expected.transaction || *expected.transaction == line.transaction) &&
           std::all_of(expected.dimensions.begin(), expected.dimensions.end(), has);
  }

  void complain(const diagnostics::Span& span, const std::string& what, const Outcome& outcome) {
    good_ = false;
    Diagnostic diagnostic{
        .code = ErrorCode::TestFailed, .primary = span, .message = "test \"" + test_.title + "\": " + what};
    diagnostic.notes.push_back(in_words(outcome, evaluator_.book().catalog.entities));
    diagnostic.help =
        "if the entry is right, correct the test; if not, `glmapc why` shows which rows and rules led there";
    diagnostic.fingerprint = "test/" + test_.title;
    sink_.report(std::move(diagnostic));
  }

  const resolve::BookTest& test_;
  const rules::Evaluator& evaluator_;
  std::set<std::string>& rules_used_;
  Sink& sink_;
  std::map<std::string, std::string> seen_;  // event id -> content digest
  bool good_ = true;
};

void warn_untested(const rules::RuleBook& book, const std::set<std::string>& used, Sink& sink) {
  for (const rules::EventProgram& program : book.programs)
    for (const rules::Rule& rule : program.rules) {
      if (used.contains(rule.name)) continue;
      Diagnostic diagnostic{
          .code = ErrorCode::NotTested,
          .severity = diagnostics::Severity::warning,
          .primary = {rule.where, 0},
          .message = "no test exercises `" + rule.name + "` for " + book.catalog.types[program.type].name};
      diagnostic.help = "add a test with an event that the rule fits, and the entry it must give";
      diagnostic.fingerprint = "untested/" + rule.name + "/" + book.catalog.types[program.type].name;
      sink.report(std::move(diagnostic));
    }
}

}  // namespace

BookTestSummary run_book_tests(const resolve::ResolvedModel& model, const std::string& digest, Sink& sink) {
  // Lent, not copied: the model outlives the evaluator, and a book can be large.
  const rules::Evaluator evaluator(std::shared_ptr<const rules::RuleBook>(std::shared_ptr<void>(), &model.book),
                                   digest);
  std::set<std::string> used;
  BookTestSummary summary;
  for (const resolve::BookTest& test : model.tests) {
    const bool good = TestRun(test, evaluator, used, sink).run();
    ++(good ? summary.passed : summary.failed);
  }
  warn_untested(model.book, used, sink);
  return summary;
}

}  // namespace glmap::driver
