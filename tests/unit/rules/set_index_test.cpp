// SPDX-License-Identifier: Apache-2.0
// Quick ways to a row or a rule find what looking at all of them finds.
#include <map>
#include <memory>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "compiler/runtime/rules/matcher.hpp"
#include "compiler/runtime/rules/rule_index.hpp"
#include "tests/support/book_builder.hpp"

using namespace glmap;
using testing::BookBuilder;

namespace {

class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }
  bool one_in(std::uint32_t count) { return below(count) == 0; }

  rules::ValueSet set(std::uint32_t size, std::uint32_t values_max) {
    std::set<std::uint32_t> chosen;
    for (std::uint32_t i = 0, count = 1 + below(values_max); i < count; ++i) chosen.insert(below(size));
    return testing::values({chosen.begin(), chosen.end()});
  }

 private:
  std::mt19937 random_;
};

std::vector<std::string> numbered(std::uint32_t count) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < count; ++i) names.push_back("v" + std::to_string(i));
  return names;
}

/// Rows of single values, of several, of many and of any, some in force for a time only.
rules::Table random_table(Chance& chance, const std::vector<std::uint32_t>& sizes, std::uint32_t rows) {
  rules::Table table;
  table.name = "t";
  for (std::uint32_t c = 0; c < sizes.size(); ++c)
    table.columns.push_back({"c" + std::to_string(c), {rules::Domain::Kind::list, c}});
  const std::uint32_t wide = chance.one_in(3) ? 1 : 6;  // whether many cells cannot be hashed
  for (std::uint32_t r = 0; r < rows; ++r) {
    rules::TableRow row;
    for (const std::uint32_t size : sizes)
      row.cells.push_back(chance.one_in(4)      ? testing::any_value()
                          : chance.one_in(wide) ? chance.set(size, 1 + size)
                                                : chance.set(size, 2));
    const Date start = *Date::from_ymd(2026, 6, 1);
    if (chance.one_in(5)) row.from = start.plus_days(static_cast<int>(chance.below(5)));
    if (chance.one_in(5)) row.until = start.plus_days(5 + static_cast<int>(chance.below(5)));
    row.impossible = true;  // of equal standing: only whether rows fit matters here
    table.rows.push_back(std::move(row));
  }
  return table;
}

bool fits(const rules::TableRow& row, const std::vector<std::uint32_t>& values, Date date) {
  for (std::size_t c = 0; c < values.size(); ++c)
    if (!row.cells[c].contains(values[c])) return false;
  return (!row.from || date >= *row.from) && (!row.until || date <= *row.until);
}

}  // namespace

