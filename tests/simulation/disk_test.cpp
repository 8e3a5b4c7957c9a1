// SPDX-License-Identifier: Apache-2.0
// The simulated disk itself, and what it showed about the store.
#include "tests/simulation/disk.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include "gateway/posting/prepare.hpp"
#include "gateway/store/sqlite/open_store.hpp"
#include "tests/simulation/host.hpp"
#include "tests/simulation/twin_connector.hpp"
#include "tests/support/gateway_book.hpp"

using namespace glmap;
using namespace glmap::gateway;
using simulation::Chance;
using simulation::Disk;
using simulation::DiskAnswer;
using simulation::DiskOperation;
using simulation::Machine;
using testing::event_text;
using testing::expect;

namespace {

constexpr const char* kPath = "gateway.db";

struct Bench {
  explicit Bench(std::uint64_t seed) : disk(machine, Chance(seed)) {}

  void open() {
    store = expect(store::open_sqlite_store(store::SqliteOptions{.path = kPath, .vfs = Disk::kName, .lock = false}));
    expect_done(store->activate_bundle(evaluator->digest(), "bytes", Instant{1}));
  }
  /// The process is gone; what it wrote is where it was.
  void kill() {
    machine.die();
    store.reset();
    machine.live();
  }
  Result<std::vector<store::IntakeAnswer>> add(const std::string& id) {
    const std::string raw = event_text({.id = id, .invoice = id});
    const auto arrivals = expect(intake::read_events(intake::BodyKind::single, raw, {}));
    const posting::Prepared prepared = expect(posting::prepare(*evaluator, arrivals.front(), Instant{1}));
    return store->commit_intake(std::span(&prepared.event, 1));
  }
  bool knows(const std::string& id) const {
    return expect(store->find_event(store::event_key("billing", id, ""))).has_value();
  }
  static void expect_done(const Status& status) { REQUIRE(status.has_value()); }

  Machine machine;
  Disk disk;
  std::shared_ptr<const rules::Evaluator> evaluator = testing::gateway_evaluator();
  std::unique_ptr<store::Store> store;
};

}  // namespace

TEST_CASE("what was synced survives a power cut, what was not may be gone", "[simulation][disk]") {
  int survived = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Machine machine;
    Disk disk(machine, Chance(seed));
    const auto file = disk.open("f", true);
    const std::string first(1024, 'a');
    const std::string second(1024, 'b');
    disk.write(*file, 0, first.data(), first.size());
    CHECK(disk.sync(*file, true) == DiskAnswer::done);
    disk.write(*file, 0, second.data(), second.size());
    disk.cut_power();
    const std::string& left = disk.open("f", false)->seen;
    REQUIRE(left.size() == 1024);
    for (std::size_t sector = 0; sector < 2; ++sector) {  // torn between sectors, never inside one
      const std::string part = left.substr(sector * 512, 512);
      CHECK((part == std::string(512, 'a') || part == std::string(512, 'b')));
    }
    if (left == second) ++survived;
  }
  CHECK(survived > 5);
  CHECK(survived < 35);
}

TEST_CASE("after a failed sync the bytes are seen, and no later sync brings them to the disk", "[simulation][disk]") {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Machine machine;
    Disk disk(machine, Chance(seed));
    const auto file = disk.open("f", true);
    const std::string bytes(512, 'a');
    disk.write(*file, 0, bytes.data(), bytes.size());
    disk.judge = [](DiskOperation) { return DiskAnswer::error; };
    CHECK(disk.sync(*file, true) == DiskAnswer::error);
    disk.judge = nullptr;
    CHECK(disk.sync(*file, true) == DiskAnswer::done);
    CHECK(file->seen == bytes);
    disk.cut_power();
    if (disk.open("f", true)->seen != bytes) ++lost;
  }
  CHECK(lost > 5);
}

TEST_CASE("a store loses nothing that it took, at any power cut", "[simulation][disk][store]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Bench bench(seed);
    bench.open();
    REQUIRE(bench.add("E-1"));
    bench.kill();
    bench.disk.cut_power();
    bench.open();
    CHECK(bench.knows("E-1"));
    bench.kill();
  }
}

