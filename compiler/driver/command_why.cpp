// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/event_files.hpp"
#include "compiler/driver/loaded_book.hpp"
#include "compiler/runtime/accounting/journal_export.hpp"

namespace glmap::driver {
namespace {

void print_steps(const std::vector<rules::TraceStep>& steps) {
  std::int32_t line = -2;
  for (const rules::TraceStep& step : steps) {
    if (step.line != line) {
      line = step.line;
      if (line < 0)
        std::printf("  the event as a whole\n");
      else
        std::printf("  line %d\n", line + 1);
    }
    std::string place = step.where.file;
    if (step.where.line != 0) place += ":" + std::to_string(step.where.line);
    std::printf("    %s %-32s %s%s%s\n", step.fits ? "+" : "-", step.what.c_str(), step.outcome.c_str(),
                place.empty() ? "" : "  ", place.c_str());
  }
}

void print_entry(const JournalEntry& entry, const std::vector<LegalEntity>& entities) {
  std::printf("\n%s", plain_entry(entry, entities).c_str());
  std::string file;
  for (const SourceRef& where : entry.data().origin.spec_lines) {
    if (where.file == file) {
      std::printf(", %u", where.line);
      continue;
    }
    std::printf("%s  from %s:%u", file.empty() ? "" : "\n", where.file.c_str(), where.line);
    file = where.file;
  }
  std::printf("\n");
}

void explain_event(const rules::Evaluator& evaluator, JsonView event, const EventIdentity& identity) {
  std::printf("%s %s\n", identity.type.c_str(), identity.id.c_str());
  const std::vector<Error> faults = find_event_faults(evaluator.book().catalog, event);
  if (!faults.empty()) {
    std::printf("  held before any rule was asked:\n");
    for (const Error& fault : faults) std::printf("    %s\n", fault.to_text().c_str());
    return;
  }
  auto decoded = decode_event(evaluator.book().catalog, event);
  GLMAP_ASSERT(decoded.has_value());
  std::vector<rules::TraceStep> steps;
  const rules::Decision decision = evaluator.explain(*decoded, steps);
  print_steps(steps);
  if (const auto* held = std::get_if<rules::Held>(&decision)) {
    std::printf("\n  held: %s\n", held->reason.to_text().c_str());
  } else if (const auto* nothing = std::get_if<rules::NoEntry>(&decision)) {
    std::printf("\n  posts nothing: %s\n", nothing->because.c_str());
  } else {
    for (const JournalEntry& entry : std::get<std::vector<JournalEntry>>(decision))
      print_entry(entry, evaluator.book().catalog.entities);
  }
}

}  // namespace

int run_why(const WhyOptions& options) {
  int exit_code = kGood;
  const auto evaluator = load_book(options.book, exit_code);
  if (!evaluator) return exit_code;
  auto file = EventFile::open(options.events);
  Result<bool> more = file ? file->next() : std::unexpected(file.error());
  bool found = false;
  for (; more && *more; more = file->next()) {
    auto identity =
        file->event() ? read_identity(*file->event()) : Result<EventIdentity>(std::unexpected(file->event().error()));
    if (!identity) {
      if (options.id.empty()) std::printf("%s\n", identity.error().to_text().c_str());
      continue;
    }
    if (!options.id.empty() && identity->id != options.id) continue;
    if (found) std::printf("\n");
    found = true;
    explain_event(*evaluator, *file->event(), *identity);
  }
  if (!more) {
    std::fprintf(stderr, "glmapc: %s\n", more.error().to_text().c_str());
    return kNoInput;
  }
  if (found) return kGood;
  std::fprintf(stderr, "glmapc: `%s` holds no event%s\n", options.events.c_str(),
               options.id.empty() ? "" : (" with the id `" + options.id + "`").c_str());
  return kNoInput;
}

}  // namespace glmap::driver
