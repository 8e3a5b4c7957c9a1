// SPDX-License-Identifier: Apache-2.0
// The API as a sender and finance meet it: over HTTP on the loopback interface, with a real store.
#include "gateway/api/gateway_api.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include "gateway/api/problem.hpp"
#include "gateway/platform/http_client.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/support/gateway_book.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace glmap;
using namespace glmap::gateway;
using testing::event_text;
using testing::EventText;
using testing::expect;

namespace {

constexpr const char* kSingle = "application/cloudevents+json";
constexpr const char* kBatch = "application/cloudevents-batch+json";
constexpr const char* kLines = "application/x-ndjson";

struct Answer {
  int status = 0;
  std::string type;
  Json json;
  std::vector<platform::HttpField> fields;

  std::string text(std::string_view key) const {
    const Json* member = json.find(key);
    const std::string* value = member != nullptr ? member->as_string() : nullptr;
    return value != nullptr ? *value : std::string();
  }
  const Json::Array& list(std::string_view key) const {
    const Json* member = json.find(key);
    if (member == nullptr || member->as_array() == nullptr)
      throw std::logic_error("no list " + std::string(key) + " in " + write_json(json));
    return *member->as_array();
  }
  std::string field(const std::string& name) const {
    for (const auto& field : fields) {
      if (field.name == name) return field.value;
    }
    return {};
  }
};

std::string text_in(const Json& json, std::string_view key) {
  const Json* member = json.find(key);
  if (member == nullptr) return {};
  if (const auto* number = member->as_number()) return number->text;
  if (const auto* truth = member->as_bool()) return *truth ? "true" : "false";
  return member->as_string() != nullptr ? *member->as_string() : write_json(*member);
}

struct Running {
  testing::TemporaryFolder folder;
  testing::FixedClock clock;
  posting::BookInForce book{testing::gateway_evaluator()};
  std::unique_ptr<store::Store> store = expect(store::open_sqlite_store(folder.file("gateway.db")));
  posting::PostingService service{*store, clock, book};
  posting::PostingQueue queue{service, {}, {}};
  int retries = 0;
  std::unique_ptr<api::GatewayApi> api;
  std::unique_ptr<platform::HttpServer> server;
  std::unique_ptr<platform::HttpClient> client = expect(platform::make_http_client({}));

  Running() {
    REQUIRE(store->activate_bundle("sha256:test", "bytes", Instant{clock.utc_micros()}));
    api = std::make_unique<api::GatewayApi>(api::ApiSettings{}, *store, clock, book, service, queue, nullptr,
                                            [this] { ++retries; });
    server = expect(platform::start_http_server(
        {.port = 0}, [this](auto request, auto respond) { api->handle(std::move(request), std::move(respond)); },
        api::refusal));
  }
  ~Running() {
    server->stop(2000);
    queue.stop();
    api->stop();
  }

  Answer call(const std::string& method, const std::string& path, const std::string& body = "",
              const std::string& type = "") {
    platform::HttpRequest request;
    request.method = method;
    request.url = "http://127.0.0.1:" + std::to_string(server->port()) + path;
    request.body = body;
    if (!type.empty()) request.fields = {{"Content-Type", type}};
    const auto outcome = client->send(request);
    const auto* answered = std::get_if<platform::HttpAnswered>(&outcome);
    REQUIRE(answered != nullptr);
    Answer answer;
    answer.status = answered->status;
    answer.fields = answered->fields;
    answer.type = answer.field("content-type");
    if (!answered->body.empty()) answer.json = expect(parse_json(answered->body));
    return answer;
  }
  Answer post(const std::string& body, const std::string& type = kSingle) {
    return call("POST", "/v1/events", body, type);
  }
  Answer get(const std::string& path) { return call("GET", path); }
};

void check_problem(const Answer& answer, int status, const std::string& code) {
  CHECK(answer.status == status);
  CHECK(answer.type == "application/problem+json");
  CHECK(answer.text("type") == "urn:glmap:error:" + code);
  CHECK_FALSE(answer.text("title").empty());
  CHECK_FALSE(answer.text("detail").empty());
}

}  // namespace

