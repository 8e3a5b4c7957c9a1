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
                {{ErrorCode::RowWidth, kCsv, "revenue,US", "the row has too many cells: 7 instead of 6"}});
  require_found(with_csv(kHeader + "revenue,US,\"PLATFORM,4010,2026-01-01,\n"),
                {{ErrorCode::BadCell, kCsv, "revenue,US", "quotation mark"}});
  BookFiles files = with_csv(kHeader + kRows);
  files.erase(kCsv);
  require_found(files, {{ErrorCode::FileNotReadable, kBook, "rows from", "revenue.csv"}});
}

TEST_CASE("a file of rows in another encoding is refused", "[resolve]") {
  require_found(with_csv(kHeader + "revenue,US,\xC4,4010,,\n"), {{ErrorCode::NotUtf8, kCsv, "revenue,US", "UTF-8"}});
}

TEST_CASE("what a spreadsheet leaves in a file is called by its name", "[resolve][strangers]") {
  const auto told = [](const std::string& cell, ErrorCode code, const std::string& words) {
    INFO(cell);
    const std::string needle = cell.substr(cell.find_first_not_of('"'), 4);
    require_found(with_csv(kHeader + with_change(kRows, "4225", cell)), {{code, kCsv, needle, words}});
  };
  told("=F2+1", ErrorCode::BadCell, "`=F2+1` is a formula and not its value");
  told("#REF!", ErrorCode::BadCell, "`#REF!` is what a spreadsheet shows when a formula fails");
  told("'4225", ErrorCode::BadCell, "write `4225` without it");
  told("4.225E+03", ErrorCode::BadCell, "a number as a spreadsheet shortens it");
  told("\"\"\"4.225E+03\"\"\"", ErrorCode::UnknownAccount,
       "write `4225`: the spreadsheet has taken the code for a number");
  told("4225.0", ErrorCode::UnknownAccount, "write `4225`: the spreadsheet has taken the code for a number");
  told("4225.5", ErrorCode::UnknownAccount, "not in the chart");
  require_found(with_csv(kHeader + with_change(kRows, "4225,2027-01-01,", "4225")),
                {{ErrorCode::RowWidth, kCsv, "4225",
                  "too few cells: 4 instead of 6 // write `revenue,DE,\"PLATFORM, API\",4225,,`"}});
  BookFiles workbook = with_csv(std::string("PK\x03\x04\x14", 5));
  const Outcome outcome = resolve_files(workbook);
  INFO(outcome.text);
  REQUIRE(outcome.found.size() == 1);
  CHECK(outcome.found[0].message == "the file is an Excel workbook, rows of text are expected");
}
