// SPDX-License-Identifier: Apache-2.0
// A second look at a changed book, where only the boxes of changed rows are looked at again, says word for word what a
// full look says.
#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/table_facts.hpp"
#include "tests/support/book_builder.hpp"

namespace {

using namespace glmap;

struct Look {
  std::vector<std::string> words;
  std::map<std::string, std::string> proofs;
  friend bool operator==(const Look&, const Look&) = default;
};
Look look(const resolve::ResolvedModel& model, verify::KeptTables& kept) {
  diagnostics::Sink sink;
  rules::Proofs proofs;
  verify::check_tables(model, kept, sink, proofs);
  Look result{{}, proofs.results};
  for (const diagnostics::Diagnostic& found : sink.all()) {
    result.words.push_back(found.primary.where.file + ":" + std::to_string(found.primary.where.line) + found.message);
    for (const auto& label : found.labels)
      result.words.push_back(std::to_string(label.span.where.line) + label.message);
    for (const std::string& note : found.notes) result.words.push_back(note);
    result.words.push_back(found.help);
  }
  return result;
}
Look full_look(const resolve::ResolvedModel& model) {
  verify::KeptTables nothing;
  return look(model, nothing);
}

rules::TableRow random_row(std::mt19937& random, const std::vector<std::uint32_t>& sizes) {
  rules::TableRow row;
  for (const std::uint32_t size : sizes) {
    rules::ValueSet cell = testing::any_value();
    if (random() % 4 != 0) {
      cell = testing::values({});
      for (std::uint32_t v = 0; v < size; ++v)
        if (random() % 3 == 0) cell.values.push_back(v);
      if (cell.values.empty()) cell.values.push_back(static_cast<std::uint32_t>(random() % size));
    }
    row.cells.push_back(std::move(cell));
  }
  row.answers.resize(1);
  row.answers[0].values = testing::values({static_cast<std::uint32_t>(random() % 2)});
  if (random() % 3 == 0) row.from = Date::from_ymd(2026, 1 + static_cast<int>(random() % 12), 1)->plus_days(0);
  if (random() % 3 == 0) row.until = Date::from_ymd(2026, 12, 1 + static_cast<int>(random() % 31))->plus_days(0);
  return row;
}

/// A table that asks `sizes` lists and answers `yes` or `no`.
testing::BookBuilder book_with(const std::vector<std::uint32_t>& sizes, std::vector<rules::TableRow> rows,
                               std::optional<std::int64_t> remaining) {
  testing::BookBuilder builder;
  rules::Table table;
  table.name = "random";
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    std::vector<std::string> names;
    for (std::uint32_t v = 0; v < sizes[c]; ++v) names.push_back("v" + std::to_string(v));
    const std::string name = "c" + std::to_string(c);
    table.columns.push_back({name, {rules::Domain::Kind::list, builder.list(name, std::move(names))}});
  }
  table.answers = {{"answer", rules::AnswerColumn::Kind::list, builder.list("answer", {"yes", "no"})}};
  table.rows = std::move(rows);
  if (remaining) table.remaining = rules::Table::Remaining{*remaining, "a test", testing::at_line(99)};
  builder.table(std::move(table));
  return builder;
}

}  // namespace

TEST_CASE("after each of 3,000 edits a second look says what a full look says", "[kept]") {
  std::mt19937 random(20261201);
  std::size_t disagreements = 0, sound = 0;
  for (int book = 0; book < 300; ++book) {
    const std::vector<std::uint32_t> sizes{4, 3, 5};
    std::vector<rules::TableRow> rows;
    for (std::size_t i = 0; i < 2 + random() % 12; ++i) rows.push_back(random_row(random, sizes));
    std::optional<std::int64_t> remaining;
    verify::KeptTables kept;
    for (int edit = 0; edit < 10; ++edit) {
      const std::size_t at = random() % rows.size();
      const auto place = rows.begin() + static_cast<std::ptrdiff_t>(at);
      if (edit % 5 == 4) rows[at].cells.assign(sizes.size(), testing::any_value());
      if (random() % 3 == 0) {
        rows.insert(place, random_row(random, sizes));
      } else if (rows.size() > 1 && random() % 2 == 0) {
        rows.erase(place);
      } else {
        *place = random_row(random, sizes);
      }
      if (edit == 5) remaining = 3;
      const testing::BookBuilder builder = book_with(sizes, rows, remaining);
      const Look again = look(testing::BookBuilder(builder).model(), kept);
      const Look full = full_look(testing::BookBuilder(builder).model());
      disagreements += again != full;
      sound += full.proofs.contains("table random complete");
    }
  }
  CHECK(disagreements == 0);
  CHECK(sound > 100);
}

TEST_CASE("a list that has grown is looked at in full", "[kept]") {
  std::mt19937 random(5);
  verify::KeptTables kept;
  const std::vector<rules::TableRow> rows{random_row(random, {4, 3})};
  look(book_with({4, 3}, rows, std::nullopt).model(), kept);
  testing::BookBuilder grown = book_with({5, 3}, rows, std::nullopt);
  CHECK(look(grown.model(), kept) == full_look(grown.model()));
}
