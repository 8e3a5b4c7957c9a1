// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/driver/commands.hpp"
#include "compiler/driver/drift_report.hpp"
#include "compiler/driver/event_files.hpp"
#include "compiler/driver/files.hpp"
#include "compiler/driver/loaded_book.hpp"

namespace glmap::driver {
namespace {

int stop(const Error& error) {
  std::fprintf(stderr, "glmapc: %s\n", error.to_text().c_str());
  return kNoInput;
}

/// The intake of that name, or an error that lists those there are.
Result<const rules::Intake*> find_intake(const rules::RuleBook& book, const std::string& name) {
  if (const rules::Intake* intake = book.find_intake(name)) return intake;
  std::string known;
  for (const rules::Intake& one : book.intakes) known += (known.empty() ? "" : ", ") + one.name;
  return fail(ErrorCode::UnknownName, "the book has no intake " + in_backticks(name),
              known.empty() ? "write `intake NAME` in the book" : "its intakes are " + known);
}

Status read_file(const rules::PayloadReader& reader, const std::string& path, bool quiet, DriftReport& report) {
  GLMAP_TRY(file, EventFile::open(path));
  std::string line;
  while (true) {
    GLMAP_TRY(more, file.next());
    if (!more) return {};
    if (!file.event()) {
      report.add_unreadable(file.event().error(), file.where());
      continue;
    }
    for (const rules::PayloadResult& result : reader.read(*file.event())) {
      report.add(result, file.where());
      if (quiet || result.outcome != rules::PayloadResult::Outcome::event) continue;
      line = write_json(result.event) + "\n";
      std::fwrite(line.data(), 1, line.size(), stdout);
    }
  }
}

}  // namespace

int run_intake(const IntakeOptions& options) {
  int exit_code = kGood;
  const auto evaluator = load_book(options.book, exit_code);
  if (!evaluator) return exit_code;
  const rules::RuleBook& book = evaluator->book();
  const auto intake = find_intake(book, options.intake);
  if (!intake) {
    std::fprintf(stderr, "glmapc: %s\n", intake.error().to_text().c_str());
    return kUsage;
  }
  const rules::PayloadReader reader(book, **intake);
  DriftReport report(book, **intake);
  for (const std::string& path : options.payloads)
    if (auto status = read_file(reader, path, options.known, report); !status) {
      // A file that is no JSON is a payload that is refused; one that is not there is a mistake on the command line.
      if (status.error().code < ErrorCode::NotJson) return stop(status.error());
      report.add_unreadable(status.error(), {path, 1, 1, {}});
    }
  if (options.known) {
    std::fputs(report.known_clauses().c_str(), stdout);
    return kGood;
  }
  std::fflush(stdout);
  std::fputs(report.to_text().c_str(), stderr);
  if (!options.report.empty())
    if (auto written = write_file(options.report, report.to_json(evaluator->digest())); !written)
      return stop(written.error());
  return report.refused() != 0 || (options.strict && report.has_drift()) ? kFindings : kGood;
}

}  // namespace glmap::driver
