// SPDX-License-Identifier: Apache-2.0
// The generic REST connector, described by nothing but the YAML of docs/connectors/rest.md, against the sandbox's
// ledger.
#include <atomic>
#include <fstream>
#include <mutex>
#include <sstream>

#include <catch2/catch.hpp>

#include "gateway/connectors/factory.hpp"
#include "gateway/delivery/attempt.hpp"
#include "gateway/delivery/compare.hpp"
#include "gateway/sandbox/sandbox.hpp"
#include "gateway/service/configuration.hpp"
#include "tests/unit/connectors/entries.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using sandbox::FaultKind;

namespace {

/// The example of the page, as a gateway reads it.
service::ErpConfiguration documented() {
  std::ifstream in(std::string(GLMAP_SOURCE_DIR) + "/docs/connectors/rest.md");
  std::ostringstream page;
  page << in.rdbuf();
  const std::string text = page.str();
  const std::size_t start = text.find("```yaml\n") + 8;
  const auto read = service::read_configuration(text.substr(start, text.find("```", start) - start), "rest.md");
  if (!read) throw std::runtime_error(read.error().to_text());
  return read->erp.at(0);
}

struct Fixture {
  std::unique_ptr<sandbox::Sandbox> erp;
  service::ErpConfiguration configuration = documented();
  std::unique_ptr<delivery::ErpConnector> connector;

  explicit Fixture(const std::function<void(std::map<std::string, std::string>&)>& change = {}) {
    auto started = sandbox::Sandbox::start({.seed = seed()});
    REQUIRE(started.has_value());
    erp = std::move(*started);
    auto& settings = configuration.settings;
    settings["url"] = erp->url() + "/ledger/v1";
    settings["timeout_ms"] = "1500";
    if (change) change(settings);
    auto made = connectors::make_connector({configuration.name, configuration.kind, settings, {}, legal_entities()});
    if (!made) FAIL(made.error().to_text());
    connector = std::move(*made);
  }
  void arm(const char* on, FaultKind kind, int status = 503) {
    sandbox::Fault fault;
    fault.on = on;
    fault.kind = kind;
    fault.status = status;
    fault.retry_after = "7";
    erp->faults().add(fault);
  }
  template <class Finding>
  bool found(const JournalEntry& entry) {
    const auto finding = connector->find(entry);
    REQUIRE(finding.has_value());
    return std::holds_alternative<Finding>(*finding);
  }
  ErrorCode refused(const JournalEntry& entry) {
    const delivery::Outcome outcome = connector->submit(entry);
    REQUIRE(std::holds_alternative<delivery::Refused>(outcome));
    return std::get<delivery::Refused>(outcome).code;
  }
};

void without_find(std::map<std::string, std::string>& settings) {
  std::erase_if(settings, [](const auto& setting) {
    return setting.first.starts_with("find") || setting.first.starts_with("complete") || setting.first == "send.draft";
  });
}

}  // namespace

TEST_CASE("the documented configuration posts entries in one and two currencies and stornos, read back line by line",
          "[rest]") {
  Fixture f;
  for (const JournalEntry& entry : {german_invoice(), dollar_invoice(), dollar_payment(), yen_invoice(),
                                    storno_of(german_invoice(), "V-1"), storno_of(dollar_payment(), "V-2")}) {
    CHECK(f.found<delivery::Absent>(entry));
    const delivery::Outcome outcome = f.connector->submit(entry);
    if (const auto* refused = std::get_if<delivery::Refused>(&outcome)) FAIL(refused->text);
    CHECK(std::holds_alternative<delivery::Posted>(outcome));
    const auto finding = f.connector->find(entry);
    REQUIRE(finding.has_value());
    if (const auto* differs = std::get_if<delivery::Differs>(&*finding)) FAIL(differs->text);
    const auto same =
        delivery::compare(entry, std::get<delivery::FoundPosted>(*finding).document, f.connector->describe());
    INFO((same ? "" : same.error().message));
    CHECK(same.has_value());
  }
  CHECK(f.erp->ledger().count() == 6);
}

TEST_CASE("an ERP described in configuration says who it is", "[rest][E14]") {
  Fixture f;
  CHECK(f.connector->who_am_i("DE").value() == delivery::EntityIdentity{"Acme GmbH", "EUR"});
  CHECK(f.connector->who_am_i("FR").error().code == ErrorCode::ErpWrongEntity);
  REQUIRE(f.erp->ledger().rename_company("Acme GmbH", "Other GmbH"));
  CHECK(f.connector->who_am_i("DE")->name == "Other GmbH");
}

TEST_CASE("no answer of an ERP described in configuration is taken for more than it proves", "[rest][E1][E2][E6]") {
  Fixture f;
  for (const FaultKind kind :
       {FaultKind::drop_before_commit, FaultKind::commit_then_drop, FaultKind::commit_then_status, FaultKind::html_page,
        FaultKind::commit_then_html, FaultKind::error_200, FaultKind::commit_then_error_200, FaultKind::status}) {
    INFO("fault " << static_cast<int>(kind));
    f.arm("ledger.entries.create", kind);
    CHECK(std::holds_alternative<delivery::Unclear>(f.connector->submit(german_invoice())));
  }
  CHECK(f.erp->ledger().count() == 1);
  CHECK(f.found<delivery::FoundPosted>(german_invoice()));
}

