// SPDX-License-Identifier: Apache-2.0
// A gateway that demands approval: what comes into force, what does not, and what is recorded about it.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include <catch2/catch.hpp>

#include "compiler/runtime/rules/bundle.hpp"
#include "gateway/platform/http_client.hpp"
#include "gateway/service/change_report.hpp"
#include "gateway/service/gateway.hpp"
#include "gateway/store/verify.hpp"
#include "tests/support/gateway_book.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/approval/people.hpp"

using namespace glmap;
using namespace glmap::gateway;
using testing::event_text;
using testing::expect;

namespace {

/// A day that a test chooses.
class CalendarClock final : public platform::Clock {
 public:
  std::int64_t utc_micros() const override { return micros; }
  std::int64_t monotonic_micros() const override { return machine_.monotonic_micros(); }
  void set(const char* text) { micros = expect(Instant::parse(text)).micros; }
  std::int64_t micros = expect(Instant::parse("2026-11-02T08:00:00Z")).micros;

 private:
  platform::SystemClock machine_;
};

struct World {
  testing::TemporaryFolder folder;
  CalendarClock clock;
  platform::Log log{clock, -1};  // nowhere
  service::Configuration configuration;
  std::unique_ptr<service::Gateway> gateway;
  std::unique_ptr<platform::HttpClient> client = expect(platform::make_http_client({}));
  approval::Policy policy = testing::policy_of_five();

  World() {
    configuration.release = {folder.file("releases"), approval::policy_digest(policy)};
    configuration.store = folder.file("gateway.db");
    configuration.listen = "127.0.0.1:0";
    configuration.digest = "sha256:configured";
    configuration.program = "glmapd test";
    std::filesystem::create_directory(configuration.release.folder);
    for (const char* name : {"erp-de", "erp-us"})
      configuration.erp.push_back({name, "file", {{"folder", folder.file("ledger")}, {"format", "hledger"}}, {}});
  }

  struct Made {
    std::string name, digest, bundle;
    approval::Files files;
  };
  /// The release number `number` of the book, made from `base`.
  Made make(std::int64_t number, const std::string& base = "", const std::vector<std::string>& by = {"bert", "clara"}) {
    rules::RuleBook book = testing::gateway_book();
    book.release = "release " + std::to_string(number);
    book.roles[1] = testing::gateway_role("revenue", "420" + std::to_string(number));
    book.roles[2] = testing::gateway_role("output_tax", "380" + std::to_string(number));
    const std::string bytes = rules::write_bundle(book, {"test", {}});
    approval::Statement statement = testing::first_statement();
    statement.book = book.name;
    statement.number = number;
    statement.base = base;
    statement.bundle = expect(rules::read_bundle(bytes)).digest;
    statement.sources["book.glmap"] = std::to_string(number);
    return finish(statement, bytes, by);
  }
  Made finish(approval::Statement statement, const std::string& bytes, const std::vector<std::string>& by) {
    approval::Files files = {{"rules.bundle", bytes}, {"policy.json", canonical_json(approval::to_json(policy))}};
    for (const auto& [name, content] : files)
      statement.files[name] = {static_cast<std::int64_t>(content.size()), sha256_hex(content)};
    files["release.json"] = approval::write_statement(statement);
    if (!by.empty()) files = testing::approved_by(std::move(files), by);
    return {"r" + std::to_string(statement.number), approval::release_digest(files["release.json"]), statement.bundle,
            std::move(files)};
  }
  void put(const Made& made) {
    const auto path = std::filesystem::path(configuration.release.folder) / made.name;
    std::filesystem::create_directory(path);
    for (const auto& [name, bytes] : made.files) std::ofstream(path / name, std::ios::binary) << bytes;
  }
  Result<std::unique_ptr<service::Gateway>> try_start() { return service::Gateway::start(configuration, clock, log); }
  void start() { gateway = expect(try_start()); }
  Json call(const std::string& method, const std::string& path, const std::string& body = "") {
    platform::HttpRequest request;
    request.method = method;
    request.url = gateway->url() + path;
    request.body = body;
    if (!body.empty()) request.fields = {{"Content-Type", "application/cloudevents+json"}};
    const auto outcome = client->send(request);
    const auto* answer = std::get_if<platform::HttpAnswered>(&outcome);
    REQUIRE(answer != nullptr);
    INFO(answer->body);
    CHECK(answer->status / 100 == 2);
    return expect(parse_json(answer->body));
  }
  std::string text(const Json& json, std::string_view key) {
    const Json* member = json.find(key);
    return member != nullptr && member->as_string() != nullptr ? *member->as_string() : std::string();
  }
  std::string live() { return text(*call("GET", "/v1/release").find("live"), "digest"); }
  std::vector<store::HistoryRecord> history() {
    return expect(service::read_history(call("GET", "/v1/release/history")));
  }
};

}  // namespace

