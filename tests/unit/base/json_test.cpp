// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/base/json.hpp"

#include <catch2/catch.hpp>

#include "compiler/runtime/base/utf8.hpp"

using namespace std::string_literals;
using glmap::canonical_json;
using glmap::ErrorCode;
using glmap::Json;
using glmap::JsonLimits;
using glmap::JsonNumber;
using glmap::parse_json;
using glmap::write_json;
using glmap::write_json_pretty;

namespace {

Json parsed(std::string_view text) {
  auto value = parse_json(text);
  INFO(text);
  if (!value) FAIL(value.error().to_text());
  return *value;
}

glmap::Error refused(std::string_view text, const JsonLimits& limits = {}) {
  auto value = parse_json(text, limits);
  INFO(text);
  REQUIRE_FALSE(value.has_value());
  return value.error();
}

}  // namespace

TEST_CASE("a number keeps the digits the sender wrote", "[json]") {
  const Json value = parsed(R"({"net":119.00,"qty":1e2,"id":12345678901234567890123456789012345678.901,"zero":-0})");
  CHECK(value.find("net")->as_number()->text == "119.00");
  CHECK(value.find("qty")->as_number()->text == "1e2");
  CHECK(value.find("id")->as_number()->text == "12345678901234567890123456789012345678.901");
  CHECK(value.find("zero")->as_number()->text == "-0");
  CHECK(write_json(value) == R"({"net":119.00,"qty":1e2,"id":12345678901234567890123456789012345678.901,"zero":-0})");
}

TEST_CASE("a number, a text or true alone is a JSON value", "[json]") {
  CHECK(parsed(" 1.50 \n").as_number()->text == "1.50");
  CHECK(*parsed("\"a\"").as_string() == "a");
  CHECK(*parsed("true").as_bool());
  CHECK_FALSE(*parsed("false").as_bool());
  CHECK(parsed("null").is_null());
  CHECK(parsed("[ ]").as_array()->empty());
  CHECK(parsed("{ }").as_object()->empty());
}

TEST_CASE("number forms that RFC 8259 does not have are refused", "[json][I11]") {
  for (const char* text : {"01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "1_000", "NaN", "Infinity", "-Infinity",
                           "1,5", "1 2", "--1", "1.2.3", "1e2.5", "\xEF\xBC\x91"}) {
    CHECK(refused(text).code == ErrorCode::NotJson);
    CHECK(refused("["s + text + (text == "1,5"s ? ",]" : "]")).code == ErrorCode::NotJson);
  }
}

TEST_CASE("the same key twice in one object is refused and named", "[json][I11]") {
  const auto error = refused(R"({"data":{"lines":[{"net":1,"tax":2,"net":3}]}})");
  CHECK(error.code == ErrorCode::DuplicateKey);
  CHECK(error.where.pointer == "/data/lines/0/net");
  CHECK(error.message == "the key `net` stands twice in one object");
  // However it is spelled, and also among very many keys.
  CHECK(refused(R"({"a":1,"\u0061":2})").code == ErrorCode::DuplicateKey);
  std::string many = "{";
  for (int i = 0; i < 500; ++i) many += "\"k" + std::to_string(i) + "\":0,";
  CHECK(refused(many + "\"k250\":1}").where.pointer == "/k250");
  CHECK(parsed(many + "\"k500\":1}").as_object()->size() == 501);
  CHECK(parsed(R"([{"a":1},{"a":2}])").as_array()->size() == 2);
}

TEST_CASE("half a surrogate pair is no character", "[json][I11]") {
  for (const char* text : {R"("\ud800")", R"("\udc00")", R"("\ud83d x")", R"("\ud83d\ud83d")", R"("\ude02\ud83d")",
                           R"({"\ud800":1})", R"({"\udfff":1})", R"(["a\ud83d\n"])", R"("\\\ud800")"})
    CHECK(refused(text).code == ErrorCode::NotJson);
  CHECK(*parsed(R"("\ud83d\ude02")").as_string() == "\xF0\x9F\x98\x82");
  CHECK(*parsed(R"("\\ud800")").as_string() == R"(\ud800)");
  CHECK(parsed(R"({"\ud83d\ude02":1})").as_object()->front().first == "\xF0\x9F\x98\x82");
  CHECK(*parsed(R"("\uD7FF\uE000")").as_string() == "\xED\x9F\xBF\xEE\x80\x80");
}

