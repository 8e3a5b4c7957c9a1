// SPDX-License-Identifier: Apache-2.0
// What both stores derive from what they are handed before it becomes rows. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "gateway/store/store.hpp"

namespace glmap::gateway::store {

inline std::string_view bytes_of(const EventKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

/// What the event adds to its statement row: its entries once decided, its own amount before.
struct StatementPart {
  std::string currency;  // "" when the event names none that can be read
  Int128 minor = 0;
};
StatementPart statement_part(const EventDecision& decision);

/// Errors: GLM-6014 when an event in this state is not decided again.
Status check_redecidable(engine::EventState state);
/// The same for the decision of a settlement: what waits is decided by the gateway, the rest by people.
Status check_settled(engine::EventState state, const Settlement& settlement);

/// The figure of the row that an event in this state is counted in.
CountAndAmount& figure_of(StatementRow& row, engine::EventState state);

/// Of two neighbouring rows of one account (in two periods, or counted by two gateways) one.
void add_balance(std::vector<TrialBalanceRow>& rows, TrialBalanceRow next);

}  // namespace glmap::gateway::store
