// SPDX-License-Identifier: Apache-2.0
#include "gateway/engine/delivery_step.hpp"

#include <algorithm>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::engine {

namespace {

constexpr std::int64_t kRetryAfterMaxMicros = 3'600'000'000;

/// Doubles from the first pause to the longest; up to half of it again by jitter, so that lanes do not march in step.
std::int64_t backoff(std::int32_t tries, const DeliveryFacts& facts, const DeliveryPolicy& policy) {
  std::int64_t pause = policy.backoff_first_micros;
  for (std::int32_t i = 1; i < tries && pause < policy.backoff_max_micros; ++i) pause *= 2;
  pause = std::min(pause, policy.backoff_max_micros);
  pause += pause / 2 * std::clamp(facts.jitter_permille, 0, 1000) / 1000;
  if (facts.retry_after_micros) {
    pause = std::max(pause, std::clamp<std::int64_t>(*facts.retry_after_micros, 0, kRetryAfterMaxMicros));
  }
  return pause;
}

Instant after(Instant now, std::int64_t micros) {
  return Instant{now.micros + micros};
}

DeliveryStep when_absent(const DeliveryFacts& facts, const DeliveryPolicy& policy, Instant now) {
  if (facts.state != EntryState::unknown) return {EntryState::held, now};  // a draft that is gone: somebody removed it
  if (facts.last_sent_at) {
    const Instant visible = after(*facts.last_sent_at, policy.visibility_horizon_micros);
    if (facts.looked_at.value_or(now) < visible) return {EntryState::unknown, std::max(now, visible)};
  }
  if (facts.sends >= policy.sends_max) return {EntryState::held, now};
  return {EntryState::ready, now};
}

DeliveryStep when_unclear(const DeliveryFacts& facts, const DeliveryPolicy& policy, Instant now) {
  if (facts.state == EntryState::unknown && facts.looks >= policy.looks_max) return {EntryState::held, now};
  return {EntryState::unknown, after(now, backoff(facts.looks, facts, policy))};
}

DeliveryStep when_draft(const DeliveryFacts& facts, const DeliveryPolicy& policy, Instant now) {
  if (facts.state != EntryState::draft_found) return {EntryState::draft_found, now};
  if (facts.looks >= policy.looks_max) return {EntryState::held, now};
  return {EntryState::draft_found, after(now, backoff(facts.looks, facts, policy))};
}

DeliveryStep choose(const DeliveryFacts& facts, DeliveryInput input, const DeliveryPolicy& policy, Instant now) {
  switch (input) {
    case DeliveryInput::claimed:
      return {facts.state == EntryState::ready ? EntryState::sending : facts.state, now};
    case DeliveryInput::confirmed:
      return {EntryState::posted, now};
    case DeliveryInput::refused:
      return {facts.state == EntryState::sending ? EntryState::rejected : EntryState::held, now};
    case DeliveryInput::not_sent:
      return {facts.state == EntryState::sending ? EntryState::ready : facts.state,
              after(now, backoff(facts.waits + 1, facts, policy))};
    case DeliveryInput::unclear:
      return when_unclear(facts, policy, now);
    case DeliveryInput::found_absent:
      return when_absent(facts, policy, now);
    case DeliveryInput::found_draft:
      return when_draft(facts, policy, now);
    case DeliveryInput::found_differs:
    case DeliveryInput::gave_up:
      return {EntryState::held, now};
    case DeliveryInput::recovered:
    case DeliveryInput::retried:
    case DeliveryInput::restored:
    case DeliveryInput::reversed:
      return {next_state(facts.state, input).value_or(facts.state), now};
  }
  GLMAP_ASSERT(false);
}

}  // namespace

std::optional<DeliveryStep> delivery_step(const DeliveryFacts& facts, DeliveryInput input, const DeliveryPolicy& policy,
                                          Instant now) {
  const DeliveryStep step = choose(facts, input, policy, now);
  if (!allowed(facts.state, input, step.to)) return std::nullopt;
  return step;
}

}  // namespace glmap::gateway::engine
