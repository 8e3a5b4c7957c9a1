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
#include "tests/support/waiting_book.hpp"

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

TEST_CASE("a book that keeps state runs: what overtakes its prerequisite waits, also over a restart", "[service]") {
  World world;
  world.write_bundle(testing::waiting_book());
  world.start();
  const std::string payment = event_text(testing::payment_event("P-1", "I-1"));
  CHECK(world.text(world.call("POST", "/v1/events", payment), "status") == "waiting");
  world.gateway.reset();
  world.start();
  CHECK(world.text(world.call("GET", "/v1/events/1"), "state") == "waiting");
  CHECK(world.text(world.call("POST", "/v1/events", payment), "status") == "duplicate");
  CHECK(world.text(world.call("POST", "/v1/events", event_text(testing::invoice_event("I-1"))), "status") ==
        "accepted");
  CHECK(world.wait_for_state("/v1/events/1", "posted") == "posted");
  CHECK(*world.call("GET", "/v1/statement").find("agrees")->as_bool());
  CHECK(world.call("GET", "/v1/exceptions").find("exceptions")->as_array()->empty());
}

TEST_CASE("a release that asks what was not remembered is refused, and the one in force stays", "[service]") {
  World world;
  world.start();
  CHECK(world.text(world.call("POST", "/v1/events", event_text()), "status") == "accepted");
  const std::string before = world.text(world.call("GET", "/v1/bundle"), "digest");
  world.write_bundle(testing::waiting_book());
  const auto reloaded = world.gateway->reload_bundle();
  REQUIRE_FALSE(reloaded.has_value());
  CHECK(reloaded.error().code == ErrorCode::BundleNeedsState);
  CHECK(reloaded.error().message.find("`at most its balance`") != std::string::npos);
  CHECK(world.text(world.call("GET", "/v1/bundle"), "digest") == before);
  world.gateway.reset();
  CHECK(service::Gateway::start(world.configuration, world.clock, *world.log).error().code ==
        ErrorCode::BundleNeedsState);
}

TEST_CASE("an amount that needs somebody's agreement is held", "[service]") {
  World world;
  rules::RuleBook approved = testing::gateway_book();
  approved.approvals = {{{}, false, {}, *Decimal::parse("100.00"), "controller", {}}};
  world.write_bundle(approved);
  world.start();
  CHECK(world.text(world.call("POST", "/v1/events", event_text()), "status") == "held");
}

TEST_CASE("published rates are remembered; one that changes is refused", "[service]") {
  World world;
  rules::RuleBook book = testing::gateway_book();
  rules::ForeignCurrency foreign;
  foreign.rate_source = "ECB";
  foreign.rate_date = "document_date";
  foreign.rate_age_days_max = 3;
  foreign.rounding_role = 1;
  book.foreign_currency = foreign;
  world.write_bundle(book);
  world.start();
  const std::string dollars = event_text({.id = "E-1", .currency = "USD"});
  CHECK(world.text(world.call("POST", "/v1/events", dollars), "status") == "held");  // there is no rate yet
  const auto rates = [&](const std::string& value) {
    return world.call(
        "POST", "/v1/rates",
        R"({"rates":[{"source":"ECB","from":"USD","to":"EUR","date":"2026-10-01","rate":")" + value + R"("}]})");
  };
  CHECK(rates("0.95").find("new")->as_number()->text == "1");
  CHECK(rates("0.95").find("new")->as_number()->text == "0");
  CHECK(world.text(rates("0.96"), "type").ends_with("GLM-6011"));
  CHECK(world.text(rates("-1"), "type").ends_with("GLM-6017"));
  world.gateway.reset();
  world.start();
  CHECK(world.text(world.call("POST", "/v1/events", event_text({.id = "E-2", .currency = "USD"})), "status") ==
        "accepted");
  CHECK(world.text(world.call("POST", "/v1/events/1/retry", R"({"by":"ann","reason":"the rate is there"})"),
                   "status") == "accepted");
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
