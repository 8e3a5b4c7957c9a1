// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/book_tests.hpp"

#include <algorithm>
#include <memory>

#include "compiler/driver/book_play.hpp"
#include "compiler/driver/expected_line.hpp"
#include "compiler/driver/untested.hpp"
#include "compiler/runtime/accounting/journal_export.hpp"

namespace glmap::driver {
namespace {

using diagnostics::Diagnostic;
using diagnostics::Sink;
using ExpectationKind = syntax::Expectation::Kind;

std::string entries_in_words(const std::vector<JournalEntry>& entries, const std::vector<LegalEntity>& entities) {
  constexpr std::size_t kShownMax = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(entries.size(), kShownMax); ++i)
    text += "\n" + plain_entry(entries[i], entities);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (entries.size() > kShownMax) text += "\nand " + std::to_string(entries.size() - kShownMax) + " more";
  return text;
}

std::string in_words(const Played& played, const std::vector<LegalEntity>& entities) {
  std::string text;
  switch (played.kind) {
    case Played::Kind::no_entry:
      text = "the event posts nothing: " + played.reason;
      break;
    case Played::Kind::held:
      text = "the event is held: " + played.reason;
      break;
    case Played::Kind::waiting:
      text = "the event waits for " + played.reason;
      break;
    case Played::Kind::duplicate:
      text = "the event is a duplicate";
      break;
    case Played::Kind::conflict:
      text = "the event conflicts with the one before";
      break;
    case Played::Kind::entries:
    case Played::Kind::nothing:
      break;
  }
  const auto paragraph = [&](const std::string& more) { text += (text.empty() ? "" : "\n") + more; };
  if (!played.entries.empty()) paragraph("the event posts" + entries_in_words(played.entries, entities));
  if (!played.scheduled.empty())
    paragraph("schedules post as time passes" + entries_in_words(played.scheduled, entities));
  for (const Played::Exception& one : played.exceptions) paragraph("exception: " + one.reason);
  return text.empty() ? "nothing happens" : text;
}

class TestRun {
 public:
  TestRun(const resolve::BookTest& test, const rules::Evaluator& evaluator, rules::Reached& reached, Sink& sink)
      : test_(test), evaluator_(evaluator), play_(evaluator), reached_(reached), sink_(sink) {}

  bool run() {
    for (const resolve::TestStep& step : test_.steps) check(step, play_.play(step, {false, &reached_}));
    return good_;
  }

 private:
  /// What of a step some expectation spoke about.
  struct Spoken {
    std::vector<bool> entries, scheduled, exceptions;
    bool outcome = false;
  };

  void check(const resolve::TestStep& step, const Played& played) {
    Spoken spoken{std::vector<bool>(played.entries.size()), std::vector<bool>(played.scheduled.size()),
                  std::vector<bool>(played.exceptions.size()), false};
    bool states_entries = false;
    for (const resolve::Expectation& expected : step.expected) {
      states_entries = states_entries || expected.kind == ExpectationKind::entry;
      check_one(expected, played, spoken);
    }
    const bool needs_word = played.kind == Played::Kind::held || played.kind == Played::Kind::waiting;
    if (needs_word && !spoken.outcome) complain(step.span, "nothing is expected of this event", played);
    for (std::size_t i = 0; states_entries && i < played.entries.size(); ++i)
      if (!spoken.entries[i]) {
        Played extra;
        extra.entries.push_back(played.entries[i]);
        complain(step.span, "the event posts an entry that the test does not expect", extra);
      }
    for (std::size_t i = 0; i < played.exceptions.size(); ++i)
      if (!spoken.exceptions[i]) {
        Played extra;
        extra.exceptions.push_back(played.exceptions[i]);
        complain(step.span, "something happens that a person has to look at, and the test does not expect it", extra);
      }
  }

  void check_one(const resolve::Expectation& expected, const Played& played, Spoken& spoken) {
    switch (expected.kind) {
      case ExpectationKind::entry:
        return check_entry(expected, played, spoken);
      case ExpectationKind::exception:
        return check_exception(expected, played, spoken);
      case ExpectationKind::balance:
        return check_balance(expected, played);
      case ExpectationKind::held:
        // As time passes, it is an earlier event or a schedule that is held.
        if (played.kind == Played::Kind::nothing) return check_exception(expected, played, spoken);
        return check_outcome(expected, Played::Kind::held, "the event is expected to be held", played, spoken);
      case ExpectationKind::waiting:
        return check_outcome(expected, Played::Kind::waiting, "the event is expected to wait", played, spoken);
      case ExpectationKind::no_entry:
        return check_outcome(expected, Played::Kind::no_entry, "no entry is expected", played, spoken);
      case ExpectationKind::duplicate:
        return check_outcome(expected, Played::Kind::duplicate, "a duplicate is expected", played, spoken);
      case ExpectationKind::conflict:
        return check_outcome(expected, Played::Kind::conflict, "a conflict is expected", played, spoken);
    }
  }

