// SPDX-License-Identifier: Apache-2.0
// What is PostgreSQL's own: servers that are refused, several gateways on one store, a line that breaks.
#include <atomic>
#include <set>
#include <thread>

#include <catch2/catch.hpp>

#include "gateway/posting/prepare.hpp"
#include "tests/support/cutting_proxy.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/unit/store/stores.hpp"

using namespace glmap;
using namespace glmap::gateway;
using engine::EntryState;
using testing::event_text;
using testing::expect;
using testing::PostgresCluster;
using testing::PostgresPlace;

namespace {

constexpr Instant kNow{1'790'942'400'000'000};

/// An event that owns its bytes.
struct Event {
  std::shared_ptr<const rules::Evaluator> evaluator = testing::gateway_evaluator();
  std::string raw;
  store::NewEvent event;
  explicit Event(const testing::EventText& text) : raw(event_text(text)) {
    const auto arrivals = expect(intake::read_events(intake::BodyKind::single, raw, {}));
    event = expect(posting::prepare(*evaluator, arrivals.front(), kNow)).event;
  }
};

store::IntakeAnswer add(store::Store& store, const testing::EventText& text) {
  const Event one(text);
  return expect(store.commit_intake(std::span(&one.event, 1))).front();
}

std::unique_ptr<store::Store> ready(std::unique_ptr<store::Store> store) {
  REQUIRE(store->activate_bundle("sha256:test", "bytes", kNow));
  return store;
}

Error refused(const std::string& url) {
  static const platform::SystemClock clock;
  const auto opened = store::open_postgres_store({.url = url, .gateway = "one"}, clock);
  REQUIRE_FALSE(opened);
  return opened.error();
}

}  // namespace

TEST_CASE("a server that may lose what it confirms is refused", "[store][postgres][M15]") {
  if (!testing::postgres_here()) return;
  auto& cluster = PostgresCluster::shared();
  const auto with = [&](const std::string& setting) { return cluster.new_database() + "&options=-c%20" + setting; };
  CHECK(refused(with("synchronous_commit%3Doff")).code == ErrorCode::StoreUnsafe);
  CHECK(refused(with("default_transaction_read_only%3Don")).code == ErrorCode::StoreUnsafe);
  PostgresCluster careless("-c fsync=off");
  const Error error = refused(careless.new_database());
  CHECK(error.code == ErrorCode::StoreUnsafe);
  CHECK(error.message.find("fsync") != std::string::npos);
}

TEST_CASE("a server that is not there is told without the password", "[store][postgres][M21]") {
  const Error error = refused("postgresql://glmap:geheim@127.0.0.1:1/books?password=geheim2&connect_timeout=1");
  CHECK(error.code == ErrorCode::StoreUnavailable);
  CHECK(error.to_text().find("geheim") == std::string::npos);
  CHECK(error.message.find("postgresql://127.0.0.1:1/books") != std::string::npos);
}

TEST_CASE("a store on PostgreSQL written by a newer glmapd is left alone", "[store][postgres][M17]") {
  if (!testing::postgres_here()) return;
  const PostgresPlace place;
  place.open().reset();
  PostgresCluster::shared().run(place.url, "INSERT INTO glmap.schema_versions VALUES (999)");
  CHECK(refused(place.url).code == ErrorCode::StoreVersion);
}

TEST_CASE("evidence on PostgreSQL is not changed", "[store][postgres][M13]") {
  if (!testing::postgres_here()) return;
  const PostgresPlace place;
  const auto store = ready(place.open());
  add(*store, {});
  auto& cluster = PostgresCluster::shared();
  CHECK_THROWS(cluster.run(place.url, "UPDATE glmap.entries SET body = '{}'"));
  CHECK_THROWS(cluster.run(place.url, "DELETE FROM glmap.events"));
  CHECK_THROWS(cluster.run(place.url, "DELETE FROM glmap.events CASCADE"));
}

TEST_CASE("gateways that start at the same moment make one schema", "[store][postgres][M16]") {
  if (!testing::postgres_here()) return;
  const PostgresPlace place;
  std::atomic<int> opened = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      const auto store =
          store::open_postgres_store({.url = place.url, .gateway = "g" + std::to_string(i)}, place.clock);
      if (store) ++opened;
    });
  }
  threads.clear();
  CHECK(opened == 6);
  CHECK(PostgresCluster::shared().run(place.url, "SELECT count(*) FROM glmap.schema_versions") == "2");
}