TEST_CASE("without an approved release a gateway that demands approval does not start", "[service][release]") {
  World world;
  CHECK(world.try_start().error().code == ErrorCode::NotApproved);
  world.put(world.make(1, "", {}));
  CHECK(world.try_start().error().code == ErrorCode::NotApproved);
  world.put(world.make(1, "", {"bert"}));
  CHECK(world.try_start().error().code == ErrorCode::TooFewApprovals);
  world.configuration.release.trust = "sha256:other";
  world.put(world.make(1));
  CHECK(world.try_start().error().code == ErrorCode::TrustMissing);
}

TEST_CASE("an approved release comes into force, shown with who approved it, also over a restart",
          "[service][release]") {
  World world;
  const auto first = world.make(1);
  world.put(first);
  world.start();
  CHECK(world.live() == first.digest);
  CHECK(world.text(world.call("GET", "/healthz"), "approval") == "demanded");
  world.gateway.reset();
  std::filesystem::remove_all(world.configuration.release.folder);  // the store has all of it
  world.clock.set("2028-01-01T00:00:00Z");                          // keys and days have expired: it runs all the same
  world.start();
  CHECK(world.live() == first.digest);
  const Json live = *world.call("GET", "/v1/release").find("live");
  CHECK(world.text(live, "since") == "2026-11-02T08:00:00Z");
  REQUIRE(live.find("approvers")->as_array()->size() == 2);
  CHECK(world.text((*live.find("approvers")->as_array())[0], "name") == "bert");
}

TEST_CASE("the next release comes into force without a restart, and each event belongs to one bundle",
          "[service][release]") {
  World world;
  const auto first = world.make(1);
  world.put(first);
  world.start();
  world.call("POST", "/v1/events", event_text({.id = "E-1"}));
  const auto next = world.make(2, first.digest);
  world.put(next);
  const Json status = world.call("POST", "/v1/release/activate", R"({"by": "olga", "reason": "approved on Monday"})");
  CHECK(world.text(*status.find("live"), "digest") == next.digest);
  CHECK(world.text(*status.find("live"), "by") == "olga");
  world.call("POST", "/v1/events", event_text({.id = "E-2"}));
  CHECK(world.text(world.call("GET", "/v1/events/1"), "bundle") == first.bundle);
  CHECK(world.text(world.call("GET", "/v1/events/2"), "bundle") == next.bundle);
  world.gateway.reset();
  CHECK(store::verify_sqlite_store(world.configuration.store));
}

TEST_CASE("while releases follow each other under load, no entry has lines of two of them", "[service][release]") {
  World world;
  auto last = world.make(1);
  std::map<std::string, std::string> accounts = {{last.bundle, "1"}};  // bundle -> last digit of its accounts
  world.put(last);
  world.start();
  constexpr int kEvents = 240;
  std::atomic<int> sent = 0;
  std::atomic<bool> stopped = false;
  std::jthread sender([&] {
    const auto client = expect(platform::make_http_client({}));
    for (int number = 0; number < kEvents; ++number, ++sent) {
      platform::HttpRequest request;
      request.method = "POST";
      request.url = world.gateway->url() + "/v1/events";
      request.fields = {{"Content-Type", "application/cloudevents+json"}};
      request.body = event_text({.id = "E-" + std::to_string(number)});
      if (!std::holds_alternative<platform::HttpAnswered>(client->send(request))) break;
    }
    stopped = true;
  });
  for (std::int64_t number = 2; number <= 8; ++number) {
    while (sent < kEvents * (number - 1) / 8 && !stopped) std::this_thread::yield();
    last = world.make(number, last.digest);
    accounts[last.bundle] = std::to_string(number);
    world.put(last);
    REQUIRE(world.gateway->reload_bundle());
  }
  sender.join();
  REQUIRE(sent == kEvents);
  std::set<std::string> seen;
  for (int number = 1; number <= kEvents; ++number) {
    const Json event = world.call("GET", "/v1/events/" + std::to_string(number));
    const std::string bundle = world.text(event, "bundle"), whole = write_json(event);
    seen.insert(bundle);
    REQUIRE(accounts.contains(bundle));
    REQUIRE(event.find("entries")->as_array()->size() == 1);
    for (const auto& [other, digit] : accounts) {
      CHECK((whole.find("\"420" + digit + "\"") != std::string::npos) == (other == bundle));
      CHECK((whole.find("\"380" + digit + "\"") != std::string::npos) == (other == bundle));
    }
  }
  CHECK(seen.size() == accounts.size());
}

