// SPDX-License-Identifier: Apache-2.0
// How much each row of a table answers: counted by hand on the small book, and against going through every combination
// and day on generated tables.
#include <algorithm>
#include <functional>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "compiler/verify/coverage.hpp"
#include "tests/support/book_builder.hpp"
#include "tests/support/compiled_book.hpp"

namespace {

using namespace glmap;
using verify::Count;

std::uint32_t table_named(const rules::RuleBook& book, const std::string& name) {
  for (std::uint32_t t = 0; t < book.tables.size(); ++t)
    if (book.tables[t].name == name) return t;
  FAIL("no table " << name);
  return 0;
}

/// Two or three columns of two to four values, up to eight rows that may overlap, be impossible, be dated.
rules::Table random_table(std::mt19937& random) {
  rules::Table table;
  table.name = "random";
  const std::size_t width = 2 + random() % 2;
  for (std::size_t c = 0; c < width; ++c)
    table.columns.push_back(
        {"c" + std::to_string(c), {rules::Domain::Kind::list, static_cast<std::uint32_t>(random() % 3)}});
  const bool dated = random() % 2 == 0;
  for (std::size_t rows = 1 + random() % 8; rows > 0; --rows) {
    rules::TableRow row;
    for (std::size_t c = 0; c < width; ++c) {
      rules::ValueSet cell = testing::any_value();
      if (random() % 3 != 0) cell = testing::values({static_cast<std::uint32_t>(random() % 2)});
      row.cells.push_back(std::move(cell));
    }
    const Date start = *Date::from_ymd(2026, 12, 24);
    if (dated && random() % 2 == 0) row.from = start.plus_days(static_cast<int>(random() % 8));
    if (dated && random() % 3 == 0) row.until = start.plus_days(static_cast<int>(random() % 8));
    row.impossible = random() % 4 == 0;
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// Goes through every combination on every day.
struct Listed {
  using Point = std::vector<std::uint32_t>;
  std::set<Point> all, answered, covered;
  std::vector<std::set<Point>> first_of;  // by row

  Listed(const rules::RuleBook& book, const rules::Table& table) : first_of(table.rows.size()) {
    Point point(table.columns.size(), 0);
    const std::function<void(std::size_t)> go = [&](std::size_t c) {
      if (c == point.size()) return look(table, point);
      for (point[c] = 0; point[c] < book.domain_size(table.columns[c].domain); ++point[c]) go(c + 1);
    };
    go(0);
  }

  void look(const rules::Table& table, const Point& point) {
    all.insert(point);
    for (Date day = *Date::from_ymd(2026, 1, 1); day <= *Date::from_ymd(2026, 12, 31); day = day.plus_days(1)) {
      bool taken = false;
      for (std::size_t r = 0; r < table.rows.size(); ++r) {
        const rules::TableRow& row = table.rows[r];
        bool fits = !(row.from && day < *row.from) && !(row.until && day > *row.until);
        for (std::size_t c = 0; c < point.size(); ++c) fits = fits && row.cells[c].contains(point[c]);
        if (!fits) continue;
        covered.insert(point);
        if (!row.impossible) answered.insert(point);
        if (!taken) first_of[r].insert(point);
        taken = true;
      }
    }
  }
};

}  // namespace

TEST_CASE("the treatment table of the small book: nine combinations, four answered, two impossible, three remaining",
          "[coverage]") {
  const auto model = testing::resolved_book(testing::small_book());
  const std::uint32_t table = table_named(model.book, "treatment");
  const verify::TableCoverage coverage = verify::table_coverage(model.book, table);
  CHECK(coverage.all.combinations == 9);  // 3 products x 3 kinds of charge
  CHECK(coverage.all.answered == Count{4});
  CHECK(coverage.all.impossible == Count{2});  // the platform by usage, and once
  CHECK(coverage.all.remaining == Count{3});   // API once; setup as a subscription, and by usage
  CHECK(coverage.rows == std::vector<std::optional<Count>>{1, 1, 1, 1, 2});
}

TEST_CASE("a product leads to the rows that name it, and its combinations are counted", "[coverage]") {
  const auto model = testing::resolved_book(testing::small_book());
  const std::uint32_t table = table_named(model.book, "treatment");
  const auto products = verify::value_coverage(model.book, table, 0);
  REQUIRE(products.size() == 3);
  CHECK(products[0].rows == std::vector<std::uint32_t>{0, 4});  // PLATFORM: a subscription, or impossible
  CHECK(products[0].all.answered == Count{1});
  CHECK(products[0].all.impossible == Count{2});
  CHECK(products[2].all.remaining == Count{2});  // SETUP: not as a subscription, not by usage
}

TEST_CASE("an account that changes on a day is two rows for the same combinations, and each counts them",
          "[coverage]") {
  testing::BookBuilder builder;
  rules::Table table;
  table.name = "account";
  table.columns.push_back({"region", {rules::Domain::Kind::list, builder.list("region", {"AMER", "EMEA", "APAC"})}});
  for (const bool later : {false, true}) {
    rules::TableRow row;
    row.cells.push_back(testing::any_value());
    if (later)
      row.from = *Date::from_ymd(2026, 7, 1);
    else
      row.until = *Date::from_ymd(2026, 6, 30);
    table.rows.push_back(std::move(row));
  }
  builder.table(std::move(table));
  const verify::TableCoverage coverage = verify::table_coverage(builder.book(), 0);
  CHECK(coverage.all.combinations == 3);
  CHECK(coverage.all.answered == Count{3});
  CHECK(coverage.rows == std::vector<std::optional<Count>>{3, 3});
}

TEST_CASE("1,000 generated tables: every count is that of going through all combinations on all days", "[coverage]") {
  std::mt19937 random(20261101);
  std::size_t disagreements = 0, shared = 0;
  for (int i = 0; i < 1000; ++i) {
    testing::BookBuilder builder;
    for (std::uint32_t l = 0; l < 3; ++l) {
      std::vector<std::string> names;
      for (std::uint32_t v = 0; v < 2 + l; ++v) names.push_back("v" + std::to_string(v));
      builder.list("l" + std::to_string(l), std::move(names));
    }
    builder.table(random_table(random));
    const rules::RuleBook& book = builder.book();
    const Listed listed(book, book.tables.front());
    const verify::TableCoverage coverage = verify::table_coverage(book, 0);
    bool same = coverage.all.combinations == listed.all.size() && coverage.all.answered == listed.answered.size() &&
                coverage.all.impossible == listed.covered.size() - listed.answered.size() &&
                coverage.all.remaining == listed.all.size() - listed.covered.size();
    Count sum = 0;
    for (std::size_t r = 0; r < listed.first_of.size(); ++r) {
      same = same && coverage.rows[r] == listed.first_of[r].size();
      sum += listed.first_of[r].size();
    }
    shared += sum > listed.covered.size() ? 1 : 0;
    const auto by_value = verify::value_coverage(book, 0, 0);
    for (std::uint32_t v = 0; v < by_value.size(); ++v) {
      const auto with = [&](const std::set<Listed::Point>& points) {
        return static_cast<Count>(
            std::count_if(points.begin(), points.end(), [&](const auto& point) { return point[0] == v; }));
      };
      same = same && by_value[v].all.answered == with(listed.answered) &&
             by_value[v].all.remaining == with(listed.all) - with(listed.covered);
    }
    disagreements += same ? 0 : 1;
  }
  CHECK(disagreements == 0);
  CHECK(shared > 100);  // many tables have combinations that belong to different rows on different days
}

TEST_CASE("twelve columns of a hundred values are counted without going through them", "[coverage]") {
  testing::BookBuilder builder;
  std::vector<std::string> names;
  for (int v = 0; v < 100; ++v) names.push_back("v" + std::to_string(v));
  const std::uint32_t list = builder.list("hundred", std::move(names));
  rules::Table table;
  table.name = "wide";
  for (int c = 0; c < 12; ++c) table.columns.push_back({"c" + std::to_string(c), {rules::Domain::Kind::list, list}});
  for (std::uint32_t r = 0; r < 12; ++r) {
    rules::TableRow row;
    for (std::uint32_t c = 0; c < 12; ++c) row.cells.push_back(c == r ? testing::values({0}) : testing::any_value());
    table.rows.push_back(std::move(row));
  }
  builder.table(std::move(table));
  const verify::TableCoverage coverage = verify::table_coverage(builder.book(), 0);
  Count all = 1, without = 1;
  for (int c = 0; c < 12; ++c) {
    all *= 100;
    without *= 99;
  }
  CHECK(coverage.all.combinations == all);
  CHECK(coverage.all.remaining == without);  // no column is v0
  CHECK(coverage.all.answered == all - without);
  CHECK(coverage.rows[0] == all / 100);
  CHECK(coverage.rows[1] == all / 10'000 * 99);  // the second column is v0 and the first is not
}