TEST_CASE("an event is accepted with 202, its repeat with 200, other content refused with 422", "[api][I1][I2]") {
  Running gateway;
  const Answer first = gateway.post(event_text());
  CHECK(first.status == 202);
  CHECK(first.text("status") == "accepted");
  CHECK(first.field("location") == "/v1/events/1");
  REQUIRE(first.list("entries").size() == 1);
  const Answer again = gateway.post(event_text());
  CHECK(again.status == 200);
  CHECK(again.text("status") == "duplicate");
  CHECK(again.list("entries") == first.list("entries"));
  const Answer other = gateway.post(event_text({.net = "1.00"}));
  check_problem(other, 422, "GLM-6011");
  CHECK(other.field("location") == "/v1/events/1");
}

TEST_CASE("a held event is taken with 202 and says why and where", "[api]") {
  Running gateway;
  const Answer held = gateway.post(event_text({.net = "100.005"}));
  CHECK(held.status == 202);
  CHECK(held.text("status") == "held");
  const Json* reason = held.json.find("reason");
  REQUIRE(reason != nullptr);
  CHECK(text_in(*reason, "code") == "GLM-6008");
  CHECK(text_in(*reason, "pointer") == "/data/net");
  CHECK(gateway.post(event_text({.id = "E-2", .type = "invoice.drafted"})).text("status") == "no_entry");
}

TEST_CASE("malformed input is refused with a problem that names the place, and nothing is stored", "[api][I11]") {
  Running gateway;
  const std::string twice = R"({"specversion":"1.0","id":"1","source":"s","type":"t","data":{"net":1,"net":2}})";
  std::string bad_text = event_text();
  bad_text.replace(bad_text.find("PLATFORM"), 8, "\xff\xfe");
  check_problem(gateway.post("{\"id\":"), 400, "GLM-6001");
  check_problem(gateway.post(""), 400, "GLM-6001");
  check_problem(gateway.post(bad_text), 400, "GLM-6001");
  const Answer duplicate_key = gateway.post(twice);
  check_problem(duplicate_key, 400, "GLM-6002");
  CHECK(text_in(duplicate_key.list("errors")[0], "pointer") == "/data/net");
  check_problem(gateway.post(R"({"specversion":"1.0","source":"s","type":"t"})"), 422, "GLM-6004");
  check_problem(gateway.post("[1]"), 422, "GLM-6005");
  check_problem(gateway.post("[" + event_text() + ",]", kBatch), 400, "GLM-6001");
  check_problem(gateway.post(event_text(), "text/csv"), 415, "GLM-6013");
  check_problem(gateway.post(std::string(100, '[')), 413, "GLM-6003");
  check_problem(gateway.post(std::string((std::size_t{10} << 20) + 1, ' ')), 413, "GLM-6003");
  CHECK(gateway.get("/v1/events").list("events").empty());
  CHECK(gateway.get("/v1/statement").list("rows").empty());
}

TEST_CASE("a batch is answered event by event, in its order", "[api]") {
  Running gateway;
  const std::string other = event_text({.id = "E-2", .invoice = "I-2"});
  const Answer batch = gateway.post("[" + event_text() + "," + other + "," + event_text() + "]", kBatch);
  CHECK(batch.status == 200);
  const auto& results = batch.list("results");
  REQUIRE(results.size() == 3);
  CHECK(text_in(results[0], "status") == "accepted");
  CHECK(text_in(results[1], "id") == "E-2");
  CHECK(text_in(results[2], "status") == "duplicate");
  CHECK(text_in(*batch.json.find("counts"), "accepted") == "2");
  const Answer lines = gateway.post("{oops}\n" + event_text({.id = "E-3"}) + "\n", kLines);
  CHECK(text_in(lines.list("results")[0], "status") == "refused");
  CHECK(text_in(*lines.list("results")[0].find("reason"), "line") == "1");
  CHECK(text_in(lines.list("results")[1], "status") == "accepted");
  CHECK(gateway.post("[]", kBatch).list("results").empty());
}

