// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/unit/syntax/reading.hpp"

namespace glmap::syntax {
namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_CASE("tables are aligned, rows under impossible with the same columns", "[syntax][format]") {
  CHECK(format_text("table t \"T\"\n| product|kind||answer|from|\n"
                    "  |PLATFORM,API | usage||x| 2026-01-01 |--comment\n"
                    "| M\xC3\xBCnchen | any || \"a  |  b\" | |\nimpossible\n"
                    "| A | b || because \"why\" |\n| A | c || because \"a longer reason\" |   -- no\n"
                    "remaining 3   impossible because \"x\"\n") ==
        "table t \"T\"\n"
        "  | product       | kind  || answer    | from       |\n"
        "  | PLATFORM, API | usage || x         | 2026-01-01 |  --comment\n"
        "  | M\xC3\xBCnchen       | any   || \"a  |  b\" |            |\n"
        "  impossible\n"
        "  | A             | b     || because \"why\"             |\n"
        "  | A             | c     || because \"a longer reason\" |  -- no\n"
        "  remaining 3 impossible because \"x\"\n");
}

TEST_CASE("posting lines and expected lines are aligned, amounts of expected lines flush right", "[syntax][format]") {
  CHECK(format_text("rule R because \"p\" for e\npost in entity ,journal J\ndebit receivable line.gross\n\n"
                    "credit deferred_revenue -( line.net+-1 ) *2 with a b ,c d -- why\ndifference to a,b\n"
                    "test \"t\"\nevent x y\na -5.00,b c\nline d e\nexpect DE J 2026-01-01 EUR\n"
                    "debit 1200 cash 5652.50 USD 1.00\ncredit 200-01 output_tax 4.00 product P, region R\n") ==
        "rule R because \"p\" for e\n"
        "  post in entity, journal J\n"
        "    debit  receivable       line.gross\n\n"
        "    credit deferred_revenue -(line.net + -1) * 2 with a b, c d  -- why\n"
        "    difference to a, b\n"
        "test \"t\"\n"
        "  event x y\n"
        "    a -5.00, b c\n"
        "    line d e\n"
        "  expect DE J 2026-01-01 EUR\n"
        "    debit  1200   cash       5652.50 USD 1.00\n"
        "    credit 200-01 output_tax    4.00 product P, region R\n");
}

TEST_CASE("lines of a schedule are aligned, a sign stays with its amount", "[syntax][format]") {
  CHECK(format_text("rule R because \"p\" for e\nrecognise a over b to c by d ,journal J\nfor k when changed hold\n"
                    "rounding cumulative\ndebit a amount ,at most its balance for k\ncredit long rest of amount\n"
                    "reverse everything for x\norder\na needs b by c,wait 1 day,else hold for d\n"
                    "test \"t\"\nrate ECB USD EUR 1 on 2026-01-01\nthrough 2026-01-01\nevent x y\n"
                    "expect DE J 2026-01-01 EUR storno\ndebit 1 r - 5.00 USD - 4.00\ncredit 2 r -15.00\n") ==
        "rule R because \"p\" for e\n  recognise a over b to c by d, journal J\n    for k when changed hold\n"
        "    rounding cumulative\n    debit  a    amount, at most its balance for k\n"
        "    credit long rest of amount\n  reverse everything for x\norder\n"
        "  a needs b by c, wait 1 day, else hold for d\n"
        "test \"t\"\n  rate ECB USD EUR 1 on 2026-01-01\n  through 2026-01-01\n  event x y\n"
        "  expect DE J 2026-01-01 EUR storno\n    debit  1 r  -5.00 USD -4.00\n    credit 2 r -15.00\n");
}

TEST_CASE("comments are kept where they belong and blank lines shrink to one", "[syntax][format]") {
  CHECK(format_text("\n\n-- margin\nmapping x\n\n\n\n      -- about language\n   language 1   -- first\n"
                    "  -- after all\n\nlists   a is b\n        -- goes with c\nc is d\n        -- the end\n\n\n") ==
        "-- margin\nmapping x\n\n  -- about language\n  language 1  -- first\n  -- after all\n\nlists a is b\n"
        "  -- goes with c\n  c is d\n  -- the end\n");
}

TEST_CASE("further lines of a construct are indented below it", "[syntax][format]") {
  CHECK(format_text("mapping x\n\"title\"\nlists\na is b,\nc,\nd\nrule R because \"p\" for e\nwhen a is b\nand c is d\n"
                    "post in entity,\njournal J\ndebit r\na +\nb\ntest \"t\" event x y\na b,\nc d\nexpect duplicate") ==
        "mapping x\n    \"title\"\nlists\n  a is b,\n    c,\n    d\nrule R because \"p\" for e\n  when a is b\n"
        "    and c is d\n  post in entity,\n      journal J\n    debit r\n      a +\n      b\n"
        "test \"t\" event x y\n    a b,\n    c d\n  expect duplicate\n");
}

TEST_CASE("two signs in a row never become a comment", "[syntax][format]") {
  const std::string text = "mapping x rule R because \"p\" for e post in entity, journal J debit r - - a - -b";
  CHECK(format_text(text) == "mapping x rule R because \"p\" for e post in entity, journal J debit r - -a - -b\n");
}

TEST_CASE("a row behind other words gets a line of its own", "[syntax][format]") {
  CHECK(format_text("table t | a || b |  -- c\n  | x || y |\n") == "table t\n  | a || b |  -- c\n  | x || y |\n");
}

TEST_CASE("a word of the language is indented by what it is there", "[syntax][format]") {
  CHECK(format_text("reference\naccounts \"a.yaml\"\naccounts\n| role | US |\n") ==
        "reference\n  accounts \"a.yaml\"\naccounts\n  | role | US |\n");
}

TEST_CASE("a text with faults is left alone", "[syntax][format]") {
  for (const std::string text : {"lists a si b\n", "lists a is \"b\n\n\n", "table t  \xFF", "a\0b"}) {
    CHECK(format_text(text) == text);
  }
  // A row that cannot be read stands as it is; its neighbours are aligned.
  CHECK(format_text("table t\n| a || b |\n|   x\n|  x ||  y ||  z |\n| long || y |") ==
        "table t\n  | a    || b |\n  |   x\n  |  x ||  y ||  z |\n  | long || y |\n");
}

TEST_CASE("every book in this repository formats to the same AST, and twice to the same text", "[syntax][format]") {
  std::size_t books = 0;
  for (const char* folder : {"samples", "mappings", "tests"}) {
    const std::filesystem::path root = std::filesystem::path(GLMAP_SOURCE_DIR) / folder;
    if (!std::filesystem::exists(root)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".glmap") continue;
      INFO(entry.path());
      const std::string text = contents(entry.path());
      const std::string once = format_text(text);
      CHECK(format_text(once) == once);
      CHECK(Reading(once).ast() == Reading(text).ast());
      ++books;
    }
  }
  CHECK(books > 0);
}

TEST_CASE("a flattened book comes back in shape", "[syntax][format]") {
  const std::string shaped = format_text(contents(GLMAP_SOURCE_DIR "/tests/unit/syntax/books/full.glmap"));
  std::string flat;
  std::istringstream lines(shaped);
  for (std::string line; std::getline(lines, line);)
    flat += line.substr(std::min(line.find_first_not_of(' '), line.size())) + "\r\n";
  CHECK(format_text(flat) == shaped);
}

}  // namespace
}  // namespace glmap::syntax