TEST_CASE("an emergency release that nobody followed up is shown as overdue, and posting goes on",
          "[service][release]") {
  World world;
  const auto first = world.make(1);
  world.put(first);
  world.start();
  const std::string bytes = first.files.at("rules.bundle");
  approval::Statement statement = expect(approval::read_statement(first.files.at("release.json")));
  statement.number = 2;
  statement.base = first.digest;
  statement.emergency = "tax accounts were swapped";
  const auto emergency = world.finish(statement, bytes, {"clara", "dora"});
  world.put(emergency);
  REQUIRE(world.gateway->reload_bundle());
  CHECK(world.live() == emergency.digest);
  const auto overdue = [&] { return *world.call("GET", "/v1/release").find("live")->find("overdue")->as_bool(); };
  CHECK_FALSE(overdue());
  world.clock.set("2026-11-05T08:00:01Z");  // 72 hours and a second
  CHECK(overdue());
  CHECK(world.text(world.call("POST", "/v1/events", event_text()), "status") == "accepted");
  statement.number = 3;
  statement.base = emergency.digest;
  statement.emergency.clear();
  world.put(world.finish(statement, bytes, {"bert", "clara"}));
  CHECK(world.gateway->reload_bundle().error().code == ErrorCode::FollowUpMissing);
  statement.follows_up = emergency.digest;
  world.put(world.finish(statement, bytes, {"bert", "clara"}));
  REQUIRE(world.gateway->reload_bundle());
  CHECK(world.call("GET", "/v1/release").find("live")->find("overdue") == nullptr);
}

TEST_CASE("a release that is altered, older, unsigned or not alone does not come into force, and the old one stays",
          "[service][release]") {
  World world;
  const auto first = world.make(1);
  world.put(first);
  world.start();
  const auto refused = [&](const World::Made& made, ErrorCode code) {
    world.put(made);
    const auto reloaded = world.gateway->reload_bundle();
    REQUIRE_FALSE(reloaded);
    CHECK(reloaded.error().code == code);
    CHECK(world.live() == first.digest);
    CHECK(world.text(world.call("GET", "/v1/bundle"), "digest") == first.bundle);
    const Json shown = world.call("GET", "/v1/release");
    REQUIRE(shown.find("refused")->as_array()->size() == 1);
    CHECK(world.text(*(*shown.find("refused")->as_array())[0].find("reason"), "code") == code_text(code));
    std::filesystem::remove_all(std::filesystem::path(world.configuration.release.folder) / made.name);
  };
  auto altered = world.make(2, first.digest);
  altered.files["rules.bundle"].back() = ' ';
  refused(altered, ErrorCode::ReleaseAltered);
  auto truncated = world.make(2, first.digest);
  truncated.files["approvals.json"].pop_back();
  refused(truncated, ErrorCode::ReleaseTruncated);
  refused(world.make(2, first.digest, {}), ErrorCode::NotApproved);
  refused(world.make(2, first.digest, {"bert", "anna"}), ErrorCode::AuthorApproves);
  refused(world.make(2, "sha256:another"), ErrorCode::ReleaseBase);
  world.call("POST", "/v1/release/activate", R"({"by": "olga", "reason": "nothing new"})");
  // Two that could both be next: nobody knows which one is meant.
  auto one = world.make(2, first.digest), other = world.make(2, first.digest, {"bert", "dora"});
  other.name = "other";
  world.put(one);
  world.put(other);
  CHECK(world.gateway->reload_bundle().error().code == ErrorCode::ReleaseBase);
  CHECK(world.live() == first.digest);
}

