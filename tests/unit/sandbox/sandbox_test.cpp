// SPDX-License-Identifier: Apache-2.0
// The sandbox as a person with curl meets it.
#include "gateway/sandbox/sandbox.hpp"

#include <catch2/catch.hpp>

#include "gateway/platform/http_client.hpp"
#include "tests/unit/connectors/entries.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using platform::HttpAnswered;

namespace {

struct Caller {
  std::unique_ptr<sandbox::Sandbox> erp;
  std::unique_ptr<platform::HttpClient> http;

  Caller() {
    auto started = sandbox::Sandbox::start({.seed = seed()});
    REQUIRE(started.has_value());
    erp = std::move(*started);
    http = std::move(*platform::make_http_client({}));
  }
  platform::HttpOutcome send(std::string method, std::string path, std::string body, std::string key = "") const {
    platform::HttpRequest request;
    request.method = std::move(method);
    request.url = erp->url() + path;
    request.body = std::move(body);
    request.fields = {{"Content-Type", "application/json"}};
    if (!key.empty()) request.fields.push_back({"Idempotency-Key", key});
    request.total_ms_max = 3000;
    return http->send(request);
  }
  HttpAnswered answer(std::string method, std::string path, std::string body = "", std::string key = "") const {
    const platform::HttpOutcome outcome = send(std::move(method), std::move(path), std::move(body), std::move(key));
    REQUIRE(std::holds_alternative<HttpAnswered>(outcome));
    return std::get<HttpAnswered>(outcome);
  }
};

}  // namespace

TEST_CASE("the plain ledger takes an entry once, and the same again as the same", "[sandbox]") {
  const Caller c;
  const std::string entry = write_json(german_invoice().to_json());
  CHECK(c.answer("POST", "/ledger/v1/entries", entry, "K1").status == 201);
  CHECK(c.answer("POST", "/ledger/v1/entries", entry, "K1").status == 200);
  CHECK(c.answer("POST", "/ledger/v1/entries", write_json(dollar_invoice().to_json()), "K1").status == 422);
  CHECK(c.answer("POST", "/ledger/v1/entries", entry).status == 400);
  CHECK(c.answer("POST", "/ledger/v1/entries", "{}", "K2").status == 422);
  CHECK(c.erp->ledger().count() == 1);
  const HttpAnswered back = c.answer("GET", "/ledger/v1/entries?reference=K1");
  CHECK(back.status == 200);
  CHECK(back.body.find(R"("account":"1200","functional":"119.00 EUR")") != std::string::npos);
  CHECK(c.answer("GET", "/ledger/v1/entries?reference=K9").body == R"({"entries":[]})");
  CHECK(c.answer("GET", "/ledger/v1/entities/DE").body.find("Acme GmbH") != std::string::npos);
  CHECK(c.answer("GET", "/ledger/v1/entities/XX").status == 404);
}

TEST_CASE("faults are asked for over HTTP, hit as often as said, and are over", "[sandbox]") {
  const Caller c;
  const std::string entry = write_json(german_invoice().to_json());
  CHECK(c.answer("POST", "/_faults",
                 R"({"faults": [{"on": "ledger.entries.create", "kind": "commit_then_drop", "skip": 1, "times": 1},
                                {"on": "ledger.entries.search", "kind": "status", "status": 429, "retry_after": "9"}]})")
            .status == 200);
  CHECK(c.answer("POST", "/ledger/v1/entries", entry, "K1").status == 201);
  CHECK(std::holds_alternative<platform::HttpUnclear>(c.send("POST", "/ledger/v1/entries", entry, "K2")));
  CHECK(c.erp->ledger().count() == 2);  // it was stored
  const HttpAnswered busy = c.answer("GET", "/ledger/v1/entries?reference=K2");
  CHECK(busy.status == 429);
  CHECK(busy.retry_after_s(100) == 9);
  CHECK(c.answer("GET", "/ledger/v1/entries?reference=K2").status == 200);
  CHECK(c.answer("POST", "/_faults", R"({"faults": [{"kind": "earthquake"}]})").status == 400);
  CHECK(c.answer("POST", "/_faults", "[]").status == 400);
}

TEST_CASE("one seed of a random fault is one history", "[sandbox]") {
  auto history = [](const char* plan) {
    sandbox::FaultPlan faults;
    REQUIRE(faults.replace(*parse_json(plan)).has_value());
    std::string out;
    for (int i = 0; i < 200; ++i) out += faults.take("x") ? '1' : '0';
    return out;
  };
  const char* seven = R"({"seed": 7, "faults": [{"kind": "delay", "times": -1, "permille": 300}]})";
  const std::string once = history(seven);
  CHECK(history(seven) == once);
  CHECK(history(R"({"seed": 8, "faults": [{"kind": "delay", "times": -1, "permille": 300}]})") != once);
  const auto hits = std::count(once.begin(), once.end(), '1');
  CHECK(hits > 35);
  CHECK(hits < 85);  // 60 expected
}

TEST_CASE("settings that name what is not there are refused", "[sandbox]") {
  const Caller c;
  CHECK(c.answer("POST", "/_settings", R"({"unique": true, "visibility_lag_ms": 5})").status == 200);
  CHECK(c.answer("POST", "/_settings", R"({"close_period": {"company": "Acme GmbH", "period": "2026-10"}})").status ==
        200);
  CHECK(c.answer("POST", "/_settings", R"({"close_period": {"company": "Acme", "period": "2026-10"}})").status == 400);
  CHECK(c.answer("POST", "/_settings", R"({"close_account": {"company": "Acme GmbH", "code": "9"}})").status == 400);
  CHECK(c.answer("GET", "/_documents").body == "[]");
}

TEST_CASE("companies and charts are read from the two CSV files", "[sandbox]") {
  const auto seed = sandbox::read_seed("code,name,currency\nDE,\"Acme, GmbH\",EUR\n",
                                       "entity,code,name,type\nDE,0400,\"Loans \"\"A\"\"\",liability\r\n");
  REQUIRE(seed.has_value());
  REQUIRE(seed->companies.size() == 1);
  CHECK(seed->companies[0].name == "Acme, GmbH");
  REQUIRE(seed->companies[0].accounts.size() == 1);
  CHECK(seed->companies[0].accounts[0].code == "0400");
  CHECK(seed->companies[0].accounts[0].name == "Loans \"A\"");
  CHECK(sandbox::read_seed("code,name\n", "").error().code == ErrorCode::BadConfiguration);
  CHECK(sandbox::read_seed("code,name,currency\n", "entity,code,name,type\nFR,1,Bank,asset\n").error().message ==
        "account `1` belongs to entity `FR`, which is not among the entities");
}
