// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/row_text.hpp"
#include "gateway/store/sqlite/writer.hpp"

namespace glmap::gateway::store {

namespace {

using engine::DeliveryInput;
using engine::EntryState;

std::int64_t number(EntryState state) {
  return static_cast<std::int64_t>(state);
}

}  // namespace

Result<std::int64_t> Writer::recover(Instant now) {
  std::vector<std::pair<std::int64_t, std::int64_t>> interrupted;
  while (true) {
    GLMAP_TRY(more, sending_.step());
    if (!more) break;
    interrupted.emplace_back(sending_.integer(0), sending_.integer(1));
  }
  GLMAP_TRY(update, database_.prepare("UPDATE entry_state SET state=2, claim=claim+1 WHERE entry=?1"));
  for (const auto& [entry, event] : interrupted) {
    GLMAP_CHECK(update.integer(1, entry).run());
    GLMAP_CHECK(insert_change({event, entry, now, number(EntryState::sending), number(EntryState::unknown),
                               engine::to_text(DeliveryInput::recovered), "gateway",
                               "the gateway stopped before the ERP's answer was recorded", ""}));
  }
  // Look-ups that were under way hold a lease nobody will settle, and due times may come from a clock that was wrong.
  GLMAP_TRY(clamp, database_.prepare("UPDATE entry_state SET due_at=?1 WHERE state IN (0, 2, 3) AND due_at > ?1"));
  GLMAP_CHECK(clamp.integer(1, now.micros).run());
  // A request may have been on its way when the process died, and the time it was sent may be a wrong clock's: whatever
  // is unknown now is missed only when the ERP's search has had its time from now on.
  GLMAP_TRY(sent, database_.prepare("UPDATE entry_state SET last_sent_at=?1 WHERE state = 2"));
  GLMAP_CHECK(sent.integer(1, now.micros).run());
  return static_cast<std::int64_t>(interrupted.size());
}

Result<std::vector<ClaimedEntry>> Writer::claim_due(const ClaimRequest& request) {
  const auto lane = committed_.lanes.find(std::string(request.lane));
  if (lane == committed_.lanes.end()) return std::vector<ClaimedEntry>{};
  std::vector<ClaimedEntry> claimed;
  std::vector<std::int64_t> events;
  due_.integer(1, lane->second).integer(2, request.now.micros).integer(3, request.limit);
  while (true) {
    GLMAP_TRY(more, due_.step());
    if (!more) break;
    ClaimedEntry& entry = claimed.emplace_back();
    entry.entry = due_.integer(0);
    events.push_back(due_.integer(1));
    entry.state = static_cast<EntryState>(due_.integer(2));
    entry.claim = due_.integer(3);
    entry.sends = static_cast<std::int32_t>(due_.integer(4));
    entry.looks = static_cast<std::int32_t>(due_.integer(5));
    entry.waits = static_cast<std::int32_t>(due_.integer(6));
    if (!due_.is_null(7)) entry.last_sent_at = Instant{due_.integer(7)};
    entry.document_id = due_.text(8);
    entry.reference = due_.text(9);
    entry.lane = request.lane;
    entry.entity = due_.text(10);
    entry.json = due_.text(11);
  }
  for (std::size_t index = 0; index < claimed.size(); ++index) {
    GLMAP_CHECK(claim_one(claimed[index], events[index], request));
  }
  return claimed;
}

Status Writer::claim_one(ClaimedEntry& entry, std::int64_t event, const ClaimRequest& request) {
  const EntryState from = entry.state;
  entry.claim += 1;
  if (from == EntryState::ready) {
    entry.state = EntryState::sending;
    entry.sends += 1;
    entry.looks = 0;
    entry.last_sent_at = request.now;
  } else {
    entry.looks += 1;
  }
  GLMAP_ASSERT(engine::allowed(from, DeliveryInput::claimed, entry.state));
  claim_.integer(1, entry.entry).integer(2, number(entry.state)).integer(3, entry.claim).integer(4, entry.sends);
  claim_.integer(5, entry.looks).integer(7, request.lease_until.micros);
  if (entry.last_sent_at) {
    claim_.integer(6, entry.last_sent_at->micros);
  } else {
    claim_.null(6);
  }
  GLMAP_CHECK(claim_.run());
  if (from == entry.state) return {};  // a look-up is noted with what it found
  return insert_change({event, entry.entry, request.now, number(from), number(entry.state),
                        engine::to_text(DeliveryInput::claimed), "gateway", "", ""});
}

Result<std::vector<OutcomeRecorded>> Writer::record_delivery(std::span<const DeliveryOutcome> outcomes) {
  std::vector<OutcomeRecorded> recorded;
  recorded.reserve(outcomes.size());
  for (const DeliveryOutcome& outcome : outcomes) {
    GLMAP_TRY(one, record_one(outcome));
    recorded.push_back(one);
  }
  return recorded;
}

Result<OutcomeRecorded> Writer::record_one(const DeliveryOutcome& outcome) {
  entry_now_.integer(1, outcome.entry);
  GLMAP_TRY(found, entry_now_.step());
  if (!found) return OutcomeRecorded::stale;
  const std::int64_t event = entry_now_.integer(0);
  const auto from = static_cast<EntryState>(entry_now_.integer(1));
  const std::int64_t claim = entry_now_.integer(2);
  std::int64_t sends = entry_now_.integer(3);
  const std::int64_t looks = entry_now_.integer(4);
  std::int64_t waits = entry_now_.integer(5);
  const std::string document = outcome.document_id.empty() ? entry_now_.text(7) : outcome.document_id;
  entry_now_.reset();
  if (claim != outcome.claim || !engine::allowed(from, outcome.input, outcome.to)) return OutcomeRecorded::stale;

  if (outcome.input == DeliveryInput::not_sent) {
    waits += 1;
    if (from == EntryState::sending) sends -= 1;  // nothing left us: it does not count as a try
  } else {
    waits = 0;
  }
  const std::string reason = outcome.reason ? error_text(*outcome.reason) : std::string();
  settle_entry_.integer(1, outcome.entry).integer(2, number(outcome.to)).integer(3, outcome.due_at.micros);
  settle_entry_.integer(4, sends).integer(5, looks).integer(6, waits).text_or_null(7, document);
  // The ERP may take what was sent until we stop waiting for its answer: only from then on can it be missed.
  if (from == EntryState::sending) {
    settle_entry_.integer(10, outcome.at.micros);
  } else {
    settle_entry_.null(10);
  }
  GLMAP_CHECK(settle_entry_.text_or_null(8, reason).integer(9, claim).run());
  GLMAP_CHECK(
      insert_change({event, outcome.entry, outcome.at, number(from), number(outcome.to), engine::to_text(outcome.input),
                     "gateway", outcome.reason ? outcome.reason->to_text() : std::string(), outcome.evidence}));
  if (outcome.to == EntryState::posted) GLMAP_CHECK(settle_event(event, outcome.at));
  return OutcomeRecorded::recorded;
}

Status Writer::settle_event(std::int64_t event, Instant at) {
  unsettled_.integer(1, event);
  GLMAP_TRY(found, unsettled_.step());
  GLMAP_ASSERT(found);
  const auto state = static_cast<engine::EventState>(unsettled_.integer(0));
  const std::int64_t open = unsettled_.integer(1);
  unsettled_.reset();
  const auto to = engine::next_state(state, engine::EventInput::all_posted);
  if (open > 0 || !to) return {};
  GLMAP_CHECK(event_posted_.integer(1, event).run());
  return insert_change({event,
                        {},
                        at,
                        static_cast<std::int64_t>(state),
                        static_cast<std::int64_t>(*to),
                        "all entries posted",
                        "gateway",
                        "",
                        ""});
}

Status Writer::retry_entry(std::string_view reference, std::string_view by, std::string_view why, Instant now) {
  entry_by_reference_.text(1, reference);
  GLMAP_TRY(known, entry_by_reference_.step());
  if (!known) return fail(ErrorCode::NotFound, "there is no entry `" + std::string(reference) + "`");
  const std::int64_t entry = entry_by_reference_.integer(0);
  entry_by_reference_.reset();
  entry_now_.integer(1, entry);
  GLMAP_TRY(found, entry_now_.step());
  GLMAP_ASSERT(found);
  const std::int64_t event = entry_now_.integer(0);
  const auto from = static_cast<EntryState>(entry_now_.integer(1));
  const std::int64_t claim = entry_now_.integer(2);
  const std::string document = entry_now_.text(7);
  entry_now_.reset();
  const EntryState to = from == EntryState::rejected ? EntryState::ready : EntryState::unknown;
  if (!engine::allowed(from, DeliveryInput::retried, to)) {
    return fail(ErrorCode::BadRequest, "the entry is `" + std::string(engine::to_text(from)) +
                                           "`; only rejected and held entries are tried again");
  }
  // A person's retry starts the counting of tries anew; the higher claim makes late answers of old tries void.
  settle_entry_.integer(1, entry).integer(2, number(to)).integer(3, now.micros).integer(4, 0).integer(5, 0);
  settle_entry_.integer(6, 0).text_or_null(7, document).null(8).integer(9, claim + 1).null(10);
  GLMAP_CHECK(settle_entry_.run());
  return insert_change(
      {event, entry, now, number(from), number(to), engine::to_text(DeliveryInput::retried), by, std::string(why), ""});
}

}  // namespace glmap::gateway::store
