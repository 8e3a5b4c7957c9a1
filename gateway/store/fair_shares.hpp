// SPDX-License-Identifier: Apache-2.0
// Who gets how much of a claim when several legal entities wait behind one ERP connection: in turns, so that a flood of
// one entity makes the others wait for one turn and not for its end. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace glmap::gateway::store {

/// Deals `limit` out one by one to those that have something `available`, beginning with number `turn` (modulo their
/// count): one share each, same order. Shares add up to the smaller of `limit` and all that is available.
std::vector<std::int32_t> fair_shares(std::span<const std::int32_t> available, std::int32_t limit, std::int64_t turn);

}  // namespace glmap::gateway::store
