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

TEST_CASE("a field that was not sent has no value", "[resolve][strangers]") {
  require_fault(kBook, "when treatment is usage", "when treatment is blank", ErrorCode::UnknownListValue,
                "a rule asks with `FIELD is not given` whether a field was sent; write one of");
}

TEST_CASE("an account in the place of its role is told with the role", "[resolve][strangers]") {
  require_fault(kBook, "credit deferred_revenue line.net", "credit 2400             line.net", ErrorCode::UnknownRole,
                "a line names the role, and the role has the account: write `deferred_revenue`");
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

TEST_CASE("a company that is gone is told once, with the count of its places", "[resolve][strangers]") {
  BookFiles files = small_book();
  std::string& entities = files[kEntities];
  entities.erase(entities.find("  - code: DE"));
  const Outcome outcome = resolve_files(files);
  INFO(outcome.text);
  REQUIRE(outcome.found.size() == 1);
  const diagnostics::Diagnostic& found = outcome.found[0];
  CHECK(found.code == ErrorCode::UnknownEntity);
  CHECK(found.message.find("entity `DE` is not in the reference data; it is used in ") == 0);
  CHECK(found.help == "write one of `US`, or add it to `reference/entities.yaml`");
  REQUIRE(found.notes.size() == 1);
  CHECK(found.notes[0].find("also in book.glmap:") == 0);
}

TEST_CASE("a text with a comma or a colon in it is asked to stand in quotes", "[resolve][strangers]") {
  const std::string block =
      "code: US\n    name: Small Inc.\n    functional: USD\n    zone: America/New_York\n    calendar: months\n"
      "    chart: us\n    erp: tryton-us\n";
  const auto named = [](const std::string& name) {
    return "{code: US, name: " + name +
           ", functional: USD, zone: America/New_York, calendar: months, chart: us, erp: tryton-us}\n";
  };
  require_fault(kEntities, block, named("Small, Tiny, Inc."), ErrorCode::BadYaml,
                "put a text with a comma into quotes: `name: \"Small, Tiny, Inc.\"`", "code: US");
  require_fault(kEntities, block, named("Small: Inc."), ErrorCode::BadYaml,
                "put a text with a colon into quotes: `name: \"Small: Inc.\"`", "code: US");
}

TEST_CASE("a type without the blank behind its colon is parted", "[resolve][strangers]") {
  const Outcome outcome = resolve_files(small_book_with(kEvents, "invoice: {type: text}", "invoice: {type:text}"));
  INFO(outcome.text);
  REQUIRE_FALSE(outcome.found.empty());
  CHECK(outcome.found[0].message == "a blank is missing behind the colon of `type:text`");
  CHECK(outcome.found[0].help == "write `type: text`");
}

TEST_CASE("a condition that compares amounts is led to the sign of the field", "[resolve][strangers]") {
  for (const char* condition : {"and amount > 0", "and amount < 0", "and amount above 0"})
    require_fault(kBook, "when currency is functional\n",
                  "when currency is functional " + std::string(condition) + "\n", ErrorCode::UnexpectedText,
                  "conditions never compare amounts; write `sign: positive`", "when currency is functional");
  require_fault(kBook, "when currency is functional\n", "when currency is functional and amount is 0\n",
                ErrorCode::NotClosed, "conditions never compare amounts; write `sign: positive`",
                "when currency is functional");
}

TEST_CASE("signs are those of amounts, and no others", "[resolve]") {
  const std::string settled = "settled_amount: {type: functional money";
  for (const char* sign : {", sign: positive}", ", sign: not negative}"})
    CHECK(resolve_files(small_book_with(kEvents, settled + "}", settled + sign)).model.has_value());
  require_fault(kEvents, settled + "}", settled + ", sign: negative}", ErrorCode::UnknownListValue,
                "write `positive` (above zero) or `not negative` (zero or above)");
  require_fault(kEvents, "invoice: {type: text}", "invoice: {type: text, sign: positive}", ErrorCode::WrongType,
                "field `invoice` is text, which has no sign");
}

TEST_CASE("once a period is closed the book says what happens in it", "[resolve][strangers]") {
  require_fault(kBook, "  closed hold\n", "\n", ErrorCode::MissingClause,
                "write `closed hold` or `closed first open day`", "dates");
}
