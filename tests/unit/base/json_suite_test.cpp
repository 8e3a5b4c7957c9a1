// SPDX-License-Identifier: Apache-2.0
// JSON against what others published and against a second, independent reader.
#include <algorithm>
#include <cctype>
#include <map>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "compiler/runtime/base/json_document.hpp"
#include "compiler/runtime/base/json_fault.hpp"
#include "compiler/runtime/base/utf8.hpp"
#include "tests/unit/base/shared_vectors.hpp"

using glmap::ErrorCode;
using glmap::Json;
using glmap::parse_json;

namespace {

/// Says yes or no to a text, by RFC 8259 section 2 to 8, word by word. Shares no code with the reader under test.
class Recogniser {
 public:
  explicit Recogniser(std::string_view text) : text_(text) {}

  bool accepts() {
    blanks();
    if (!value()) return false;
    blanks();
    return at_ == text_.size();
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }
  void blanks() {
    while (at_ < text_.size() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++at_;
  }
  bool digits() {
    const std::size_t start = at_;
    while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ > start;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }
  bool string(std::string& out) {
    if (!take('"')) return false;
    while (at_ < text_.size()) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') {
        ++at_;
        // Lone halves of surrogate pairs, looked for in UTF-16.
        for (std::size_t i = 0; i < units_.size(); ++i) {
          if (units_[i] >= 0xDC00 && units_[i] <= 0xDFFF) return false;
          if (units_[i] < 0xD800 || units_[i] > 0xDFFF) continue;
          if (i + 1 == units_.size() || units_[i + 1] < 0xDC00 || units_[i + 1] > 0xDFFF) return false;
          ++i;
        }
        out.clear();
        for (const unsigned unit : units_) out += std::to_string(unit) + ' ';
        units_.clear();
        return true;
      }
      if (c < 0x20) return false;
      ++at_;
      if (c != '\\') {
        units_.push_back(c >= 0x80 ? 0x10000u + c : c);  // bytes of longer characters, told apart from escapes
        continue;
      }
      const char escape = peek();
      if (escape == 'u') {
        const std::string hex(text_.substr(at_ + 1, 4));
        if (hex.size() != 4 || !std::all_of(hex.begin(), hex.end(),
                                            [](char h) { return std::isxdigit(static_cast<unsigned char>(h)) != 0; }))
          return false;
        units_.push_back(static_cast<unsigned>(std::stoul(hex, nullptr, 16)));
        at_ += 5;
        continue;
      }
      const auto known = std::string_view("\"\\/bfnrt").find(escape);
      if (known == std::string_view::npos || at_ >= text_.size()) return false;
      units_.push_back(static_cast<unsigned char>("\"\\/\b\f\n\r\t"[known]));
      ++at_;
    }
    return false;
  }
  bool value() {
    std::string ignored;
    units_.clear();
    switch (peek()) {
      case '{':
        return object();
      case '[':
        return array();
      case '"':
        return string(ignored);
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }
  bool array() {
    ++at_;
    blanks();
    if (take(']')) return true;
    do {
      blanks();
      if (!value()) return false;
      blanks();
    } while (take(','));
    return take(']');
  }
  bool object() {
    ++at_;
    blanks();
    if (take('}')) return true;
    std::set<std::string> keys;
    do {
      blanks();
      std::string key;
      units_.clear();
      if (!string(key) || !keys.insert(key).second || (" " + key).find(" 0 ") != std::string::npos) return false;
      blanks();
      if (!take(':')) return false;
      blanks();
      if (!value()) return false;
      blanks();
    } while (take(','));
    return take('}');
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<unsigned> units_;
};

const std::vector<std::string> kSeeds = {
    R"({"specversion":"1.0","id":"I-1","data":{"net":119.00,"tax":-0.5e+2,"lines":[{"a":true},{"a":false,"b":null}]}})",
    R"(["\u20ac","\ud83d\ude02","\"\\\/\b\f\n\r\t",[[],{}],1,2.5,3E-7,""])",
    "{\"k\\u0061\":[1 , 2 ,\n\t3],\"\xE2\x82\xAC\":{\"x\":{\"y\":[0]}}}",
    R"([0,-0,10,1.0,{"":""}])",
};