TEST_CASE("a NUL may stand in a text but never in a key", "[json][I11]") {
  CHECK(*parsed(R"("a\u0000b")").as_string() == "a\0b"s);
  CHECK(refused(R"({"a\u0000b":1})").code == ErrorCode::NotJson);
  CHECK(refused("\"a\0b\""s).code == ErrorCode::NotJson);
  CHECK(refused("{}\0"s).code == ErrorCode::NotJson);
}

TEST_CASE("a byte order mark is refused", "[json][I11]") {
  const auto error = refused("\xEF\xBB\xBF{}");
  CHECK(error.code == ErrorCode::NotJson);
  CHECK(error.message == "the text starts with a byte order mark");
}

TEST_CASE("text that is not UTF-8 is refused with its place", "[json][I11]") {
  const auto error = refused("{\n  \"name\": \"M\xFCller\"}");  // Latin-1
  CHECK(error.code == ErrorCode::NotJson);
  CHECK(error.message == "byte 14 is not UTF-8");
  CHECK(error.where.line == 2);
  CHECK(error.where.column == 13);
  // Overlong, surrogate, beyond U+10FFFF, cut short (RFC 3629).
  for (const char* bytes : {"\"\xC0\xAF\"", "\"\xE0\x80\xAF\"", "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"",
                            "\"\xE2\x82\"", "\"\xF0\x82\x82\xAC\"", "\"\xFF\"", "\"\x80\""})
    CHECK(refused(bytes).code == ErrorCode::NotJson);
  CHECK(*parsed("\"\xE2\x82\xAC \xF4\x8F\xBF\xBF\"").as_string() == "\xE2\x82\xAC \xF4\x8F\xBF\xBF");
}

TEST_CASE("anything behind the value is refused", "[json][I11]") {
  for (const char* text :
       {"{} {}", "[1] 2", "1]", "1],[2", "[1]]", "{}}", "null,", "\"a\" \"b\"", "1 // one", "[] #", "]", "},{"})
    CHECK(refused(text).code == ErrorCode::NotJson);
}

TEST_CASE("an error says where in the text it is", "[json]") {
  const auto error = refused("{\"a\": 1,\n \"b\": [1, tru]}");
  CHECK(error.where.pointer == "/b/1");
  CHECK(error.where.line == 2);
  CHECK(error.where.column == 11);
  CHECK(error.message == "`tru` is not a JSON number, true, false or null");
  CHECK(refused("{\"a\n\":1}").message == "a text holds a control character that is not escaped");
  CHECK(refused("{\"a").message == "a text is opened with a quote and never closed");
  CHECK(refused("  ").message == "the text is empty, a JSON value is expected");
}

