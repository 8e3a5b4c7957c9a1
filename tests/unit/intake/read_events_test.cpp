// SPDX-License-Identifier: Apache-2.0
#include "gateway/intake/read_events.hpp"

#include <catch2/catch.hpp>

using namespace glmap::gateway::intake;
using glmap::ErrorCode;

namespace {

ErrorCode refused(BodyKind kind, std::string_view body, const IntakeLimits& limits = {}) {
  const auto read = read_events(kind, body, limits);
  REQUIRE_FALSE(read.has_value());
  return read.error().code;
}

}  // namespace

TEST_CASE("the gateway takes single events, batches and lines, in UTF-8 only", "[intake]") {
  CHECK(body_kind("application/cloudevents+json; charset=UTF-8") == BodyKind::single);
  CHECK(body_kind("application/json") == BodyKind::single);
  CHECK(body_kind("Application/CloudEvents-Batch+JSON") == BodyKind::batch);
  CHECK(body_kind("application/x-ndjson") == BodyKind::lines);
  CHECK(body_kind("text/csv").error().code == ErrorCode::UnsupportedMediaType);
  CHECK(body_kind("").error().code == ErrorCode::UnsupportedMediaType);
  CHECK(body_kind("application/json; charset=latin1").error().code == ErrorCode::UnsupportedMediaType);
}

TEST_CASE("each event of a batch keeps its own bytes", "[intake]") {
  const std::string_view body = " [ {\"a\": \"],[\\\"\"} ,\n{\"b\":[1,{}]}, 7 ] ";
  const auto read = read_events(BodyKind::batch, body, {});
  REQUIRE(read);
  REQUIRE(read->size() == 3);
  CHECK((*read)[0].raw == "{\"a\": \"],[\\\"\"}");
  CHECK((*read)[1].raw == "{\"b\":[1,{}]}");
  CHECK((*read)[2].raw == "7");
  CHECK((*read)[0].json->root().find("a").text() == "],[\"");
  CHECK(read_events(BodyKind::batch, "[]", {})->empty());
}

TEST_CASE("a batch that is not strict JSON is refused as a whole, with its place", "[intake][I11]") {
  for (const std::string_view body : {"", "{}", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]x", "[{]}", "[\"a]",
                                      "[1}", "[\"\\", "[{\"a\":1}}", "[\"\xff\"]"}) {
    INFO(body);
    CHECK(refused(BodyKind::batch, body) == ErrorCode::NotJson);
  }
  const auto twice = read_events(BodyKind::batch, "[{},\n {\"data\":{\"net\":1,\"net\":2}}]", {});
  REQUIRE_FALSE(twice);
  CHECK(twice.error().code == ErrorCode::DuplicateKey);
  CHECK(twice.error().where.pointer.starts_with("/1/data"));
  CHECK(twice.error().where.line == 2);
}

TEST_CASE("one bad line does not take its neighbours with it", "[intake][I11]") {
  const auto read = read_events(BodyKind::lines, "{\"id\":1}\r\n\n{\"id\":\n{\"id\":3}", {});
  REQUIRE(read);
  REQUIRE(read->size() == 3);
  CHECK((*read)[0].json);
  CHECK_FALSE((*read)[1].json);
  CHECK((*read)[1].json.error().where.line == 3);
  CHECK((*read)[2].raw == "{\"id\":3}");
}

