// SPDX-License-Identifier: Apache-2.0
// Records of the store as the API shows them. Field names are described in docs/openapi.yaml. Pure; any thread.
#pragma once

#include <span>

#include "compiler/runtime/base/json.hpp"
#include "gateway/posting/posting_service.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::api {

Json receipt_json(const posting::Receipt& receipt);
Json event_json(const store::EventRecord& event);
/// Errors: GLM-8004 the stored journal entry is no JSON.
Json exception_json(const store::ExceptionRecord& exception);
Result<Json> entry_json(const store::EntryRecord& entry);
/// The event with everything that happened to it, its entries and its conflicts.
Result<Json> journey_json(const store::EventJourney& journey);
Json statement_json(std::span<const store::StatementRow> rows);
Json trial_balance_json(std::span<const store::TrialBalanceRow> rows);

}  // namespace glmap::gateway::api
