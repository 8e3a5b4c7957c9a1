// SPDX-License-Identifier: Apache-2.0
// The whole gateway in one process: bundle file, store file, HTTP, entries delivered into files.
#include "gateway/service/gateway.hpp"

#include <chrono>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>

#include "compiler/runtime/rules/bundle.hpp"
#include "gateway/platform/http_client.hpp"
#include "tests/support/gateway_book.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace glmap;
using namespace glmap::gateway;
using testing::event_text;
using testing::expect;

namespace {

struct World {
  testing::TemporaryFolder folder;
  platform::SystemClock clock;
  std::unique_ptr<platform::Log> log;
  service::Configuration configuration;
  std::unique_ptr<service::Gateway> gateway;
  std::unique_ptr<platform::HttpClient> client = expect(platform::make_http_client({}));

  World() {
    log = std::make_unique<platform::Log>(clock, -1);  // nowhere
    write_bundle(testing::gateway_book());
    configuration.bundle = folder.file("book.bundle");
    configuration.store = folder.file("gateway.db");
    configuration.listen = "127.0.0.1:0";
    for (const char* name : {"erp-de", "erp-us"}) {
      configuration.erp.push_back({name, "file", {{"folder", folder.file("ledger")}, {"format", "hledger"}}, {}});
    }
  }
  void write_bundle(const rules::RuleBook& book) {
    std::ofstream(folder.file("book.bundle"), std::ios::binary) << rules::write_bundle(book, {"test", {}});
  }
  void start() { gateway = expect(service::Gateway::start(configuration, clock, *log)); }
  Json call(const std::string& method, const std::string& path, const std::string& body = "") {
    platform::HttpRequest request;
    request.method = method;
    request.url = gateway->url() + path;
    request.body = body;
    if (!body.empty()) request.fields = {{"Content-Type", "application/cloudevents+json"}};
    const auto outcome = client->send(request);
    const auto* answer = std::get_if<platform::HttpAnswered>(&outcome);
    REQUIRE(answer != nullptr);
    return expect(parse_json(answer->body));
  }
  std::string text(const Json& json, std::string_view key) {
    const Json* member = json.find(key);
    return member != nullptr && member->as_string() != nullptr ? *member->as_string() : std::string();
  }
  std::string wait_for_state(const std::string& path, const std::string& state) {
    for (int i = 0; i < 500; ++i) {
      const std::string now = text(call("GET", path), "state");
      if (now == state) return now;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return text(call("GET", path), "state");
  }
};

}  // namespace

TEST_CASE("an event posted over HTTP is delivered and stays so over a restart", "[service][M22]") {
  World world;
  world.start();
  CHECK(world.text(world.call("POST", "/v1/events", event_text()), "status") == "accepted");
  CHECK(world.wait_for_state("/v1/events/1", "posted") == "posted");
  world.gateway.reset();
  world.start();
  CHECK(world.text(world.call("GET", "/v1/events/1"), "state") == "posted");
  CHECK(world.text(world.call("POST", "/v1/events", event_text()), "status") == "duplicate");
  const Json statement = world.call("GET", "/v1/statement");
  CHECK(*statement.find("agrees")->as_bool());
}

TEST_CASE("a book that asks what happened before is refused, and the one in force stays", "[service]") {
  World world;
  world.start();
  const std::string before = world.text(world.call("GET", "/v1/bundle"), "digest");
  rules::RuleBook limited = testing::gateway_book();
  for (rules::EventProgram& program : limited.programs)
    for (rules::Rule& rule : program.rules)
      for (rules::PostBlock& block : rule.blocks) block.lines.front().limit = rules::BalanceLimit{};
  rules::RuleBook approved = testing::gateway_book();
  approved.approvals = {{{}, false, {}, *Decimal::parse("100.00"), "controller", {}}};
  for (const auto& [book, clause] : {std::pair(limited, "`at most its balance`"), {approved, "`approvals`"}}) {
    world.write_bundle(book);
    const auto reloaded = world.gateway->reload_bundle();
    REQUIRE_FALSE(reloaded.has_value());
    CHECK(reloaded.error().code == ErrorCode::BundleNeedsState);
    CHECK(reloaded.error().message.find(clause) != std::string::npos);
  }
  CHECK(world.text(world.call("GET", "/v1/bundle"), "digest") == before);
}

TEST_CASE("a new bundle is put in force without a restart; a broken one is not", "[service][M2][M3]") {
  World world;
  world.start();
  const std::string before = world.text(world.call("GET", "/v1/bundle"), "digest");
  std::ofstream(world.folder.file("book.bundle")) << "{}";
  CHECK_FALSE(world.gateway->reload_bundle());
  CHECK(world.text(world.call("GET", "/v1/bundle"), "digest") == before);
  rules::RuleBook next = testing::gateway_book();
  next.release = "2026.12";
  next.catalog.lists[0].values.push_back("VOICE");
  world.write_bundle(next);
  REQUIRE(world.gateway->reload_bundle());
  CHECK(world.text(world.call("GET", "/v1/bundle"), "release") == "2026.12");
  CHECK(world.text(world.call("POST", "/v1/events", event_text({.product = "VOICE"})), "status") == "accepted");
}

TEST_CASE("what cannot work is told at the start", "[service]") {
  World world;
  const auto code = [&] {
    const auto started = service::Gateway::start(world.configuration, world.clock, *world.log);
    REQUIRE_FALSE(started);
    return started.error().code;
  };
  world.configuration.bundle = world.folder.file("none");
  CHECK(code() == ErrorCode::BadConfiguration);
  world.configuration.bundle = world.folder.file("book.bundle");
  world.configuration.erp[0].kind = "abacus";
  CHECK(code() == ErrorCode::BadConfiguration);
  world.configuration.erp[0].kind = "file";
  world.configuration.listen = "no address";
  CHECK(code() == ErrorCode::BadConfiguration);
  std::string altered = rules::write_bundle(testing::gateway_book(), {"test", {}});
  altered.replace(altered.find("2026.11"), 7, "2026.10");
  std::ofstream(world.folder.file("book.bundle"), std::ios::binary) << altered;
  CHECK(code() == ErrorCode::BundleAltered);
}