TEST_CASE("bodies over a limit are refused before they cost much", "[intake][I10]") {
  IntakeLimits limits;
  limits.events_max = 2;
  CHECK(refused(BodyKind::batch, "[1,2,3]", limits) == ErrorCode::LimitExceeded);
  CHECK(refused(BodyKind::lines, "1\n2\n3", limits) == ErrorCode::LimitExceeded);
  limits.bytes_max = 10;
  CHECK(refused(BodyKind::single, "{\"a\":12345678}", limits) == ErrorCode::LimitExceeded);
  CHECK(refused(BodyKind::single, std::string(100, '[') + std::string(100, ']')) == ErrorCode::LimitExceeded);
  CHECK(refused(BodyKind::batch, "[" + std::string(100'000, '[')) != ErrorCode::NotFound);  // ends, and quickly
}

TEST_CASE("the values of all events of a request are counted together", "[intake][I10]") {
  IntakeLimits limits;
  limits.nodes_max = 10;
  CHECK(read_events(BodyKind::batch, "[[1,2,3],[1,2,3]]", limits));
  CHECK(refused(BodyKind::batch, "[[1,2,3],[1,2,3],[1,2,3]]", limits) == ErrorCode::LimitExceeded);
  CHECK(refused(BodyKind::lines, "[1,2,3]\n[1,{\"a\":[1,1,1]}]\n[1,2,3]", limits) == ErrorCode::LimitExceeded);
}

TEST_CASE("fields of a binary event are decoded as the HTTP binding of CloudEvents says", "[intake][I18]") {
  const auto decoded = [](const std::string& value) -> std::optional<std::string> {
    const std::vector<std::pair<std::string, std::string>> fields = {{"ce-specversion", "1.0"}, {"ce-id", value}};
    const auto text = structured_from_binary(fields, "{}");
    if (!text) {
      CHECK(text.error().code == ErrorCode::BadRequest);
      CHECK(text.error().message.contains("`ce-id`"));
      return std::nullopt;
    }
    return *glmap::parse_json(**text)->find("id")->as_string();
  };
  CHECK(decoded("plain") == "plain");
  CHECK(decoded("Euro%20%E2%82%AC%20%F0%9F%98%80") == "Euro \u20ac \U0001f600");  // the binding's own example
  CHECK(decoded("100%25") == "100%");
  CHECK(decoded("%2525") == "%25");  // once
  CHECK(decoded("\"quoted %22 and \\\" \\\\\"") == "quoted \" and \" \\");
  CHECK_FALSE(decoded("50%"));
  CHECK_FALSE(decoded("%zz"));
  CHECK_FALSE(decoded("%2"));
  CHECK_FALSE(decoded("%C3"));  // half a character
  CHECK_FALSE(decoded("a%00b"));
  CHECK_FALSE(decoded("\"open"));
  CHECK_FALSE(decoded("\"closed\" too early"));
}

TEST_CASE("what only begins like JSON is not taken for it", "[intake][I18]") {
  const auto type = [](const char* value) {
    const std::vector<std::pair<std::string, std::string>> fields = {{"ce-specversion", "1.0"},
                                                                     {"content-type", value}};
    const auto text = structured_from_binary(fields, "{}");
    return text ? ErrorCode{} : text.error().code;
  };
  CHECK(type("application/json") == ErrorCode{});
  CHECK(type("Application/JSON; charset=UTF-8") == ErrorCode{});
  CHECK(type("application/vnd.acme.invoice+json") == ErrorCode{});
  for (const char* other : {"application/json-seq", "application/jsonlines", "application/json; charset=utf-16",
                            "application/xml", "text/plain"}) {
    INFO(other);
    CHECK(type(other) == ErrorCode::UnsupportedMediaType);
    CHECK(body_kind(other).error().code == ErrorCode::UnsupportedMediaType);
  }
}

TEST_CASE("an event in HTTP fields is the same event in one text", "[intake]") {
  const std::vector<std::pair<std::string, std::string>> fields = {
      {"content-type", "application/json"}, {"ce-specversion", "1.0"}, {"ce-id", "e\"1"}, {"ce-source", "s"}};
  const auto text = structured_from_binary(fields, "{\"net\":\"1.00\"}");
  REQUIRE(text);
  REQUIRE(*text);
  const auto json = glmap::parse_json(**text);
  REQUIRE(json);
  CHECK(*json->find("id")->as_string() == "e\"1");
  CHECK(*json->find("data")->find("net")->as_string() == "1.00");
  CHECK_FALSE(*structured_from_binary({}, "{}"));
}

TEST_CASE("text behind the data of a binary event cannot write its envelope", "[intake][I11]") {
  const std::vector<std::pair<std::string, std::string>> fields = {
      {"ce-specversion", "1.0"}, {"ce-id", "b1"}, {"ce-source", "s"}, {"ce-type", "t"}};
  const auto refused = structured_from_binary(fields, R"({"net":"1.00"},"revision":"9")");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::NotJson);
}
