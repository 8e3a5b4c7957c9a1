// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/runtime/base/json.hpp"

namespace glmap::diagnostics {
namespace {

Span at(std::uint32_t line, std::uint32_t column, std::uint32_t length, std::string file = "book.glmap") {
  return Span{SourceRef{std::move(file), line, column, {}}, length};
}

Sources book(std::string text) {
  Sources sources;
  sources.add("book.glmap", std::move(text));
  return sources;
}

Diagnostic finding(ErrorCode code, Span span, std::string message) {
  Diagnostic result;
  result.code = code;
  result.primary = std::move(span);
  result.message = std::move(message);
  return result;
}

const Json& at_path(const Json& value, const std::vector<std::string>& path) {
  const Json* now = &value;
  for (const std::string& step : path) {
    if (const Json::Array* array = now->as_array()) {
      REQUIRE(array->size() > std::stoul(step));
      now = &(*array)[std::stoul(step)];
    } else {
      now = now->find(step);
      REQUIRE(now != nullptr);
    }
  }
  return *now;
}

std::string text_at(const Json& value, const std::vector<std::string>& path) {
  const Json& found = at_path(value, path);
  if (const JsonNumber* number = found.as_number()) return number->text;
  REQUIRE(found.as_string() != nullptr);
  return *found.as_string();
}

TEST_CASE("a hole in a table is shown with its line, an example and what to write", "[diagnostics]") {
  const Sources sources = book("mapping x\n  table treatment \"How each product is earned\"\n");
  Diagnostic hole = finding(ErrorCode::TableHole, at(2, 3, 15),
                            "no row of table `treatment` fits product VOICE, charge_kind subscription");
  hole.notes = {"example: invoice.issued with product VOICE\ncharge_kind subscription", "1 combination is left"};
  hole.help = "add a row for VOICE, or state the combination under `impossible`";
  CHECK(render({hole}, sources, Format::human) ==
        "error[GLM-4001]: no row of table `treatment` fits product VOICE, charge_kind subscription\n"
        "  --> book.glmap:2:3\n"
        "   |\n"
        "2  |   table treatment \"How each product is earned\"\n"
        "   |   ^^^^^^^^^^^^^^^\n"
        "   = example: invoice.issued with product VOICE\n"
        "       charge_kind subscription\n"
        "   = note: 1 combination is left\n"
        "   = help: add a row for VOICE, or state the combination under `impossible`\n");
}

TEST_CASE("two overlapping rows are both shown", "[diagnostics]") {
  const Sources sources = book("| A | x |\n| A | y |\n");
  Diagnostic overlap = finding(ErrorCode::TableOverlap, at(2, 1, 9), "two rows fit product A");
  overlap.labels.push_back(Label{at(1, 1, 9), "other row: answers x"});
  CHECK(render({overlap}, sources, Format::human) ==
        "error[GLM-4002]: two rows fit product A\n"
        "  --> book.glmap:2:1\n"
        "   |\n"
        "2  | | A | y |\n"
        "   | ^^^^^^^^^\n"
        "   |\n"
        "  ::: book.glmap:1:1\n"
        "   |\n"
        "1  | | A | x |\n"
        "   | --------- other row: answers x\n");
}

TEST_CASE("carets stand under the right characters behind tabs and accents", "[diagnostics]") {
  const Sources sources = book("\tB\xC3\xBCro \xE2\x82\xAC x\r\n");
  const std::string shown = render({finding(ErrorCode::UnexpectedText, at(1, 7, 1), "seen")}, sources, Format::human);
  CHECK(shown.find("1  |  B\xC3\xBCro \xE2\x82\xAC x\n   |       ^\n") != std::string::npos);
}

TEST_CASE("a finding about a whole file or an unknown file shows no line", "[diagnostics]") {
  const Sources sources = book("mapping x\n");
  CHECK(render({finding(ErrorCode::FileNotReadable, at(0, 0, 0), "the file cannot be opened")}, sources,
               Format::human) == "error[GLM-1009]: the file cannot be opened\n  --> book.glmap\n");
  CHECK(render({finding(ErrorCode::BadYaml, at(3, 1, 0, "other.yaml"), "seen")}, sources, Format::human) ==
        "error[GLM-1006]: seen\n  --> other.yaml:3:1\n");
  CHECK(render({}, sources, Format::human).empty());
}

TEST_CASE("a place past the end of its line or file is shown without failing", "[diagnostics]") {
  const Sources sources = book("ab\n");
  const std::string past_line = render({finding(ErrorCode::UnexpectedText, at(1, 90, 5), "m")}, sources, Format::human);
  CHECK(past_line.find("   |   ^\n") != std::string::npos);
  CHECK(sources.line("book.glmap", 99).empty());
  const std::string past_file = render({finding(ErrorCode::UnexpectedText, at(99, 1, 5), "m")}, sources, Format::human);
  CHECK(past_file.find("99 |\n   | ^\n") != std::string::npos);
}

TEST_CASE("text of the file cannot steer the terminal", "[diagnostics]") {
  const Sources sources = book(
      "a\x1B[2Jb \xE2\x80\xAE"
      "c\xFF\n");
  const std::string shown =
      render({finding(ErrorCode::UnexpectedText, at(1, 1, 1), "`\x1B[31m` seen")}, sources, Format::human);
  CHECK(shown.find('\x1B') == std::string::npos);
  CHECK(shown.find("\xE2\x80\xAE") == std::string::npos);
  CHECK(shown.find("1  | a\xEF\xBF\xBD[2Jb \xEF\xBF\xBD"
                   "c\xEF\xBF\xBD\n") != std::string::npos);
}

TEST_CASE("a very long line is shown as a window around the place", "[diagnostics]") {
  const Sources sources = book(std::string(100000, 'a') + "X" + std::string(100000, 'b'));
  const std::string shown =
      render({finding(ErrorCode::UnexpectedText, at(1, 100001, 1), "seen")}, sources, Format::human);
  CHECK(shown.size() < 600);
  const std::size_t line_start = shown.find("1  | ") + 5;
  const std::size_t caret_line = shown.find("   | ", shown.find('\n', line_start)) + 5;
  CHECK(shown.find('X', line_start) - line_start == shown.find('^') - caret_line);
}

TEST_CASE("findings are sorted by place and said once", "[diagnostics]") {
  Sink sink;
  sink.error(ErrorCode::UnknownName, at(9, 1, 1), "late");
  sink.error(ErrorCode::UnknownName, at(2, 5, 1), "early");
  sink.error(ErrorCode::UnknownName, at(9, 1, 1), "late");
  Diagnostic warning = finding(ErrorCode::UnusedName, at(2, 4, 1), "unused");
  warning.severity = Severity::warning;
  sink.report(warning);
  CHECK(sink.error_count() == 3);
  CHECK(sink.has_errors());
  CHECK(sink.all().size() == 4);
  const std::vector<Diagnostic> sorted = sink.sorted();
  REQUIRE(sorted.size() == 3);
  CHECK(sorted[0].message == "unused");
  CHECK(sorted[1].message == "early");
  CHECK(sorted[2].message == "late");
}

TEST_CASE("warnings alone are not errors", "[diagnostics]") {
  Sink sink;
  Diagnostic warning = finding(ErrorCode::UnusedName, at(1, 1, 1), "unused");
  warning.severity = Severity::warning;
  sink.report(warning);
  CHECK_FALSE(sink.has_errors());
  CHECK(render(sink.sorted(), book("x"), Format::human).starts_with("warning[GLM-4017]: unused\n"));
}

TEST_CASE("the JSON report is readable by machines even for a file that is not UTF-8", "[diagnostics]") {
  Diagnostic one = finding(ErrorCode::UnknownRole, at(4, 7, 3), "role `\xFF` has no row");
  one.labels.push_back(Label{at(1, 1, 2), "here"});
  one.help = "add a row";
  Result<Json> parsed = parse_json(render({one}, book("x"), Format::json));
  REQUIRE(parsed);
  CHECK(text_at(*parsed, {"diagnostics", "0", "code"}) == "GLM-2004");
  CHECK(text_at(*parsed, {"diagnostics", "0", "severity"}) == "error");
  CHECK(text_at(*parsed, {"diagnostics", "0", "line"}) == "4");
  CHECK(text_at(*parsed, {"diagnostics", "0", "column"}) == "7");
  CHECK(text_at(*parsed, {"diagnostics", "0", "length"}) == "3");
  CHECK(text_at(*parsed, {"diagnostics", "0", "message"}) == "role `\xEF\xBF\xBD` has no row");
  CHECK(text_at(*parsed, {"diagnostics", "0", "labels", "0", "message"}) == "here");
  CHECK(text_at(*parsed, {"errors"}) == "1");
}

TEST_CASE("SARIF carries rule, region, related place and a fingerprint that survives moved lines", "[diagnostics]") {
  Diagnostic one = finding(ErrorCode::TableOverlap, at(2, 1, 9, "my book/b.glmap"), "two rows fit");
  one.labels.push_back(Label{at(1, 1, 9), "other row"});
  one.fingerprint = "table treatment: API, usage";
  Diagnostic two = finding(ErrorCode::UnknownRole, at(3, 3, 4), "no row for `cash`");
  Result<Json> parsed = parse_json(render({one, two}, book("a\nb\n  cash\n"), Format::sarif));
  REQUIRE(parsed);
  CHECK(text_at(*parsed, {"version"}) == "2.1.0");
  CHECK(text_at(*parsed, {"runs", "0", "tool", "driver", "rules", "1", "id"}) == "GLM-2004");
  CHECK(text_at(*parsed, {"runs", "0", "results", "1", "ruleIndex"}) == "1");
  const std::vector<std::string> first = {"runs", "0", "results", "0"};
  const auto of_first = [&](std::vector<std::string> rest) {
    rest.insert(rest.begin(), first.begin(), first.end());
    return text_at(*parsed, rest);
  };
  CHECK(of_first({"level"}) == "error");
  CHECK(of_first({"locations", "0", "physicalLocation", "artifactLocation", "uri"}) == "my%20book/b.glmap");
  CHECK(of_first({"locations", "0", "physicalLocation", "region", "endColumn"}) == "10");
  CHECK(of_first({"relatedLocations", "0", "message", "text"}) == "other row");

  two.primary.where.line = 4;
  one.primary.where.line = 7;
  Result<Json> moved = parse_json(render({one, two}, book("a\nb\nnew\n  cash\n"), Format::sarif));
  REQUIRE(moved);
  for (const char* index : {"0", "1"}) {
    const std::vector<std::string> path = {"runs", "0", "results", index, "partialFingerprints", "glmapFinding/v1"};
    CHECK(text_at(*parsed, path) == text_at(*moved, path));
  }
}

TEST_CASE("a byte order mark does not shift the columns of the first line", "[diagnostics]") {
  const Sources sources = book("\xEF\xBB\xBFmapping x");
  CHECK(sources.line("book.glmap", 1) == "mapping x");
}

TEST_CASE("the closest known name is offered for a slip and nothing for another word", "[diagnostics]") {
  const std::vector<std::string> roles = {"receivable", "revenue", "cash", "debit", "credit"};
  CHECK(closest("recievable", roles) == "receivable");
  CHECK(closest("debti", roles) == "debit");
  CHECK(closest("DEBIT", roles) == "debit");
  CHECK(closest("csah", roles) == "cash");
  CHECK(closest("inventory", roles).empty());
  CHECK(closest("ca", roles).empty());
  CHECK(closest("", roles).empty());
  CHECK(closest(std::string(100000, 'a'), roles).empty());
}

TEST_CASE("a name with a word more or less is offered when it is the only one", "[diagnostics]") {
  const std::vector<std::string> fields = {"customer_id", "billing_country", "product", "tax_code", "tax_rate"};
  CHECK(closest("customer", fields) == "customer_id");
  CHECK(closest("country", fields) == "billing_country");
  CHECK(closest("product_code", fields) == "product");
  CHECK(closest("custom", fields).empty());                                 // no whole word of it
  CHECK(closest("tax", fields).empty());                                    // two: nothing tells which
  CHECK(closest("customers", {"customer", "customers_id"}) == "customer");  // a slip goes before a word more
}

}  // namespace
}  // namespace glmap::diagnostics
