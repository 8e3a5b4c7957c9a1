// SPDX-License-Identifier: Apache-2.0
// Is what the ERP stored what was sent? Line by line, whatever the order of lines. Pure function; any thread.
#pragma once

#include "gateway/delivery/connector.hpp"

namespace glmap::gateway::delivery {

/// Compares the date and, as a multiset, side, account, functional amount and (when the entry's currency is foreign and
/// the connector keeps a currency per line) transaction amount. Amounts of a storno are negative. A line whose
/// transaction amount is zero (an exchange difference) may come back without a second currency. Errors: GLM-9009 naming
/// in words the first line that differs.
Status compare(const JournalEntry& entry, const LedgerDocument& document, const Capabilities& capabilities);

}  // namespace glmap::gateway::delivery
