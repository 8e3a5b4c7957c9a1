// SPDX-License-Identifier: Apache-2.0
// glmapc: the command line. Parses options and hands over to one file per command.
#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>

#include "compiler/driver/commands.hpp"

namespace {

using namespace glmap;
using namespace glmap::driver;

constexpr const char* kAbout =
    "glmapc checks a mapping book like a compiler checks a program, and compiles it to a rules bundle.\n\n"
    "A book is a directory with book.glmap, reference data in YAML, and tests in finance's own words.\n"
    "A first look:\n"
    "  glmapc check mappings/acme                               is the book complete, unambiguous, balanced?\n"
    "  glmapc simulate mappings/acme samples/acme/events.ndjson   what would these events post?\n"
    "  glmapc why mappings/acme events.ndjson --id I-1001       which rows and rules led there?\n"
    "  glmapc explain GLM-4003                                  what does this error mean, what do I write?";
constexpr const char* kExitCodes =
    "Exit codes: 0 good, 1 the book has errors or a test fails, 2 the command line is wrong, 3 a file cannot be read.";

void add_format(CLI::App* command, diagnostics::Format& format) {
  command
      ->add_option_function<std::string>(
          "--format",
          [&format](const std::string& name) {
            format = name == "json"    ? diagnostics::Format::json
                     : name == "sarif" ? diagnostics::Format::sarif
                                       : diagnostics::Format::human;
          },
          "How findings are written: human (default), json, sarif (for code hosts)")
      ->check(CLI::IsMember({"human", "json", "sarif"}));
}

void add_coverage(CLI::App& app, CoverageOptions& options, int& exit_code) {
  CLI::App* command = app.add_subcommand("coverage", "Mapped? Every combination, row, rule and value, and its tests");
  command->add_option("book", options.book, "The book's directory")->required();
  command->add_option("--format", options.format, "text (default), json, html")
      ->check(CLI::IsMember({"text", "json", "html"}));
  command->add_option("-o,--output", options.output, "The report's file; - for standard output (default)");
  command->callback([&] { exit_code = run_coverage(options); });
}

void add_emit(CLI::App& app, EmitSqlOptions& options, int& exit_code) {
  CLI::App* emit = app.add_subcommand("emit", "Write the book in another form");
  emit->require_subcommand(1);
  CLI::App* command = emit->add_subcommand("sql", "SQL that works out the same journal lines, for an auditor");
  command->add_option("book", options.book, "The book's directory")->required();
  command->add_option("--dialect", options.dialect, "sqlite (default), postgresql")
      ->check(CLI::IsMember({"sqlite", "postgresql"}));
  command->add_option("-o,--output", options.output, "The script's file; - for standard output (default)");
  command->callback([&] { exit_code = run_emit_sql(options); });
}

void add_fmt(CLI::App& app, FmtOptions& options, int& exit_code) {
  CLI::App* command = app.add_subcommand("fmt", "Align tables and posting lines; the meaning never changes");
  command->add_option("paths", options.paths, "Files or book directories")->required();
  command->add_flag("--check", options.check, "Change nothing; exit 1 when something would change");
  command->callback([&] { exit_code = run_fmt(options); });
}

void add_simulate_time(CLI::App* command, SimulateOptions& simulate) {
  command->add_option("--rates", simulate.rates, "Published exchange rates: a CSV file with source,from,to,date,rate");
  command->add_option_function<std::string>(
      "--through",
      [&simulate](const std::string& day) {
        const auto date = Date::parse(day);
        if (!date) throw CLI::ValidationError("--through", date.error().message);
        simulate.through = *date;
      },
      "Let time pass to the end of this day (2026-12-31) after the last event: schedules post, waiting ends");
  command->add_option("--report", simulate.report, "Write what became of every event to this file, as JSON");
}

void add_simulate(CLI::App& app, SimulateOptions& simulate, int& exit_code) {
  CLI::App* command = app.add_subcommand("simulate", "Events in, journal entries out; nothing is stored or sent");
  command->add_option("book", simulate.book, "The book's directory, or a bundle file")->required();
  command
      ->add_option("events", simulate.events, "CloudEvents: a .json event or array, or .ndjson; - for standard input")
      ->required();
  command->add_option("--format", simulate.format, "plain (default), json, csv, hledger, beancount")
      ->check(CLI::IsMember({"plain", "json", "csv", "hledger", "beancount"}));
  add_simulate_time(command, simulate);
  command->add_flag("--strict", simulate.strict,
                    "Exit 1 when any event is held, waiting, in conflict or unreadable, or an exception is raised");
  command->callback([&simulate, &exit_code] { exit_code = run_simulate(simulate); });
}

void add_intake(CLI::App& app, IntakeOptions& intake, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("intake", "Foreign payloads in, our events out; tells what differs from the book");
  command->add_option("book", intake.book, "The book's directory, or a bundle file")->required();
  command->add_option("name", intake.intake, "The intake of the book that reads them, such as stripe")->required();
  command
      ->add_option("payloads", intake.payloads,
                   "Payloads as the sender sent them: .json or .ndjson; - for standard input")
      ->required();
  command->add_option("--report", intake.report,
                      "Write what became of them, and every difference, to this file, as JSON");
  command->add_flag("--strict", intake.strict, "Exit 1 also when a payload differs from what the book knows");
  command->add_flag("--known", intake.known, "Write `also known` clauses for unknown members, instead of events");
  command->callback([&intake, &exit_code] { exit_code = run_intake(intake); });
}

void add_why(CLI::App& app, WhyOptions& why, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("why", "Which rows and rules decided an event, and why the nearest others did not");
  command->add_option("book", why.book, "The book's directory, or a bundle file")->required();
  auto* from_file = command->add_option("events", why.events, "The file with the event");
  auto* from_test = command->add_option("--test", why.test, "The title of a test of the book, instead of a file");
  from_test->excludes(from_file);
  command->add_option("--id,--event", why.id, "Only the event with this id");
  command->callback([&why, &exit_code] {
    if (why.events.empty() && why.test.empty()) throw CLI::RequiredError("a file with events, or --test,");
    exit_code = run_why(why);
  });
}

void add_diff(CLI::App& app, DiffOptions& diff, int& exit_code) {
  CLI::App* command = app.add_subcommand("diff", "What a change of the book moves: events, accounts, money");
  command->add_option("old", diff.before, "A book's directory, a bundle file, or REVISION:FOLDER of git")->required();
  command->add_option("new", diff.after, "The same; may be left out with --git");
  command->add_option("--git", diff.revision, "Compare the directory as it stood in this revision");
  command->add_option("--format", diff.format, "text (default), json, markdown (for a pull request), html")
      ->check(CLI::IsMember({"text", "json", "markdown", "html"}));
  command->add_option("-o,--output", diff.output, "The report's file; - for standard output (default)");
  command->add_option("--events", diff.events, "Recorded CloudEvents: what would have moved in money");
  command->add_option("--rates", diff.rates, "Published exchange rates: a CSV file with source,from,to,date,rate");
  command->add_option_function<std::string>(
      "--through",
      [&diff](const std::string& day) {
        const auto date = Date::parse(day);
        if (!date) throw CLI::ValidationError("--through", date.error().message);
        diff.through = *date;
      },
      "Let time pass to the end of this day after the last event: schedules post");
  command->add_option("--steps", diff.steps, "How far the search goes before it says that it has not decided");
  command->footer("Exit codes: 0 nothing moves, 1 something moves, 3 a book cannot be read, 4 not all was decided.");
  command->callback([&] {
    if (diff.after.empty() && diff.revision.empty()) throw CLI::RequiredError("a new book, or --git,");
    exit_code = run_diff(diff);
  });
}

void add_date(CLI::App* command, const std::string& name, Date& into, const std::string& help) {
  command
      ->add_option_function<std::string>(
          name,
          [name, &into](const std::string& day) {
            const auto date = Date::parse(day);
            if (!date) throw CLI::ValidationError(name, date.error().message);
            into = *date;
          },
          help)
      ->required();
}

struct ApprovalOptions {
  ReleaseOptions release;
  ApproveOptions approve;
  VerifyOptions verify;
};

void add_release(CLI::App& app, ReleaseOptions& options, int& exit_code) {
  CLI::App* command = app.add_subcommand("release", "Prove the book and lay out what is to be approved, in a folder");
  command->add_option("book", options.book, "The book's directory, with release-policy.yaml")->required();
  command->add_option("-o,--output", options.output, "The release's folder, which is made")->required();
  command->add_option("--author", options.authors, "Who has made the change, as the policy names them")->required();
  command->add_option("--base", options.base, "The folder of the release in force; left out for the first release");
  add_date(command, "--effective", options.effective, "The first day on which it may come into force (UTC)");
  add_date(command, "--expires", options.expires, "The last day on which it may come into force (UTC)");
  command->add_option("--emergency", options.emergency, "Why it cannot wait for the approvals it would take");
  command->add_flag("--follow-up", options.follow_up, "It confirms or takes back the emergency release in force");
  command->callback([&] { exit_code = run_release(options); });
}

void add_approval(CLI::App& app, ApprovalOptions& options, int& exit_code) {
  add_release(app, options.release, exit_code);
  CLI::App* command = app.add_subcommand("approve", "Sign a release with an Ed25519 key, or add a signature to it");
  command->add_option("release", options.approve.release, "The release's folder")->required();
  auto* key = command->add_option("--key", options.approve.key, "A private key of ssh-keygen or openssl");
  auto* signature = command->add_option("--signature", options.approve.signature,
                                        "What ssh-keygen -Y sign or openssl pkeyutl -sign wrote, instead of a key");
  key->excludes(signature);
  command->callback([&] {
    if (options.approve.key.empty() && options.approve.signature.empty())
      throw CLI::RequiredError("--key, or --signature,");
    exit_code = run_approve(options.approve);
  });
  command = app.add_subcommand("verify", "Is the release unaltered, and approved as the policy in force asks?");
  command->add_option("release", options.verify.release, "The release's folder")->required();
  auto* base = command->add_option("--base", options.verify.base, "The folder of the release in force");
  auto* trust = command->add_option("--trust", options.verify.trust, "The policy's digest, for a first release");
  base->excludes(trust);
  add_date(command, "--on", options.verify.day, "The day on which it is to come into force (UTC)");
  command->callback([&] {
    if (options.verify.base.empty() && options.verify.trust.empty()) throw CLI::RequiredError("--base, or --trust,");
    exit_code = run_verify(options.verify);
  });
}

int run(int argc, char** argv) {
  CLI::App app(kAbout, "glmapc");
  app.footer(kExitCodes);
  app.set_version_flag("--version", "glmapc " GLMAP_VERSION);
  app.require_subcommand(1);
  int exit_code = kGood;

  CheckOptions check;
  CLI::App* command = app.add_subcommand("check", "Prove the book and run its tests; write nothing");
  command->add_option("book", check.book, "The book's directory")->required();
  command->add_option("--since", check.since,
                      "The bundle of an earlier release: show the rows and rules that reach what was added to lists");
  add_format(command, check.format);
  command->callback([&] { exit_code = run_check(check); });

  CompileOptions compile;
  command = app.add_subcommand("compile", "Prove the book and write its rules bundle, for glmapd");
  command->add_option("book", compile.book, "The book's directory")->required();
  command->add_option("-o,--output", compile.output, "The bundle file; - for standard output")->required();
  add_format(command, compile.format);
  command->callback([&] { exit_code = run_compile(compile); });

  TestOptions test;
  command = app.add_subcommand("test", "Run the book's tests and list them");
  command->add_option("book", test.book, "The book's directory")->required();
  add_format(command, test.format);
  command->callback([&] { exit_code = run_test(test); });

  SimulateOptions simulate;
  add_simulate(app, simulate, exit_code);

  IntakeOptions intake;
  add_intake(app, intake, exit_code);

  WhyOptions why;
  add_why(app, why, exit_code);

  std::string code;
  command = app.add_subcommand("explain", "The page of an error code: what it means and what to write");
  command->add_option("code", code, "GLM-dddd")->required();
  command->callback([&] { exit_code = run_explain(code); });

  PrintOptions print;
  command = app.add_subcommand("print", "Show what a stage of the compiler made of the book");
  command->add_option("book", print.book, "The book's directory")->required();
  command->add_option("--stage", print.stage, "ast, resolved (default), verified, bundle")
      ->check(CLI::IsMember({"ast", "resolved", "verified", "bundle"}));
  command->callback([&] { exit_code = run_print(print); });

  CoverageOptions coverage;
  add_coverage(app, coverage, exit_code);

  DiffOptions diff;
  add_diff(app, diff, exit_code);

  EmitSqlOptions emit_sql;
  add_emit(app, emit_sql, exit_code);
  FmtOptions fmt;
  add_fmt(app, fmt, exit_code);
  ApprovalOptions approval;
  add_approval(app, approval, exit_code);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code_given = app.exit(error);
    return code_given == 0 ? static_cast<int>(kGood) : static_cast<int>(kUsage);
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "glmapc: internal fault: %s\n", error.what());
    return 70;
  }
}
