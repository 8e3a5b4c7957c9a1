// SPDX-License-Identifier: Apache-2.0
// One piece of work on one journal entry: send it, look it up, or complete its draft, and prove what came of it. Uses
// the connector; records nothing and decides nothing about the next step. A document counts as posted only when it was
// read back and agrees line by line. Threading: as the connector.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gateway/delivery/connector.hpp"
#include "gateway/engine/states.hpp"

namespace glmap::gateway::delivery {

struct AttemptResult {
  engine::DeliveryInput input = engine::DeliveryInput::unclear;
  std::optional<Error> reason;  // what people are shown; absent when confirmed
  std::string document;         // the ERP's id, if one was learnt
  std::string evidence;         // what was read back, as JSON; or ""
  std::string reverses;         // of the entry: reference of the one that it takes back, or ""
  std::optional<std::int64_t> retry_after_micros;
  /// The reason concerns the whole connection (unreachable, throttled, credentials, wrong company), not the entry.
  bool connection_trouble = false;
  /// No answer came, or none that can be understood: many in a row mean that something stands between us and the ERP.
  bool answer_lost = false;
};

/// What `state` asks for: sending = send, unknown = look up, draft_found = look again, then complete.
AttemptResult attempt(ErpConnector& connector, const JournalEntry& entry, engine::EntryState state);

}  // namespace glmap::gateway::delivery
