// SPDX-License-Identifier: Apache-2.0
// What becomes of a journal entry after one thing happened to it on its way into the ERP. Decides; does not record and
// does not send. No clock, no randomness: time and jitter are arguments, so a simulator replays it exactly. Any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "compiler/runtime/accounting/calendar.hpp"
#include "gateway/engine/states.hpp"

namespace glmap::gateway::engine {

/// What the ERP connection really allows; from its configuration and the connector's capabilities.
struct DeliveryPolicy {
  std::int32_t sends_max = 5;   // sends of one entry before a person must look
  std::int32_t looks_max = 60;  // look-ups (or completions of a draft) after one send before a person must look
  std::int64_t backoff_first_micros = 1'000'000;
  std::int64_t backoff_max_micros = 300'000'000;
  /// An ERP that asks for a longer pause is asked again after this one.
  std::int64_t retry_after_max_micros = 3'600'000'000;
  /// How long after a send the ERP's search may still not show the document.
  std::int64_t visibility_horizon_micros = 30'000'000;
};

struct DeliveryFacts {
  EntryState state = EntryState::ready;
  std::int32_t sends = 0;  // including the one just made
  std::int32_t looks = 0;  // since the last send, including the one just made
  std::int32_t waits = 0;  // times in a row that nothing could be sent
  std::optional<Instant> last_sent_at;
  /// When the look-up began: what it did not show then may have come while its answer was on the way.
  std::optional<Instant> looked_at;
  std::optional<std::int64_t> retry_after_micros;  // what the ERP asked for
  std::int32_t jitter_permille = 0;                // 0..1000: how much of half a backoff to add
};

struct DeliveryStep {
  EntryState to = EntryState::ready;
  Instant due_at;  // meaningless unless in_delivery(to)
  friend bool operator==(const DeliveryStep&, const DeliveryStep&) = default;
};

/// How long to wait after so many failures in a row. What the ERP asked for is kept, neither more nor less but for a
/// tenth of it by jitter, at least the first pause and at most retry_after_max: it knows better than a guess that
/// doubles. Without its word the pause doubles from the first to the longest, with up to half of it again by jitter.
std::int64_t pause_after(std::int32_t failures, std::optional<std::int64_t> asked_micros, std::int32_t jitter_permille,
                         const DeliveryPolicy& policy);

/// Nothing when the input has no meaning in the entry's state (a late answer of an attempt that was settled otherwise).
std::optional<DeliveryStep> delivery_step(const DeliveryFacts& facts, DeliveryInput input, const DeliveryPolicy& policy,
                                          Instant now);

}  // namespace glmap::gateway::engine
