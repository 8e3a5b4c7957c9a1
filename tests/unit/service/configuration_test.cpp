// SPDX-License-Identifier: Apache-2.0
#include "gateway/service/configuration.hpp"

#include <catch2/catch.hpp>

using namespace glmap::gateway::service;
using glmap::ErrorCode;

TEST_CASE("a whole configuration is read", "[service]") {
  const auto read = read_configuration(R"(
bundle: acme.bundle
store: gateway.db
listen: 127.0.0.1:0
limits: {body_bytes_max: 2097152, events_max: 500}
drain_ms_max: 2000
erp:
  - name: tryton-eu
    kind: tryton
    settings: {url: "http://127.0.0.1:8000", database: acme}
    entities: {DE: {company: "Acme GmbH"}, FR: {}}
  - {name: us, kind: file}
)",
                                       "glmapd.yaml");
  REQUIRE(read);
  CHECK(read->bundle == "acme.bundle");
  CHECK(read->limits.bytes_max == 2'097'152);
  CHECK(read->drain_ms_max == 2000);
  REQUIRE(read->erp.size() == 2);
  CHECK(read->erp[0].settings.at("url") == "http://127.0.0.1:8000");
  CHECK(read->erp[0].entities.at("DE").at("company") == "Acme GmbH");
  CHECK(read->erp[0].entities.contains("FR"));
}

TEST_CASE("a misspelt or impossible setting is told with its place, never left out", "[service]") {
  const struct {
    const char* yaml;
    std::uint32_t line;
    const char* word;
  } cases[] = {
      {"bundel: x", 1, "bundel"},
      {"store: s\nerp:\n  - name: a\n    kind: file\n    setting: {}", 5, "setting"},
      {"erp:\n  - kind: file", 2, "name"},
      {"erp: tryton", 1, "erp"},
      {"limits: {events_max: many}", 1, "many"},
      {"limits: {events_max: 0}", 1, "0"},
      {"erp:\n  - name: a\n    kind: file\n    settings: {a: [1]}", 4, "a"},
      {"- bundle", 1, "configuration"},
      {"store: [", 2, "YAML"},
  };
  for (const auto& one : cases) {
    INFO(one.yaml);
    const auto read = read_configuration(one.yaml, "glmapd.yaml");
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::BadConfiguration);
    CHECK(read.error().where.file == "glmapd.yaml");
    CHECK(read.error().where.line <= one.line);
    CHECK(read.error().where.line > 0);
    CHECK(read.error().message.find(one.word) != std::string::npos);
  }
}

TEST_CASE("an address to listen on has a host and a port", "[service]") {
  CHECK(parse_listen("127.0.0.1:0")->port == 0);
  CHECK(parse_listen("[::1]:8080")->address == "::1");
  for (const char* text : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:80x"}) {
    INFO(text);
    CHECK_FALSE(parse_listen(text));
  }
}
