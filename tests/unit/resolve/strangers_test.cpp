// SPDX-License-Identifier: Apache-2.0
// What people write who come from spreadsheets, letters or other languages: each slip is told once, and the help leads
// to a sound book.
#include "tests/unit/resolve/resolving.hpp"

using namespace glmap;
using namespace glmap::testing;

TEST_CASE("a minus without blanks is one word, and the help parts it", "[resolve][strangers]") {
  require_fault(kBook, "debit  receivable line.gross", "debit  receivable line.net-line.tax", ErrorCode::UnknownField,
                "write blanks around the minus: `line.net - line.tax`");
  require_fault(kBook, "debit  deferred_revenue amount", "debit  deferred_revenue amount-fee-tax",
                ErrorCode::UnknownField, "write blanks around the minus: `amount - fee-tax`");
}

TEST_CASE("rules that look at the whole event for what its lines carry are told once", "[resolve][strangers]") {
  BookFiles files = small_book();
  std::string& book = files[kBook];
  for (std::size_t at = book.find("for each line of invoice"); at != std::string::npos;
       at = book.find("for each line of invoice"))
    book.replace(at, 16, "for");
  const Outcome outcome = resolve_files(files);
  INFO(outcome.text);
  REQUIRE(outcome.found.size() == 1);
  CHECK(outcome.found[0].help.find("`for each line of invoice.issued`") != std::string::npos);
  require_fault(kBook, "  for each line of invoice.issued\n  when treatment is ratable",
                "  for invoice.issued\n  when treatment is ratable", ErrorCode::WrongType,
                "or all at the whole: only then can exactly one fit", "  for each line of invoice.issued");
}

TEST_CASE("a list that could not be read whole is the only news about its names", "[resolve][strangers]") {
  require_fault(kBook, "product     is PLATFORM", "product     PLATFORM", ErrorCode::UnexpectedText, "write `is`");
  require_fault(kBook, "is PLATFORM, API, SETUP", "is PLATFORM API, SETUP", ErrorCode::UnexpectedText,
                "write a comma before `API`", "is PLATFORM API");
  require_fault(kBook, "is PLATFORM, API, SETUP\n", "is PLATFORM, API, SETUP,\n", ErrorCode::UnexpectedText,
                "delete the comma", "is PLATFORM, API");
  require_fault(kBook, "  treatment   is ratable", "  my treatment   is ratable", ErrorCode::UnexpectedText,
                "write `my-treatment` or `my_treatment`");
  require_fault(kBook, "table revenue_account", "table revenue account", ErrorCode::UnexpectedText,
                "write `revenue-account` or `revenue_account`");
}

TEST_CASE("a cap written with a comma is told once", "[resolve][strangers]") {
  require_fault(kBook, "at most 0.01 per line", "at most 0,01 per line", ErrorCode::BadLiteral,
                "write `0.01` with a decimal point");
  require_fault(kBook, "line product SETUP, charge_kind one-off, net 300.00",
                "line product SETUP, charge_kind one-off, net 1,300.00", ErrorCode::BadLiteral,
                "write `1300.00` without separators");
}

TEST_CASE("what is meant for all other values has no word", "[resolve][strangers]") {
  require_fault(kBook, "when treatment is usage", "when treatment is otherwise", ErrorCode::UnknownListValue,
                "there is no `otherwise`: list the values that are left");
}

TEST_CASE("a value that needs quotation marks is proposed with them", "[resolve][strangers]") {
  BookFiles files = small_book_with(kBook, "ratable, usage, on_delivery\n", "\"on delivery\", ratable, usage\n");
  std::string& book = files[kBook];
  book = with_change(book, "| SETUP    | one-off        || on_delivery |",
                     "| SETUP    | one-off        || \"on delivery\" |");
  const Outcome outcome = resolve_files(files);
  INFO(outcome.text);
  REQUIRE(outcome.found.size() == 1);
  CHECK(outcome.found[0].help.find("did you mean `\"on delivery\"`?") == 0);
  book = with_change(book, "treatment is ratable, on_delivery", "treatment is ratable, \"on delivery\"");
  CHECK(resolve_files(files).model.has_value());
}

TEST_CASE("a rule without its first line is told once", "[resolve][strangers]") {
  require_fault(kBook, "rule INV-USAGE \"Usage, billed in arrears\"\n", "\n", ErrorCode::MissingClause,
                "write `rule NAME", "  because \"Revenue policy 4.5");
}

TEST_CASE("a fault in the accounts section is the only news about its roles", "[resolve][strangers]") {
  const std::string row =
      "  | receivable       | 1200               | 1200 | customer                      | department |\n";
  require_fault(kBook, row, "  | receivable       | 1200 1200 | customer                      | department |\n",
                ErrorCode::BadCell, "or a bar between two cells", "  | receivable       | 1200 1200");
  require_fault(kBook, row, "  | receivable       | 1200               | 1200 | customer |\n", ErrorCode::RowWidth,
                "this row has 4 cells, the header has 5 // write the missing bar", "  | receivable ");
  require_fault(kBook, row, "", ErrorCode::UnknownRole, "role `receivable` has no row", "  never in receivable");
  require_fault(kBook, "accounts\n  | role ", "\n  | role ", ErrorCode::MissingClause,
                "write `accounts` on a line above", "  | role             | US");
  require_fault(kBook, "accounts\n  | role ", "acounts\n  | role ", ErrorCode::UnexpectedText,
                "did you mean `accounts`?");
}

TEST_CASE("the steps of a test whose first line is missing are told once", "[resolve][strangers]") {
  require_fault(kBook, "test \"German customer buys in dollars and pays\"\n", "\n", ErrorCode::UnexpectedText,
                "write `test \"title\"` on a line above", "  event invoice.issued I-1\n");
}
