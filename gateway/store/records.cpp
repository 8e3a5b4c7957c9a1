// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/runtime/base/digest.hpp"
#include "gateway/store/decision_parts.hpp"
#include "gateway/store/entry_changes.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::store {

namespace {

EventKey first_128_bits(std::string_view bytes) {
  const Sha256 digest = sha256(bytes);
  EventKey key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

}  // namespace

EventKey event_key(std::string_view source, std::string_view id, std::string_view revision) {
  // Each part with its length before it: no two identities share their bytes.
  std::string bytes;
  bytes.reserve(source.size() + id.size() + revision.size() + 32);
  for (const std::string_view part : {source, id, revision}) {
    bytes += std::to_string(part.size());
    bytes += ':';
    bytes += part;
  }
  return first_128_bits(bytes);
}

EventKey reference_key(std::string_view reference) {
  return first_128_bits(reference);
}

NewEntry make_new_entry(JournalEntry entry, std::string_view lane, std::string_view object) {
  std::string json = canonical_json(entry.to_json());
  std::string digest = sha256_hex(json);
  std::string reference = entry.key().reference();
  const EventKey key = reference_key(reference);
  return NewEntry{std::move(entry),  std::move(json),    std::move(digest), std::move(reference), key,
                  std::string(lane), std::string(object)};
}

NewEvent make_new_event(EventIdentity identity, std::string_view raw, Instant received_at, EventDecision decision) {
  NewEvent event;
  event.key = event_key(identity.source, identity.id, identity.revision);
  event.identity = std::move(identity);
  event.raw = raw;
  event.raw_digest = sha256_hex(raw);
  event.received_at = received_at;
  event.decision = std::move(decision);
  return event;
}

StatementPart statement_part(const EventDecision& decision) {
  StatementPart part;
  if (decision.entries.empty()) {
    if (decision.control) {
      part.currency = decision.control->currency().code();
      part.minor = decision.control->minor();
    }
    return part;
  }
  part.currency = decision.entries.front().entry.data().currency.code();
  for (const NewEntry& entry : decision.entries) {
    if (entry.entry.data().currency.code() == part.currency) part.minor += entry.entry.total_transaction().minor();
  }
  return part;
}

Status check_redecidable(engine::EventState state) {
  if (state == engine::EventState::held || state == engine::EventState::rejected) return {};
  return fail(ErrorCode::BadRequest, "the event is `" + std::string(engine::to_text(state)) +
                                         "`; only held and rejected events are decided again");
}

Status check_settled(engine::EventState state, const Settlement& settlement) {
  if (settlement.kind == Settlement::Kind::noted) return {};
  if (settlement.kind == Settlement::Kind::entries) {
    GLMAP_ASSERT(engine::next_state(state, engine::EventInput::more_entries).has_value());
    return {};
  }
  if (settlement.input == kDecidedAgain) return check_redecidable(state);
  GLMAP_ASSERT(state == engine::EventState::waiting);
  return {};
}

CountAndAmount& figure_of(StatementRow& row, engine::EventState state) {
  switch (state) {
    case engine::EventState::accepted:
    case engine::EventState::waiting:
      return row.waiting;
    case engine::EventState::posted:
      return row.posted;
    case engine::EventState::no_entry:
      return row.no_entry;
    case engine::EventState::held:
      return row.held;
    case engine::EventState::rejected:
      return row.rejected;
  }
  GLMAP_ASSERT(false);
}

void add_balance(std::vector<TrialBalanceRow>& rows, TrialBalanceRow next) {
  if (!rows.empty() && rows.back().entity == next.entity && rows.back().ledger == next.ledger &&
      rows.back().account == next.account && rows.back().currency == next.currency) {
    rows.back().debit_minor += next.debit_minor;
    rows.back().credit_minor += next.credit_minor;
    return;
  }
  rows.push_back(std::move(next));
}

bool StatementRow::agrees() const {
  const std::int64_t count = posted.count + waiting.count + held.count + rejected.count + no_entry.count;
  const Int128 minor = posted.minor + waiting.minor + held.minor + rejected.minor + no_entry.minor;
  return count == accepted.count && minor == accepted.minor;
}

}  // namespace glmap::gateway::store
