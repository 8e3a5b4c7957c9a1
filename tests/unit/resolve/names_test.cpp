// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/resolve/resolving.hpp"

using namespace glmap;
using namespace glmap::testing;

TEST_CASE("a sound book resolves without a finding", "[resolve]") {
  const Outcome outcome = resolve_files(small_book());
  INFO(outcome.text);
  REQUIRE(outcome.model);
  CHECK(outcome.found.empty());
  const rules::RuleBook& book = outcome.model->book;
  CHECK(book.name == "small");
  CHECK(book.release == "2026.11");
  CHECK(book.ledgers == std::vector<std::string>{"accrual"});
  CHECK(book.tables.size() == 5);
  CHECK(book.roles.size() == 8);
  CHECK(book.programs.size() == 5);
  CHECK(book.posting_date_fields == std::vector<std::string>{"document_date", "occurred_at"});
  CHECK(book.closed == rules::ClosedPolicy::hold);
  REQUIRE(book.foreign_currency);
  CHECK(book.foreign_currency->cap_per_line.to_text() == "0.01");
  CHECK(book.foreign_currency->never_in.size() == 3);
}

TEST_CASE("every fault of the book is told in one run", "[resolve]") {
  BookFiles files = small_book();
  std::string& book = files[kBook];
  book =
      with_change(book, "| SETUP    | one-off        || on_delivery |", "| SETUP    | one-of         || on_delivery |");
  book = with_change(book, "debit  cash       amount worth settled_amount",
                     "debit  cahs       amount worth settled_amount");
  book = with_change(book, "for delivery.completed", "for delivery.complete");
  book = with_change(book, "credit deferred_revenue line.net", "credit deferred_revenue line.nett");
  book = with_change(book, "by tax_account ", "by tax_acount ");
  files[kEntities] = with_change(files[kEntities], "zone: Europe/Berlin", "zone: Europe/Bonn");
  require_found(files,
                {{ErrorCode::UnknownListValue, kBook, "one-of  ", "did you mean `one-off`?"},
                 {ErrorCode::UnknownRole, kBook, "cahs", "did you mean `cash`?"},
                 {ErrorCode::UnknownEventType, kBook, "for delivery.complete\n", "did you mean `delivery.completed`?"},
                 {ErrorCode::UnknownField, kBook, "line.nett", "did you mean `line.net`?"},
                 {ErrorCode::UnknownTable, kBook, "by tax_acount", "did you mean `tax_account`?"},
                 {ErrorCode::UnknownName, kEntities, "Europe/Bonn", "not a time zone"}});
}

TEST_CASE("a value outside its closed list is told with the list", "[resolve]") {
  require_fault(kBook, "| API      | usage          || usage       |", "| VOICE    | usage          || usage       |",
                ErrorCode::UnknownListValue, "`VOICE` is not in list `product`");
  require_fault(kBook, "| SETUP         || 200        |", "| SETUP         || 400        |",
                ErrorCode::UnknownListValue, "`200` or `300`");
  require_fault(kBook, "| DE     | EMEA   | no       || DE19        |", "| DE     | EMEA   | never    || DE19        |",
                ErrorCode::UnknownListValue, "yes and no");
  require_fault(kBook, "| US     | AMER   | any      || US          |", "| USA    | AMER   | any      || US          |",
                ErrorCode::UnknownEntity, "`USA`");
}

TEST_CASE("an account that is not in the entity's chart is told at its cell, with the chart and the nearest code",
          "[resolve]") {
  require_fault(kBook, "| deferred_revenue | 2400               | 3900 |",
                "| deferred_revenue | 2400               | 3901 |", ErrorCode::UnknownAccount,
                "account `3901` is not in the chart of accounts `de` of DE // did you mean `3900`");
  require_fault(kBook, "| revenue | US     | SETUP         || 4100    |",
                "| revenue | US     | SETUP         || 4210    |", ErrorCode::UnknownAccount,
                "chart of accounts `us` of US");
  // `any` covers every entity that uses the table.
  require_fault(kBook, "| any    | EU-RC, EXPORT || no line |", "| any    | EU-RC, EXPORT || 3806    |",
                ErrorCode::UnknownAccount, "account `3806` is not in the chart of accounts `us` of US");
}

TEST_CASE("names that are defined twice are refused at the second", "[resolve]") {
  require_fault(kBook, "  department  is 200, 300\n", "  department  is 200, 300\n  region      is APAC\n",
                ErrorCode::DuplicateName, "list `region`", "region      is APAC");
  require_fault(kBook, "product     is PLATFORM, API, SETUP", "product     is PLATFORM, API, SETUP, API",
                ErrorCode::DuplicateName, "value `API`");
  require_fault(kBook, "rule DELIVERED", "rule INV-USAGE", ErrorCode::DuplicateName, "rule `INV-USAGE`",
                "rule INV-USAGE \"Earned on delivery\"");
  require_fault(kBook, "  | fx_loss          | 6880               | 6880 |",
                "  | cash             | 6880               | 6880 |                               |            |\n"
                "  | fx_loss          | 6880               | 6880 |",
                ErrorCode::DuplicateName, "role `cash`", "| cash             | 6880");
}