TEST_CASE("the same events at several gateways at once are recorded once, and their figures agree",
          "[store][postgres][I1][M16]") {
  if (!testing::postgres_here()) return;
  constexpr int kGateways = 4, kEvents = 60;
  const PostgresPlace place;
  std::vector<std::unique_ptr<store::Store>> stores;
  for (int i = 0; i < kGateways; ++i) stores.push_back(ready(place.open("g" + std::to_string(i))));
  std::vector<std::unique_ptr<Event>> events;
  for (int i = 0; i < kEvents; ++i) {
    events.push_back(
        std::make_unique<Event>(testing::EventText{.id = "E-" + std::to_string(i), .invoice = std::to_string(i)}));
  }
  std::atomic<int> fresh = 0, duplicate = 0, failed = 0;
  std::vector<std::jthread> threads;
  for (int gateway = 0; gateway < kGateways; ++gateway) {
    threads.emplace_back([&, gateway] {
      // Each gateway in batches of its own size and, every second one, in the opposite order.
      const std::size_t size = static_cast<std::size_t>(gateway) * 3 + 1;
      std::vector<store::NewEvent> batch;
      for (int i = 0; i < kEvents; ++i) {
        const int index = gateway % 2 == 0 ? i : kEvents - 1 - i;
        batch.push_back(events[static_cast<std::size_t>(index)]->event);
        if (batch.size() < size && i + 1 < kEvents) continue;
        const auto answers = stores[static_cast<std::size_t>(gateway)]->commit_intake(batch);
        if (!answers) ++failed;
        for (const auto& answer : answers.value_or(std::vector<store::IntakeAnswer>{})) {
          ++(answer.recognised == engine::Recognised::fresh ? fresh : duplicate);
        }
        batch.clear();
      }
    });
  }
  threads.clear();
  CHECK(failed == 0);
  CHECK(fresh == kEvents);
  CHECK(duplicate == kEvents * (kGateways - 1));
  const auto rows = expect(stores[0]->statement());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].accepted == store::CountAndAmount{kEvents, kEvents * 11'900});
  CHECK(rows[0].agrees());
  CHECK(expect(stores[1]->trial_balance("DE"))[0].debit_minor == kEvents * 11'900);
  CHECK(expect(stores[2]->list_entries({.limit = 1000})).size() == kEvents);
}

TEST_CASE("of the same id with two contents at two gateways, one is the record and the other the conflict",
          "[store][postgres][I2][M16]") {
  if (!testing::postgres_here()) return;
  const PostgresPlace place;
  const auto one = ready(place.open("one"));
  const auto two = ready(place.open("two"));
  int conflicts = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "E-" + std::to_string(i);
    store::IntakeAnswer first, second;
    std::jthread other([&] { first = add(*one, {.id = id, .invoice = id}); });
    second = add(*two, {.id = id, .invoice = id, .net = "7.00"});
    other.join();
    CHECK(first.sequence == second.sequence);
    CHECK((first.recognised == engine::Recognised::fresh) != (second.recognised == engine::Recognised::fresh));
    conflicts += first.recognised == engine::Recognised::conflict || second.recognised == engine::Recognised::conflict;
  }
  CHECK(conflicts == 20);
}

TEST_CASE("a lane is worked by one gateway; after a lease without a sign of life another takes it",
          "[store][postgres][M16]") {
  if (!testing::postgres_here()) return;
  const PostgresPlace place;
  testing::FixedClock clock, late;
  const auto open = [&](const std::string& name, const platform::Clock& time) {
    return ready(expect(store::open_postgres_store({.url = place.url, .gateway = name}, time)));
  };
  auto one = open("one", clock);
  const auto two = open("two", late);
  add(*one, {});
  const auto hold = expect(one->hold_lane("erp-de", kNow));
  REQUIRE(hold.mine);
  const auto claimed = expect(one->claim_due({.lane = "erp-de", .now = kNow, .lease_until = kNow}));
  REQUIRE(claimed.size() == 1);
  CHECK(expect(two->hold_lane("erp-de", kNow)).holder == "one");
  CHECK(expect(two->claim_due({.lane = "erp-de", .now = kNow, .lease_until = kNow})).empty());

  late.advance_seconds(19);
  CHECK_FALSE(expect(two->hold_lane("erp-de", kNow)).mine);  // not yet
  clock.advance_seconds(6);
  CHECK(expect(one->hold_lane("erp-de", kNow)).token == hold.token);  // a sign of life
  late.advance_seconds(19);
  CHECK_FALSE(expect(two->hold_lane("erp-de", kNow)).mine);

  clock.advance_seconds(11);  // longer than half a lease: not sure any more, and asked before anything is sent
  CHECK_FALSE(one->still_held("erp-de", hold.token));
  late.advance_seconds(20);
  const auto taken = expect(two->hold_lane("erp-de", kNow));
  REQUIRE(taken.mine);
  CHECK(taken.token > hold.token);
  CHECK(taken.interrupted == 1);
  // The former holder: its lane is gone, and what it says about its old claim changes nothing.
  CHECK_FALSE(expect(one->hold_lane("erp-de", kNow)).mine);
  store::DeliveryOutcome outcome;
  outcome.entry = claimed[0].entry;
  outcome.claim = claimed[0].claim;
  outcome.input = engine::DeliveryInput::confirmed;
  outcome.to = EntryState::posted;
  CHECK(expect(one->record_delivery(std::span(&outcome, 1))).front() == store::OutcomeRecorded::stale);
  const auto look = expect(two->claim_due({.lane = "erp-de", .now = kNow, .lease_until = kNow}));
  REQUIRE(look.size() == 1);
  CHECK(look[0].state == EntryState::unknown);  // looked up, not sent
}