  void check_outcome(const resolve::Expectation& expected, Played::Kind kind, const char* words, const Played& played,
                     Spoken& spoken) {
    spoken.outcome = true;
    if (played.kind != kind) return complain(expected.span, words, played);
    if (played.reason.find(expected.reason) == std::string::npos)
      complain(expected.span, "the reason is expected to say \"" + expected.reason + "\"", played);
  }

  void check_exception(const resolve::Expectation& expected, const Played& played, Spoken& spoken) {
    for (std::size_t i = 0; i < played.exceptions.size(); ++i) {
      if (spoken.exceptions[i] || played.exceptions[i].reason.find(expected.reason) == std::string::npos) continue;
      spoken.exceptions[i] = true;
      return;
    }
    complain(expected.span,
             expected.kind == ExpectationKind::held
                 ? "something is expected to be held that says \"" + expected.reason + "\""
                 : "an exception is expected that says \"" + expected.reason + "\"",
             played);
  }

  void check_balance(const resolve::Expectation& expected, const Played& played) {
    const auto balance = play_.balance(expected);
    if (balance && balance->decimal() == expected.balance) return;
    complain(expected.span,
             balance ? "the balance is " + balance->to_text() + ", " +
                           expected.balance.to_text_fixed(balance->currency().digits()) + " is expected"
                     : balance.error().to_text(),
             played);
  }

  void check_entry(const resolve::Expectation& expected, const Played& played, Spoken& spoken) {
    spoken.outcome = true;
    const JournalEntry* like = nullptr;  // the same head, other lines
    std::vector<bool>* where = nullptr;
    std::size_t at = 0;
    for (auto [entries, taken] : {std::pair(&played.entries, &spoken.entries), {&played.scheduled, &spoken.scheduled}})
      for (std::size_t i = 0; i < entries->size(); ++i) {
        const JournalEntry& entry = (*entries)[i];
        if ((*taken)[i] || !is_head_of(expected, entry.data())) continue;
        const bool fits = fits_all(expected, entry.data());
        if (like != nullptr && !fits) continue;
        like = &entry;
        where = taken;
        at = i;
        if (fits) {
          (*taken)[i] = true;
          return;
        }
      }
    if (like == nullptr) return complain_of_head(expected, played, spoken);
    (*where)[at] = true;
    std::vector<diagnostics::Label> missing;
    const std::string fault = fault_of(expected, like->data(), missing);
    Played instead;
    instead.entries.push_back(*like);
    complain(missing.empty() ? expected.span : missing.front().span, fault, instead, missing);
  }

  /// No entry has the head that is expected. One that differs in a single word of it is meant, and not told again.
  void complain_of_head(const resolve::Expectation& expected, const Played& played, Spoken& spoken) {
    const std::string wanted = "an entry of " + expected.entity + " in journal " + expected.journal + " on " +
                               expected.date.to_text() + " is expected";
    for (std::size_t i = 0; i < played.entries.size(); ++i) {
      const JournalEntryDraft& data = played.entries[i].data();
      std::vector<std::string> others;
      if (data.entity != expected.entity) others.push_back("is one of " + data.entity);
      if (data.ledger != expected.ledger) others.push_back("stands in ledger " + data.ledger);
      if (data.journal != expected.journal) others.push_back("stands in journal " + data.journal);
      if (data.posting_date != expected.date) others.push_back("is of " + data.posting_date.to_text());
      if (spoken.entries[i] || others.size() != 1) continue;
      spoken.entries[i] = true;
      Played instead;
      instead.entries.push_back(played.entries[i]);
      return complain(expected.span, wanted + ", and the entry " + others.front(), instead);
    }
    complain(expected.span, wanted, played);
  }

  bool fits_all(const resolve::Expectation& expected, const JournalEntryDraft& data) const {
    std::vector<diagnostics::Label> missing;
    return fault_of(expected, data, missing).empty();
  }

  static bool is_head_of(const resolve::Expectation& expected, const JournalEntryDraft& data) {
    return data.entity == expected.entity && data.ledger == expected.ledger && data.journal == expected.journal &&
           data.posting_date == expected.date;
  }

