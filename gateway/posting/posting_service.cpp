// SPDX-License-Identifier: Apache-2.0
#include "gateway/posting/posting_service.hpp"

#include <array>
#include <unordered_map>

#include "gateway/engine/intake_step.hpp"

namespace glmap::gateway::posting {

namespace {

using engine::Recognised;

struct KeyHash {
  std::size_t operator()(const store::EventKey& key) const {
    std::size_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) value = (value << 8) | key[i];
    return value;  // the key is a digest already
  }
};

ReceiptStatus status_of(engine::EventState state) {
  switch (state) {
    case engine::EventState::accepted:
    case engine::EventState::posted:
      return ReceiptStatus::accepted;
    case engine::EventState::no_entry:
      return ReceiptStatus::no_entry;
    case engine::EventState::held:
      return ReceiptStatus::held;
    case engine::EventState::rejected:
      return ReceiptStatus::rejected;
  }
  GLMAP_ASSERT(false);
}

void put_decision(Receipt& receipt, const store::EventDecision& decision) {
  receipt.state = decision.state;
  receipt.status = status_of(decision.state);
  receipt.reason = decision.reason;
  receipt.rule = decision.rule;
  receipt.because = decision.because;
  for (const store::NewEntry& entry : decision.entries) receipt.entries.push_back(entry.reference);
}

Error conflict_error(const EventIdentity& identity, store::Sequence first) {
  return Error{ErrorCode::Conflict,
               "the event `" + identity.id + "` of `" + identity.source + "` was recorded as number " +
                   std::to_string(first) + " with other content",
               "send a change as a new event, or with a higher `revision`; both contents are kept and shown",
               {}};
}

}  // namespace

std::string_view to_text(ReceiptStatus status) {
  constexpr std::array<std::string_view, 7> kNames = {"accepted",  "no_entry", "held",   "rejected",
                                                      "duplicate", "conflict", "refused"};
  return kNames.at(static_cast<std::size_t>(status));
}

struct PostingService::Batch {
  /// Where an event of this very call will be found: its place among the new ones, and its receipt.
  struct Here {
    std::size_t place = 0;
    std::size_t receipt = 0;
  };
  std::vector<store::NewEvent> fresh;
  std::vector<store::NewConflict> conflicts;
  std::vector<Receipt> receipts;
  std::vector<std::size_t> receipt_of_fresh;
  std::unordered_map<store::EventKey, Here, KeyHash> here;
  std::vector<std::size_t> repeats;                               // receipts that refer to an earlier record
  std::vector<std::pair<std::size_t, std::size_t>> repeats_here;  // receipt, receipt of the first
};

void PostingService::take(Batch& batch, std::size_t index, Prepared& prepared,
                          const std::optional<store::KnownEvent>& known) {
  store::NewEvent& event = prepared.event;
  Receipt& receipt = batch.receipts[index];
  receipt.source = event.identity.source;
  receipt.id = event.identity.id;
  const auto here = batch.here.find(event.key);
  std::optional<std::string_view> digest;
  if (known) digest = known->content_digest;
  if (here != batch.here.end()) digest = batch.fresh[here->second.place].identity.content_digest;
  const Recognised recognised = engine::recognise(digest, event.identity.content_digest);
  if (recognised == Recognised::fresh) {
    put_decision(receipt, event.decision);
    batch.here.emplace(event.key, Batch::Here{batch.fresh.size(), index});
    batch.receipt_of_fresh.push_back(index);
    batch.fresh.push_back(std::move(event));
    return;
  }
  receipt.status = recognised == Recognised::duplicate ? ReceiptStatus::duplicate : ReceiptStatus::conflict;
  if (here != batch.here.end()) {
    batch.repeats_here.emplace_back(index, here->second.receipt);
  } else {
    receipt.sequence = known->sequence;
    receipt.state = known->state;
    batch.repeats.push_back(index);
  }
  if (recognised == Recognised::conflict) {
    const std::size_t place = here != batch.here.end() ? here->second.place : 0;
    batch.conflicts.push_back(
        {known ? known->sequence : 0, place, std::move(event.identity), event.raw, event.received_at});
  }
}

