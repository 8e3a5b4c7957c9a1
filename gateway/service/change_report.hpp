// SPDX-License-Identifier: Apache-2.0
// What an auditor asks of the changes in a period: all of them, with author, approvers, tests, digests and times;
// whether duties were kept apart; and whether program, bundle and configuration stayed the same between two moments.
// Made from the store's chained history alone. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "compiler/runtime/base/json.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::service {

/// As GET /v1/release/history gives them.
Json history_json(const std::vector<store::HistoryRecord>& lines);
/// Errors: GLM-6004 it is not what that gives.
Result<std::vector<store::HistoryRecord>> read_history(const Json& json);

/// Lines at or after `from` and before `until`. {"changes": [...], "duties": [...], "counts": {...}}
Json change_report(const std::vector<store::HistoryRecord>& lines, Instant from, Instant until);
std::string change_report_text(const Json& report);

/// {"unchanged": true|false, "at": {...}, "changes": [...]}: what ran at `from`, and each change of it before `until`.
/// Nothing was recorded before `from`: then it is not known, and `unchanged` is false.
Json attestation(const std::vector<store::HistoryRecord>& lines, Instant from, Instant until);
std::string attestation_text(const Json& attestation);

}  // namespace glmap::gateway::service
