// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/untested.hpp"

#include <algorithm>

namespace glmap::driver {
namespace {

using diagnostics::Diagnostic;

void warn(Diagnostic diagnostic, diagnostics::Sink& sink) {
  diagnostic.code = ErrorCode::NotTested;
  diagnostic.severity = diagnostics::Severity::warning;
  sink.report(std::move(diagnostic));
}

std::string help_for(rules::Rule::Outcome outcome) {
  switch (outcome) {
    case rules::Rule::Outcome::no_entry:
      return "add a test with such an event and `expect no entry`";
    case rules::Rule::Outcome::hold:
      return "add a test with such an event and `expect held \"part of the reason\"`";
    case rules::Rule::Outcome::post:
      break;
  }
  return "add a test with an event that the rule fits, and the entry it must give";
}

void warn_rules(const rules::RuleBook& book, const rules::Reached& reached, diagnostics::Sink& sink) {
  for (std::size_t p = 0; p < book.programs.size(); ++p) {
    const rules::EventProgram& program = book.programs[p];
    for (std::size_t r = 0; r < program.rules.size(); ++r) {
      if (reached.rules[p][r]) continue;
      const rules::Rule& rule = program.rules[r];
      const std::string& type = book.catalog.types[program.type].name;
      Diagnostic diagnostic{.primary = {rule.where, 0}, .message = "no test exercises `" + rule.name + "` for " + type};
      diagnostic.help = help_for(rule.outcome);
      diagnostic.fingerprint = "untested/" + rule.name + "/" + type;
      warn(std::move(diagnostic), sink);
    }
  }
}

void warn_rows(const rules::Table& table, const std::vector<bool>& reached, diagnostics::Sink& sink) {
  constexpr std::size_t kNamedMax = 5;
  std::vector<const rules::TableRow*> missed;
  std::size_t possible = 0;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    if (table.rows[r].impossible) continue;
    ++possible;
    if (!reached[r]) missed.push_back(&table.rows[r]);
  }
  if (missed.empty()) return;
  std::string lines;
  for (std::size_t i = 0; i < std::min(missed.size(), kNamedMax); ++i)
    lines += (i == 0 ? "" : ", ") + std::to_string(missed[i]->where.line);
  if (missed.size() > kNamedMax) lines += " and " + std::to_string(missed.size() - kNamedMax) + " more";
  Diagnostic diagnostic{.primary = {missed.front()->where, 0},
                        .message = "no test reaches " + std::to_string(missed.size()) + " of the " +
                                   std::to_string(possible) + " rows of table `" + table.name + "`"};
  diagnostic.notes.push_back((missed.size() == 1 ? "the row stands in line " : "the rows stand in lines ") + lines +
                             " of " + missed.front()->where.file);
  diagnostic.help = "add tests with events that need these rows";
  diagnostic.fingerprint = "untested/table/" + table.name;
  warn(std::move(diagnostic), sink);
}

}  // namespace

void warn_untested(const rules::RuleBook& book, const rules::Reached& reached, diagnostics::Sink& sink) {
  warn_rules(book, reached, sink);
  for (std::size_t t = 0; t < book.tables.size(); ++t) warn_rows(book.tables[t], reached.rows[t], sink);
}

}  // namespace glmap::driver
