// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "gateway/store/fair_shares.hpp"
#include "gateway/store/sqlite/checked_rows.hpp"
#include "gateway/store/sqlite/writer.hpp"

namespace glmap::gateway::store {

namespace {

using engine::DeliveryInput;
using engine::EntryState;

std::int64_t number(EntryState state) {
  return static_cast<std::int64_t>(state);
}

}  // namespace

Result<std::int64_t> Writer::recover(std::string_view lane_name, Instant now) {
  std::int64_t interrupted = 0;
  for (const std::int64_t queue : queues_of(lane_name)) GLMAP_CHECK(recover_queue(queue, now, interrupted));
  return interrupted;
}

Status Writer::recover_queue(std::int64_t queue, Instant now, std::int64_t& count) {
  std::vector<std::pair<std::int64_t, std::int64_t>> interrupted;
  sending_.integer(1, queue);
  while (true) {
    GLMAP_TRY(more, sending_.step());
    if (!more) break;
    interrupted.emplace_back(sending_.integer(0), sending_.integer(1));
  }
  GLMAP_TRY(update,
            database_.prepare(checked_update("entry_state", {{"state", "2"}, {"claim", "claim+1"}}, "entry=?1")));
  for (const auto& [entry, event] : interrupted) {
    GLMAP_CHECK(update.integer(1, entry).run());
    GLMAP_CHECK(insert_change(recovered_change(event, entry, now)));
  }
  // Look-ups that were under way hold a claim nobody will settle, and due times may come from a clock that was wrong.
  GLMAP_TRY(clamp, database_.prepare(checked_update("entry_state", {{"due_at", "?1"}},
                                                    "lane=?2 AND state < 4 AND state <> 1 AND due_at > ?1")));
  GLMAP_CHECK(clamp.integer(1, now.micros).integer(2, queue).run());
  // A request may have been on its way when the process died, and the time it was sent may be a wrong clock's: whatever
  // is unknown now is missed only when the ERP's search has had its time from now on.
  GLMAP_TRY(sent, database_.prepare(checked_update("entry_state", {{"last_sent_at", "?1"}}, "lane=?2 AND state = 2")));
  GLMAP_CHECK(sent.integer(1, now.micros).integer(2, queue).run());
  count += static_cast<std::int64_t>(interrupted.size());
  return {};
}

Result<std::int64_t> Writer::declare_restored(std::string_view by, Instant now) {
  struct Open {
    std::int64_t entry, event;
    EntryState state;
  };
  std::vector<Open> open;
  GLMAP_TRY(note, database_.prepare(checked_insert("restores")));
  GLMAP_CHECK(note.integer(1, ++pending_.restores).integer(2, now.micros).text(3, by).run());
  pending_.look_first_until = now.micros + kLookFirstMicros;
  GLMAP_TRY(find, database_.prepare("SELECT entry, event, state FROM entry_state WHERE state IN (0, 1, 2, 3, 5)"));
  while (true) {
    GLMAP_TRY(more, find.step());
    if (!more) break;
    open.push_back({find.integer(0), find.integer(1), static_cast<EntryState>(find.integer(2))});
  }
  GLMAP_TRY(update, database_.prepare(checked_update("entry_state",
                                                     {{"state", "?2"},
                                                      {"claim", "claim+1"},
                                                      {"due_at", "?3"},
                                                      {"looks", "0"},
                                                      {"waits", "0"},
                                                      {"last_sent_at", "?3"}},
                                                     "entry=?1")));
  for (const Open& one : open) {
    GLMAP_CHECK(
        update.integer(1, one.entry).integer(2, number(restored_state(one.state))).integer(3, now.micros).run());
    GLMAP_CHECK(insert_change(restored_change(one.event, one.entry, one.state, by, now)));
  }
  return static_cast<std::int64_t>(open.size());
}

std::vector<std::int64_t> Writer::queues_of(std::string_view lane) const {
  std::vector<std::int64_t> queues;
  for (const auto& [key, queue] : committed_.lanes) {
    if (queue.lane == lane) queues.push_back(queue.number);
  }
  std::ranges::sort(queues);
  return queues;
}

Result<std::vector<std::int32_t>> Writer::shares_of(std::span<const std::int64_t> queues, const ClaimRequest& request) {
  if (queues.size() == 1) return std::vector{request.limit};
  std::vector<std::int32_t> due;
  for (const std::int64_t queue : queues) {
    count_due_.integer(1, queue).integer(2, request.now.micros).integer(3, request.limit);
    GLMAP_CHECK(count_due_.step());
    due.push_back(static_cast<std::int32_t>(count_due_.integer(0)));
    count_due_.reset();
  }
  return fair_shares(due, request.limit, request.turn);
}

Result<std::vector<ClaimedEntry>> Writer::claim_due(const ClaimRequest& request) {
  const std::vector<std::int64_t> queues = queues_of(request.lane);
  if (queues.empty()) return std::vector<ClaimedEntry>{};
  GLMAP_TRY(shares, shares_of(queues, request));
  std::vector<std::pair<ClaimedEntry, std::int64_t>> due;
  for (std::size_t index = 0; index < queues.size(); ++index) {
    if (shares[index] > 0) GLMAP_CHECK(take_due(queues[index], shares[index], request, due));
  }
  std::ranges::sort(due, {}, [](const auto& one) { return one.first.entry; });
  std::vector<ClaimedEntry> claimed;
  for (auto& [entry, event] : due) {
    GLMAP_CHECK(claim_one(entry, event, request));
    claimed.push_back(std::move(entry));
  }
  return claimed;
}

Status Writer::take_due(std::int64_t queue, std::int32_t limit, const ClaimRequest& request,
                        std::vector<std::pair<ClaimedEntry, std::int64_t>>& into) {
  due_.integer(1, queue).integer(2, request.now.micros).integer(3, limit);
  while (true) {
    GLMAP_TRY(more, due_.step());
    if (!more) return {};
    // What was damaged on the disk is not sent, and nothing is sent twice because its state was.
    if (due_.integer(12) != 1) return std::unexpected(unchecked_row("entries", due_.text(0)));
    auto& [entry, event] = into.emplace_back();
    entry.entry = due_.integer(0);
    event = due_.integer(1);
    entry.state = static_cast<EntryState>(due_.integer(2));
    if (!engine::in_delivery(entry.state) || entry.state == EntryState::sending)
      return std::unexpected(unchecked_row("entry_state", due_.text(0)));
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
}

Status Writer::claim_one(ClaimedEntry& entry, std::int64_t event, const ClaimRequest& request) {
  const EntryState from = take_claim(entry, request.now);
  claim_.integer(1, entry.entry).integer(2, number(entry.state)).integer(3, entry.claim).integer(4, entry.sends);
  claim_.integer(5, entry.looks).integer(7, request.lease_until.micros);
  if (entry.last_sent_at) {
    claim_.integer(6, entry.last_sent_at->micros);
  } else {
    claim_.null(6);
  }
  GLMAP_CHECK(claim_.run());
  if (from == entry.state) return {};  // a look-up is noted with what it found
  return insert_change(entry_change(event, entry.entry, request.now, from, entry.state, DeliveryInput::claimed));
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

Result<std::optional<EntryNow>> Writer::entry_now(std::int64_t entry) {
  entry_now_.integer(1, entry);
  GLMAP_TRY(found, entry_now_.step());
  if (!found) return std::nullopt;
  if (entry_now_.integer(8) != 1) return std::unexpected(unchecked_row("entry_state", std::to_string(entry)));
  EntryNow now;
  now.event = entry_now_.integer(0);
  now.state = static_cast<EntryState>(entry_now_.integer(1));
  now.claim = entry_now_.integer(2);
  now.sends = entry_now_.integer(3);
  now.looks = entry_now_.integer(4);
  now.waits = entry_now_.integer(5);
  now.document_id = entry_now_.text(6);
  if (!entry_now_.is_null(7)) now.last_sent_at = Instant{entry_now_.integer(7)};
  entry_now_.reset();
  return now;
}

Status Writer::write_entry(std::int64_t entry, const EntryNow& now) {
  settle_entry_.integer(1, entry).integer(2, number(now.state)).integer(3, now.due_at.micros);
  settle_entry_.integer(4, now.sends).integer(5, now.looks).integer(6, now.waits).text_or_null(7, now.document_id);
  settle_entry_.text_or_null(8, now.reason).integer(9, now.claim);
  if (now.last_sent_at) {
    settle_entry_.integer(10, now.last_sent_at->micros);
  } else {
    settle_entry_.null(10);
  }
  return settle_entry_.run();
}

Result<OutcomeRecorded> Writer::record_one(const DeliveryOutcome& outcome) {
  GLMAP_TRY(before, entry_now(outcome.entry));
  if (!before) return OutcomeRecorded::stale;
  const auto after = settled(*before, outcome);
  if (!after) return OutcomeRecorded::stale;
  GLMAP_CHECK(write_entry(outcome.entry, *after));
  GLMAP_CHECK(insert_change(change_of(*before, outcome)));
  if (outcome.to != EntryState::posted) return OutcomeRecorded::recorded;
  GLMAP_CHECK(settle_event(before->event, outcome.at));
  if (!outcome.reverses.empty()) GLMAP_CHECK(take_back(outcome));
  return OutcomeRecorded::recorded;
}

Status Writer::take_back(const DeliveryOutcome& reversal) {
  GLMAP_TRY(original, entry_keys_->find(reference_key(reversal.reverses)));
  if (!original) return {};  // from before this store
  GLMAP_TRY(before, entry_now(*original));
  GLMAP_ASSERT(before.has_value());
  const auto after = taken_back(*before, reversal.at);
  if (!after) return {};
  GLMAP_CHECK(write_entry(*original, *after));
  return insert_change(taken_back_change(*before, *original, reversal));
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
  return insert_change(event_change(event, at, state, *to, kAllPosted));
}

Status Writer::retry_entry(std::string_view reference, std::string_view by, std::string_view why, Instant now) {
  GLMAP_TRY(known, entry_keys_->find(reference_key(reference)));
  if (!known) return fail(ErrorCode::NotFound, "there is no entry `" + std::string(reference) + "`");
  const std::int64_t entry = *known;
  GLMAP_TRY(before, entry_now(entry));
  GLMAP_ASSERT(before.has_value());
  GLMAP_TRY(after, retried(*before, now));
  GLMAP_CHECK(write_entry(entry, after));
  return insert_change(retry_change(*before, after, entry, by, why));
}

}  // namespace glmap::gateway::store
