// SPDX-License-Identifier: Apache-2.0
// What becomes of an arriving event: is it new, a repeat or a conflict, and in which state does it start. Decides; the
// decision about its entries comes from the rules, the recording from the store. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "compiler/runtime/base/error.hpp"
#include "gateway/engine/states.hpp"

namespace glmap::gateway::engine {

enum class Recognised : std::uint8_t {
  fresh,      // never seen
  duplicate,  // the same identity with the same content: answered as the first time
  conflict,   // the same identity with other content: both are kept and shown
};

/// `known_digest`: content digest of the event recorded under this identity, if there is one.
Recognised recognise(std::optional<std::string_view> known_digest, std::string_view digest);

enum class Outcome : std::uint8_t { entries, no_entry, hold, reject, wait };

/// A fault found in the event itself, by the book's word about what it does not know (`unknown hold` or `reject`).
Outcome outcome_of_fault(ErrorCode code, bool reject_unknown);

EventState first_state(Outcome outcome);
EventInput retry_input(Outcome outcome);

}  // namespace glmap::gateway::engine
