// SPDX-License-Identifier: Apache-2.0
#include "gateway/engine/intake_step.hpp"

namespace glmap::gateway::engine {

Recognised recognise(std::optional<std::string_view> known_digest, std::string_view digest) {
  if (!known_digest) return Recognised::fresh;
  return *known_digest == digest ? Recognised::duplicate : Recognised::conflict;
}

Outcome outcome_of_fault(ErrorCode code, bool reject_unknown) {
  if (!reject_unknown) return Outcome::hold;
  switch (code) {
    // Something the book has never heard of; everything else may be put right and always waits.
    case ErrorCode::TypeNotKnown:
    case ErrorCode::EntityNotKnown:
    case ErrorCode::ValueNotInList:
      return Outcome::reject;
    default:
      return Outcome::hold;
  }
}

EventState first_state(Outcome outcome) {
  switch (outcome) {
    case Outcome::entries:
      return EventState::accepted;
    case Outcome::no_entry:
      return EventState::no_entry;
    case Outcome::hold:
      return EventState::held;
    case Outcome::reject:
      return EventState::rejected;
    case Outcome::wait:
      return EventState::waiting;
  }
  GLMAP_ASSERT(false);
}

EventInput retry_input(Outcome outcome) {
  switch (outcome) {
    case Outcome::entries:
      return EventInput::decided_entries;
    case Outcome::no_entry:
      return EventInput::decided_no_entry;
    case Outcome::hold:
      return EventInput::decided_hold;
    case Outcome::reject:
      return EventInput::decided_reject;
    case Outcome::wait:
      return EventInput::decided_wait;
  }
  GLMAP_ASSERT(false);
}

}  // namespace glmap::gateway::engine