std::string mutated(std::string text, std::mt19937& random) {
  static const std::string kPieces = "{}[]:,\"\\ue0123456789.-+tfn \n\t/'\x01\xC3\xA9";
  const auto pick = [&](std::size_t size) { return std::uniform_int_distribution<std::size_t>(0, size - 1)(random); };
  const std::size_t changes = 1 + pick(3);
  for (std::size_t i = 0; i < changes; ++i) {
    if (text.empty()) text = "1";
    const std::size_t at = pick(text.size());
    switch (pick(5)) {
      case 0:
        text.erase(at, 1 + pick(3));
        break;
      case 1:
        text.insert(at, 1, kPieces[pick(kPieces.size())]);
        break;
      case 2:
        text[at] = kPieces[pick(kPieces.size())];
        break;
      case 3:
        text.insert(at, text.substr(pick(text.size()), 1 + pick(8)));
        break;
      default:
        std::swap(text[at], text[pick(text.size())]);
        break;
    }
  }
  return text;
}

}  // namespace

TEST_CASE("JSONTestSuite: everything well-formed is taken, everything else is refused", "[json][vectors][I11]") {
  const auto folder = glmap::testing::unpacked_vector("json-test-suite.tar.gz");
  if (!folder) return;
  // RFC 8259 leaves these to the reader; glmap refuses them because two readers would understand two different events.
  const std::set<std::string> refused_on_purpose = {
      "y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json", "y_object_escaped_null_in_key.json"};
  int taken = 0;
  int refused = 0;
  int left_out = 0;
  for (const auto& file : std::filesystem::directory_iterator(*folder / "json-test-suite" / "test_parsing")) {
    const std::string name = file.path().filename().string();
    const std::string text = glmap::testing::read_file(file.path());
    const auto value = parse_json(text);
    INFO(name);
    CHECK(value.has_value() != glmap::find_json_fault(text, {}).has_value());
    if (refused_on_purpose.contains(name)) {
      CHECK_FALSE(value.has_value());
      ++left_out;
    } else if (name.starts_with("y_")) {
      if (!value) FAIL_CHECK(value.error().to_text());
      ++taken;
    } else if (name.starts_with("n_")) {
      CHECK_FALSE(value.has_value());
      ++refused;
    } else if (value) {
      CHECK(*parse_json(glmap::write_json(*value)) == *value);
    }
  }
  CHECK(taken == 92);
  CHECK(left_out == 3);
  CHECK(refused == 188);
}

TEST_CASE("canonical text agrees with RFC 8785 wherever no number is written differently", "[json][vectors]") {
  if (!glmap::testing::shared_vector("jcs")) return;
  const auto folder = *glmap::testing::shared_vector("jcs");
  // RFC 8785 writes numbers as a double has them (1e+30, 333333333.3333333): ours keeps every digit. weird.json sorts
  // U+FB33 behind U+1F602, as UTF-16 does: ours sorts by bytes, which is the order of code points.
  for (const char* name : {"arrays", "french", "structures", "unicode"}) {
    INFO(name);
    const auto value = parse_json(glmap::testing::read_file(folder / "input" / (std::string(name) + ".json")));
    REQUIRE(value.has_value());
    CHECK(glmap::canonical_json(*value) ==
          glmap::testing::read_file(folder / "output" / (std::string(name) + ".json")));
  }
  const auto values = parse_json(glmap::testing::read_file(folder / "input" / "values.json"));
  REQUIRE(values.has_value());
  CHECK(glmap::canonical_json(*values->find("numbers")) ==
        "[333333333.33333329,1000000000000000000000000000000,4.5,0.002,0.000000000000000000000000001]");
  const auto weird = parse_json(glmap::testing::read_file(folder / "input" / "weird.json"));
  REQUIRE(weird.has_value());
  const auto sorted = parse_json(glmap::canonical_json(*weird));
  REQUIRE(sorted.has_value());
  CHECK(sorted->as_object()->back().first == "\xF0\x9F\x98\x82");
}

