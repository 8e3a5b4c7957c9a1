// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/why_text.hpp"

#include <cstdio>

#include "compiler/runtime/accounting/journal_export.hpp"

namespace glmap::driver {
namespace {

void print_looks(const std::vector<rules::TraceStep>& looks) {
  std::int32_t line = -2;
  for (const rules::TraceStep& look : looks) {
    if (look.line != line) {
      line = look.line;
      if (line < 0)
        std::printf("  the event as a whole\n");
      else
        std::printf("  line %d\n", line + 1);
    }
    std::string place = look.where.file;
    if (look.where.line != 0) place += ":" + std::to_string(look.where.line);
    std::printf("    %s %-32s %s%s%s\n", look.fits ? "+" : "-", look.what.c_str(), look.outcome.c_str(),
                place.empty() ? "" : "  ", place.c_str());
  }
}

void print_entry(const JournalEntry& entry, const std::vector<LegalEntity>& entities) {
  std::printf("\n%s", plain_entry(entry, entities).c_str());
  std::string file;
  for (const SourceRef& where : entry.data().origin->spec_lines) {
    if (where.file == file) {
      std::printf(", %u", where.line);
      continue;
    }
    std::printf("%s  from %s:%u", file.empty() ? "" : "\n", where.file.c_str(), where.line);
    file = where.file;
  }
  std::printf("\n");
}

void print_outcome(const rules::Step& step, const rules::RuleBook& book) {
  if (const auto* held = std::get_if<rules::Held>(&step.outcome)) {
    std::printf("\n  held: %s\n", held->reason.to_text().c_str());
  } else if (const auto* nothing = std::get_if<rules::NoEntry>(&step.outcome)) {
    std::printf("\n  posts nothing: %s\n", nothing->because.c_str());
  } else if (const auto* waiting = std::get_if<rules::Waiting>(&step.outcome)) {
    std::printf("\n  waits for %s until %s, then it is held for %s\n", waiting->missing.c_str(),
                waiting->until.to_text().c_str(), waiting->owner.c_str());
  } else {
    for (const JournalEntry& entry : std::get<std::vector<JournalEntry>>(step.outcome))
      print_entry(entry, book.catalog.entities);
  }
}

}  // namespace

void print_decision(const rules::Step& step, const rules::RuleBook& book) {
  print_looks(step.trace);
  print_outcome(step, book);
}

void print_consequence(const rules::Step& step, const rules::RuleBook& book) {
  using Cause = rules::Step::Cause;
  const std::string event = book.catalog.types[step.event->type].name + " " + step.event->id;
  if (step.cause == Cause::released) {
    std::printf("\n%s has what it waited for\n", event.c_str());
    return print_decision(step, book);
  }
  if (step.cause == Cause::schedule) {
    std::printf("\nrevenue is due of the schedule of %s\n", event.c_str());
    std::vector<rules::TraceStep> takes;
    for (const rules::TraceStep& look : step.trace)
      if (look.what.starts_with("debit ") || look.what.starts_with("credit ")) takes.push_back(look);
    print_looks(takes);
  } else {
    std::printf("\ntime is up for %s%s\n", step.cause == Cause::missed ? "what should follow " : "", event.c_str());
  }
  print_outcome(step, book);
}

}  // namespace glmap::driver