TEST_CASE("a release waits for its first day, and comes into force on it by itself", "[service][release]") {
  World world;
  const auto first = world.make(1);
  world.put(first);
  world.start();
  rules::RuleBook book = testing::gateway_book();
  book.release = "december";
  const std::string bytes = rules::write_bundle(book, {"test", {}});
  approval::Statement statement = testing::first_statement();
  statement.book = book.name;
  statement.number = 2;
  statement.base = first.digest;
  statement.bundle = expect(rules::read_bundle(bytes)).digest;
  statement.effective = testing::day("2026-12-01");
  statement.expires = testing::day("2026-12-05");
  const auto next = world.finish(statement, bytes, {"bert", "clara"});
  world.put(next);
  world.gateway->let_days_begin();
  CHECK(world.live() == first.digest);
  CHECK(world.text(*world.call("GET", "/v1/release").find("next"), "effective") == "2026-12-01");
  world.clock.set("2026-12-01T00:00:00Z");
  world.gateway->let_days_begin();
  CHECK(world.live() == next.digest);
}

TEST_CASE("the changes of a period are told with who made, approved and activated them", "[service][release]") {
  World world;
  const auto first = world.make(1);
  world.put(first);
  world.start();
  world.clock.set("2026-11-03T08:00:00Z");
  world.put(world.make(2, first.digest));
  world.call("POST", "/v1/release/activate", R"({"by": "anna", "reason": "mine"})");
  const auto lines = world.history();
  REQUIRE(lines.size() == 2);
  const auto at = [](const char* text) { return expect(Instant::parse(text)); };
  const Json all = service::change_report(lines, at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
  REQUIRE(all.find("changes")->as_array()->size() == 2);
  const Json& second = (*all.find("changes")->as_array())[1];
  CHECK(second.find("authors") != nullptr);
  // anna made it: she should not have put it into force.
  REQUIRE(second.find("breaches")->as_array()->size() == 1);
  CHECK(*(*second.find("breaches")->as_array())[0].as_string() == "anna made it and put it into force");
  const std::string text = service::change_report_text(all);
  CHECK_THAT(text, Catch::Contains("approvers bert, clara"));
  CHECK_THAT(text, Catch::Contains("duties were not kept apart in 1 of 2 changes"));
  const Json later = service::change_report(lines, at("2026-11-03T08:00:00Z"), at("2026-12-01T00:00:00Z"));
  CHECK(later.find("changes")->as_array()->size() == 1);
}

TEST_CASE("that nothing changed is attested only where nothing did", "[service][release]") {
  World world;
  world.put(world.make(1));
  world.start();
  const auto at = [](const char* text) { return expect(Instant::parse(text)); };
  const auto unchanged = [&](const char* from, const char* until) {
    return *service::attestation(world.history(), at(from), at(until)).find("unchanged")->as_bool();
  };
  CHECK(unchanged("2026-11-02T08:00:00Z", "2026-12-01T00:00:00Z"));
  CHECK_FALSE(unchanged("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"));  // nothing was recorded before it
  world.gateway.reset();
  world.clock.set("2026-11-10T08:00:00Z");
  world.start();
  CHECK(unchanged("2026-11-02T08:00:00Z", "2026-12-01T00:00:00Z"));  // a restart is no change
  world.gateway.reset();
  world.clock.set("2026-11-11T08:00:00Z");
  world.configuration.digest = "sha256:configured otherwise";
  world.start();
  CHECK_FALSE(unchanged("2026-11-02T08:00:00Z", "2026-12-01T00:00:00Z"));
  CHECK(unchanged("2026-11-02T08:00:00Z", "2026-11-11T00:00:00Z"));
  CHECK(unchanged("2026-11-11T08:00:00Z", "2026-12-01T00:00:00Z"));
}

TEST_CASE("without `release` in the configuration a gateway says that it demands no approval", "[service][release]") {
  World world;
  std::ofstream(world.folder.file("book.bundle"), std::ios::binary)
      << rules::write_bundle(testing::gateway_book(), {"test", {}});
  world.configuration.release = {};
  world.configuration.bundle = world.folder.file("book.bundle");
  world.start();
  CHECK(world.text(world.call("GET", "/healthz"), "approval") == "none");
  CHECK(world.text(world.call("GET", "/v1/release"), "approval") == "none");
  const Json all = service::change_report(world.history(), Instant{0}, Instant{INT64_MAX});
  CHECK(all.find("counts")->find("without_approval")->as_number()->text == "1");
  // Approval is demanded from now on: what ran without is not in force any more.
  world.gateway.reset();
  world.configuration.release = {world.folder.file("releases"), approval::policy_digest(world.policy)};
  CHECK(world.try_start().error().code == ErrorCode::NotApproved);
}
