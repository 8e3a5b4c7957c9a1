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
    limits:
      requests_per_second: 5
      requests_per_day: 20000
      zone: Europe/Berlin
      closed: ["Sun 02:00-04:30", "daily 23:50-24:00"]
      retry_after_s_max: 7200
      visible_after_s: 900
      unclear_in_a_row_max: 3
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
  CHECK(read->erp[0].limits.requests_per_second == 5);
  CHECK(read->erp[0].limits.requests_per_minute == 0);
  CHECK(read->erp[0].limits.requests_per_day == 20'000);
  CHECK(read->erp[0].limits.zone == "Europe/Berlin");
  CHECK(read->erp[0].limits.closed.size() == 8);
  CHECK(read->erp[0].policy.retry_after_max_micros == 7'200'000'000);
  CHECK(read->erp[0].policy.visibility_horizon_micros == 900'000'000);
  CHECK(read->erp[0].unclear_in_a_row_max == 3);
  CHECK(read->erp[1].limits.zone == "UTC");
}

TEST_CASE("a misspelt or impossible setting is told with its place, never left out", "[service]") {
  const struct {
    const char* yaml;
    std::uint32_t line;
    const char* word;
  } cases[] = {
      {"bundel: x", 1, "bundel"},
      {"release:\n  folder: f", 2, "trust"},
      {"release: {folder: f, trust: \"sha256:1\"}\nbundle: b", 2, "bundle"},
      {"store: s\nerp:\n  - name: a\n    kind: file\n    setting: {}", 5, "setting"},
      {"erp:\n  - kind: file", 2, "name"},
      {"erp: tryton", 1, "erp"},
      {"limits: {events_max: many}", 1, "many"},
      {"limits: {events_max: 0}", 1, "0"},
      {"erp:\n  - name: a\n    kind: file\n    settings: {a: [1]}", 4, "a"},
      {"erp:\n  - name: a\n    kind: file\n    limits: {requests_per_hour: 5}", 4, "requests_per_hour"},
      {"erp:\n  - name: a\n    kind: file\n    limits:\n      requests_per_second: 0", 5, "requests_per_second"},
      {"erp:\n  - name: a\n    kind: file\n    limits:\n      zone: Berlin", 5, "Berlin"},
      {"erp:\n  - name: a\n    kind: file\n    limits:\n      closed:\n        - Sunday", 6, "Sunday"},
      {"erp:\n  - name: a\n    kind: file\n    limits:\n      closed: [\"daily 00:00-24:00\"]", 5, "closed"},
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
