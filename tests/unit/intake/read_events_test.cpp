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
