// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/unit/syntax/reading.hpp"

namespace glmap::syntax {
namespace {

/// The AST of `text` without the line of its `mapping` section.
std::string ast_of(const std::string& text) {
  const Reading reading = read_with_mapping(text);
  CHECK(reading.report() == "");
  const std::string ast = reading.ast();
  REQUIRE(ast.starts_with("mapping x\n"));
  return ast.substr(10);
}

std::string amount_of(const std::string& amount) {
  const std::string ast = ast_of("rule R because \"p\" for e post in entity, journal J debit r " + amount);
  const std::size_t at = ast.find("debit r ") + 8;
  return ast.substr(at, ast.find('\n', at) - at);
}

TEST_CASE("a mapping states its name, title and properties", "[syntax]") {
  const Reading reading(
      "mapping acme-billing \"Acme: \\\"billing\\\" to the ledger\"\n"
      "  language 1 release 2026.11\n  owner revenue-accounting -- who answers\n  unknown hold\n  ledgers ifrs, "
      "local\n");
  CHECK(reading.report() == "");
  CHECK(reading.ast() ==
        "mapping acme-billing \"Acme: \\\"billing\\\" to the ledger\"\n  language 1\n  release 2026.11\n"
        "  owner revenue-accounting\n  unknown hold\n  ledgers ifrs, local\n");
  REQUIRE(reading.spec.mapping);
  CHECK(reading.spec.mapping->title.text == "Acme: \"billing\" to the ledger");
  CHECK(reading.spec.mapping->properties[2].key.span.where == SourceRef{"book1.glmap", 3, 3, {}});
  CHECK(reading.spec.mapping->properties[2].values[0].span.length == 18);
}

TEST_CASE("reference data names its files, and `accounts` there is not the accounts section", "[syntax]") {
  CHECK(ast_of("reference\n  entities \"e.yaml\"\n  accounts \"a.yaml\"\n  calendars \"c.yaml\"\n  events \"v.yaml\"\n"
               "accounts\n  | role | US |\n  | cash | 1060 |\n") ==
        "reference entities \"e.yaml\"\nreference accounts \"a.yaml\"\nreference calendars \"c.yaml\"\n"
        "reference events \"v.yaml\"\naccounts\n  columns role, US\n  row cash | 1060\n");
}

TEST_CASE("lists are closed sets of codes, also when codes are numbers or words of the language", "[syntax]") {
  CHECK(ast_of("lists product is PLATFORM, \"two words\" department is 0400, 4-4-5, 200-01\n"
               "  journal is hold, no, rate, EU-RC, 2026-10-01 M\xC3\xBCnchen is DE") ==
        "list product is PLATFORM, \"two words\"\nlist department is 0400, 4-4-5, 200-01\n"
        "list journal is hold, no, rate, EU-RC, 2026-10-01\nlist M\xC3\xBCnchen is DE\n");
}

TEST_CASE("a table has asked and answered columns, impossible rows and a counted remainder", "[syntax]") {
  const Reading reading = read_with_mapping(
      "table treatment \"How\"\n"
      "  | product | amount   || treatment | share |   -- the columns\n"
      "  | A, \"B C\"| 10..100.5 || ratable | 12.5 % |\n"
      "  | any | -5.. || no line | |\n"
      "  | - | ..2026-12-31 || x | -3 |\n"
      "  impossible\n"
      "  | A | \"|\" || because \"a | and -- in quotes\" | -- why\n"
      "  remaining 3 impossible because \"not sold\"\n");
  CHECK(reading.report() == "");
  CHECK(reading.ast().substr(10) ==
        "table treatment \"How\"\n  columns product, amount || treatment, share\n"
        "  row A, \"B C\" | 10..100.5 || ratable | 12.5 %\n  row any | -5.. || no line | \n"
        "  row - | ..2026-12-31 || x | -3\n"
        "  impossible A | \"|\" because \"a | and -- in quotes\"\n"
        "  remaining 3 impossible because \"not sold\"\n");
  const TableDecl& table = reading.spec.tables.at(0);
  CHECK(table.span.length == 15);
  CHECK(table.header_span.where.line == 3);
  REQUIRE(table.rows.size() == 4);
  CHECK(table.rows[0].asked[0].values[1].span.where == SourceRef{"book1.glmap", 4, 8, {}});
  CHECK(table.rows[0].asked[0].values[1].quoted);
  CHECK(table.rows[0].asked[1].kind == Cell::Kind::range);
  CHECK(table.rows[1].answered[1].kind == Cell::Kind::blank);
  CHECK(table.rows[2].asked[0].kind == Cell::Kind::not_used);
  CHECK(table.rows[3].impossible);
  CHECK(table.rows[3].answered.empty());
  CHECK(table.rows[0].span.where == SourceRef{"book1.glmap", 4, 3, {}});
  CHECK(table.remaining->count == 3);
}

TEST_CASE("places in a row count characters, not bytes", "[syntax]") {
  const Reading reading = read_with_mapping("table t\n| a || b |\n| \"\xC3\xBC\xE2\x82\xAC\", Z || Q |\n");
  CHECK(reading.report() == "");
  CHECK(reading.spec.tables.at(0).rows.at(0).asked.at(0).values.at(1).span.where.column == 9);
  CHECK(reading.spec.tables.at(0).rows.at(0).answered.at(0).span.where.column == 14);
}

TEST_CASE("rows of a table may be kept in a file", "[syntax]") {
  CHECK(ast_of("table prices rows from \"prices.csv\"\n") == "table prices\n  rows from \"prices.csv\"\n");
}

TEST_CASE("the accounts section keeps account codes as text and names tables by `by`", "[syntax]") {
  const Reading reading = read_with_mapping(
      "accounts\n  | role | US | DE | needs | forbids |\n  | cash | 0400 | - | customer, product | |\n"
      "  | revenue | by revenue_account | | | |\n");
  CHECK(reading.report() == "");
  REQUIRE(reading.spec.accounts);
  CHECK(reading.ast().substr(10) ==
        "accounts\n  columns role, US, DE, needs, forbids\n  row cash | 0400 | - | customer, product | \n"
        "  row revenue | by revenue_account |  |  | \n");
  CHECK(reading.spec.accounts->rows[1][1].kind == Cell::Kind::by_table);
  CHECK(reading.spec.accounts->row_spans[1].where.line == 5);
}

TEST_CASE("dates and foreign currency are stated in sentences", "[syntax]") {
  CHECK(ast_of("dates\n  posting date is document_date, else occurred_at in zone of entity\n  closed first open day\n"
               "foreign_currency\n  rate is rate\n  rounding to rounding, at most 0.01 per line\n"
               "  never in receivable, cash\n  round half_away_from_zero\n") ==
        "dates\n  posting date is document_date, occurred_at\n  closed first open day\n"
        "foreign_currency\n  rate is rate\n  rounding to rounding, at most 0.01\n  never in receivable, cash\n"
        "  round half_away_from_zero\n");
  CHECK(ast_of("dates closed hold posting date is date") == "dates\n  posting date is date\n  closed hold\n");
}

TEST_CASE("a rule has a reason, an event, conditions and one or more entries", "[syntax]") {
  CHECK(ast_of("rule R-1 \"Title\"\n  because \"policy\"\n  for each line of invoice.issued, invoice.amended\n"
               "  when treatment is ratable, usage and principal is not entity and vat_id is given\n"
               "    and currency is functional and kind is \"two words\"\n"
               "  post in entity, journal SALES\n"
               "    debit receivable line.gross with product PLATFORM, note \"a b\"\n"
               "    credit cash amount worth settled_amount at invoice_rate\n"
               "    difference to fx_gain, fx_loss\n"
               "  post in principal, journal IC\n    debit a 1\n    credit b 1\n") ==
        "rule R-1 \"Title\"\n  because \"policy\"\n  for each line of invoice.issued, invoice.amended\n"
        "  when treatment is ratable, usage\n  when principal is not entity\n  when vat_id is given\n"
        "  when currency is functional\n  when kind is \"two words\"\n"
        "  post in entity, journal SALES\n"
        "    debit receivable line.gross with product PLATFORM with note \"a b\"\n"
        "    credit cash amount at invoice_rate worth settled_amount\n"
        "    difference to fx_gain, fx_loss\n"
        "  post in principal, journal IC\n    debit a #1\n    credit b #1\n");
}

TEST_CASE("what posts nothing or waits for a person is said in a sentence with a reason", "[syntax]") {
  CHECK(ast_of("no entry for invoice.drafted, payment.failed when reason is no because \"nothing changed\"\n"
               "hold dispute.opened because \"treasury decides\" when kind is x\n") ==
        "no entry\n  because \"nothing changed\"\n  for invoice.drafted, payment.failed\n  when reason is no\n"
        "hold\n  because \"treasury decides\"\n  for dispute.opened\n  when kind is x\n");
}

TEST_CASE("amounts follow school arithmetic; a percentage and a rounding belong to what is nearest", "[syntax]") {
  CHECK(amount_of("line.net") == "line.net");
  CHECK(amount_of("a - b - c + 0.5") == "(add (subtract (subtract a b) c) #0.5)");
  CHECK(amount_of("a + b * c * d") == "(add a (multiply (multiply b c) d))");
  CHECK(amount_of("(a + b) * 2") == "(multiply (add a b) #2)");
  CHECK(amount_of("-a * -b") == "(multiply (negate a) (negate b))");
  CHECK(amount_of("12 % of line.net") == "(percent 12 of line.net)");
  CHECK(amount_of("a - 12.5 % of (b - c) * d") == "(subtract a (multiply (percent 12.5 of (subtract b c)) d))");
  CHECK(amount_of("- 12% of a") == "(negate (percent 12 of a))");
  CHECK(amount_of("a - 12 % of b rounded half_even") == "(subtract a (rounded half_even (percent 12 of b)))");
  CHECK(amount_of("(a + b) rounded down") == "(rounded down (add a b))");
  CHECK(amount_of("a-b") == "a-b");
  CHECK(amount_of("a -b") == "(subtract a b)");
  CHECK(amount_of("amount") == "amount");
  CHECK(amount_of("rate * date") == "(multiply rate date)");
}

TEST_CASE("a test tells events and what they must give", "[syntax]") {
  const Reading reading = read_with_mapping(
      "test \"German customer\"\n"
      "  event invoice.issued I-1\n    entity DE, currency USD,\n    test yes, rate 0.95, note \"a b\", balance -5.00\n"
      "    line product API, net 1.00, line 3\n    line product SETUP\n"
      "  expect DE SALES 2026-10-01 EUR\n"
      "    debit 1200 receivable 5652.50 USD 5950.00\n"
      "    credit 3900 deferred_revenue 4104.00 USD 4320.00 product PLATFORM, department 300 region EMEA\n"
      "    credit 200-01 output_tax 820.80 VAT DE19\n"
      "  event invoice.issued I-1 again\n  expect duplicate\n"
      "  event invoice.issued I-1 again, customer C2\n  expect conflict\n"
      "  event payment.failed 2026-1 expect no entry event x y expect held \"product\"\n");
  CHECK(reading.report() == "");
  CHECK(reading.ast().substr(10) ==
        "test \"German customer\"\n  event invoice.issued I-1\n"
        "    entity DE, currency USD, test yes, rate 0.95, note \"a b\", balance -5.00\n"
        "    line product API, net 1.00, line 3\n    line product SETUP\n"
        "  expect DE SALES 2026-10-01 EUR\n    debit 1200 receivable 5652.50 USD 5950.00\n"
        "    credit 3900 deferred_revenue 4104.00 USD 4320.00 product PLATFORM, department 300, region EMEA\n"
        "    credit 200-01 output_tax 820.80 VAT DE19\n"
        "  event invoice.issued I-1 again\n  expect duplicate\n"
        "  event invoice.issued I-1 again\n    customer C2\n  expect conflict\n"
        "  event payment.failed 2026-1\n  expect no entry\n  event x y\n  expect held \"product\"\n");
  const auto& event = std::get<TestEvent>(reading.spec.tests.at(0).steps.at(0));
  CHECK(event.fields.at(5).value.span.where == SourceRef{"book1.glmap", 5, 46, {}});
  CHECK(event.fields.at(5).value.span.length == 5);
}

TEST_CASE("a line takes an amount, what others leave of it, what balances, or the same", "[syntax]") {
  const std::string rule = "rule R because \"p\" for e post in entity, journal J\n";
  const auto lines_of = [&](const std::string& lines) {
    const std::string ast = ast_of(rule + lines);
    const std::string head = "  post in entity, journal J\n";
    return ast.substr(ast.find(head) + head.size());
  };
  CHECK(lines_of("debit a x, at most its balance for k, l else hold at carrying rate with m 1 debit b rest of x + 2\n"
                 "credit c rest credit d same at r credit e rest - 1 credit f same * rest\n") ==
        "    debit a x, at most its balance for k, l else hold at carrying rate with m 1\n"
        "    debit b (rest of (add x #2))\n    credit c (rest)\n    credit d (same) at r\n"
        "    credit e (subtract rest #1)\n    credit f (multiply same rest)\n");
  CHECK(lines_of("debit a x, over its open items by i for k with the same amount with d v\n"
                 "debit a rest of x, over its open items by i for k, l, oldest first, else hold\n"
                 "debit a x, over its open items by i for k") ==
        "    debit a x, over its open items by i for k with the same amount with d v\n"
        "    debit a (rest of x), over its open items by i for k, l, oldest first else hold\n"
        "    debit a x, over its open items by i for k, oldest first\n");
  CHECK(amount_of("12 % of share of (a + b) by line.net * 2") ==
        "(multiply (percent 12 of (share by line.net of (add a b))) #2)");
  CHECK(amount_of("share of event.discount by net - share") == "(subtract (share by net of event.discount) share)");
}

TEST_CASE("words of the language are names where a name is meant", "[syntax]") {
  CHECK(ast_of("rule R because \"p\" for e when order is rate, order and changed is within post in rest, journal over\n"
               "debit same amount + rate - order with order balance, the_rest on, wait by\n") ==
        "rule R\n  because \"p\"\n  for e\n  when order is rate, order\n  when changed is within\n"
        "  post in rest, journal over\n"
        "    debit same (subtract (add amount rate) order) with order balance with the_rest on with wait by\n");
  CHECK(ast_of("lists rest is order, same, late pair is storno, balance\n") ==
        "list rest is order, same, late\nlist pair is storno, balance\n");
  CHECK(ast_of("test \"t\" event x y order O-1, through 5, reverse no, rate 2 expect duplicate event x z rate 5\n"
               "expect waiting rate ECB USD EUR 2 on 2026-01-01 through 2026-01-02 expect exception \"a\"\n") ==
        "test \"t\"\n  event x y\n    order O-1, through 5, reverse no, rate 2\n  expect duplicate\n"
        "  event x z\n    rate 5\n  expect waiting\n  rate ECB USD EUR 2 on 2026-01-01\n  through 2026-01-02\n"
        "  expect exception \"a\"\n");
}

TEST_CASE("a rate or a passing day behind an expected line is a step and no dimension", "[syntax]") {
  CHECK(ast_of(
            "test \"t\" event x y expect DE J 2026-01-01 EUR debit 1 r 5.00 over 2\n"
            "rate ECB USD EUR 2 on 2026-01-01 rate ECB USD PLN 4 on 2026-01-01 through 2026-01-02\n"
            "expect balance of a on 2026-01-02 is -1.00 EUR k 1 order a needs b by c, wait 1 day, else hold for d\n") ==
        "order a needs b by c, wait 1 day, else hold for d\n"
        "test \"t\"\n  event x y\n  expect DE J 2026-01-01 EUR\n    debit 1 r 5.00 over 2\n"
        "  rate ECB USD EUR 2 on 2026-01-01\n  rate ECB USD PLN 4 on 2026-01-01\n  through 2026-01-02\n"
        "  expect balance of a on 2026-01-02 is -1.00 EUR k 1\n");
}

TEST_CASE("a book may be spread over files; sections that repeat are joined in the order of the files", "[syntax]") {
  const Reading reading({"mapping x\nlists a is b\n", "lists c is d\n", "-- only a comment\n", ""});
  CHECK(reading.report() == "");
  CHECK(reading.ast() == "mapping x\nlist a is b\nlist c is d\n");
  CHECK(reading.spec.lists[1].name.span.where == SourceRef{"book2.glmap", 1, 7, {}});
}

TEST_CASE("line ends of Windows, tabs, a byte order mark and missing indentation change nothing", "[syntax]") {
  const std::string plain = "mapping x\nlists\n  a is b, c\ntable t\n  | a || x |\n  | b || \"y\" |\n";
  std::string windows = "\xEF\xBB\xBF";
  for (char c : plain) windows += c == '\n' ? std::string("\r\n") : std::string(1, c == ' ' ? '\t' : c);
  const Reading reading(windows);
  CHECK(reading.report() == "");
  CHECK(reading.ast() == Reading(plain).ast());
}

TEST_CASE("the book with every section is read without a finding", "[syntax]") {
  std::ifstream file(GLMAP_SOURCE_DIR "/tests/unit/syntax/books/full.glmap");
  std::stringstream text;
  text << file.rdbuf();
  const Reading reading(text.str());
  CHECK(reading.report() == "");
  CHECK(reading.spec.references.size() == 4);
  CHECK(reading.spec.lists.size() == 3);
  CHECK(reading.spec.tables.size() == 2);
  CHECK(reading.spec.accounts);
  CHECK(reading.spec.dates);
  CHECK(reading.spec.foreign_currency);
  CHECK(reading.spec.order.size() == 2);
  CHECK(reading.spec.expectations.size() == 1);
  CHECK(reading.spec.approvals.size() == 2);
  CHECK(reading.spec.intercompany.size() == 1);
  CHECK(reading.spec.rules.size() == 8);
  CHECK(reading.spec.tests.at(0).steps.size() == 10);
  CHECK(reading.spec.tests.at(1).steps.size() == 9);
}

}  // namespace
}  // namespace glmap::syntax
