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

/// The table is asked for accounts by steps of schedules, which post only as time passes.
bool asked_by_schedules(const rules::RuleBook& book, std::uint32_t table) {
  const auto uses = [&](const rules::PostingLine& line) {
    const auto& accounts = book.roles[line.role].by_entity;
    return std::any_of(accounts.begin(), accounts.end(), [&](const rules::RoleAccount& account) {
      return account.kind == rules::RoleAccount::Kind::table && account.table == table;
    });
  };
  for (const rules::EventProgram& program : book.programs)
    for (const rules::Rule& rule : program.rules)
      for (const rules::Recognition& schedule : rule.recognitions)
        if (std::any_of(schedule.block.lines.begin(), schedule.block.lines.end(), uses)) return true;
  return false;
}

void warn_rows(const rules::RuleBook& book, std::uint32_t index, const std::vector<bool>& reached,
               diagnostics::Sink& sink) {
  const rules::Table& table = book.tables[index];
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
  if (asked_by_schedules(book, index))
    diagnostic.help +=
        "; schedules ask for them only as time passes: write `through DATE` behind the event, with a day "
        "by which something is recognised";
  diagnostic.fingerprint = "untested/table/" + table.name;
  warn(std::move(diagnostic), sink);
}

}  // namespace

void warn_untested(const rules::RuleBook& book, const rules::Reached& reached, diagnostics::Sink& sink) {
  warn_rules(book, reached, sink);
  for (std::uint32_t t = 0; t < book.tables.size(); ++t) warn_rows(book, t, reached.rows[t], sink);
}

}  // namespace glmap::driver
