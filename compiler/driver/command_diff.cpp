// SPDX-License-Identifier: Apache-2.0
// glmapc diff: what a change of a book moves. As diff(1): 0 nothing moves, 1 something does; 4 when not all was
// decided.
#include <cstdio>
#include <filesystem>
#include <map>

#include "compiler/change/diff_report.hpp"
#include "compiler/driver/book_play.hpp"
#include "compiler/driver/commands.hpp"
#include "compiler/driver/event_files.hpp"
#include "compiler/driver/files.hpp"
#include "compiler/driver/git_folder.hpp"
#include "compiler/driver/pipeline.hpp"
#include "compiler/driver/rate_file.hpp"
#include "compiler/runtime/rules/bundle.hpp"

namespace glmap::driver {
namespace {

struct LoadedSide {
  change::BookName name;
  std::shared_ptr<const rules::RuleBook> book;
  std::vector<resolve::BookTest> tests;
  bool tests_known = false;
};

int stop(const Error& error) {
  std::fprintf(stderr, "glmapc: %s\n", error.to_text().c_str());
  return kNoInput;
}

class Loader {
 public:
  /// nullopt after what is wrong has been printed.
  std::optional<LoadedSide> load(const std::string& given) {
    std::error_code ignored;
    if (std::filesystem::is_directory(given, ignored) || given.ends_with(".glmap")) return compile(given, given);
    if (!std::filesystem::exists(given, ignored) && given.find(':') != std::string::npos)
      return of_revision(GitFolder::of_name(given), given);
    return read(given);
  }

  std::optional<LoadedSide> of_revision(Result<GitFolder> folder, const std::string& given) {
    if (!folder) {
      stop(folder.error());
      return std::nullopt;
    }
    return compile(folder->path(), given);
  }

 private:
  /// The book's tests may fail: a change is looked at before its tests follow it.
  static std::optional<LoadedSide> compile(const std::string& folder, const std::string& given) {
    const Compilation compilation = compile_book(folder);
    if (!compilation.verified) {
      std::fputs(render_findings(compilation, diagnostics::Format::human).c_str(), stderr);
      std::fprintf(stderr, "glmapc: `%s` is no sound book; nothing is compared\n", given.c_str());
      return std::nullopt;
    }
    if (compilation.sink.has_errors())
      std::fprintf(stderr, "glmapc: tests of `%s` fail; `glmapc test` shows them\n", given.c_str());
    LoadedSide side;
    side.book = std::make_shared<const rules::RuleBook>(compilation.verified->book());
    side.tests = compilation.verified->resolved().tests;
    side.tests_known = true;
    side.name = {given, side.book->name, side.book->release, compilation.digest};
    return side;
  }

  static std::optional<LoadedSide> read(const std::string& path) {
    auto bytes = read_file(path);
    auto bundle = bytes ? rules::read_bundle(*bytes) : Result<rules::Bundle>(std::unexpected(bytes.error()));
    if (!bundle) {
      stop(bundle.error());
      return std::nullopt;
    }
    LoadedSide side;
    side.name = {path, bundle->book.name, bundle->book.release, bundle->digest};
    side.book = std::make_shared<const rules::RuleBook>(std::move(bundle->book));
    return side;
  }
};

// ---- tests of the old book

std::string played_text(const Played& played) {
  const bool waits = played.kind == Played::Kind::held;
  std::string text = waits ? "held" : std::to_string(static_cast<int>(played.kind));
  std::vector<std::string> entries;
  for (const auto* some : {&played.entries, &played.scheduled})
    for (const JournalEntry& entry : *some) entries.push_back(change::entry_text(entry));
  std::sort(entries.begin(), entries.end());
  for (const std::string& entry : entries) text += "\n" + entry;
  return text;
}

std::vector<change::MovedTest> moved_tests(const std::vector<resolve::BookTest>& tests, const rules::Evaluator& before,
                                           const rules::Evaluator& after) {
  std::vector<change::MovedTest> moved;
  for (const resolve::BookTest& test : tests) {
    BookPlay old_play(before);
    BookPlay new_play(after);
    change::MovedTest one{test.title, {}};
    for (const resolve::TestStep& step : test.steps) {
      const bool same = played_text(old_play.play(step, {})) == played_text(new_play.play(step, {}));
      if (!same) one.events.push_back(step.id.empty() ? "through " + step.through.to_text() : step.id);
    }
    if (!one.events.empty()) moved.push_back(std::move(one));
  }
  return moved;
}

// ---- recorded events

Result<change::MoneyDiff> money_of(const DiffOptions& options, const rules::Evaluator& before,
                                   const rules::Evaluator& after) {
  constexpr std::size_t kLargest = 10;
  change::MoneyComparison comparison(before, after, kLargest);
  if (!options.rates.empty()) {
    GLMAP_TRY(rates, read_rate_file(options.rates));
    for (const rules::PublishedRate& rate : rates) comparison.publish(rate);
  }
  for (const std::string& path : options.events) {
    GLMAP_TRY(file, EventFile::open(path));
    for (;;) {
      GLMAP_TRY(more, file.next());
      if (!more) break;
      if (file.event())
        comparison.take(*file.event());
      else
        comparison.unreadable();
    }
  }
  if (options.through) comparison.through(*options.through);
  return comparison.finish();
}

std::string rendered(const change::DiffReport& report, const std::string& format) {
  if (format == "json") return change::diff_json(report);
  if (format == "markdown") return change::diff_markdown(report);
  if (format == "html") return change::diff_html(report);
  return change::diff_text(report);
}

}  // namespace

int run_diff(const DiffOptions& options) {
  Loader loader;
  auto before = options.revision.empty() ? loader.load(options.before)
                                         : loader.of_revision(GitFolder::of_folder(options.revision, options.before),
                                                              options.revision + ":" + options.before);
  if (!before) return kNoInput;
  auto after = loader.load(options.after.empty() ? options.before : options.after);
  if (!after) return kNoInput;
  change::DiffReport report;
  report.before = before->name;
  report.after = after->name;
  report.entities_before = before->book->catalog.entities;
  report.entities_after = after->book->catalog.entities;
  verify::Steps steps;
  if (options.steps != 0) steps.left = options.steps;
  report.diff = change::diff_books(*before->book, *after->book, steps);
  if (before->tests_known || !options.events.empty()) {
    const rules::Evaluator old_evaluator(before->book, before->name.digest);
    const rules::Evaluator new_evaluator(after->book, after->name.digest);
    report.tests = before->tests.size();
    if (before->tests_known) report.moved_tests = moved_tests(before->tests, old_evaluator, new_evaluator);
    if (!options.events.empty()) {
      auto money = money_of(options, old_evaluator, new_evaluator);
      if (!money) return stop(money.error());
      report.money = std::move(*money);
    }
  }
  if (const auto written = write_file(options.output, rendered(report, options.format)); !written)
    return stop(written.error());
  if (!report.decided()) return kNotDecided;
  return report.moves() ? kFindings : kGood;
}

}  // namespace glmap::driver
