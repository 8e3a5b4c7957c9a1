// SPDX-License-Identifier: Apache-2.0
// Every kind of fault, with its place and its words. The words are checked whole where they teach, by part elsewhere.
#include <catch2/catch.hpp>

#include "tests/unit/syntax/reading.hpp"

namespace glmap::syntax {
namespace {

/// Findings of `text` behind a `mapping` section on line 1.
std::vector<std::string> faults(const std::string& text) {
  return read_with_mapping(text).findings();
}

/// True when there is exactly one finding and it starts with `expected`.
void check_one(const std::string& text, const std::string& expected) {
  const std::vector<std::string> found = faults(text);
  INFO(text);
  REQUIRE(found.size() == 1);
  CHECK(found[0].substr(0, expected.size()) == expected);
}

const std::string kRule = "rule R because \"p\" for e\n  post in entity, journal J\n";

TEST_CASE("a misspelt first word of a posting line is told with what it should be", "[syntax][faults]") {
  CHECK(faults(kRule + "    debti receivable line.gross\n    credit cash line.gross\n") ==
        std::vector<std::string>{
            "GLM-1001 4:5 `debti` is not expected here; a posting line starts with `debit` or `credit`"
            " | did you mean `debit`?"});
}

TEST_CASE("two misspelt lines one after the other are both told", "[syntax][faults]") {
  const std::vector<std::string> found = faults(kRule + "    debti a x\n    crdit b x\n    diference to c, d\n");
  REQUIRE(found.size() == 3);
  CHECK(found[0].find("4:5 `debti`") != std::string::npos);
  CHECK(found[1].find("5:5 `crdit`") != std::string::npos);
  CHECK(found[2].find("did you mean `difference`?") != std::string::npos);
}

TEST_CASE("a misspelt section is told as such, wherever it stands", "[syntax][faults]") {
  check_one("tabel t \"x\"\n  | a || b |\n", "GLM-1001 2:1 `tabel` does not start a section | did you mean `table`?");
  check_one("lists\n  a is b\ntabel t \"x\"\n  | a || b |\n",
            "GLM-1001 4:1 `tabel` does not start a section | did you mean");
  check_one("reference\n  events \"e\"\nlist\n  a is b\n",
            "GLM-1001 4:1 `list` does not start a section | did you mean `lists`?");
  check_one(kRule + "    debit a x\nrulle S \"t\"\n  because \"p\"\n",
            "GLM-1001 5:1 `rulle` does not start a section | did you");
  check_one("whatever\n  | a |\n",
            "GLM-1001 2:1 `whatever` does not start a section | a section starts with `mapping`,");
}

TEST_CASE("what is missing is told at the end of the line that lacks it", "[syntax][faults]") {
  check_one(kRule + "    debit receivable\n    credit cash x\n",
            "GLM-1001 4:21 something is missing behind `receivable`; an amount reads like `line.net`");
  check_one("rule\n  because \"p\" for e post in entity, journal J debit a x\n",
            "GLM-1001 2:5 something is missing behind `rule`; a rule starts with `rule NAME \"title\"`");
  check_one("lists\n  a is b,\n", "GLM-1001 3:10 something is missing behind `,`; a list reads");
  check_one(kRule + "    debit a (x + 3\n    credit a x\n", "GLM-1001 4:19 something is missing behind `3`; an amount");
}

TEST_CASE("words that do not fit are told with how the construct reads", "[syntax][faults]") {
  check_one("lists a is b c\n",
            "GLM-1001 2:14 `c` is not expected here; a list reads `product is PLATFORM, API`, its values");
  check_one("lists charge si A\n", "GLM-1001 2:14 `si` is not expected here; a list reads `product is PLATFORM, API`");
  check_one(kRule + "    debit a line.net / 2\n",
            "GLM-1001 4:22 `/` is not expected here; a posting line reads `debit ROLE "
            "AMOUNT`, then `at`, `worth` or `with` | there is no division");
  check_one(kRule + "    debit a x wiht b c\n", "GLM-1001 4:15 `wiht` is not expected here; a posting line");
  check_one(kRule + "    debit when x\n",
            "GLM-1001 4:11 `when` is not expected here; a posting line reads `debit ROLE AMOUNT`, "
            "then `at`, `worth` or `with` | `when` is a word of the language; choose another");
  check_one("dates\n  posting date is d\n  closed frist open day\n",
            "GLM-1001 4:10 `frist` is not expected here; a closed "
            "period is met by `closed hold` or `closed first open day` | did you mean `first`?");
  check_one("reference\n  accounts acc.yaml\n", "GLM-1001 3:12 `acc.yaml` is not expected here; reference data reads");
  check_one("no entry for x\n  because y\n",
            "GLM-1001 3:11 `y` is not expected here; a reason reads `because \"policy and "
            "paragraph\"` | put the text in double quotes");
  check_one("lists a is b\n  | a | b |\n", "GLM-1001 3:3 a table row is not expected here");
  check_one("lists a is b \xE2\x80\x93 c\n", "GLM-1001 2:14 `\xE2\x80\x93` is not expected here;");
}

TEST_CASE("tests of a book are checked too", "[syntax][faults]") {
  const std::string test = "test \"t\"\n  event x y\n";
  check_one(
      test + "    entity DE currency USD\n  expect duplicate\n",
      "GLM-1001 4:15 `currency` is not expected here; fields of an event read `FIELD VALUE`, separated by commas");
  check_one(test + "    a b\n    lin c d\n  expect duplicate\n",
            "GLM-1001 5:5 `lin` is not expected here; an event of a test");
  check_one(
      test + "  expct DE J 2026-01-01 EUR\n    debit 1 r 5\n  expect duplicate\n",
      "GLM-1001 4:3 `expct` is not expected here; a step of a test starts with `event`, `payload`, `expect`, `rate` or "
      "`through` | did you mean `expect`?");
  check_one(test + "  expect held\n", "GLM-1001 4:14 something is missing behind `held`;");
  check_one(test + "  expect no entry\n    debit 1 r 5\n", "GLM-1001 5:5 lines are expected where no entry is");
  check_one(test + "  expect DE J 2026-01-01 EUR\n    debit 1 r five\n", "GLM-1007 5:15 `five` is not an amount");
  check_one(test + "  expect DE J 2026-01-01 EUR\n", "GLM-1010 4:3 the expected entry has no lines");
  check_one(test, "GLM-1010 2:1 the test expects nothing");
}

TEST_CASE("cells that cannot be read are told at the cell", "[syntax][faults]") {
  const std::string table = "table t\n  | product | kind || answer |\n";
  check_one(table + "  | A, | x || y |\n", "GLM-1004 4:6 a comma stands here without a value behind it");
  check_one(table + "  | A B | x || y |\n", "GLM-1004 4:7 two values stand side by side in this cell");
  check_one(table + "  | any, A | x || y |\n", "GLM-1004 4:5 `any` stands beside other values");
  check_one(table + "  | A | us$ge || y |\n", "GLM-1004 4:11 `$ge` cannot be read in a cell");
  check_one(table + "  | A | .. || y |\n", "GLM-1004 4:9 `..` cannot be read as a cell");
  check_one(table + "  | A | x || y\n", "GLM-1004 4:14 the row does not end with `|`");
  check_one(table + "  | A | x || y | z\n", "GLM-1004 4:18 the row does not end with `|`");
  check_one(table + "  | A | \"x || y |\n", "GLM-1004 4:9 the quotation mark is not closed on this line");
  check_one(table + "  | A || x || y |\n", "GLM-1004 4:12 a second `||` stands in this row");
  check_one(table + "  | A | x ||\n", "GLM-1004 4:11 the row ends with `||`");
  check_one(table + "  impossible\n  | A | x || because sold |\n",
            "GLM-1004 5:14 this reason does not stand in double quotes");
  check_one(table + "  | A | x || because \"r\" |\n",
            "GLM-1004 4:22 a reason stands in a row that is not under `impossible`");
  check_one("table t\n  | a, b || c |\n", "GLM-1004 3:5 this is not the name of a column");
  check_one("accounts\n  | role | US |\n  | cash || 1 |\n", "GLM-1004 4:10 `||` stands in the accounts section");
}

TEST_CASE("rows with too many or too few cells are told with both counts", "[syntax][faults]") {
  const std::string table = "table t\n  | product | kind || answer |\n";
  check_one(table + "  | A || y |\n",
            "GLM-1005 4:3 this row has 1 cell left of `||`, the header has 2 | write the missing bar");
  check_one(table + "  | A | x || y | z |\n",
            "GLM-1005 4:3 this row has 2 cells right of `||`, the header has 1 | delete a bar");
  check_one(table + "  | A | x | y |\n", "GLM-1005 4:3 this row has no `||`, the header has one");
  check_one("accounts\n  | role | US |\n  | cash |\n", "GLM-1005 4:3 this row has 1 cell, the header has 2");
  const Reading reading = read_with_mapping(table + "  | A || y |\n");
  REQUIRE(reading.sink.all().at(0).labels.size() == 1);
  CHECK(reading.sink.all().at(0).labels[0].span.where.line == 3);
}

TEST_CASE("what other languages have and this one has not is told with what to write", "[syntax][faults]") {
  const auto helps = [](const std::string& text, const std::string& place, const std::string& help) {
    const std::vector<std::string> found = faults(text);
    INFO(text);
    REQUIRE(found.size() == 1);
    CHECK(found[0].substr(9, found[0].find(' ', 9) - 9) == place);
    CHECK(found[0].find(" | " + help) != std::string::npos);
  };
  const std::string when = "rule R because \"p\" for e\n  post in entity, journal J debit a x\n  when a is b ";
  helps(when + "or c is d\n", "4:15", "write the values behind `is` with commas, or a second rule");
  helps(when + "c\n", "4:15", "write a comma before `c`");
  helps(when + ", c is d\n", "4:19", "write `and` before `c`, not a comma");
  const std::string head = "rule R because \"p\" for e\n  post in entity, journal J debit a x\n  ";
  helps(head + "when a != b\n", "4:10", "write `is not`");
  helps(head + "when a <> b\n", "4:10", "write `is not`");
  helps(head + "when a isn't b\n", "4:10", "write `is not`");
  helps(head + "when a = b\n", "4:10", "write `is`");
  helps(head + "when not a is b\n", "4:8", "write `FIELD is not VALUE`");
  helps(head + "if a is b\n", "4:3", "write `when`");
  helps(kRule + "    Dr a x\n    credit b x\n", "4:5", "write `debit`");
  helps(kRule + "    debit a x\n    Haben b x\n", "5:5", "write `credit`");
  helps(kRule + "    debit a = x\n    credit b x\n", "4:13", "delete it");
  helps(kRule + "    debit a, x\n    credit b x\n", "4:12", "delete the comma");
  helps(kRule + "    debit: a x\n    credit b x\n", "4:10", "delete the colon");
  helps(kRule + "    debit \"a\" x\n    credit b x\n", "4:11", "a name stands without quotation marks");
  helps("foreign_currency rate is r rounding to x, max 0.05 per line\n", "2:43", "write `at most`");
  helps("foreign_currency rate is r never in x and y\n", "2:39", "write a comma instead of `and`");
  helps("dates posting_date is d\n", "2:7", "write `posting date is FIELD`");
  helps("test \"t\" event x y\n  a b\n  expect nothing\n", "4:17", "write `expect no entry`");
  helps("test \"t\" event x y\n  a b\n  expect error\n", "4:15", "write `expect held \"reason\"`");
  helps(kRule + "    debit a x * 19%\n", "4:20", "a percentage stands before what it is taken of: `19 % of line.net`");
  helps(when + "\n  otherwise\n", "5:3", "there is no `otherwise`");
  helps(kRule + "    debit a x at most its balance for c else hold\n", "4:18", "write a comma before `at most`");
  helps(kRule + "    debit a x over its open items by c for d else hold\n", "4:15", "write a comma before `over`");
  helps("rule R S \"t\" because \"p\" for e post in entity, journal J debit a x\n", "2:8",
        "a name is one word: write `R-S` or `R_S`");
  helps("dates posting date is a else b\n", "2:25", "write a comma before `else`");
  helps("foreign_currency rate from ECB on d at most 3 days old\n", "2:37", "write a comma before `at`");
  helps("table t\n  | a || b |\n  x | y || z |\n", "4:3", "begin the row with `|`");
  helps("lists a is b,\n  c is d\n", "2:13", "delete the comma");
  helps(kRule + "    debit a x,\n    credit b x\n", "4:15", "delete the comma, or write behind it what belongs to it");
  helps("test \"t\" event x y\n  a b,\n  line c d\n  expect duplicate\n", "3:6", "delete the comma");
}

TEST_CASE("amounts with separators or a decimal comma are told with the amount to write", "[syntax][faults]") {
  const std::string test = "test \"t\" event x y\n  expect duplicate event x z\n";
  check_one(test + "  net 1,000.00, tax 5\n  expect duplicate\n",
            "GLM-1007 4:7 `1,000.00` is written with a comma; commas separate one thing from the next | write "
            "`1000.00` without separators");
  check_one(test + "  net 1,234,567\n  expect duplicate\n", "GLM-1007 4:7 `1,234,567` is written with a comma");
  check_one(
      test + "  net 1.000,50\n  expect duplicate\n",
      "GLM-1007 4:7 `1.000,50` is written with a comma; commas separate one thing from the next | write `1000.50`");
  check_one(test + "  expect DE J 2026-01-01 EUR\n    debit 1 r 1,000.00 USD 5.00\n",
            "GLM-1007 5:15 `1,000.00` is written with a comma");
  check_one(test + "  expect DE J 2026-01-01 EUR\n    debit 1 r 1,000.00 customer\n",
            "GLM-1007 5:17 `000.00` stands where a name is expected | write an amount without separators");
  check_one("foreign_currency rate is r rounding to x, at most 0,05 per line\n",
            "GLM-1007 2:51 `0,05` is written with a comma; commas separate one thing from the next | write `0.05`");
  CHECK(faults("lists a is 1,000,2\n").empty());
}

TEST_CASE("the clauses of a rule whose first line is missing are told once", "[syntax][faults]") {
  const std::string clauses = "  because \"p\"\n  for e\n  when a is b\n  post in entity, journal J\n    debit a x\n";
  const std::string sound = "rule R\n" + clauses;
  check_one("dates posting date is d\n" + clauses + "lists a is b\n",
            "GLM-1001 3:3 `because` begins a clause, and no rule begins above it | write `rule NAME \"title\"`");
  check_one(sound + "\n" + clauses, "GLM-1010 9:3 a rule begins here without its first line");
  check_one("no entry for f because \"q\"\n" + clauses,
            "GLM-1001 4:3 `for` begins a clause, and no rule begins above it");
  check_one(
      "no entry for f because \"q\"\n  because \"p\"\n",
      "GLM-1010 3:3 a second reason stands here, and one belongs to each outcome | keep one of the two, or write the "
      "missing line above: `no entry for EVENT` or `hold EVENT`");
  check_one("hold f because \"q\"\n  for e\n  post in entity, journal J\n    debit a x\n" + sound,
            "GLM-1001 3:3 `for` begins a clause, and no rule begins above it");
}

TEST_CASE("a clause that must be there and is not is told once", "[syntax][faults]") {
  check_one("rule R for e post in entity, journal J debit a x\n", "GLM-1010 2:1 rule `R` gives no reason");
  check_one("rule R because \"p\" post in entity, journal J debit a x\n",
            "GLM-1010 2:1 rule `R` does not say for which event");
  check_one("rule R because \"p\" for e\n", "GLM-1010 2:1 rule `R` posts nothing");
  check_one("rule R because \"p\" for e post in entity debit a x\n", "GLM-1010 2:26 the entry names no journal");
  check_one("rule R because \"p\" for e post in entity, journal J\n", "GLM-1010 2:26 the entry has no lines");
  check_one("no entry for x\n", "GLM-1010 2:1 `no entry for` gives no reason");
  check_one("hold x\n", "GLM-1010 2:1 `hold` gives no reason");
  check_one("table t \"x\"\n", "GLM-1010 2:1 table `t` has no rows");
  check_one("table t\n  | a | b |\n", "GLM-1010 3:3 the header of table `t` has no `||`");
  check_one("table t\n  | a || b |\n  impossible\n  | x || y |\n", "GLM-1010 5:3 an impossible row needs a reason");
  check_one("accounts\n", "GLM-1010 2:1 the `accounts` section has no rows");
  check_one("dates closed hold\n", "GLM-1010 2:1 the `dates` section does not say where the posting date comes from");
  check_one("foreign_currency round half_even\n",
            "GLM-1010 2:1 the `foreign_currency` section does not say where the rate");
  CHECK(Reading("lists a is b").findings() ==
        std::vector<std::string>{
            "GLM-1010 0:0 the book has no `mapping` section | start it with `mapping NAME \"title\"`"});
}

TEST_CASE("what may stand once and stands twice is told at the second with the first beside it", "[syntax][faults]") {
  check_one("mapping y\n", "GLM-2002 2:1 the `mapping` section stands twice");
  check_one("dates posting date is a\ndates posting date is b\n", "GLM-2002 3:1 the `dates` section stands twice");
  check_one("foreign_currency rate is a\nforeign_currency rate is b\n", "GLM-2002 3:1 the `foreign_currency` section");
  check_one("accounts\n|role|US|\n|a|1|\naccounts\n|role|US|\n|b|1|\n",
            "GLM-2002 5:1 the `accounts` section stands twice");
  check_one("table t\n| a | a || b |\n", "GLM-2002 3:7 column `a` stands twice");
  check_one("rule R because \"p\" because \"q\" for e post in entity, journal J debit a x\n",
            "GLM-2002 2:20 `because` stands");
  check_one("foreign_currency rate is a rate is b\n", "GLM-2002 2:28 `rate` stands twice");
  const Reading across(std::vector<std::string>{"mapping x", "\nmapping y"});
  REQUIRE(across.sink.all().size() == 1);
  CHECK(across.sink.all()[0].primary.where.file == "book2.glmap");
  CHECK(across.sink.all()[0].labels.at(0).span.where.file == "book1.glmap");
}

TEST_CASE("numbers that are none are told", "[syntax][faults]") {
  check_one("table t\n| a || b |\nremaining three impossible because \"x\"\n", "GLM-1007 4:11 `three` is not a count");
  check_one("table t\n| a || b |\nremaining -3 impossible because \"x\"\n", "GLM-1001 4:11 `-` is not expected here");
  check_one(kRule + "    debit a x % of y\n", "GLM-1007 4:13 `x` is not a percentage");
  check_one("foreign_currency rate is r rounding to x, at most little per line\n",
            "GLM-1007 2:51 `little` is not an amount");
}

TEST_CASE("quotation marks and escapes are checked on every line", "[syntax][faults]") {
  check_one("table t \"open\n| a || b |\n", "GLM-1001 2:9 the quotation mark is not closed on this line");
  check_one("hold e because \"a\\n\"\n",
            "GLM-1001 2:18 `\\n` has no meaning in quotes | write `\\\"` for a quotation mark");
  check_one("hold e because \xE2\x80\x9Ctext\xE2\x80\x9D\n",
            "GLM-1001 2:16 `\xE2\x80\x9C` is a typographic quotation mark");
}

TEST_CASE("many faults in one file are all told, each once, in the order of the file", "[syntax][faults]") {
  const std::vector<std::string> found = faults(
      "  langage 1\n"
      "reference\n  entitis \"x.yaml\"\n"
      "lists\n  a is b c\n  d si e\n"
      "table t \"T\"\n  | a || b |\n  | x | y || z |\n  | x y || z |\n"
      "dates\n  postng date is x\n"
      "rule R \"t\"\n  becuse \"y\"\n  for each line off e\n  when a is b an c is d\n"
      "  post in entity, jurnal SALES\n    debti a x\n    credit a\n    credit a x\n"
      "tset \"t\"\n  event x y\n"
      "hold e\n  because f\n");
  std::vector<std::string> places;
  for (const std::string& one : found) places.push_back(one.substr(9, one.find(' ', 9) - 9));
  CHECK(places == std::vector<std::string>{"2:3", "4:3", "6:10", "7:5", "10:3", "11:7", "13:3", "15:3", "16:17",
                                           "17:15", "18:19", "19:5", "20:13", "22:1", "25:11"});
}

TEST_CASE("a file with hundreds of faults is told about the first hundred", "[syntax][faults]") {
  std::string text = "mapping x\nlists\n";
  for (int index = 0; index < 500; ++index) text += "  a si b\n";
  const Reading reading(text);
  CHECK(reading.sink.error_count() == 100);
  CHECK(reading.findings().back().find("more faults than are shown") != std::string::npos);
}

}  // namespace
}  // namespace glmap::syntax