TEST_CASE("a table's row is found as by looking at every row", "[matcher][property]") {
  Chance chance(20261120);
  std::size_t found = 0, doubled = 0;
  for (int round = 0; round < 300; ++round) {
    BookBuilder builder;
    std::vector<std::uint32_t> sizes;
    for (std::uint32_t c = 0, count = 1 + chance.below(6); c < count; ++c) {
      // Now and then so many values that the columns do not fit into one key.
      sizes.push_back(chance.one_in(60) ? 70'000 : 1 + chance.below(12));
      builder.list("l" + std::to_string(c), numbered(sizes.back()));
    }
    builder.table(random_table(chance, sizes, 1 + chance.below(chance.one_in(3) ? 300 : 30)));
    const rules::Table& table = builder.book().tables.front();
    const rules::TableMatcher matcher(builder.book(), table);
    for (int i = 0; i < 100; ++i) {
      // Mostly the values of some row, so that something is found.
      std::vector<std::uint32_t> values;
      const rules::TableRow& near = table.rows[chance.below(static_cast<std::uint32_t>(table.rows.size()))];
      for (std::size_t c = 0; c < sizes.size(); ++c) {
        const auto& cell = near.cells[c].values;
        values.push_back(cell.empty() || chance.one_in(8)
                             ? chance.below(sizes[c])
                             : cell[chance.below(static_cast<std::uint32_t>(cell.size()))]);
      }
      const Date date = Date::from_ymd(2026, 6, 1)->plus_days(static_cast<int>(chance.below(10)));
      std::vector<std::int32_t> expected;
      for (std::size_t r = 0; r < table.rows.size(); ++r)
        if (fits(table.rows[r], values, date)) expected.push_back(static_cast<std::int32_t>(r));
      std::int32_t second = -1;
      const std::int32_t first = matcher.find(values, date, &second);
      if (first != (expected.empty() ? -1 : expected[0]) || second != (expected.size() < 2 ? -1 : expected[1]) ||
          matcher.find(values, date) != first)
        FAIL("round " << round);
      found += !expected.empty();
      doubled += expected.size() > 1;
    }
    CHECK(matcher.find(sizes, *Date::from_ymd(2026, 6, 1)) == -1);  // values beyond the lists
  }
  CHECK(found > 15'000);
  CHECK(doubled > 5'000);
}

namespace {

constexpr std::uint32_t kLists = 3;

/// An event type with three list fields, two of them optional; a table that leaves holes answers an attribute.
void add_rules(BookBuilder& builder, Chance& chance, std::uint32_t rules) {
  builder.entity("DE", "EUR");
  std::vector<Field> header = {BookBuilder::field("entity", FieldKind::entity)};
  for (std::uint32_t l = 0; l < kLists; ++l) {
    builder.list("l" + std::to_string(l), numbered(8));
    header.push_back(BookBuilder::field("f" + std::to_string(l), FieldKind::list, l, l == 0));
  }
  const std::uint32_t type = builder.event("e", std::move(header));
  rules::Table table;
  table.name = "attribute";
  table.columns = {{"f0", {rules::Domain::Kind::list, 0}}, {"f1", {rules::Domain::Kind::list, 1}}};
  table.answers = {{"answer", rules::AnswerColumn::Kind::list, 2}};
  for (std::uint32_t i = 0; i < 24; ++i) {
    rules::TableRow row;
    row.cells = {testing::values({i / 8 * 3 % 8}), testing::values({i % 8})};
    rules::Answer answer;
    answer.values = testing::values({chance.below(8)});
    row.answers = {answer};
    table.rows.push_back(std::move(row));
  }
  builder.table(std::move(table));
  rules::EventProgram& program = builder.program(type);
  rules::Lookup lookup;
  lookup.inputs = {{.kind = rules::Operand::Kind::header, .index = 1},
                   {.kind = rules::Operand::Kind::header, .index = 2}};
  program.lookups = {lookup};
  for (std::uint32_t r = 0; r < rules; ++r) {
    std::vector<rules::Condition> when;
    for (std::uint32_t i = 0, count = 1 + chance.below(3); i < count; ++i) {
      rules::Condition condition;
      const std::uint32_t list = chance.below(kLists);
      condition.domain = {rules::Domain::Kind::list, list};
      condition.subject = {.kind = rules::Operand::Kind::header, .index = 1 + list};
      if (list == 2 && chance.one_in(2)) condition.subject = {.kind = rules::Operand::Kind::attribute, .index = 0};
      condition.values = chance.set(8, 3);
      condition.negated = chance.one_in(5);
      if (chance.one_in(6)) {
        condition.kind = chance.one_in(2) ? rules::Condition::Kind::given : rules::Condition::Kind::same;
        if (condition.kind == rules::Condition::Kind::given)
          condition.subject = {.kind = rules::Operand::Kind::header, .index = 1 + list};
        condition.other = {.kind = rules::Operand::Kind::header, .index = 1 + chance.below(kLists)};
      }
      when.push_back(std::move(condition));
    }
    program.rules.push_back(BookBuilder::rule("R" + std::to_string(r), r + 1, std::move(when)));
  }
}

std::string in_words(const rules::Decision& decision) {
  if (const auto* held = std::get_if<rules::Held>(&decision)) return held->reason.to_text();
  return std::get<rules::NoEntry>(decision).rule;
}

}  // namespace

TEST_CASE("a rule is found, or the event held, as by trying every rule in order", "[rule_index][property]") {
  Chance chance(7001);
  std::map<std::string, int> outcomes;
  for (int round = 0; round < 60; ++round) {
    BookBuilder builder;
    add_rules(builder, chance, 5 + chance.below(60));
    builder.book().posting_date_fields = {"occurred_at"};
    builder.book().catalog.entities.front().zone = "Europe/Berlin";
    const auto book = std::make_shared<const rules::RuleBook>(builder.book());
    const rules::Evaluator evaluator(book, "sha256:test");
    // The same book with one rule at a time: what trying it by itself says.
    std::vector<rules::Evaluator> alone;
    for (const rules::Rule& rule : book->programs.front().rules) {
      auto one = std::make_shared<rules::RuleBook>(builder.book());
      one->programs.front().rules = {rule};
      alone.emplace_back(std::move(one), "sha256:test");
    }
    for (int i = 0; i < 40; ++i) {
      BillingEvent event;
      event.occurred_at = Instant{};
      event.header = {Code{0}, Code{chance.below(8)}, FieldValue(), FieldValue()};
      for (std::size_t l = 2; l <= kLists; ++l)
        if (!chance.one_in(5)) event.header[l] = Code{chance.below(8)};
      std::string expected = "GLM-7001";
      for (const rules::Evaluator& one : alone) {
        const std::string said = in_words(one.decide(event));
        if (said.starts_with("GLM-7001")) continue;
        expected = said;
        break;
      }
      const std::string said = in_words(evaluator.decide(event));
      if (!said.starts_with(expected)) FAIL("round " << round << ": " << said << " instead of " << expected);
      ++outcomes[expected.starts_with("GLM") ? expected.substr(0, 8) : "fits"];
    }
  }
  CHECK(outcomes["fits"] > 300);
  CHECK(outcomes["GLM-7001"] > 5);
  CHECK(outcomes["GLM-7002"] > 300);
}