TEST_CASE("a column is a list, an entity, a currency, a role or a yes/no field", "[resolve]") {
  require_fault(kBook, "| product       || department |", "| customer      || department |", ErrorCode::NotClosed,
                "`customer` is text");
  require_fault(kBook, "| product       || department |", "| prodct        || department |", ErrorCode::UnknownName,
                "did you mean `product`?");
  require_fault(kBook, "| product       || department |", "| product       || departmnt  |", ErrorCode::UnknownName,
                "did you mean `department`?");
}

TEST_CASE("cells say what they mean", "[resolve]") {
  require_fault(kBook, "| US     | AMER   | any      || US          |", "| US     | AMER   |          || US          |",
                ErrorCode::BadCell, "write `any`");
  require_fault(kBook, "| US     | AMER   | any      || US          |", "| US     | AMER   | -        || US          |",
                ErrorCode::BadCell, "`-`");
  require_fault(kBook, "| PLATFORM, API || 300        |", "| API, API      || 300        |", ErrorCode::DuplicateName,
                "stands twice");
  require_fault(kBook, "| 4200    | 2026-01-01 | 2026-12-31 |", "| 4200    | 2026-01-01 | 2025-12-31 |",
                ErrorCode::DeadRow, "ends on 2025-12-31");
  require_fault(kBook, "| 4200    | 2026-01-01 | 2026-12-31 |", "| 4200    | 2026-01-01 | 2026-02-30 |",
                ErrorCode::BadLiteral, "day");
  require_fault(kBook, "| rounding         | 6990               | 6300 |",
                "| rounding         | 6990               |      |", ErrorCode::BadCell,
                "role `rounding` has no account in DE");
}

TEST_CASE("every entity has a column in the accounts section", "[resolve]") {
  BookFiles files = small_book();
  files[kEntities] +=
      "  - {code: JP, name: Small KK, functional: JPY, zone: Asia/Tokyo, calendar: months, chart: us, erp: x}\n";
  require_found(files, {{ErrorCode::MissingClause, kBook, "accounts\n  | role", "`JP`"}});
}

TEST_CASE("a forbidden dimension that no event carries is a slip", "[resolve]") {
  require_fault(kBook, "| receivable       | 1200               | 1200 | customer                      | department |",
                "| receivable       | 1200               | 1200 | customer                      | departmnt  |",
                ErrorCode::UnknownName, "did you mean `department`?");
}

TEST_CASE("dates and foreign currency speak of fields and roles that exist", "[resolve]") {
  require_fault(kBook, "posting date is document_date,", "posting date is documnt_date,", ErrorCode::UnknownField,
                "did you mean `document_date`?");
  require_fault(kBook, "posting date is document_date,", "posting date is customer,", ErrorCode::WrongType,
                "date is needed");
  require_fault(kBook, "rate is rate", "rate is rat", ErrorCode::UnknownField, "`rat`");
  require_fault(kBook, "rounding to rounding,", "rounding to roundin,", ErrorCode::UnknownRole,
                "did you mean `rounding`?");
  require_fault(kBook, "at most 0.01 per line", "at most little per line", ErrorCode::BadLiteral, "`little`");
  require_fault(kBook, "round half_away_from_zero", "round half_up", ErrorCode::UnknownListValue, "`half_even`");
}

TEST_CASE("the mapping states language, release and owner", "[resolve]") {
  require_fault(kBook, "  language 1\n", "  language 2\n", ErrorCode::UnknownListValue, "`2`");
  require_fault(kBook, "  release 2026.11\n", "", ErrorCode::MissingClause, "`release`", "mapping small");
  require_fault(kBook, "  unknown hold\n", "  unknown accept\n", ErrorCode::UnknownListValue, "`accept`");
}

TEST_CASE("a percentage in a table is kept as its fraction", "[resolve]") {
  const Outcome outcome =
      resolve_files(small_book_with(kBook, "table department \"Who earns what\"",
                                    "table commission\n  | product || commission |\n  | PLATFORM || 12 % |\n"
                                    "  | API || 7.5 % |\n  | SETUP || 0.05 |\n\ntable department"));
  INFO(outcome.text);
  REQUIRE(outcome.model);
  const auto table = outcome.model->book.tables[1];
  REQUIRE(table.rows.size() == 3);
  CHECK(table.rows[0].answers[0].number.to_text() == "0.12");
  CHECK(table.rows[1].answers[0].number.to_text() == "0.075");
  CHECK(table.rows[2].answers[0].number.to_text() == "0.05");
}