TEST_CASE("throttling, credentials and a wrong address are the connection's trouble", "[rest][E8][E11]") {
  Fixture f;
  const auto not_sent = [&](int status) {
    f.arm("ledger.entries.create", FaultKind::status, status);
    const delivery::Outcome outcome = f.connector->submit(german_invoice());
    REQUIRE(std::holds_alternative<delivery::NotSent>(outcome));
    return std::get<delivery::NotSent>(outcome);
  };
  CHECK(not_sent(429).code == ErrorCode::ErpThrottled);
  CHECK(not_sent(429).retry_after_micros == 7'000'000);
  CHECK(not_sent(401).code == ErrorCode::ErpAuthorisation);
  CHECK(not_sent(403).code == ErrorCode::ErpAuthorisation);
  CHECK(not_sent(404).code == ErrorCode::BadConfiguration);
  CHECK(not_sent(302).code == ErrorCode::BadConfiguration);
  CHECK(f.erp->ledger().count() == 0);
}

TEST_CASE("refusals have the class that the configured table gives them", "[rest][E10][E12]") {
  Fixture f;
  REQUIRE(f.erp->ledger().close_period("Acme GmbH", "2026-10", false));
  CHECK(f.refused(german_invoice()) == ErrorCode::ErpClosedPeriod);
  REQUIRE(f.erp->ledger().close_period("Acme GmbH", "2026-10", true));
  REQUIRE(f.erp->ledger().close_account("Acme GmbH", "3800", false));
  CHECK(f.refused(german_invoice()) == ErrorCode::ErpBadAccount);
  CHECK(f.erp->ledger().count() == 0);
}

TEST_CASE("a draft is found and completed, an edited document differs, two under one reference too",
          "[rest][E5][E7][E13]") {
  Fixture f;
  f.arm("ledger.entries.create", FaultKind::leave_draft);
  const JournalEntry entry = german_invoice();
  const delivery::Outcome left = f.connector->submit(entry);
  REQUIRE(std::holds_alternative<delivery::DraftLeft>(left));
  CHECK(f.found<delivery::FoundDraft>(entry));
  CHECK(std::holds_alternative<delivery::Posted>(
      f.connector->complete_draft(entry, std::get<delivery::DraftLeft>(left).document)));
  CHECK(f.found<delivery::FoundPosted>(entry));
  REQUIRE(f.erp->ledger().edit(entry.key().reference()));
  const auto finding = f.connector->find(entry);
  CHECK(!delivery::compare(entry, std::get<delivery::FoundPosted>(*finding).document, f.connector->describe()));
  f.erp->ledger().set_duplicate_is_error(true);
  CHECK(std::holds_alternative<delivery::Unclear>(f.connector->submit(entry)));
  f.erp->ledger().set_unique_reference(false);
  CHECK(std::holds_alternative<delivery::Posted>(f.connector->submit(entry)));
  CHECK(f.found<delivery::Differs>(entry));
}

TEST_CASE("without a search a lost answer is held at once and never sent again, a clear yes is posted", "[rest][E1]") {
  Fixture f(without_find);
  CHECK(!f.connector->describe().read_back);
  f.arm("ledger.entries.create", FaultKind::commit_then_drop);
  auto result = delivery::attempt(*f.connector, german_invoice(), engine::EntryState::sending);
  CHECK(result.input == engine::DeliveryInput::unclear);
  result = delivery::attempt(*f.connector, german_invoice(), engine::EntryState::unknown);
  CHECK(result.input == engine::DeliveryInput::found_differs);
  REQUIRE(result.reason.has_value());
  CHECK(result.reason->code == ErrorCode::ErpUnclear);
  CHECK(f.erp->ledger().count() == 1);
  result = delivery::attempt(*f.connector, german_invoice("I-5"), engine::EntryState::sending);
  CHECK(result.input == engine::DeliveryInput::confirmed);
}

