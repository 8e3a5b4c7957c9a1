// SPDX-License-Identifier: Apache-2.0
#include "gateway/engine/delivery_step.hpp"

#include <catch2/catch.hpp>

using namespace glmap::gateway::engine;
using glmap::Instant;

namespace {

constexpr Instant kNow{1'800'000'000'000'000};
constexpr std::int64_t kSecond = 1'000'000;

DeliveryFacts facts(EntryState state) {
  DeliveryFacts f;
  f.state = state;
  return f;
}

constexpr std::array kStates = {EntryState::ready,  EntryState::sending,  EntryState::unknown, EntryState::draft_found,
                                EntryState::posted, EntryState::rejected, EntryState::held,    EntryState::reversed};

}  // namespace

TEST_CASE("an unclear send is looked up, never sent again", "[delivery][E1]") {
  const auto step = delivery_step(facts(EntryState::sending), DeliveryInput::unclear, {}, kNow);
  REQUIRE(step);
  CHECK(step->to == EntryState::unknown);
  for (const EntryTransition& row : kEntryTransitions) {
    if (row.to != EntryState::sending) continue;
    CHECK(row.from == EntryState::ready);  // sending starts from ready only
  }
}

TEST_CASE("absence counts only after the ERP's visibility horizon", "[delivery][E3]") {
  DeliveryPolicy policy;
  policy.visibility_horizon_micros = 900 * kSecond;
  DeliveryFacts f = facts(EntryState::unknown);
  f.sends = 1;
  f.last_sent_at = kNow;
  const Instant early{kNow.micros + 899 * kSecond};
  const Instant late{kNow.micros + 900 * kSecond};
  CHECK(delivery_step(f, DeliveryInput::found_absent, policy, early) == DeliveryStep{EntryState::unknown, late});
  CHECK(delivery_step(f, DeliveryInput::found_absent, policy, late) == DeliveryStep{EntryState::ready, late});
}

TEST_CASE("a look-up says what was there when it began, however late its answer comes", "[delivery][E3]") {
  DeliveryPolicy policy;
  policy.visibility_horizon_micros = 30 * kSecond;
  DeliveryFacts f = facts(EntryState::unknown);
  f.last_sent_at = kNow;
  f.looked_at = Instant{kNow.micros + 29 * kSecond};
  const Instant answered{kNow.micros + 89 * kSecond};
  CHECK(delivery_step(f, DeliveryInput::found_absent, policy, answered) == DeliveryStep{EntryState::unknown, answered});
  f.looked_at = Instant{kNow.micros + 30 * kSecond};
  CHECK(delivery_step(f, DeliveryInput::found_absent, policy, answered)->to == EntryState::ready);
}

TEST_CASE("an entry that vanished after the last allowed send waits for a person", "[delivery][E2]") {
  DeliveryFacts f = facts(EntryState::unknown);
  f.sends = DeliveryPolicy{}.sends_max;
  CHECK(delivery_step(f, DeliveryInput::found_absent, {}, kNow)->to == EntryState::held);
}

TEST_CASE("an ERP that is down for three days uses up no tries", "[delivery][E9]") {
  DeliveryFacts f = facts(EntryState::sending);
  f.sends = 1;
  f.waits = 1'000'000;
  const auto step = delivery_step(f, DeliveryInput::not_sent, {}, kNow);
  REQUIRE(step);
  CHECK(step->to == EntryState::ready);
  CHECK(step->due_at == Instant{kNow.micros + 300 * kSecond});  // the longest pause of the default policy
}

TEST_CASE("pauses double from one second and carry at most half again of jitter", "[delivery][E8]") {
  DeliveryFacts f = facts(EntryState::sending);
  for (const auto& [waits, seconds] : {std::pair{0, 1}, {1, 2}, {2, 4}, {3, 8}}) {
    f.waits = waits;
    f.jitter_permille = 0;
    CHECK(delivery_step(f, DeliveryInput::not_sent, {}, kNow)->due_at.micros == kNow.micros + seconds * kSecond);
    f.jitter_permille = 1000;
    CHECK(delivery_step(f, DeliveryInput::not_sent, {}, kNow)->due_at.micros ==
          kNow.micros + seconds * kSecond * 3 / 2);
  }
}

TEST_CASE("what the ERP asks for as a pause is honoured up to one hour", "[delivery][E8]") {
  DeliveryFacts f = facts(EntryState::sending);
  f.retry_after_micros = 30 * kSecond;
  CHECK(delivery_step(f, DeliveryInput::not_sent, {}, kNow)->due_at.micros == kNow.micros + 30 * kSecond);
  f.retry_after_micros = 86'400 * kSecond;
  CHECK(delivery_step(f, DeliveryInput::not_sent, {}, kNow)->due_at.micros == kNow.micros + 3600 * kSecond);
  f.retry_after_micros = -5;
  CHECK(delivery_step(f, DeliveryInput::not_sent, {}, kNow)->due_at.micros == kNow.micros + kSecond);
}

TEST_CASE("an ERP that asks for a short pause after many failures is asked again after it, not after our own guess",
          "[delivery][E8]") {
  CHECK(pause_after(12, std::nullopt, 0, {}) == 300 * kSecond);
  CHECK(pause_after(12, 2 * kSecond, 0, {}) == 2 * kSecond);
  CHECK(pause_after(12, 60 * kSecond, 1000, {}) ==
        66 * kSecond);  // never sooner; a tenth later so that not all come at once
  CHECK(pause_after(1, 0, 0, {}) == kSecond);
  DeliveryPolicy patient;
  patient.retry_after_max_micros = 2 * 3600 * kSecond;
  CHECK(pause_after(1, 86'400 * kSecond, 0, patient) == 7200 * kSecond);
}

TEST_CASE("a refusal waits for a person and is not repeated by itself", "[delivery][E12]") {
  CHECK(delivery_step(facts(EntryState::sending), DeliveryInput::refused, {}, kNow)->to == EntryState::rejected);
  CHECK_FALSE(delivery_step(facts(EntryState::rejected), DeliveryInput::claimed, {}, kNow));
  CHECK(delivery_step(facts(EntryState::rejected), DeliveryInput::retried, {}, kNow)->to == EntryState::ready);
}

TEST_CASE("a retry of a held entry looks first", "[delivery][E21]") {
  CHECK(delivery_step(facts(EntryState::held), DeliveryInput::retried, {}, kNow)->to == EntryState::unknown);
}

TEST_CASE("a draft in the ERP is completed, and a draft that disappeared waits for a person", "[delivery][E7]") {
  CHECK(delivery_step(facts(EntryState::unknown), DeliveryInput::found_draft, {}, kNow)->to == EntryState::draft_found);
  CHECK(delivery_step(facts(EntryState::draft_found), DeliveryInput::confirmed, {}, kNow)->to == EntryState::posted);
  CHECK(delivery_step(facts(EntryState::draft_found), DeliveryInput::found_absent, {}, kNow)->to == EntryState::held);
}

TEST_CASE("a posted entry is left only by its reversal", "[delivery]") {
  for (int input = 0; input <= static_cast<int>(DeliveryInput::restored); ++input) {
    const auto step = delivery_step(facts(EntryState::posted), static_cast<DeliveryInput>(input), {}, kNow);
    CHECK(step.has_value() == (static_cast<DeliveryInput>(input) == DeliveryInput::reversed));
  }
}

TEST_CASE("every state and input either follows a row of the table or is refused", "[delivery]") {
  int taken = 0;
  for (const EntryState state : kStates) {
    for (int input = 0; input <= static_cast<int>(DeliveryInput::restored); ++input) {
      for (const int tries : {0, 1, 5, 60, 1000}) {
        DeliveryFacts f = facts(state);
        f.sends = f.looks = f.waits = tries;
        f.last_sent_at = kNow;
        const auto step = delivery_step(f, static_cast<DeliveryInput>(input), {}, kNow);
        if (!step) continue;
        CHECK(allowed(state, static_cast<DeliveryInput>(input), step->to));
        if (in_delivery(step->to)) CHECK(step->due_at >= kNow);
        ++taken;
      }
    }
  }
  CHECK(taken > 100);
}
