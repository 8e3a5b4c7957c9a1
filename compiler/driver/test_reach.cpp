// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/test_reach.hpp"

#include <map>
#include <memory>
#include <set>

#include "compiler/runtime/rules/evaluator.hpp"

namespace glmap::driver {
namespace {

/// What the traces of one test named.
struct Seen {
  std::set<std::pair<std::uint32_t, std::string>> rules;                         // event type, name
  std::set<std::pair<std::string, std::pair<std::string, std::uint32_t>>> rows;  // table, place
};

void look(const rules::Evaluator& evaluator, const Json& json, std::set<std::string>& known, Seen& seen) {
  auto identity = read_identity(json);
  if (!identity || !known.insert(identity->id).second) return;
  auto event = decode_event(evaluator.book().catalog, json);
  if (!event) return;
  std::vector<rules::TraceStep> trace;
  (void)evaluator.explain(*event, trace);
  for (const rules::TraceStep& step : trace) {
    if (!step.fits) continue;
    if (step.what.starts_with("rule ")) seen.rules.emplace(event->type, step.what.substr(5));
    if (step.what.starts_with("table ")) seen.rows.insert({step.what.substr(6), {step.where.file, step.where.line}});
  }
}

}  // namespace

TestReach test_reach(const resolve::ResolvedModel& model, const std::string& digest) {
  const rules::RuleBook& book = model.book;
  const rules::Evaluator evaluator(std::make_shared<const rules::RuleBook>(book), digest);
  TestReach reach;
  for (const rules::Table& table : book.tables) reach.rows.emplace_back(table.rows.size());
  for (const rules::EventProgram& program : book.programs) reach.rules.emplace_back(program.rules.size());
  for (std::uint32_t test = 0; test < model.tests.size(); ++test) {
    Seen seen;
    std::set<std::string> known;
    for (const resolve::TestStep& step : model.tests[test].steps)
      if (step.kind == resolve::TestStep::Kind::event) look(evaluator, step.event, known, seen);
    for (std::size_t t = 0; t < book.tables.size(); ++t)
      for (std::size_t r = 0; r < book.tables[t].rows.size(); ++r) {
        const SourceRef& where = book.tables[t].rows[r].where;
        if (seen.rows.contains({book.tables[t].name, {where.file, where.line}})) reach.rows[t][r].push_back(test);
      }
    for (std::size_t p = 0; p < book.programs.size(); ++p)
      for (std::size_t r = 0; r < book.programs[p].rules.size(); ++r)
        if (seen.rules.contains({book.programs[p].type, book.programs[p].rules[r].name}))
          reach.rules[p][r].push_back(test);
  }
  return reach;
}

}  // namespace glmap::driver
