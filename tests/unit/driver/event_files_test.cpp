// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/event_files.hpp"

#include <fstream>

#include <catch2/catch.hpp>

#include "tests/support/temporary_folder.hpp"

using glmap::driver::EventFile;

namespace {

/// "LINE POINTER VALUE", or with the text of the error.
std::vector<std::string> read(const std::string& name, const std::string& text) {
  const glmap::testing::TemporaryFolder folder;
  std::ofstream(folder.file(name), std::ios::binary) << text;
  auto file = EventFile::open(folder.file(name));
  if (!file) return {file.error().message};
  std::vector<std::string> seen;
  while (true) {
    const auto more = file->next();
    REQUIRE(more.has_value());
    if (!*more) return seen;
    const auto where = file->where();
    CHECK(where.file == folder.file(name));
    std::string value;
    if (file->event())
      glmap::append_canonical(value, *file->event());
    else
      value = file->event().error().message;
    seen.push_back(std::to_string(where.line) + " " + where.pointer + " " + value);
  }
}

}  // namespace

TEST_CASE("a file of lines gives an event a line and counts the blank ones", "[event_files]") {
  CHECK(read("a.ndjson", "{\"a\":1}\n\n  \r\n{\"a\":2}\r\n{\"a\":3}") ==
        std::vector<std::string>{"1  {\"a\":1}", "4  {\"a\":2}", "5  {\"a\":3}"});
  CHECK(read("a.ndjson", "").empty());
  CHECK(read("a.jsonl", "\n\n").empty());
}

TEST_CASE("a line that cannot be read does not stop its neighbours", "[event_files]") {
  const auto seen = read("a.ndjson", "{\"a\":1}\n{\"a\":\n{\"a\":3}\n");
  REQUIRE(seen.size() == 3);
  CHECK(seen[0] == "1  {\"a\":1}");
  CHECK(seen[1] == "2  the text does not follow the grammar of JSON here");
  CHECK(seen[2] == "3  {\"a\":3}");
}

TEST_CASE("an array gives its elements, a single object itself, whatever the file is called", "[event_files]") {
  CHECK(read("a.json", "[{\"a\":1},\n{\"a\":2}]") == std::vector<std::string>{"1 /0 {\"a\":1}", "1 /1 {\"a\":2}"});
  CHECK(read("a.json", "[]").empty());
  CHECK(read("a.json", "\n{\n\"a\":1}\n") == std::vector<std::string>{"1  {\"a\":1}"});
  CHECK(read("a.json", "{\"a\":1}\n \n") == std::vector<std::string>{"1  {\"a\":1}"});
  CHECK(read("a.json", "\n{\"a\":1}\n\n{\"a\":2}\n") == std::vector<std::string>{"2  {\"a\":1}", "4  {\"a\":2}"});
  CHECK(read("a.json", "{\"a\":1}}\n") ==
        std::vector<std::string>{"the text does not follow the grammar of JSON here"});
}

TEST_CASE("lines longer than a piece of reading are whole, one beyond the limit is told by its length",
          "[event_files]") {
  const std::string long_text(700'000, 'x');
  std::string lines;
  for (int i = 0; i < 4; ++i) lines += "{\"a\":\"" + long_text + "\"}\n{\"a\":" + std::to_string(i) + "}\n";
  const auto seen = read("a.ndjson", lines);
  REQUIRE(seen.size() == 8);
  CHECK(seen[6].size() == long_text.size() + 11);
  CHECK(seen[7] == "8  {\"a\":3}");

  const std::string beyond((std::size_t{64} << 20) + 5, ' ');
  CHECK(read("a.ndjson", "[" + beyond + "]\n{\"a\":1}\n") ==
        std::vector<std::string>{"1  the text has 67108871 bytes, at most 67108864 are taken", "2  {\"a\":1}"});
}

TEST_CASE("a file that is not there is told by its path", "[event_files]") {
  const auto file = EventFile::open("/nowhere/a.ndjson");
  REQUIRE_FALSE(file.has_value());
  CHECK(file.error().code == glmap::ErrorCode::FileNotReadable);
  CHECK(file.error().message.starts_with("`/nowhere/a.ndjson` cannot be opened"));
}
