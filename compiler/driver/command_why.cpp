// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "compiler/driver/book_play.hpp"
#include "compiler/driver/commands.hpp"
#include "compiler/driver/event_files.hpp"
#include "compiler/driver/loaded_book.hpp"
#include "compiler/driver/pipeline.hpp"
#include "compiler/driver/seen_events.hpp"
#include "compiler/driver/why_text.hpp"

namespace glmap::driver {
namespace {

/// Events of a file, one after the other. Where the book keeps state, those that nobody asks about are decided too.
class FileWhy {
 public:
  FileWhy(const rules::Evaluator& evaluator, const WhyOptions& options)
      : evaluator_(evaluator), options_(options), run_(evaluator), keeps_state_(evaluator.book().keeps_state()) {}

  void take(EventFile& file) {
    auto identity =
        file.event() ? read_identity(*file.event()) : Result<EventIdentity>(std::unexpected(file.event().error()));
    if (!identity) {
      if (options_.id.empty()) std::printf("%s\n", identity.error().to_text().c_str());
      return;
    }
    const bool asked = options_.id.empty() || identity->id == options_.id;
    if (!asked && !keeps_state_) return;
    if (asked) {
      std::printf("%s%s %s\n", found_ ? "\n" : "", identity->type.c_str(), identity->id.c_str());
      found_ = true;
      const std::vector<Error> faults = find_event_faults(evaluator_.book().catalog, *file.event());
      if (!faults.empty()) std::printf("  held before any rule was asked:\n");
      for (const Error& fault : faults) std::printf("    %s\n", fault.to_text().c_str());
      if (!faults.empty()) return;
    }
    if (keeps_state_ && seen_.add(seen_.key(identity->source, identity->id, identity->revision),
                                  content_mark(*file.event())) != SeenEvents::Answer::added) {
      if (asked) std::printf("  it has come before: nothing is posted again\n");
      return;
    }
    auto event = decode_event(evaluator_.book().catalog, *file.event());
    if (event) decide(std::make_shared<const BillingEvent>(std::move(*event)), asked);
  }

  bool found() const { return found_; }

 private:
  void decide(std::shared_ptr<const BillingEvent> event, bool asked) {
    const auto is_wanted = [&](const rules::Step& step) {
      return options_.id.empty() || step.event->id == options_.id;
    };
    for (const rules::Step& step : run_.take(std::move(event), {.trace = true, .reached = nullptr})) {
      if (step.cause == rules::Step::Cause::event) {
        if (asked) print_decision(step, evaluator_.book());
      } else if (is_wanted(step)) {
        print_consequence(step, evaluator_.book());
      }
    }
  }

  const rules::Evaluator& evaluator_;
  const WhyOptions& options_;
  rules::BookRun run_;
  bool keeps_state_;
  SeenEvents seen_;
  bool found_ = false;
};

int why_of_file(const WhyOptions& options) {
  int exit_code = kGood;
  const auto evaluator = load_book(options.book, exit_code);
  if (!evaluator) return exit_code;
  FileWhy why(*evaluator, options);
  auto file = EventFile::open(options.events);
  Result<bool> more = file ? file->next() : std::unexpected(file.error());
  for (; more && *more; more = file->next()) why.take(*file);
  if (!more) {
    std::fprintf(stderr, "glmapc: %s\n", more.error().to_text().c_str());
    return kNoInput;
  }
  if (why.found()) return kGood;
  std::fprintf(stderr, "glmapc: `%s` holds no event%s\n", options.events.c_str(),
               options.id.empty() ? "" : (" with the id `" + options.id + "`").c_str());
  return kNoInput;
}

void print_played(const resolve::TestStep& step, const Played& played, const rules::RuleBook& book,
                  const std::string& id) {
  const auto is_wanted = [&](const std::string& event) { return id.empty() || event == id; };
  if (step.kind == resolve::TestStep::Kind::event && is_wanted(step.id)) std::printf("\nevent %s\n", step.id.c_str());
  if (step.kind == resolve::TestStep::Kind::through && id.empty())
    std::printf("\nthrough %s\n", step.through.to_text().c_str());
  for (const rules::Step& one : played.steps) {
    if (!is_wanted(one.event->id)) continue;
    if (one.cause == rules::Step::Cause::event)
      print_decision(one, book);
    else
      print_consequence(one, book);
  }
  if (step.kind != resolve::TestStep::Kind::event || !played.steps.empty() || !is_wanted(step.id)) return;
  // No rule was asked: the event could not be read, or it came before.
  const bool again = played.kind == Played::Kind::duplicate;
  const bool other = played.kind == Played::Kind::conflict;
  std::printf("  %s\n", again   ? "it has come before: nothing is posted again"
                        : other ? "it has come before with other content: nothing is posted"
                                : ("held before any rule was asked:\n    " + played.reason).c_str());
}

int why_of_test(const WhyOptions& options) {
  const Compilation compilation = compile_book(options.book);
  if (!compilation.verified) {
    std::fputs(render_findings(compilation, diagnostics::Format::human).c_str(), stderr);
    return kFindings;
  }
  const resolve::ResolvedModel& model = compilation.verified->resolved();
  const auto test = std::ranges::find(model.tests, options.test, &resolve::BookTest::title);
  if (test == model.tests.end()) {
    std::fprintf(stderr, "glmapc: the book has no test \"%s\"; its tests are\n", options.test.c_str());
    for (const resolve::BookTest& one : model.tests) std::fprintf(stderr, "  %s\n", one.title.c_str());
    return kNoInput;
  }
  const auto is_named = [&](const resolve::TestStep& step) { return step.id == options.id; };
  if (!options.id.empty() && std::none_of(test->steps.begin(), test->steps.end(), is_named)) {
    std::fprintf(stderr, "glmapc: the test has no event `%s`\n", options.id.c_str());
    return kNoInput;
  }
  const rules::Evaluator evaluator(std::make_shared<const rules::RuleBook>(model.book), compilation.digest);
  BookPlay play(evaluator);
  std::printf("test \"%s\"\n", test->title.c_str());
  for (const resolve::TestStep& step : test->steps)
    print_played(step, play.play(step, {.trace = true, .reached = nullptr}), model.book, options.id);
  return kGood;
}

}  // namespace

int run_why(const WhyOptions& options) {
  return options.test.empty() ? why_of_file(options) : why_of_test(options);
}

}  // namespace glmap::driver