// M11: SQLite takes over what it reads in the log, and it may read it from the operating system's memory only.
TEST_CASE("what a killed process wrote and did not sync is durable before anybody is told that it is known",
          "[simulation][disk][store]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Bench bench(seed);
    bench.open();
    bench.disk.judge = [&](DiskOperation operation) {
      if (operation == DiskOperation::sync) bench.machine.die();  // between its write and its sync
      return DiskAnswer::done;
    };
    CHECK_FALSE(bench.add("E-1"));
    bench.disk.judge = nullptr;
    bench.kill();
    bench.open();
    const bool known = bench.knows("E-1");  // the sender would be told: a duplicate
    bench.kill();
    bench.disk.cut_power();
    bench.open();
    if (known) CHECK(bench.knows("E-1"));
    bench.kill();
  }
}

TEST_CASE("a new store whose first sync fails is not opened, and later it is opened with its log",
          "[simulation][disk][store]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Bench bench(seed);
    int syncs = 0;
    bench.disk.judge = [&](DiskOperation operation) {
      return operation == DiskOperation::sync && ++syncs == 1 ? DiskAnswer::error : DiskAnswer::done;
    };
    const auto opened = store::open_sqlite_store({.path = kPath, .vfs = Disk::kName, .lock = false});
    CHECK_FALSE(opened.has_value());
    bench.open();
    REQUIRE(bench.add("E-1"));
    bench.kill();
    bench.disk.cut_power();
    bench.open();
    CHECK(bench.knows("E-1"));
    bench.kill();
  }
}

TEST_CASE("after a failed sync and a new start, nothing taken then is lost with what the sync did not write",
          "[simulation][disk][store]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Bench bench(seed);
    bench.open();
    bench.disk.judge = [](DiskOperation operation) {
      return operation == DiskOperation::sync ? DiskAnswer::error : DiskAnswer::done;
    };
    CHECK_FALSE(bench.add("E-1"));
    bench.disk.judge = nullptr;
    bench.kill();
    bench.open();
    REQUIRE(bench.add("E-2"));
    bench.kill();
    bench.disk.cut_power();
    bench.open();
    CHECK(bench.knows("E-2"));
    bench.kill();
  }
}

// M12, E1: the answer is known to nobody else; without it the entry would be `sending` until the next start.
TEST_CASE("what the ERP answered while the disk was full is recorded when there is space",
          "[simulation][disk][delivery]") {
  Machine machine;
  simulation::FaultMix faults{Chance(1)};
  faults.calm();
  Disk disk(machine, Chance(2));
  simulation::Twin twin(machine, faults, Chance(3));
  const auto connector = [&](const std::string& lane) { return simulation::make_twin_connector(twin, {lane, {}}); };
  auto host = expect(simulation::Host::start({}, machine, connector));
  const std::string event =
      R"({"specversion":"1.0","source":"billing","id":"E-1","type":"payment.received","data":{"invoice":"I-1",
          "entity":"DE","currency":"EUR","document_date":"2026-10-01","product":"API","total":"119.00"}})";
  host->request("POST", "/v1/events", "application/json", event, [](const platform::Answer&) {});
  REQUIRE(host->work_off());
  int syncs = 0;
  disk.judge = [&](DiskOperation operation) {
    if (operation == DiskOperation::sync) ++syncs;  // the first: the intent to send
    return operation == DiskOperation::write && syncs > 0 ? DiskAnswer::full : DiskAnswer::done;
  };
  delivery::Lane& lane = *host->lanes().front();
  lane.run_round();
  CHECK(twin.documents().size() == 1);
  CHECK(lane.status().state == delivery::LaneState::paused);
  disk.judge = nullptr;
  CHECK(expect(host->store().count_entries()).by_state[static_cast<std::size_t>(engine::EntryState::sending)] == 1);
  machine.pass(301 * simulation::kSecond);
  lane.run_round();
  CHECK(expect(host->store().count_entries()).by_state[static_cast<std::size_t>(engine::EntryState::posted)] == 1);
  CHECK(twin.documents().size() == 1);
}