TEST_CASE("by client credentials one token serves many requests, and one that ended is replaced, nothing sent twice",
          "[rest][E11]") {
  // An ERP in front of the sandbox that gives out tokens, and takes only the last one.
  Fixture f;
  std::atomic<int> given = 0, posted = 0;
  std::atomic<bool> refuses = false;
  auto http = platform::make_http_client({});
  std::mutex one;
  auto door = sandbox::Door::open(0, [&](const sandbox::DoorRequest& request) {
    const std::lock_guard lock(one);
    sandbox::DoorReply reply;
    if (request.path == "/token") {
      const bool good = request.body.find("client_id=glmap&client_secret=s%26cret&scope=journal") != std::string::npos;
      reply.status = good && !refuses ? 200 : 401;
      reply.body = good ? R"({"access_token": "t)" + std::to_string(++given) + R"(", "expires_in": 3600})" : "{}";
      return reply;
    }
    if (request.authorization != "Bearer t" + std::to_string(given)) {
      reply.status = 401;
      return reply;
    }
    posted += request.method == "POST" ? 1 : 0;
    platform::HttpRequest on{
        request.method, f.erp->url() + request.path, {{"Idempotency-Key", request.idempotency_key}}, request.body};
    const auto answered = std::get<platform::HttpAnswered>((*http)->send(on));
    reply.status = answered.status;
    reply.body = answered.body;
    return reply;
  });
  REQUIRE(door.has_value());
  ::setenv("GLMAP_TEST_CLIENT_SECRET", "s&cret", 1);
  const std::string url = "http://127.0.0.1:" + std::to_string((*door)->port());
  auto settings = f.configuration.settings;
  settings["url"] = url + "/ledger/v1";
  settings["token_url"] = url + "/token";
  settings["client_id"] = "glmap";
  settings["client_secret_env"] = "GLMAP_TEST_CLIENT_SECRET";
  settings["scope"] = "journal";
  auto made = connectors::make_connector({"x", "rest", settings, {}, legal_entities()});
  if (!made) FAIL(made.error().to_text());
  CHECK((*made)->who_am_i("DE").has_value());
  CHECK(std::holds_alternative<delivery::Posted>((*made)->submit(german_invoice())));
  CHECK(given == 1);
  given = 7;  // the token ends at the ERP before its time
  CHECK(std::holds_alternative<delivery::Posted>((*made)->submit(dollar_invoice())));
  CHECK(given == 8);
  CHECK(posted == 2);
  given = 20;
  refuses = true;  // the client is not known any more
  const delivery::Outcome outcome = (*made)->submit(yen_invoice());
  REQUIRE(std::holds_alternative<delivery::NotSent>(outcome));
  CHECK(std::get<delivery::NotSent>(outcome).code == ErrorCode::ErpAuthorisation);
  CHECK(std::get<delivery::NotSent>(outcome).text.find("s&cret") == std::string::npos);
  CHECK(f.erp->ledger().count() == 2);
}

TEST_CASE("an ERP that cannot be asked who it is must be said to be so", "[rest][E14]") {
  Fixture f([](auto& settings) {
    std::erase_if(settings, [](const auto& setting) { return setting.first.starts_with("who"); });
    settings["who"] = "unchecked";
  });
  CHECK(f.connector->who_am_i("DE").value() == delivery::EntityIdentity{"Acme GmbH", "EUR"});
}

TEST_CASE("what is wrong with a description is found when it is read, with its place", "[rest]") {
  const auto fault = [](const std::string& key, const std::string& value) {
    auto configuration = documented();
    configuration.settings[key] = value;
    if (value == "-") configuration.settings.erase(key);
    const auto made = connectors::make_connector({"x", "rest", configuration.settings, {}, legal_entities()});
    REQUIRE(!made.has_value());
    CHECK(made.error().code == ErrorCode::BadConfiguration);
    return made.error().message;
  };
  CHECK(fault("send.body", "{\"a\": [1,\n 2,,]}") ==
        "ERP connection `x`, setting `send.body`: line 2, column 4: the text does not follow the grammar of JSON here");
  CHECK(fault("send.body", R"({"lines": [{"$each": "lines", "$do": {"a": "{amuont}"}}]})") ==
        "ERP connection `x`, setting `send.body`: at `/lines/0/$do/a`: column 1: there is no field `amuont`");
  CHECK(fault("send.body", R"({"a": "{account}"})").find("`account` belongs to a line, and there is none here") !=
        std::string::npos);
  CHECK(fault("send", "POST entries").find("`POST entries` is no request") != std::string::npos);
  CHECK(fault("find", "GET /entries?r={refrence}").find("setting `find`: column 12: there is no field `refrence`") !=
        std::string::npos);
  CHECK(fault("answers", "409 -> duplicate\n422 /code period -> refused").find("setting `answers`: line 2: ") !=
        std::string::npos);
  CHECK(fault("answers", "422 -> ignore").find("`ignore` is no class") != std::string::npos);
  CHECK(fault("find.lines", "lines").find("`lines` is no place in JSON") != std::string::npos);
  CHECK(fault("complete", "-").find("needs `complete`") != std::string::npos);
  CHECK(fault("find.line.side", "-").find("needs the place of its side") != std::string::npos);
  CHECK(fault("who", "-") == "ERP connection `x` lacks the setting `who`");
  CHECK(fault("find.lnes", "/lines") == "ERP connection `x` has the setting `find.lnes`, which is not known here");
  CHECK(fault("token_url", "https://erp.example/token") == "ERP connection `x` lacks the setting `client_id`");
  CHECK(fault("user", "me").find("needs one of `password_file` and `password_env`") != std::string::npos);
}
