// SPDX-License-Identifier: Apache-2.0
#include "gateway/engine/intake_step.hpp"

#include <catch2/catch.hpp>

using namespace glmap::gateway::engine;
using glmap::ErrorCode;

TEST_CASE("the same identity is a duplicate with the same content and a conflict with other content",
          "[intake][I1][I2]") {
  CHECK(recognise(std::nullopt, "a") == Recognised::fresh);
  CHECK(recognise("a", "a") == Recognised::duplicate);
  CHECK(recognise("a", "b") == Recognised::conflict);
}

TEST_CASE("what the book does not know is rejected only where the book says so", "[intake][I18]") {
  CHECK(outcome_of_fault(ErrorCode::ValueNotInList, false) == Outcome::hold);
  CHECK(outcome_of_fault(ErrorCode::ValueNotInList, true) == Outcome::reject);
  CHECK(outcome_of_fault(ErrorCode::CurrencyDigits, true) == Outcome::hold);
}

TEST_CASE("a held event can be decided again, a posted one cannot", "[intake]") {
  for (const Outcome outcome : {Outcome::entries, Outcome::no_entry, Outcome::hold, Outcome::reject, Outcome::wait}) {
    CHECK(next_state(EventState::held, retry_input(outcome)) == first_state(outcome));
    CHECK(next_state(EventState::rejected, retry_input(outcome)) == first_state(outcome));
    CHECK_FALSE(next_state(EventState::posted, retry_input(outcome)));
    CHECK_FALSE(next_state(EventState::accepted, retry_input(outcome)));
    CHECK_FALSE(next_state(EventState::no_entry, retry_input(outcome)));
  }
}

TEST_CASE("what waits ends as accepted, as no entry or with a person, and not rejected or posted at once", "[intake]") {
  CHECK(next_state(EventState::waiting, EventInput::decided_entries) == EventState::accepted);
  CHECK(next_state(EventState::waiting, EventInput::decided_no_entry) == EventState::no_entry);
  CHECK(next_state(EventState::waiting, EventInput::decided_hold) == EventState::held);
  CHECK_FALSE(next_state(EventState::waiting, EventInput::decided_reject));
  CHECK_FALSE(next_state(EventState::waiting, EventInput::all_posted));
  CHECK(next_state(EventState::posted, EventInput::more_entries) == EventState::accepted);
  CHECK_FALSE(next_state(EventState::held, EventInput::more_entries));
}