TEST_CASE("size, nesting and number of values have limits", "[json][I10]") {
  CHECK(refused("[[[1]]]", {.depth_max = 2}).code == ErrorCode::LimitExceeded);
  CHECK(parse_json("[[1]]", {.depth_max = 2}).has_value());
  CHECK(refused("[1,2,3]", {.nodes_max = 3}).code == ErrorCode::LimitExceeded);
  CHECK(parse_json("[1,2]", {.nodes_max = 3}).has_value());
  CHECK(refused("[1,2,3]", {.bytes_max = 6}).code == ErrorCode::LimitExceeded);
  CHECK(parse_json("[1,2,3]", {.bytes_max = 7}).has_value());
  CHECK(refused(std::string(100'000, '[')).code == ErrorCode::LimitExceeded);
  CHECK(refused(std::string(100'000, '['), {.depth_max = 1'000'000}).code == ErrorCode::LimitExceeded);
  CHECK(parse_json(std::string(64, '[') + std::string(64, ']')).has_value());
}

TEST_CASE("a large text leaves nothing behind for the next one", "[json]") {
  const std::string large = "[\"" + std::string(std::size_t{6} << 20, 'x') + "\"]";
  CHECK(parsed(large).as_array()->front().as_string()->size() == std::size_t{6} << 20);
  CHECK(refused("[\"x").code == ErrorCode::NotJson);
  CHECK(*parsed("[\"y\"]").as_array()->front().as_string() == "y");
}

TEST_CASE("what is written can be read again", "[json]") {
  const std::string text =
      "{\"quote\":\"\\\"\",\"slash\":\"/\\\\\",\"controls\":\"\\b\\f\\n\\r\\t\\u0000\\u001f\",\"del\":\"\x7F\","
      "\"euro\":\"\xE2\x82\xAC\",\"nested\":[[],{},[null,true,false,-1.50e+3]]}";
  const Json value = parsed(text);
  CHECK(write_json(value) == text);
  CHECK(parsed(write_json_pretty(value)) == value);
  CHECK(write_json_pretty(parsed(R"({"a":[1,{}],"b":[]})")) == "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

TEST_CASE("equal values have equal canonical text", "[json]") {
  CHECK(canonical_json(parsed(R"({"b":1,"a":{"d":[2,1],"c":null}})")) == R"({"a":{"c":null,"d":[2,1]},"b":1})");
  const std::pair<const char*, const char*> numbers[] = {{"119.00", "119"},    {"119.10", "119.1"},
                                                         {"1e2", "100"},       {"1.5E+3", "1500"},
                                                         {"15e-1", "1.5"},     {"-0", "0"},
                                                         {"-0.00", "0"},       {"0e99999999999", "0"},
                                                         {"1200e-4", "0.12"},  {"-1.250", "-1.25"},
                                                         {"0.10", "0.1"},      {"100", "100"},
                                                         {"1e0", "1"},         {"5e-10", "0.0000000005"},
                                                         {"12.5e1", "125"},    {"0.001e2", "0.1"},
                                                         {"0.001e3", "1"},     {"-7e-1", "-0.7"},
                                                         {"1e1001", "1e1001"}, {"1e-99999999999", "1e-99999999999"}};
  for (const auto& [written, canonical] : numbers) CHECK(canonical_json(parsed(written)) == canonical);
}

TEST_CASE("an object made by hand keeps one value a key", "[json]") {
  Json value;
  value.set("a", Json::number(1));
  value.set("b", "x");
  value.set("a", Json::number(-2));
  CHECK(write_json(value) == R"({"a":-2,"b":"x"})");
  CHECK(value.find("c") == nullptr);
  CHECK(Json("text").find("c") == nullptr);
  CHECK(Json(true).kind_in_words() == "true or false");
  CHECK(Json().kind_in_words() == "nothing (null)");
  CHECK(Json::number(1).kind_in_words() == "a number");
  CHECK(Json("").kind_in_words() == "text");
  CHECK(Json(Json::Array{}).kind_in_words() == "an array");
  CHECK(value.kind_in_words() == "an object");
}

TEST_CASE("a step of a JSON pointer escapes slash and tilde", "[json]") {
  CHECK(glmap::pointer_step("a/b~c") == "/a~1b~0c");  // RFC 6901 section 3
  CHECK(glmap::pointer_step("") == "/");
  CHECK(refused(R"({"a/b":{"~":tru}})").where.pointer == "/a~1b/~0");
}

TEST_CASE("a user's text in a message is one line of UTF-8", "[errors]") {
  CHECK(glmap::in_backticks("plain") == "`plain`");
  CHECK(glmap::in_backticks("a\nb\x7F\xFF\xC2\x85") == "`a?b???`");
  CHECK(glmap::in_backticks("12345", 5) == "`12345`");
  CHECK(glmap::in_backticks("123456", 5) == "`12345...`");
  CHECK(glmap::in_backticks("1234\xE2\x82\xAC", 5) == "`1234...`");
  CHECK(glmap::first_bad_utf8("abc\xE2\x82\xAC") == 6);
}