  /// What of the entry is not as expected; empty when all is. `missing`: each expected line that it does not have, and
  /// how the closest one differs.
  std::string fault_of(const resolve::Expectation& expected, const JournalEntryDraft& data,
                       std::vector<diagnostics::Label>& missing) const {
    if (expected.storno != data.storno)
      return data.storno ? "the entry is a storno, which the test does not say" : "the entry is no storno";
    if (!expected.reverses.empty() && play_.event_of(data.reverses) != expected.reverses)
      return data.reverses.empty()
                 ? "the entry reverses none, one of event " + expected.reverses + " is expected"
                 : "the entry reverses one of event " + play_.event_of(data.reverses) + ", not of " + expected.reverses;
    std::vector<bool> used(data.lines.size(), false);
    std::vector<const resolve::ExpectedLine*> left;
    for (const resolve::ExpectedLine& line : expected.lines) {
      std::size_t found = data.lines.size();
      for (std::size_t i = 0; i < data.lines.size() && found == data.lines.size(); ++i)
        if (!used[i] && differences(line, data.lines[i]).empty()) found = i;
      if (found == data.lines.size())
        left.push_back(&line);
      else
        used[found] = true;
    }
    for (const resolve::ExpectedLine* line : left)
      missing.push_back({line->span, "like this" + closest_words(*line, data, used)});
    if (!missing.empty()) return "no line of the entry is " + missing.front().message;
    const auto more = std::find(used.begin(), used.end(), false);
    if (more == used.end()) return {};
    return "the entry has a line that the test does not expect: `" +
           line_words(data.lines[static_cast<std::size_t>(more - used.begin())]) + "`";
  }

  /// "; the closest one has 20.90 instead of 20.91": the line that differs least, if it differs little.
  static std::string closest_words(const resolve::ExpectedLine& expected, const JournalEntryDraft& data,
                                   const std::vector<bool>& used) {
    constexpr std::size_t kDifferencesMax = 2;
    std::vector<std::string> closest(kDifferencesMax + 1);
    for (std::size_t i = 0; i < data.lines.size(); ++i) {
      auto words = differences(expected, data.lines[i]);
      if (!used[i] && words.size() < closest.size()) closest = std::move(words);
    }
    if (closest.size() > kDifferencesMax) return {};
    std::string text = "; the closest one has " + closest.front();
    for (std::size_t i = 1; i < closest.size(); ++i) text += " and " + closest[i];
    return text;
  }

  void complain(const diagnostics::Span& span, const std::string& what, const Played& played,
                const std::vector<diagnostics::Label>& lines = {}) {
    good_ = false;
    Diagnostic diagnostic{
        .code = ErrorCode::TestFailed, .primary = span, .message = "test \"" + test_.title + "\": " + what};
    for (std::size_t i = 1; i < lines.size(); ++i)
      diagnostic.labels.push_back({lines[i].span, "none is " + lines[i].message + " either"});
    diagnostic.notes.push_back(in_words(played, evaluator_.book().catalog.entities));
    diagnostic.help =
        std::string(played.entries.empty() && played.scheduled.empty() ? "if that is right, let the test say so"
                                                                       : "if the entry is right, correct the test") +
        "; if not, `glmapc why BOOK --test \"" + test_.title + "\"` shows which rows and rules led there";
    diagnostic.fingerprint = "test/" + test_.title;
    sink_.report(std::move(diagnostic));
  }

  const resolve::BookTest& test_;
  const rules::Evaluator& evaluator_;
  BookPlay play_;
  rules::Reached& reached_;
  Sink& sink_;
  bool good_ = true;
};

}  // namespace

BookTestSummary run_book_tests(const resolve::ResolvedModel& model, const std::string& digest, Sink& sink) {
  // Lent, not copied: the model outlives the evaluator, and a book can be large.
  const rules::Evaluator evaluator(std::shared_ptr<const rules::RuleBook>(std::shared_ptr<void>(), &model.book),
                                   digest);
  rules::Reached reached(model.book);
  BookTestSummary summary;
  for (const resolve::BookTest& test : model.tests) {
    const bool good = TestRun(test, evaluator, reached, sink).run();
    ++(good ? summary.passed : summary.failed);
  }
  // What a failed test did not reach is its consequence, told when it is mended.
  if (summary.failed == 0) warn_untested(model.book, reached, sink);
  return summary;
}

}  // namespace glmap::driver
