// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/test_reach.hpp"

#include <memory>
#include <set>

#include "compiler/runtime/rules/book_run.hpp"

namespace glmap::driver {
namespace {

/// Everything one test does, on a book in which nothing has happened.
void run(const resolve::BookTest& test, const rules::Evaluator& evaluator, const rules::Observer& observer) {
  rules::BookRun book(evaluator);
  std::set<std::string> known;  // an event that comes again is not evaluated again
  for (const resolve::TestStep& step : test.steps) {
    if (step.kind == resolve::TestStep::Kind::rate) book.publish(step.rate);
    if (step.kind == resolve::TestStep::Kind::through) book.through(step.through, observer);
    if (step.kind != resolve::TestStep::Kind::event) continue;
    const auto identity = read_identity(step.event);
    if (!identity || !known.insert(identity->id).second) continue;
    auto event = decode_event(evaluator.book().catalog, step.event);
    if (event) book.take(std::make_shared<const BillingEvent>(std::move(*event)), observer);
  }
}

void note(const std::vector<std::vector<bool>>& reached, std::uint32_t test,
          std::vector<std::vector<std::vector<std::uint32_t>>>& tests) {
  for (std::size_t i = 0; i < reached.size(); ++i)
    for (std::size_t j = 0; j < reached[i].size(); ++j)
      if (reached[i][j]) tests[i][j].push_back(test);
}

}  // namespace

TestReach test_reach(const resolve::ResolvedModel& model, const std::string& digest) {
  const rules::RuleBook& book = model.book;
  const rules::Evaluator evaluator(std::make_shared<const rules::RuleBook>(book), digest);
  TestReach reach;
  for (const rules::Table& table : book.tables) reach.rows.emplace_back(table.rows.size());
  for (const rules::EventProgram& program : book.programs) reach.rules.emplace_back(program.rules.size());
  for (std::uint32_t test = 0; test < model.tests.size(); ++test) {
    rules::Reached reached(book);
    run(model.tests[test], evaluator, {.reached = &reached});
    note(reached.rows, test, reach.rows);
    note(reached.rules, test, reach.rules);
  }
  return reach;
}

}  // namespace glmap::driver