Result<std::vector<Receipt>> PostingService::record(std::span<Result<Prepared>> events) {
  Batch batch;
  batch.receipts.resize(events.size());
  std::vector<store::EventKey> keys;
  keys.reserve(events.size());
  for (const Result<Prepared>& event : events) {
    if (event) keys.push_back(event->event.key);
  }
  GLMAP_TRY(known, store_.find_known(keys));
  std::size_t key = 0;
  for (std::size_t index = 0; index < events.size(); ++index) {
    if (events[index]) {
      take(batch, index, *events[index], known[key++]);
    } else {
      batch.receipts[index].reason = events[index].error();
    }
  }
  std::vector<store::Sequence> sequences;
  if (!batch.fresh.empty() || !batch.conflicts.empty()) {
    GLMAP_TRY(given, store_.commit_intake(batch.fresh, batch.conflicts));
    sequences = std::move(given);
  }
  for (std::size_t place = 0; place < sequences.size(); ++place) {
    batch.receipts[batch.receipt_of_fresh[place]].sequence = sequences[place];
  }
  for (const std::size_t index : batch.repeats) {
    GLMAP_TRY(references, store_.entry_references(batch.receipts[index].sequence));
    batch.receipts[index].entries = std::move(references);
  }
  for (const auto& [repeat, first] : batch.repeats_here) {
    Receipt& receipt = batch.receipts[repeat];
    receipt.sequence = batch.receipts[first].sequence;
    receipt.state = batch.receipts[first].state;
    receipt.entries = batch.receipts[first].entries;
  }
  for (std::size_t index = 0; index < events.size(); ++index) {
    Receipt& receipt = batch.receipts[index];
    if (receipt.status != ReceiptStatus::conflict) continue;
    receipt.reason = conflict_error({.source = receipt.source, .id = receipt.id}, receipt.sequence);
  }
  return std::move(batch.receipts);
}

Result<Receipt> PostingService::reject(store::Sequence event, std::string_view by, std::string_view why) {
  GLMAP_TRY(journey, store_.event_journey(event));
  if (!journey) return fail(ErrorCode::NotFound, "there is no event `" + std::to_string(event) + "`");
  const store::EventRecord& known = journey->event;
  store::EventDecision decision;
  decision.state = engine::EventState::rejected;
  decision.reason = known.reason;  // why it waited; who closed it and why stands in the history
  decision.bundle_digest = known.bundle_digest;
  decision.entity = known.entity;
  decision.object = known.object;
  decision.control = known.control;
  GLMAP_CHECK(store_.redecide(event, decision, by, why, Instant{clock_.utc_micros()}));
  Receipt receipt;
  receipt.source = known.identity.source;
  receipt.id = known.identity.id;
  receipt.sequence = event;
  put_decision(receipt, decision);
  return receipt;
}

Result<Receipt> PostingService::decide_again(store::Sequence event, std::string_view by, std::string_view why) {
  GLMAP_TRY(journey, store_.event_journey(event));
  if (!journey) return fail(ErrorCode::NotFound, "there is no event `" + std::to_string(event) + "`");
  JsonDocument document;
  GLMAP_CHECK(document.read(journey->event.raw));
  const auto evaluator = book_.get();
  store::EventDecision decision = decide(*evaluator, document.root(), journey->event.identity);
  GLMAP_CHECK(store_.redecide(event, decision, by, why, Instant{clock_.utc_micros()}));
  Receipt receipt;
  receipt.source = journey->event.identity.source;
  receipt.id = journey->event.identity.id;
  receipt.sequence = event;
  put_decision(receipt, decision);
  return receipt;
}

}  // namespace glmap::gateway::posting