TEST_CASE("an event can be followed by number and by its identity", "[api]") {
  Running gateway;
  gateway.post(event_text({.id = "a b/1"}));
  gateway.post(event_text({.id = "a b/1", .net = "3.00"}));
  const Answer journey = gateway.get("/v1/events?source=billing&id=a%20b%2F1");
  CHECK(journey.status == 200);
  CHECK(text_in(journey.json, "sequence") == "1");
  CHECK(text_in(*journey.json.find("control_amount"), "amount") == "119.00");
  CHECK(journey.list("entries").size() == 1);
  CHECK(journey.list("conflicts").size() == 1);
  CHECK(text_in(journey.list("history")[0], "to") == "accepted");
  CHECK(text_in(*journey.json.find("event"), "id") == "a b/1");
  CHECK(gateway.get("/v1/events/1").json == journey.json);
  check_problem(gateway.get("/v1/events/2"), 404, "GLM-6015");
  check_problem(gateway.get("/v1/events/x"), 404, "GLM-6015");
  check_problem(gateway.get("/v1/events?source=billing&id=none"), 404, "GLM-6015");
}

TEST_CASE("a misspelt filter is an error and not a list of everything", "[api]") {
  Running gateway;
  check_problem(gateway.get("/v1/events?stat=held"), 400, "GLM-6014");
  check_problem(gateway.get("/v1/events?state=hold"), 400, "GLM-6014");
  check_problem(gateway.get("/v1/events?limit=0"), 400, "GLM-6014");
  check_problem(gateway.get("/v1/entries?state=sent"), 400, "GLM-6014");
  check_problem(gateway.get("/v1/events?state=held&state=held"), 400, "GLM-6014");
  check_problem(gateway.get("/v1/events?source=%zz"), 400, "GLM-6014");
  check_problem(gateway.get("/v2/events"), 404, "GLM-6015");
  const Answer removed = gateway.call("DELETE", "/v1/events");
  CHECK(removed.status == 405);
  CHECK(removed.field("allow") == "GET, HEAD, POST");
}

TEST_CASE("entries, trial balance and statement speak of the same money", "[api]") {
  Running gateway;
  gateway.post(event_text() + "\n" + event_text({.id = "E-2", .invoice = "I-2", .net = "1.00", .tax = "0.19"}) + "\n" +
                   event_text({.id = "E-3", .type = "dispute.opened"}),
               kLines);
  const Answer entries = gateway.get("/v1/entries?state=ready&entity=DE&limit=1&after=1");
  REQUIRE(entries.list("entries").size() == 1);
  const Json& entry = entries.list("entries")[0];
  CHECK(text_in(entry, "event_id") == "E-2");
  CHECK(text_in(*entry.find("entry"), "entity") == "DE");
  CHECK(text_in(*entry.find("total_functional"), "amount") == "1.19");
  CHECK(gateway.get("/v1/entries/" + text_in(entry, "reference")).json == entry);
  const Answer balance = gateway.get("/v1/trial-balance?entity=DE");
  REQUIRE(balance.list("rows").size() == 3);
  CHECK(text_in(balance.list("rows")[0], "debit") == "120.19");
  CHECK(text_in(balance.list("totals")[0], "credit") == "120.19");
  CHECK(text_in(balance.json, "balanced") == "true");
  const Answer statement = gateway.get("/v1/statement");
  const Json& row = statement.list("rows")[0];
  CHECK(text_in(*row.find("accepted"), "amount") == "239.19");  // 119.00 + 1.19 + 119.00 held
  CHECK(text_in(*row.find("waiting"), "amount") == "120.19");
  CHECK(text_in(*row.find("held"), "count") == "1");
  CHECK(text_in(statement.json, "agrees") == "true");
}

TEST_CASE("a person who retries names himself and a reason", "[api][E21]") {
  Running gateway;
  gateway.post(event_text({.type = "dispute.opened"}));
  check_problem(gateway.call("POST", "/v1/events/1/retry", R"({"by":"ann"})", "application/json"), 422, "GLM-6004");
  const Answer held =
      gateway.call("POST", "/v1/events/1/retry", R"({"by":"ann","reason":"again"})", "application/json");
  CHECK(held.status == 200);
  CHECK(held.text("status") == "held");
  CHECK(gateway.retries == 1);
  gateway.post(event_text({.id = "E-2"}));
  check_problem(gateway.call("POST", "/v1/events/2/retry", R"({"by":"ann","reason":"x"})", "application/json"), 409,
                "GLM-6014");
  const std::string reference = text_in(gateway.get("/v1/entries").list("entries")[0], "reference");
  check_problem(
      gateway.call("POST", "/v1/entries/" + reference + "/retry", R"({"by":"a","reason":"b"})", "application/json"),
      409, "GLM-6014");
  check_problem(gateway.call("POST", "/v1/entries/NONE/retry", R"({"by":"a","reason":"b"})", "application/json"), 404,
                "GLM-6015");
  check_problem(gateway.call("GET", "/v1/events/1/retry"), 405, "GLM-6014");
}

