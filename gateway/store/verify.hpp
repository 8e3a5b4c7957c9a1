// SPDX-License-Identifier: Apache-2.0
// Checks a store from end to end and names the first record that does not hold: the chains of events and history, the
// digest of every event's content, that every entry is what its event's link says, balanced and under its own
// reference, that states are those the history leads to, and that statement and balances are the sums of what is
// recorded. Reads one consistent cut, beside a running glmapd; changes nothing. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::store {

struct AuditReport {
  std::int64_t events = 0, entries = 0, changes = 0;
  /// The ends of the chains, for the auditor's file: "events 0 12 <hex>".
  std::vector<std::string> heads;
};

/// Errors: GLM-8004 with the first bad record; GLM-8001, GLM-8003.
Result<AuditReport> verify_sqlite_store(const std::string& path);
Result<AuditReport> verify_postgres_store(const std::string& url);

}  // namespace glmap::gateway::store
