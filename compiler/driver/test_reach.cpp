// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/test_reach.hpp"

#include <memory>

#include "compiler/driver/book_play.hpp"

namespace glmap::driver {
namespace {

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
    BookPlay play(evaluator);  // a book in which nothing has happened
    for (const resolve::TestStep& step : model.tests[test].steps) play.play(step, {.reached = &reached});
    note(reached.rows, test, reach.rows);
    note(reached.rules, test, reach.rules);
  }
  return reach;
}

}  // namespace glmap::driver