TEST_CASE("a held event that its sender has replaced is closed by a person, and the statement still adds up", "[api]") {
  Running gateway;
  gateway.post(event_text({.type = "dispute.opened"}));
  check_problem(gateway.call("POST", "/v1/events/1/reject", R"({"by":"ann"})", "application/json"), 422, "GLM-6004");
  const Answer closed = gateway.call("POST", "/v1/events/1/reject",
                                     R"({"by":"ann","reason":"sent again as revision 2"})", "application/json");
  CHECK(closed.status == 200);
  CHECK(closed.text("status") == "rejected");
  const Answer statement = gateway.get("/v1/statement");
  const Json& row = statement.list("rows")[0];
  CHECK(text_in(*row.find("held"), "count") == "0");
  CHECK(text_in(*row.find("rejected"), "count") == "1");
  CHECK(text_in(statement.json, "agrees") == "true");
  CHECK(canonical_json(gateway.get("/v1/events/1").json).find("sent again as revision 2") != std::string::npos);
  // It is on record for ever, and may be decided again.
  CHECK(gateway.call("POST", "/v1/events/1/retry", R"({"by":"ann","reason":"after all"})", "application/json")
            .text("status") == "held");
  gateway.post(event_text({.id = "E-2"}));
  check_problem(gateway.call("POST", "/v1/events/2/reject", R"({"by":"a","reason":"b"})", "application/json"), 409,
                "GLM-6014");
}

TEST_CASE("health, readiness and the bundle in force are told", "[api]") {
  Running gateway;
  CHECK(gateway.get("/healthz").status == 200);
  CHECK(gateway.get("/readyz").status == 200);
  gateway.api->stop_being_ready();
  CHECK(gateway.get("/healthz").status == 200);
  CHECK(gateway.get("/readyz").status == 503);
  const Answer bundle = gateway.get("/v1/bundle");
  CHECK(bundle.text("digest") == "sha256:test");
  CHECK(bundle.text("book") == "gateway-test");
  CHECK(bundle.text("activated_at") == "2026-10-02T12:00:00Z");
  CHECK(gateway.get("/v1/erp").list("erp").empty());
}

TEST_CASE("health is told within a second while the largest bodies are read", "[api][I9][I10]") {
  Running gateway;
  std::string body = "[";
  for (int number = 0; body.size() < 9'000'000; ++number) {
    if (number > 0) body += ',';
    // Large events, so that a body holds fewer than the limit.
    body += event_text({.id = "E-" + std::to_string(number) + std::string(900, 'x')});
  }
  body += "]";
  std::atomic<int> ended = 0, good = 0;
  std::vector<std::jthread> senders;
  for (int sender = 0; sender < 4; ++sender) {
    senders.emplace_back([&] {
      const auto client = expect(platform::make_http_client({}));
      platform::HttpRequest request;
      request.method = "POST";
      request.url = "http://127.0.0.1:" + std::to_string(gateway.server->port()) + "/v1/events";
      request.body = body;
      request.fields = {{"Content-Type", kBatch}};
      request.total_ms_max = 120'000;
      const auto outcome = client->send(request);
      const auto* reply = std::get_if<platform::HttpAnswered>(&outcome);
      if (reply != nullptr && reply->status == 200) ++good;
      ++ended;
    });
  }
  std::chrono::milliseconds slowest{0};
  while (ended < 4) {
    const auto begun = std::chrono::steady_clock::now();
    CHECK(gateway.get("/healthz").status == 200);
    slowest = std::max(slowest,
                       std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(good == 4);
  CHECK(slowest.count() < 1000);
}
