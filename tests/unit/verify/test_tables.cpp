// SPDX-License-Identifier: Apache-2.0
// The proofs about tables: complete, unambiguous, reachable, no catch-all. What the messages say is read in full, and
// every example they give is looked up in the table by the evaluator's own matcher.
#include <random>

#include <catch2/catch.hpp>

#include "compiler/runtime/rules/matcher.hpp"
#include "compiler/verify/checks.hpp"
#include "compiler/verify/table_facts.hpp"
#include "compiler/verify/verify.hpp"
#include "tests/support/book_builder.hpp"
#include "tests/support/compiled_book.hpp"

namespace {

using namespace glmap;
using diagnostics::Diagnostic;
using diagnostics::Severity;
using testing::BookFiles;
using testing::small_book;
using testing::with_change;
using Check = void (*)(const resolve::ResolvedModel&, diagnostics::Sink&, rules::Proofs&);

std::vector<Diagnostic> findings(Check check, const resolve::ResolvedModel& model) {
  diagnostics::Sink sink;
  rules::Proofs proofs;
  check(model, sink, proofs);
  return sink.all();
}

/// Each proof about tables by itself, over all tables of a book.
using TableCheck = void (*)(const rules::RuleBook&, std::uint32_t, const verify::TableFacts&, diagnostics::Sink&,
                            rules::Proofs&);
std::vector<Diagnostic> findings(TableCheck check, const resolve::ResolvedModel& model) {
  diagnostics::Sink sink;
  rules::Proofs proofs;
  for (std::uint32_t table = 0; table < model.book.tables.size(); ++table)
    check(model.book, table, verify::table_facts(model.book, table), sink, proofs);
  return sink.all();
}
std::vector<Diagnostic> findings(TableCheck check, const BookFiles& files) {
  return findings(check, testing::resolved_book(files));
}

void only_reachable(const rules::RuleBook& book, std::uint32_t table, const verify::TableFacts& facts,
                    diagnostics::Sink& sink, rules::Proofs& proofs) {
  verify::check_rows_reachable(book, table, facts, sink, proofs);
}
/// Overlaps, with no row told to be dead.
void only_disjoint(const rules::RuleBook& book, std::uint32_t table, const verify::TableFacts& facts,
                   diagnostics::Sink& sink, rules::Proofs& proofs) {
  verify::check_table_disjoint(book, table, facts, std::vector<bool>(book.tables[table].rows.size()), sink, proofs);
}

BookFiles changed(std::string_view from, std::string_view to) {
  return testing::small_book_with("book.glmap", from, to);
}
std::vector<Diagnostic> findings(Check check, const BookFiles& files) {
  return findings(check, testing::resolved_book(files));
}
std::string line_text(const BookFiles& files, const SourceRef& where) {
  diagnostics::Sources sources;
  sources.add(where.file, files.at(where.file));
  return std::string(sources.line(where.file, where.line));
}
bool has_note(const Diagnostic& found, const std::string& text) {
  return std::any_of(found.notes.begin(), found.notes.end(),
                     [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

const char* const kApiUsage = "  | API      | usage          || usage       |\n";

}  // namespace

TEST_CASE("the small book passes every proof and records what was proved", "[verify]") {
  diagnostics::Sink sink;
  const auto verified = verify::verify(testing::resolved_book(small_book()), sink);
  for (const Diagnostic& found : sink.all()) UNSCOPED_INFO(found.message);
  REQUIRE(verified.has_value());
  CHECK(sink.all().empty());
  const auto& results = verified->proofs().results;
  // 3 products x 3 charge kinds = 9: four answered, two impossible, three remaining; 2 entities x 2 regions x 2 = 8
  CHECK(results.at("table treatment complete") == "proved: 9 combinations, 3 of them remaining");
  CHECK(results.at("table tax_code complete") == "proved: 8 combinations");
  CHECK(results.at("event invoice.issued complete") == "proved: 2 outcomes");
  CHECK(verified->proofs().compiler == "glmapc 0.1.0");
}

TEST_CASE("a product added to the list and to no table is a hole in every table that asks for it", "[tables]") {
  const auto files = changed("product     is PLATFORM, API, SETUP", "product     is PLATFORM, API, SETUP, VOICE");
  const auto found = findings(verify::check_table_complete, files);
  REQUIRE(found.size() == 3);  // treatment counts its remainder; department; revenue, in both entities at once
  CHECK(found[0].code == ErrorCode::WrongRemainder);
  CHECK(found[0].message == "`remaining 3` is stated, and table `treatment` leaves 6 combinations without a row");
  CHECK(line_text(files, found[0].primary.where).find("remaining 3") != std::string::npos);
  CHECK(found[1].code == ErrorCode::TableHole);
  CHECK(found[1].message == "no row of table `department` fits product VOICE");
  CHECK(found[1].notes.front() == "example: product VOICE");
  CHECK(line_text(files, found[1].primary.where).find("table department") != std::string::npos);
  CHECK(found[1].help.find("`| VOICE || DEPARTMENT |`") != std::string::npos);
  CHECK(found[2].message == "no row of table `revenue_account` fits role revenue, any entity, product VOICE");
  CHECK(has_note(found[2], "2 combinations of 8 have no row here"));
  CHECK(has_note(found[2], "on 2026-01-01"));
}

TEST_CASE("a missing row is named with the closest one", "[tables]") {
  const auto files = changed("  | DE     | EMEA   | no       || DE19        |\n", "");
  const auto found = findings(verify::check_table_complete, files);
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "no row of table `tax_code` fits entity DE, region EMEA, business no");
  REQUIRE(found[0].labels.size() == 1);
  CHECK(line_text(files, found[0].labels[0].span.where).find("| DE     | EMEA   | yes") != std::string::npos);
  CHECK(found[0].labels[0].message == "the closest row differs only in its `business`");
}

TEST_CASE("a gap between two rows of one account is a hole in time", "[tables]") {
  const auto files = changed("|| 4225    | 2027-01-01 |", "|| 4225    | 2027-02-01 |");
  const auto found = findings(verify::check_table_complete, files);
  REQUIRE(found.size() == 1);
  CHECK(found[0].message ==
        "no row of table `revenue_account` fits role revenue, entity DE, product PLATFORM or API, from 2027-01-01 "
        "through 2027-01-31");
  CHECK(found[0].notes[0] == "example: role revenue, entity DE, product PLATFORM, on 2027-01-01");
  CHECK(found[0].help.find("2027-01-01") != std::string::npos);
}

TEST_CASE("a row that ends before the book does leaves a hole to the end of the calendars", "[tables]") {
  const auto found = findings(verify::check_table_complete,
                              changed("| revenue | DE     | SETUP         || 4210    | 2026-01-01 |            |",
                                      "| revenue | DE     | SETUP         || 4210    | 2026-01-01 | 2027-06-30 |"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].message.find("from 2027-07-01 through 2028-12-31") != std::string::npos);
}

TEST_CASE("two rows in force on the same day are shown with both answers", "[tables]") {
  const auto files = changed("|| 4200    | 2026-01-01 | 2026-12-31 |", "|| 4200    | 2026-01-01 | 2027-01-31 |");
  const auto found = findings(only_disjoint, files);
  REQUIRE(found.size() == 1);
  CHECK(found[0].code == ErrorCode::TableOverlap);
  CHECK(found[0].message ==
        "two rows of table `revenue_account` fit role revenue, entity DE, product PLATFORM or API, from 2027-01-01 "
        "through 2027-01-31");
  CHECK(found[0].labels[0].message == "this row says account 4200, the other says account 4225");
  CHECK(line_text(files, found[0].primary.where).find("4225") != std::string::npos);
  CHECK(line_text(files, found[0].labels[0].span.where).find("4200") != std::string::npos);
  CHECK(found[0].help == "let the earlier row end on 2026-12-31, the day before the later begins");
}

TEST_CASE("an impossible row is a row: it contradicts one that answers", "[tables]") {
  const auto found =
      findings(only_disjoint, changed("  | PLATFORM | usage, one-off || because", "  | PLATFORM | any || because"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].severity == Severity::error);
  CHECK(found[0].labels[0].message == "this row says treatment ratable, the other says impossible");
  CHECK(found[0].message == "two rows of table `treatment` fit product PLATFORM, charge_kind subscription");
}

TEST_CASE("rows that overlap with one answer are noted, and one that adds nothing is dead", "[tables]") {
  const auto files = changed(kApiUsage, std::string(kApiUsage) + kApiUsage);
  const auto overlaps = findings(only_disjoint, files);
  REQUIRE(overlaps.size() == 1);
  CHECK(overlaps[0].severity == Severity::note);
  const auto dead = findings(only_reachable, files);
  REQUIRE(dead.size() == 1);  // the second of the two, not both
  CHECK(dead[0].code == ErrorCode::DeadRow);
  CHECK(dead[0].message == "this row of table `treatment` and another say the same");
  CHECK(dead[0].labels[0].message == "the other is here");
  CHECK(dead[0].help == "delete one of them");
  CHECK(dead[0].primary.where.line == dead[0].labels[0].span.where.line + 1);
}

TEST_CASE("a row that others say together is shown with all of them, and either side may be mended", "[tables]") {
  const auto files = changed("  | PLATFORM | subscription   || ratable     |\n",
                             "  | PLATFORM | subscription   || ratable     |\n"
                             "  | PLATFORM, API | subscription   || ratable     |\n");
  const auto dead = findings(only_reachable, files);
  REQUIRE(dead.size() == 1);  // PLATFORM and API each have their row already
  CHECK(dead[0].message == "this row of table `treatment` says nothing that other rows together do not say");
  REQUIRE(dead[0].labels.size() == 2);
  CHECK(has_note(dead[0], "it fits product PLATFORM or API, charge_kind subscription: 2 combinations"));
  CHECK(dead[0].help.find("or take its combinations out of the others") != std::string::npos);
}

TEST_CASE("one row too wide is one finding, however many rows it overlaps", "[tables]") {
  const auto files =
      changed("  | SETUP    | one-off        || on_delivery |", "  | any      | any            || on_delivery |");
  const auto found = findings(only_disjoint, files);
  REQUIRE(found.size() == 1);
  CHECK(has_note(found[0], " shares combinations with 3 more"));
  CHECK(found[0].labels.size() == 4);
}

TEST_CASE("the remainder tells a new value of a list from what was left out before", "[tables]") {
  const auto files = changed("product     is PLATFORM, API, SETUP", "product     is PLATFORM, API, SETUP, VOICE");
  const auto found = findings(verify::check_table_complete, files);
  REQUIRE(found[0].code == ErrorCode::WrongRemainder);
  CHECK(found[0].notes[0] == "no row fits product VOICE: 3 combinations");
  // what was counted before: API one-off, SETUP subscription, SETUP usage
  CHECK(found[0].notes[1] == "also without a row: product SETUP, charge_kind subscription or usage: 2 combinations");
  CHECK(found[0].notes[2] == "also without a row: product API, charge_kind one-off: 1 combination");
}

TEST_CASE("a gap in dates shows the row of the entity that the example speaks of, the one just before it", "[tables]") {
  testing::BookBuilder builder;
  rules::Table table;
  table.name = "accounts";
  table.columns = {{"company", {rules::Domain::Kind::list, builder.list("company", {"DE", "FR"})}}};
  const auto row = [&](std::vector<std::uint32_t> companies, std::optional<Date> from, std::optional<Date> until) {
    rules::TableRow made;
    made.cells = {testing::values(std::move(companies))};
    made.from = from;
    made.until = until;
    table.rows.push_back(std::move(made));
  };
  const auto day = [](int month, int of_month) { return *Date::from_ymd(2026, month, of_month); };
  row({1}, std::nullopt, day(6, 30));
  row({0}, std::nullopt, day(3, 31));
  row({0}, day(4, 1), day(6, 30));
  row({0, 1}, day(7, 15), std::nullopt);
  const auto index = builder.table(std::move(table));
  const auto found = findings(verify::check_table_complete, builder.model());
  REQUIRE(found.size() == 1);
  CHECK(found[0].message.find("from 2026-07-01 through 2026-07-14") != std::string::npos);
  CHECK(found[0].notes[0] == "example: company DE, on 2026-07-01");
  REQUIRE(found[0].labels.size() == 1);
  CHECK(found[0].labels[0].span.where == builder.book().tables[index].rows[2].where);
}

TEST_CASE("a row that begins after the calendars end never applies", "[tables]") {
  const auto found = findings(only_reachable, changed("|| 4225    | 2027-01-01 |", "|| 4225    | 2030-01-01 |"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].message ==
        "this row of table `revenue_account` never applies: it begins on 2030-01-01, after the last period of the "
        "calendars (2028-12-31)");
}

TEST_CASE("a row for a role that does not ask the table never applies", "[tables]") {
  const auto found = findings(only_reachable,
                              changed("  | revenue | DE     | SETUP         || 4210    | 2026-01-01 |            |\n",
                                      "  | revenue | DE     | SETUP         || 4210    | 2026-01-01 |            |\n"
                                      "  | cash    | DE     | SETUP         || 1800    | 2026-01-01 |            |\n"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].message.find("the accounts section does not send role cash") != std::string::npos);
}

TEST_CASE("a row of `any` in every column is a catch-all", "[tables]") {
  const auto found = findings(verify::check_no_catch_all, changed("  | any    | EU-RC, EXPORT || no line |",
                                                                  "  | any    | any           || no line |"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].code == ErrorCode::CatchAll);
  CHECK(found[0].message == "this row of table `tax_account` accepts everything");
  CHECK(findings(verify::check_no_catch_all, small_book()).empty());
}

TEST_CASE("many holes are reported five at a time, with the rest counted", "[tables]") {
  testing::BookBuilder builder;
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) names.push_back("P" + std::to_string(i));
  const auto rows = builder.list("product", names);
  const auto columns = builder.list("region", names);
  rules::Table table;
  table.name = "diagonal";
  table.columns = {{"product", {rules::Domain::Kind::list, rows}}, {"region", {rules::Domain::Kind::list, columns}}};
  for (std::uint32_t i = 0; i < 20; ++i) {  // everything but the diagonal
    rules::TableRow row;
    std::vector<std::uint32_t> others;
    for (std::uint32_t j = 0; j < 20; ++j)
      if (j != i) others.push_back(j);
    row.cells = {testing::values({i}), testing::values(others)};
    table.rows.push_back(row);
  }
  builder.table(std::move(table));
  const auto found = findings(verify::check_table_complete, builder.model());
  REQUIRE(found.size() == 5);
  CHECK(found.back().notes.back() == "and 15 more combinations without a row");
}

namespace {

/// A random table of two or three columns, with days or without; most of its rows overlap, miss or repeat others.
rules::Table random_table(std::mt19937& random, std::uint32_t lists) {
  rules::Table table;
  table.name = "random";
  const std::size_t width = 2 + random() % 2;
  for (std::size_t c = 0; c < width; ++c)
    table.columns.push_back(
        {"c" + std::to_string(c), {rules::Domain::Kind::list, static_cast<std::uint32_t>(random() % lists)}});
  const std::size_t rows = 1 + random() % 10;
  const bool dated = random() % 2 == 0;
  for (std::size_t r = 0; r < rows; ++r) {
    rules::TableRow row;
    for (std::size_t c = 0; c < width; ++c) {
      rules::ValueSet cell = testing::any_value();
      if (random() % 3 != 0) {
        cell = testing::values({});
        for (std::uint32_t v = 0; v < 2 + table.columns[c].domain.list; ++v)
          if (random() % 2 == 0) cell.values.push_back(v);
        if (cell.values.empty()) cell.values.push_back(0);
      }
      row.cells.push_back(std::move(cell));
    }
    const Date start = *Date::from_ymd(2026, 12, 20);
    if (dated && random() % 2 == 0) row.from = start.plus_days(static_cast<int>(random() % 12));
    if (dated && random() % 3 == 0) row.until = start.plus_days(static_cast<int>(random() % 12));
    if (row.from && row.until && *row.until < *row.from) std::swap(row.from, row.until);
    row.impossible = true;  // of equal standing: only whether rows fit matters here
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

TEST_CASE("3,000 generated tables: a hole is reported exactly when some combination on some day has no row",
          "[tables]") {
  std::mt19937 random(20260702);
  std::size_t disagreements = 0, holes = 0, overlaps = 0;
  for (int i = 0; i < 3000; ++i) {
    testing::BookBuilder builder;
    for (std::uint32_t l = 0; l < 3; ++l) {
      std::vector<std::string> names;
      for (std::uint32_t v = 0; v < 2 + l; ++v) names.push_back("v" + std::to_string(v));
      builder.list("l" + std::to_string(l), std::move(names));
    }
    builder.table(random_table(random, 3));
    const rules::RuleBook& book = builder.book();
    const rules::Table& table = book.tables.front();
    Date first = *Date::from_ymd(2026, 12, 31);
    bool undated = false, dated = false;
    for (const auto& row : table.rows) {
      dated = dated || row.from || row.until;
      undated = undated || !row.from;
      if (row.from) first = std::min(first, *row.from);
    }
    if (undated) first = *Date::from_ymd(2026, 1, 1);
    const rules::TableMatcher matcher(book, table);
    bool hole = false, overlap = false;
    std::vector<std::uint32_t> point(table.columns.size(), 0);
    const std::function<void(std::size_t)> go = [&](std::size_t c) {
      if (c < point.size()) {
        for (point[c] = 0; point[c] < book.domain_size(table.columns[c].domain); ++point[c]) go(c + 1);
        return;
      }
      for (Date day = dated ? std::max(first, Date(*Date::from_ymd(2026, 12, 18))) : *Date::from_ymd(2026, 12, 31);
           day <= *Date::from_ymd(2026, 12, 31); day = day.plus_days(1)) {
        std::int32_t second = -1;
        const bool missing = matcher.find(point, day, &second) < 0;
        hole = hole || missing;
        overlap = overlap || second >= 0;
      }
    };
    go(0);
    disagreements += hole == findings(verify::check_table_complete, builder.model()).empty();
    disagreements += overlap == findings(only_disjoint, builder.model()).empty();
    holes += hole;
    overlaps += overlap;
  }
  CHECK(disagreements == 0);
  CHECK(holes > 300);  // both answers occur often
  CHECK(holes < 2900);
  CHECK(overlaps > 300);
}
