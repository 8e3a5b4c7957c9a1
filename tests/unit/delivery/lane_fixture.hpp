// SPDX-License-Identifier: Apache-2.0
// A delivery lane with the real store and the real Tryton connector, against the sandbox's ERP, on a clock that the
// test moves.
#pragma once

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "gateway/connectors/tryton/tryton_connector.hpp"
#include "gateway/delivery/lane.hpp"
#include "gateway/sandbox/sandbox.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/connectors/entries.hpp"

namespace glmap::testing {

namespace connectors = gateway::connectors;
namespace delivery = gateway::delivery;
namespace engine = gateway::engine;
namespace platform = gateway::platform;
namespace sandbox = gateway::sandbox;
namespace store = gateway::store;
using engine::EntryState;
using sandbox::FaultKind;

class SetClock final : public platform::Clock {
 public:
  std::int64_t utc_micros() const override { return micros; }
  std::int64_t monotonic_micros() const override { return micros; }
  void wait_micros(std::int64_t duration) const override { micros += duration; }
  mutable std::atomic<std::int64_t> micros = 1'790'942'400'000'000;  // Friday 2026-10-02 12:00 UTC
};

inline constexpr std::int64_t kSecond = 1'000'000;

struct Fixture {
  TemporaryFolder folder;
  SetClock clock;
  platform::Log log{clock, ::open("/dev/null", 1)};
  std::unique_ptr<sandbox::Sandbox> erp;
  std::unique_ptr<store::Store> books;
  std::unique_ptr<delivery::Lane> lane;
  engine::LaneLimits limits;

  explicit Fixture(std::int32_t claim_limit = 8, engine::LaneLimits lane_limits = {}) : limits(std::move(lane_limits)) {
    auto started = sandbox::Sandbox::start({.seed = seed(), .journal_path = folder.file("erp.log")});
    REQUIRE(started.has_value());
    erp = std::move(*started);
    open_store();
    open_lane(claim_limit);
  }

  void open_store() {
    lane.reset();
    books.reset();
    auto opened = store::open_sqlite_store(folder.file("gateway.db"));
    REQUIRE(opened.has_value());
    books = std::move(*opened);
    REQUIRE(books->activate_bundle("sha256:test", "bundle bytes", Instant{clock.micros}).has_value());
  }

  std::unique_ptr<delivery::ErpConnector> connector() const {
    connectors::tryton::TrytonSettings settings;
    settings.rpc = {erp->url(), "acme", "glmap", "sandbox", 1000, 2000};
    for (const LegalEntity& entity : legal_entities()) settings.entities[entity.code] = {entity.name, "GLMAP", {}};
    settings.create_parties = true;
    return connectors::tryton::make_tryton_connector(std::move(settings), std::move(*platform::make_http_client({})));
  }

  void open_lane(std::int32_t claim_limit = 8) {
    delivery::LaneSettings settings;
    settings.limits = limits;
    settings.name = "erp";
    settings.entities = {{"DE", {"Acme GmbH", "EUR"}}, {"JP", {"Acme KK", "JPY"}}};
    settings.claim_limit = claim_limit;
    settings.policy.backoff_first_micros = kSecond;
    settings.policy.visibility_horizon_micros = 30 * kSecond;
    settings.poll_micros = 5'000;
    lane = std::make_unique<delivery::Lane>(settings, connector(), *books, clock, log);
  }

  /// Records an event with one entry, ready to be sent; gives the entry's reference.
  std::string add(const JournalEntry& entry) {
    store::EventDecision decision;
    decision.state = engine::EventState::accepted;
    decision.bundle_digest = "sha256:test";
    decision.entity = entry.data().entity;
    decision.control = entry.total_transaction();
    decision.entries.push_back(store::make_new_entry(entry, "erp", ""));
    const auto event = store::make_new_event(
        {entry.key().source, entry.key().event_id, entry.key().event_revision, "invoice.issued", "digest"}, "{}",
        Instant{clock.micros}, std::move(decision));
    const auto added = books->commit_intake(std::span(&event, 1));
    REQUIRE(added.has_value());
    return entry.key().reference();
  }

  void arm(const char* on, FaultKind kind, int times = 1, int skip = 0) {
    sandbox::Fault fault;
    fault.on = on;
    fault.kind = kind;
    fault.times = times;
    fault.skip = skip;
    erp->faults().add(fault);
  }

  store::EntryRecord entry(const std::string& reference) const {
    const auto found = books->entry_by_reference(reference);
    REQUIRE(found.has_value());
    REQUIRE(found->has_value());
    return **found;
  }
  EntryState state(const std::string& reference) const { return entry(reference).state; }
  /// Every request the ERP has had.
  std::uint64_t requests() const { return erp->door().requests(); }
  std::vector<std::string> add_many(int count, const char* prefix = "I-") {
    std::vector<std::string> references;
    for (int i = 0; i < count; ++i) references.push_back(add(german_invoice(prefix + std::to_string(i))));
    return references;
  }
  std::size_t documents() const { return erp->tryton().documents().as_array()->size(); }

  void pass(std::int64_t seconds) { clock.micros += seconds * kSecond; }
  /// Rounds and passing time until nothing is in delivery any more.
  int settle_all(int rounds_max = 3000) {
    for (int round = 1; round <= rounds_max; ++round) {
      lane->run_round();
      const auto due = books->next_due("erp");
      REQUIRE(due.has_value());
      if (!*due) return round;
      pass(2);
    }
    FAIL("entries are still in delivery");
    return 0;
  }
};

inline constexpr const char* kCreate = "account.move.create";
inline constexpr const char* kPost = "account.move.post";

}  // namespace glmap::testing