TEST_CASE("a gateway that ends gives its lanes back at once; one that starts again has its own at once",
          "[store][postgres]") {
  if (!testing::postgres_here()) return;
  const PostgresPlace place;
  auto one = ready(place.open("one"));
  auto two = ready(place.open("two"));
  REQUIRE(expect(one->hold_lane("erp-de", kNow)).mine);
  CHECK_FALSE(expect(two->hold_lane("erp-de", kNow)).mine);
  one.reset();
  CHECK(expect(two->hold_lane("erp-de", kNow)).mine);
  // As after a kill: the hold stays in the table, and the name is the same.
  const auto again = ready(place.open("two"));
  CHECK(expect(again->hold_lane("erp-de", kNow)).mine);
}

TEST_CASE("connections that the server ends are made again, and nothing is lost or twice", "[store][postgres][M15]") {
  if (!testing::postgres_here()) return;
  const PostgresPlace place;
  const auto store = ready(place.open());
  for (int i = 0; i < 10; ++i) {
    PostgresCluster::shared().run(place.url,
                                  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                                  "application_name = 'glmapd' AND datname = current_database()");
    CHECK(add(*store, {.id = "E-" + std::to_string(i), .invoice = std::to_string(i)}).recognised ==
          engine::Recognised::fresh);
  }
  CHECK(expect(store->statement())[0].accepted.count == 10);
  CHECK(expect(store->statement())[0].agrees());
}

TEST_CASE("a line that breaks at any byte of a write leaves it done once or not at all", "[store][postgres][M15]") {
  if (!testing::postgres_here()) return;
  const PostgresPlace place;
  testing::CuttingProxy proxy(PostgresCluster::shared().folder() + "/.s.PGSQL.5432");
  const std::string database = place.url.substr(14, place.url.find('?') - 14);
  const std::string url = "postgresql:///" + database + "?user=glmap&host=" + proxy.folder();
  const auto store = ready(expect(store::open_postgres_store({.url = url, .gateway = "one"}, place.clock)));
  add(*store, {.id = "warm", .invoice = "warm"});
  // How much goes each way for one event, with everything prepared.
  const auto before = proxy.passed();
  add(*store, {.id = "size", .invoice = "size"});
  const auto after = proxy.passed();
  int number = 0;
  const auto cut_each = [&](testing::CuttingProxy::Way way, std::size_t bytes, std::size_t step) {
    for (std::size_t at = 0; at < bytes; at += step) {
      const std::string id = "E-" + std::to_string(number++);
      proxy.cut_after(way, at);
      INFO("cut after " << at << " of " << bytes << " bytes");
      CHECK(add(*store, {.id = id, .invoice = id}).recognised == engine::Recognised::fresh);
      add(*store, {.id = "w" + id, .invoice = "w" + id});  // the new connection prepares its statements
    }
  };
  cut_each(testing::CuttingProxy::Way::to_server, after.to_server - before.to_server, 131);
  cut_each(testing::CuttingProxy::Way::to_client, after.to_client - before.to_client, 19);
  CHECK(proxy.cuts() >= number / 2);
  const auto rows = expect(store->statement());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].accepted.count == 2 + 2 * number);
  CHECK(rows[0].agrees());
  CHECK(expect(store->list_entries({.limit = 100'000})).size() == static_cast<std::size_t>(2 + 2 * number));
}
