// SPDX-License-Identifier: Apache-2.0
// That the simulator is what it says: one seed is one history.
#include "tests/simulation/history.hpp"

#include <catch2/catch.hpp>

#include "tests/simulation/auditor_book.hpp"

using namespace glmap::simulation;

TEST_CASE("the same seed is the same history, another seed another one", "[simulation]") {
  std::uint64_t before = 0;
  for (std::uint64_t seed = 101; seed <= 104; ++seed) {
    const HistoryReport first = run_history(seed, {});
    const HistoryReport second = run_history(seed, {});
    CHECK(first.fingerprint == second.fingerprint);
    CHECK(first.faults == second.faults);
    CHECK(first.simulated_micros == second.simulated_micros);
    CHECK(first.events >= 60);
    CHECK(first.faults_total >= 5);
    CHECK(first.fingerprint != before);
    before = first.fingerprint;
  }
}

TEST_CASE("the auditor counts in whole minor units and knows the book by itself", "[simulation]") {
  CHECK(minor_of("119.00", "EUR") == Minor{11'900});
  CHECK(minor_of("90071992547409.93", "EUR") == Minor{9'007'199'254'740'993});
  CHECK_FALSE(minor_of("1.005", "EUR"));
  CHECK_FALSE(minor_of("1.5", "JPY"));
  CHECK(text_of(5, "EUR") == "0.05");
  const OwnJson event = OwnJson::read(
      R"({"type":"invoice.issued","data":{"invoice":"I-1","entity":"DE","currency":"EUR","document_date":"2026-10-01",
          "product":"SETUP","net":"100.00","tax":"19.00","total":"119.00"}})");
  CHECK(own_decision(1, false, event).kind == OwnDecision::Kind::held);  // release 1 does not know SETUP
  CHECK(own_decision(3, false, event).kind == OwnDecision::Kind::entries);
  const OwnDecision decision = own_decision(2, false, event);
  REQUIRE(decision.entries.size() == 1);
  CHECK(decision.entries[0].lines ==
        std::vector<OwnLine>{{"1200", true, 11'900}, {"3806", false, 1'900}, {"4400", false, 10'000}});
}
