// SPDX-License-Identifier: Apache-2.0
// Text made to break a reader: each ends soon, with a finding that has a place.
#include <algorithm>
#include <ctime>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include <catch2/catch.hpp>

#include "compiler/syntax/text_check.hpp"
#include "tests/unit/syntax/reading.hpp"

namespace glmap::syntax {
namespace {

std::string repeated(const std::string& text, std::size_t count) {
  std::string result;
  for (std::size_t index = 0; index < count; ++index) result += text;
  return result;
}

std::string full_book() {
  std::ifstream file(GLMAP_SOURCE_DIR "/tests/unit/syntax/books/full.glmap");
  std::stringstream text;
  text << file.rdbuf();
  REQUIRE(text.str().size() > 1000);
  return text.str();
}

/// Reads `text` within ten seconds of processor time (a debug build on a slow machine); the first finding starts with
/// `expected`.
void check_refused(const std::string& text, const std::string& expected) {
  const std::clock_t start = std::clock();
  const Reading reading(text);
  CHECK((std::clock() - start) / CLOCKS_PER_SEC < 10);
  REQUIRE_FALSE(reading.findings().empty());
  CHECK(reading.findings()[0].substr(0, expected.size()) == expected);
  CHECK(diagnostics::render(reading.sink.sorted(), reading.sources, diagnostics::Format::human).size() < 100'000);
}

TEST_CASE("an empty file is a book without a mapping", "[syntax][hostile]") {
  check_refused("", "GLM-1010 0:0 the book has no `mapping` section");
  check_refused("\n\n  -- nothing\n", "GLM-1010 0:0 the book has no `mapping` section");
}

TEST_CASE("a line of a megabyte is refused at its line", "[syntax][hostile]") {
  check_refused("mapping x\n" + std::string(1 << 20, 'a') + "\n", "GLM-1003 2:1 the line has 1048576 bytes");
}

TEST_CASE("a file larger than a book may be is refused", "[syntax][hostile]") {
  check_refused(repeated("-- comment\n", (std::size_t{17} << 20) / 11), "GLM-1003 0:0 the file has");
}

TEST_CASE("a hundred thousand parentheses are refused at the first that is too deep", "[syntax][hostile]") {
  const std::string head = "mapping x rule R because \"p\" for e post in entity, journal J\ndebit a ";
  check_refused(head + repeated(repeated("(", 1000) + "\n", 100), "GLM-1003 2:209 parentheses nest deeper than 200");
  const std::string deep = head + repeated("(", 200) + "b" + repeated(")", 200) + "\n";
  CHECK(Reading(deep).report() == "");
}

TEST_CASE("a hundred thousand signs or percentages do not exhaust the stack", "[syntax][hostile]") {
  const std::string head = "mapping x rule R because \"p\" for e post in entity, journal J\ndebit a ";
  check_refused(head + repeated("- \n", 100'000) + "b", "GLM-1003 2:9 this amount has more than 1000 parts");
  check_refused(head + repeated("1 % of \n", 50'000) + "b", "GLM-1003 2:9 this amount has more than 1000 parts");
  check_refused(head + repeated("b +\n", 100'000) + "b", "GLM-1003 2:9 this amount has more than 1000 parts");
}

TEST_CASE("more words than a book may have are refused", "[syntax][hostile]") {
  check_refused("mapping x lists a is b" + repeated(", b\n", 300'000),
                "GLM-1003 249998:1 the file has more than 500000 words");
}

TEST_CASE("bytes that are not UTF-8 are refused with their offset", "[syntax][hostile]") {
  check_refused("mapping x \"caf\xE9\"\n",
                "GLM-1002 1:15 byte 0xE9 at offset 14 is not UTF-8 text | save the file as UTF-8");
  check_refused("mapping x\n-- \xC0\xAF\n", "GLM-1002 2:4 byte 0xC0 at offset 13");
  check_refused("mapping x\n-- \xED\xA0\x80\n", "GLM-1002 2:4 byte 0xED at offset 13");
  check_refused("mapping x\n-- \xF5\x80\x80\x80\n", "GLM-1002 2:4 byte 0xF5");
  check_refused("mapping \xE2\x82", "GLM-1002 1:9 byte 0xE2 at offset 8");
}

TEST_CASE("control characters are told and a file full of them ends early", "[syntax][hostile]") {
  check_refused(std::string("mapping x\0y\n", 12), "GLM-1008 1:10 a control character (U+0000) stands here");
  const Reading binary(std::string(1 << 16, '\0'));
  CHECK(binary.sink.error_count() == 20);
}

TEST_CASE("what a reader cannot see or mistakes for another letter is told", "[syntax][hostile]") {
  const auto only = [](const std::string& text, const std::string& expected) {
    const Reading reading("mapping x\n" + text);
    INFO(text);
    REQUIRE(reading.findings().size() == 1);
    CHECK(reading.findings()[0].substr(0, expected.size()) == expected);
  };
  only("lists re\xE2\x80\x8Bvenue is b\n",
       "GLM-1008 2:9 an invisible character (U+200B) stands here | delete the character");
  only(
      "lists\xC2\xA0"
      "a is b\n",
      "GLM-1008 2:6 a special blank (U+00A0) stands here | write an ordinary blank");
  only("lists a is b -- \xE2\x80\xAE\n", "GLM-1008 2:17 a text direction control (U+202E) stands here");
  only("hold e because \"a\xE2\x81\xA6z\"\n", "GLM-1008 2:18 a text direction control (U+2066)");
  only("hold e because \"a\xE2\x80\x8Bz\"\n", "GLM-1008 2:18 an invisible character (U+200B)");
  // Cyrillic a in `cash`.
  only("lists c\xD0\xB0sh is b\n",
       "GLM-1008 2:7 `\xD0\xB0` (U+0430) in this name is a Cyrillic letter that looks like `a`");
  only(
      "table t\n| a || b |\n| \xCE\x92"
      "2C || x |\n",
      "GLM-1008 4:3 `\xCE\x92` (U+0392) in this name is a Greek letter that looks");
  only(
      "lists \xEF\xBC\xA1"
      "B is b\n",
      "GLM-1008 2:7 `\xEF\xBC\xA1` (U+FF21) in this name is a full-width");
  only("lists cafe\xCC\x81 is b\n", "GLM-1008 2:7 `\xCC\x81` (U+0301) in this name is an accent");
  // A whole name of look-alikes: Cyrillic A, B, C.
  only("lists a is \xD0\x90\xD0\x92\xD0\xA1\n", "GLM-1008 2:12 `\xD0\x90` (U+0410) in this name is a Cyrillic letter");
}

TEST_CASE("other alphabets are at home in names and titles", "[syntax][hostile]") {
  CHECK(Reading("mapping x \"\xD0\x9A\xD0\xBD\xD0\xB8\xD0\xB3\xD0\xB0 A\xC2\xA0\xC2\xBB\"\n"
                "lists \xD1\x80\xD0\xB5\xD0\xB3\xD0\xB8\xD0\xBE\xD0\xBD is M\xC3\xBCnchen, \xE6\x9D\xB1\xE4\xBA\xAC\n")
            .report() == "");
}

TEST_CASE("a book cut or altered anywhere is read to the end, and every finding has a place in it",
          "[syntax][hostile]") {
  const std::string book = full_book();
  const auto lines = static_cast<std::uint32_t>(std::count(book.begin(), book.end(), '\n')) + 2;
  std::mt19937 random(20261001);
  const std::string insertions = "|\"(),-%+*\\\n \xC3\xA9xX1.";
  std::size_t with_faults = 0;
  for (int round = 0; round < 300; ++round) {
    std::string text = book;
    for (int change = 0; change < 1 + round % 3; ++change) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text.erase(at, 1 + random() % 12);
          break;
        case 1:
          text.insert(at, 1, insertions[random() % insertions.size()]);
          break;
        case 2:
          text.insert(at, text.substr(random() % text.size(), random() % 30));
          break;
        default:
          text.resize(at + 1);
          break;
      }
    }
    const Reading reading(text);
    with_faults += reading.sink.has_errors() ? 1 : 0;
    for (const diagnostics::Diagnostic& one : reading.sink.all()) {
      CHECK(one.primary.where.line <= lines + 30);
      CHECK_FALSE(one.message.empty());
    }
    CHECK(reading.sink.error_count() < 60);
    const std::string formatted = format_text(text);
    CHECK(format_text(formatted) == formatted);
  }
  CHECK(with_faults > 150);
}

TEST_CASE("several threads may read books at the same time", "[syntax][hostile]") {
  const std::string book = full_book();
  const std::string expected = Reading(book).ast();
  std::vector<std::string> results(4);
  std::vector<std::thread> threads;
  for (std::string& result : results) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) result = Reading(book).ast();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& result : results) CHECK(result == expected);
}

}  // namespace
}  // namespace glmap::syntax
