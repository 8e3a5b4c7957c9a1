// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/entry_changes.hpp"

#include "gateway/store/row_text.hpp"

namespace glmap::gateway::store {

using engine::DeliveryInput;
using engine::EntryState;

Change entry_change(std::int64_t event, std::int64_t entry, Instant at, EntryState from, EntryState to,
                    DeliveryInput input) {
  return {event,     entry, at, static_cast<std::int64_t>(from), static_cast<std::int64_t>(to), engine::to_text(input),
          "gateway", {},    {}};
}

Change event_change(std::int64_t event, Instant at, engine::EventState from, engine::EventState to,
                    std::string_view input) {
  return {event, {}, at, static_cast<std::int64_t>(from), static_cast<std::int64_t>(to), input, "gateway", {}, {}};
}

Change release_change(const ReleaseEvidence& release, Instant at) {
  Change change;
  change.at = at;
  change.input = kInForce;
  change.by = release.by;
  change.why = release.why;
  change.evidence = release.evidence;
  return change;
}

EntryState take_claim(ClaimedEntry& entry, Instant now) {
  const EntryState from = entry.state;
  entry.claim += 1;
  if (from == EntryState::ready) {
    entry.state = EntryState::sending;
    entry.sends += 1;
    entry.looks = 0;
    entry.last_sent_at = now;
  } else {
    entry.looks += 1;
  }
  GLMAP_ASSERT(engine::allowed(from, DeliveryInput::claimed, entry.state));
  return from;
}

std::optional<EntryNow> settled(const EntryNow& now, const DeliveryOutcome& outcome) {
  if (now.claim != outcome.claim || !engine::allowed(now.state, outcome.input, outcome.to)) return std::nullopt;
  EntryNow next = now;
  next.state = outcome.to;
  next.due_at = outcome.due_at;
  if (outcome.input == DeliveryInput::not_sent) {
    next.waits += 1;
    if (now.state == EntryState::sending) next.sends -= 1;  // nothing left us: it does not count as a try
  } else {
    next.waits = 0;
  }
  // The ERP may take what was sent until we stop waiting for its answer: only from then on can it be missed.
  if (now.state == EntryState::sending) next.last_sent_at = outcome.at;
  if (!outcome.document_id.empty()) next.document_id = outcome.document_id;
  next.reason = outcome.reason ? error_text(*outcome.reason) : std::string();
  return next;
}

Change change_of(const EntryNow& before, const DeliveryOutcome& outcome) {
  Change change = entry_change(before.event, outcome.entry, outcome.at, before.state, outcome.to, outcome.input);
  if (outcome.reason) change.why = outcome.reason->to_text();
  change.evidence = outcome.evidence;
  return change;
}

Result<EntryNow> retried(const EntryNow& now, Instant at) {
  const auto to = engine::next_state(now.state, DeliveryInput::retried);
  if (!to) {
    return fail(ErrorCode::BadRequest, "the entry is `" + std::string(engine::to_text(now.state)) +
                                           "`; only rejected and held entries are tried again");
  }
  EntryNow next = now;
  next.state = *to;
  // A person's retry starts the counting of tries anew; the higher claim makes late answers of old tries void.
  next.claim += 1;
  next.sends = next.looks = next.waits = 0;
  next.due_at = at;
  next.reason.clear();
  return next;
}

Change retry_change(const EntryNow& before, const EntryNow& after, std::int64_t entry, std::string_view by,
                    std::string_view why) {
  Change change = entry_change(before.event, entry, after.due_at, before.state, after.state, DeliveryInput::retried);
  change.by = by;
  change.why = why;
  return change;
}

std::optional<EntryNow> taken_back(const EntryNow& now, Instant at) {
  const auto to = engine::next_state(now.state, DeliveryInput::reversed);
  if (!to) return std::nullopt;
  EntryNow next = now;
  next.state = *to;
  next.due_at = at;
  return next;
}

Change taken_back_change(const EntryNow& before, std::int64_t entry, const DeliveryOutcome& reversal) {
  Change change =
      entry_change(before.event, entry, reversal.at, before.state, EntryState::reversed, DeliveryInput::reversed);
  change.why = "taken back by entry " + reversal.reference;
  return change;
}

Change recovered_change(std::int64_t event, std::int64_t entry, Instant at) {
  Change change = entry_change(event, entry, at, EntryState::sending, EntryState::unknown, DeliveryInput::recovered);
  change.why = "the gateway stopped before the ERP's answer was recorded";
  return change;
}

EntryState restored_state(EntryState state) {
  const auto to = engine::next_state(state, DeliveryInput::restored);
  GLMAP_ASSERT(to.has_value());
  return *to;
}

Change restored_change(std::int64_t event, std::int64_t entry, EntryState from, std::string_view by, Instant at) {
  Change change = entry_change(event, entry, at, from, restored_state(from), DeliveryInput::restored);
  change.by = by;
  change.why = "the store was restored from a backup; the ERP is asked first";
  return change;
}

}  // namespace glmap::gateway::store