TEST_CASE("a second reader agrees on every damaged text", "[json][property][I11]") {
  const unsigned seed = 20261001;
  INFO("seed " << seed);
  std::mt19937 random(seed);
  int taken = 0;
  glmap::JsonDocument document;
  for (int round = 0; round < 60'000; ++round) {
    const std::string text = mutated(kSeeds[static_cast<std::size_t>(round) % kSeeds.size()], random);
    const bool expected = glmap::first_bad_utf8(text) == text.size() && Recogniser(text).accepts();
    const auto value = parse_json(text);
    // Into a document that has held another text before; and who looks for a fault finds one exactly when there is one.
    if (document.read(text).has_value() != expected || glmap::find_json_fault(text, {}).has_value() == expected)
      FAIL("the parts of the reader disagree: " << text);
    if (value && glmap::to_tree(document.root()) != *value) FAIL("read into the same place it differs: " << text);
    if (value.has_value() != expected) {
      CAPTURE(text, expected);
      FAIL("the two readers disagree" << (value ? "" : ": " + value.error().to_text()));
    }
    if (!value) continue;
    ++taken;
    const auto again = parse_json(glmap::write_json(*value));
    if (!again || *again != *value) FAIL("written and read again it differs: " << text);
    const std::string canonical = glmap::canonical_json(*value);
    const auto twice = parse_json(canonical);
    if (!twice || glmap::canonical_json(*twice) != canonical) FAIL("canonical text is not stable: " << text);
  }
  CHECK(taken > 1000);
}

TEST_CASE("marks are equal exactly where canonical texts are", "[json][property][I2]") {
  const unsigned seed = 128;
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const std::vector<std::string> seeds = {
      R"({"a":"1","b":1,"c":[1,[2],{}],"d":{"x":null,"y":"","z":true}})", R"([[],[[]],"ab","a",{"b":""},{"a":"b"}])",
      R"({"net":119.00,"tax":1e2,"id":"I-20261001-00017","text":"seventeen letters","k":[false,0]})"};
  std::map<std::string, glmap::JsonMark> marks;
  for (int round = 0; round < 60'000; ++round) {
    const std::string text = mutated(seeds[static_cast<std::size_t>(round) % seeds.size()], random);
    glmap::JsonDocument document;
    if (!document.read(text)) continue;
    std::string canonical;
    glmap::append_canonical(canonical, document.root());
    const auto [known, added] = marks.try_emplace(canonical, glmap::mark_of(document.root()));
    if (!(known->second == glmap::mark_of(document.root()))) FAIL("another mark for the same value: " << text);
  }
  std::map<std::uint64_t, std::string> owners;
  for (const auto& [canonical, mark] : marks) {
    const auto [owner, alone] = owners.try_emplace(mark.bits, canonical);
    if (!alone) FAIL_CHECK("one mark for " << owner->second << " and " << canonical);
  }
  CHECK(marks.size() > 4000);
}

TEST_CASE("the order of members does not change the mark of an object", "[json][I2]") {
  const auto mark = [](std::string_view text) {
    glmap::JsonDocument document;
    REQUIRE(document.read(text).has_value());
    return glmap::mark_of(document.root());
  };
  CHECK(mark(R"({"a":1,"b":[2,{"c":3,"d":"\u0041"}]})") == mark(R"({"b":[2.0,{"d":"A","c":0.3e1}],"a":1})"));
  CHECK_FALSE(mark(R"({"a":1,"b":2})") == mark(R"({"a":2,"b":1})"));
  CHECK_FALSE(mark("[1,2]") == mark("[2,1]"));
  CHECK_FALSE(mark(R"("1")") == mark("1"));
}
