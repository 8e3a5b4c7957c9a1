// SPDX-License-Identifier: Apache-2.0
#include "gateway/engine/delivery_step.hpp"

#include <algorithm>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::engine {

namespace {

std::int64_t backoff(std::int32_t tries, const DeliveryFacts& facts, const DeliveryPolicy& policy) {
  return pause_after(tries, facts.retry_after_micros, facts.jitter_permille, policy);
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

std::int64_t pause_after(std::int32_t failures, std::optional<std::int64_t> asked_micros, std::int32_t jitter_permille,
                         const DeliveryPolicy& policy) {
  const std::int32_t jitter = std::clamp(jitter_permille, 0, 1000);
  if (asked_micros) {
    const std::int64_t least = policy.backoff_first_micros;
    const std::int64_t asked = std::clamp(*asked_micros, least, std::max(least, policy.retry_after_max_micros));
    return asked + asked / 10 * jitter / 1000;
  }
  std::int64_t pause = policy.backoff_first_micros;
  for (std::int32_t i = 1; i < failures && pause < policy.backoff_max_micros; ++i) pause *= 2;
  pause = std::min(pause, policy.backoff_max_micros);
  return pause + pause / 2 * jitter / 1000;
}

std::optional<DeliveryStep> delivery_step(const DeliveryFacts& facts, DeliveryInput input, const DeliveryPolicy& policy,
                                          Instant now) {
  const DeliveryStep step = choose(facts, input, policy, now);
  if (!allowed(facts.state, input, step.to)) return std::nullopt;
  return step;
}

}  // namespace glmap::gateway::engine
