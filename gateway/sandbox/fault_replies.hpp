// SPDX-License-Identifier: Apache-2.0
// What a fault makes of an answer, the same for every double. Pure; any thread.
#pragma once

#include <optional>

#include "gateway/sandbox/door.hpp"
#include "gateway/sandbox/faults.hpp"

namespace glmap::gateway::sandbox {

/// An HTML page, as a proxy or a maintenance screen gives it.
DoorReply html_page(int status);

/// What is answered when the fault keeps the work from being done at all.
std::optional<DoorReply> instead_of_work(const Fault& fault);

/// The answer after the work was done, as the fault lets it through.
DoorReply spoiled(const Fault& fault, DoorReply reply);

}  // namespace glmap::gateway::sandbox
