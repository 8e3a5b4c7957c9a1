// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/resolve/resolving.hpp"

using namespace glmap;
using namespace glmap::testing;

namespace {

const std::string kCsv = "revenue.csv";
const std::string kHeader = "role,entity,product,account,from,until\n";
const std::string kRows =
    "revenue,US,\"PLATFORM, API\",4010,2026-01-01,\n"
    "revenue,US,SETUP,4100,2026-01-01,\n"
    "revenue,DE,\"PLATFORM, API\",4200,2026-01-01,2026-12-31\n"
    "revenue,DE,\"PLATFORM, API\",4225,2027-01-01,\n"
    "revenue,DE,SETUP,4210,2026-01-01,\n";

/// The small book with the rows of its revenue table in a file.
BookFiles with_csv(const std::string& csv) {
  BookFiles files = small_book();
  std::string& book = files[kBook];
  const std::size_t from = book.find("  | revenue | US     | PLATFORM");
  const std::size_t until = book.find("\ntable tax_account");
  book = book.substr(0, from) + "  rows from \"revenue.csv\"\n" + book.substr(until);
  files[kCsv] = csv;
  return files;
}

}  // namespace

TEST_CASE("rows kept in a file are the rows of the table", "[resolve]") {
  for (const std::string& csv : {kHeader + kRows, "\xEF\xBB\xBF" + kHeader + "\n" + kRows + ",,,,,\n"}) {
    const Outcome outcome = resolve_files(with_csv(csv));
    INFO(outcome.text);
    REQUIRE(outcome.model);
    const auto inline_book = resolve_files(small_book());
    const auto& table = outcome.model->book.tables[3];
    const auto& wanted = inline_book.model->book.tables[3];
    REQUIRE(table.rows.size() == wanted.rows.size());
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      CHECK(table.rows[i].cells == wanted.rows[i].cells);
      CHECK(table.rows[i].answers[0].account == wanted.rows[i].answers[0].account);
      CHECK(table.rows[i].from == wanted.rows[i].from);
      CHECK(table.rows[i].until == wanted.rows[i].until);
      CHECK(table.rows[i].where.file == kCsv);
    }
  }
}

TEST_CASE("line ends of another system change nothing", "[resolve]") {
  std::string csv;
  for (const char c : kHeader + kRows) csv += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const Outcome outcome = resolve_files(with_csv(csv));
  INFO(outcome.text);
  CHECK(outcome.model);
}

TEST_CASE("faults in a file of rows are told at their file, line and column", "[resolve]") {
  BookFiles files = with_csv(kHeader + with_change(kRows, "4225", "4226"));
  require_found(files, {{ErrorCode::UnknownAccount, kCsv, "4226", "did you mean `4225`"}});
  CHECK(resolve_files(files).found[0].primary.where.column == 28);
  files = with_csv(kHeader + with_change(kRows, "revenue,DE,SETUP", "revenue,DE,SETUPS"));
  require_found(files, {{ErrorCode::UnknownListValue, kCsv, "SETUPS", "did you mean `SETUP`?"}});
  CHECK(resolve_files(files).found[0].primary.where.column == 12);
}

TEST_CASE("a file of rows repeats the table's columns", "[resolve]") {
  require_found(with_csv("role,entity,region,account,from,until\n" + kRows),
                {{ErrorCode::RowWidth, kCsv, "role,entity", "`region` stands where `product` is expected"}});
  require_found(with_csv("role;entity;product;account;from;until\n"),
                {{ErrorCode::RowWidth, kCsv, "role;", "save the file with commas"}});
  require_found(with_csv(kHeader + "revenue,US,PLATFORM, API,4010,2026-01-01,\n"),
                {{ErrorCode::RowWidth, kCsv, "revenue,US", "the row has 7 cells, the header has 6"}});
  require_found(with_csv(kHeader + "revenue,US,\"PLATFORM,4010,2026-01-01,\n"),
                {{ErrorCode::BadCell, kCsv, "revenue,US", "quotation mark"}});
  BookFiles files = with_csv(kHeader + kRows);
  files.erase(kCsv);
  require_found(files, {{ErrorCode::FileNotReadable, kBook, "rows from", "revenue.csv"}});
}

TEST_CASE("a file of rows in another encoding is refused", "[resolve]") {
  require_found(with_csv(kHeader + "revenue,US,\xC4,4010,,\n"), {{ErrorCode::NotUtf8, kCsv, "revenue,US", "UTF-8"}});
}
