// SPDX-License-Identifier: Apache-2.0
// The limits of a connection, and what a lane does within them.
#include "gateway/delivery/lane_gate.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/delivery/lane_fixture.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using delivery::LaneState;

TEST_CASE("a connection keeps its requests a second, and what it must wait for it waits for", "[delivery][E8]") {
  Fixture f(8, {.requests_per_second = 2, .requests_per_minute = 30});
  f.add_many(12);
  const std::int64_t begin = f.clock.micros;
  const std::uint64_t before = f.requests();
  while (f.lane->status().confirmed < 12) f.lane->run_round();
  const std::uint64_t made = f.requests() - before;
  const std::int64_t seconds = (f.clock.micros - begin) / kSecond;
  INFO(made << " requests in " << seconds << " seconds");
  CHECK(made >= 36);  // create, post and read back, each
  CHECK(seconds >= (static_cast<std::int64_t>(made) - 30) / 30 * 60);
  CHECK(seconds <= static_cast<std::int64_t>(made) * 2 + 60);
  CHECK(f.documents() == 12);
}

TEST_CASE("the requests of a day are kept over a restart; the next day goes on, and no entry stops half way",
          "[delivery][E8]") {
  Fixture f(8, {.requests_per_day = 40, .zone = "America/New_York"});
  const auto references = f.add_many(20);
  for (int i = 0; i < 20; ++i) f.lane->run_round();
  CHECK(f.lane->status().state == LaneState::limited);
  CHECK(f.lane->status().until.to_text() == "2026-10-03T04:00:00Z");  // midnight in New York
  CHECK(f.requests() <= 40);
  const auto posted = f.documents();
  CHECK(posted > 3);
  CHECK(posted < 20);
  f.open_store();
  f.open_lane();
  for (int i = 0; i < 20; ++i) f.lane->run_round();
  CHECK(f.requests() <= 40);
  for (const std::string& reference : references) {
    CHECK((f.state(reference) == EntryState::posted || f.state(reference) == EntryState::ready));
  }
  f.clock.micros = Instant::parse("2026-10-03T04:00:00Z")->micros;
  for (int i = 0; i < 20; ++i) f.lane->run_round();
  CHECK(f.requests() <= 80);
  CHECK(f.documents() > posted);
  for (int day = 0; day < 5; ++day) {
    f.pass(86'400);
    for (int i = 0; i < 20; ++i) f.lane->run_round();
  }
  CHECK(f.documents() == 20);
}

TEST_CASE("while the ERP is closed nothing is sent and nothing is looked up; afterwards it is asked who it is",
          "[delivery][E9][E14]") {
  engine::LaneLimits limits;
  limits.zone = "Europe/Berlin";
  limits.closed = engine::parse_closed_window("Fri 14:00-15:30").value();  // 14:00 in Berlin is now
  Fixture f(8, limits);
  f.arm(kPost, FaultKind::commit_then_drop);
  f.clock.micros -= 60 * kSecond;
  const std::string unknown = f.add(german_invoice("I-1"));
  f.lane->run_round();
  REQUIRE(f.state(unknown) == EntryState::unknown);
  f.pass(60);
  const std::string ready = f.add(german_invoice("I-2"));
  const std::uint64_t before = f.requests();
  for (int minute = 0; minute < 90; ++minute) {
    f.lane->run_round();
    CHECK(f.lane->status().state == LaneState::closed);
    f.pass(60);
  }
  CHECK(f.requests() == before);
  CHECK(f.state(ready) == EntryState::ready);
  CHECK(f.entry(ready).sends == 0);
  REQUIRE(f.erp->tryton().rename_company("Acme KK", "Other KK"));  // the wrong database came up
  f.lane->run_round();
  CHECK(f.lane->status().state == LaneState::stopped);
  REQUIRE(f.erp->tryton().rename_company("Other KK", "Acme KK"));
  f.lane->resume();
  f.settle_all();
  CHECK(f.state(unknown) == EntryState::posted);
  CHECK(f.state(ready) == EntryState::posted);
  CHECK(f.documents() == 2);
}

TEST_CASE("a flood of one company does not make another one behind the same connection wait for its end",
          "[delivery][E8]") {
  Fixture f(8);
  f.add_many(60, "G-");
  const std::string other = f.add(yen_invoice());
  f.lane->run_round();
  CHECK(f.state(other) == EntryState::posted);
  CHECK(f.documents() == 8);
}

TEST_CASE("after several lost answers in a row the connection pauses, tries one entry, and goes on when it is heard",
          "[delivery][E1][E9]") {
  Fixture f(8);
  f.arm(kCreate, FaultKind::drop_before_commit, 6);
  const auto references = f.add_many(40);
  f.lane->run_round();
  CHECK(f.lane->status().state == LaneState::paused);
  CHECK(f.lane->status().reason->message.find("5 answers in a row were lost") == 0);
  int sent = 0;
  for (const std::string& reference : references) sent += f.entry(reference).sends > 0 ? 1 : 0;
  CHECK(sent == 5);  // not all forty were risked
  f.pass(2);
  f.lane->run_round();
  CHECK(f.lane->status().state == LaneState::paused);  // the trial was lost, too: one, and a longer pause
  CHECK(f.lane->status().until.micros >= f.clock.micros + 2 * kSecond);
  f.pass(4);
  f.lane->run_round();
  CHECK(f.lane->status().state == LaneState::working);
  sent = 0;
  for (const std::string& reference : references) sent += f.entry(reference).sends > 0 ? 1 : 0;
  CHECK(sent == 7);
  f.settle_all();
  CHECK(f.documents() == 40);
  for (const std::string& reference : references) CHECK(f.state(reference) == EntryState::posted);
}

TEST_CASE("an ERP that lets few questions through is asked who it is in several rounds", "[delivery][E8][E14]") {
  Fixture f;
  sandbox::Fault fault;
  fault.on = "company.company.search_read";
  fault.kind = FaultKind::status;
  fault.status = 429;
  fault.retry_after = "5";
  fault.skip = 1;  // one question, then patience; and again
  f.erp->faults().add(fault);
  const std::string reference = f.add(german_invoice());
  f.lane->run_round();
  CHECK(f.lane->status().state == LaneState::paused);
  const auto asked = f.erp->tryton().calls("model.company.company.search_read");
  CHECK(asked == 1);
  f.pass(6);
  f.lane->run_round();
  CHECK(f.state(reference) == EntryState::posted);
  // The other company, and the first one once more to send to it; not to ask again who it is.
  CHECK(f.erp->tryton().calls("model.company.company.search_read") == 3);
}
