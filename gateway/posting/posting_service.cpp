// SPDX-License-Identifier: Apache-2.0
#include "gateway/posting/posting_service.hpp"

#include <array>

#include "gateway/engine/intake_step.hpp"

namespace glmap::gateway::posting {

namespace {

using engine::Recognised;

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

void put_answer(Receipt& receipt, const store::NewEvent& event, store::IntakeAnswer answer) {
  receipt.source = event.identity.source;
  receipt.id = event.identity.id;
  receipt.sequence = answer.sequence;
  if (answer.recognised == Recognised::fresh) {
    put_decision(receipt, event.decision);
    return;
  }
  receipt.state = answer.state;
  receipt.entries = std::move(answer.entries);
  receipt.status = ReceiptStatus::duplicate;
  if (answer.recognised == Recognised::conflict) {
    receipt.status = ReceiptStatus::conflict;
    receipt.reason = conflict_error(event.identity, answer.sequence);
  }
}

}  // namespace

std::string_view to_text(ReceiptStatus status) {
  constexpr std::array<std::string_view, 7> kNames = {"accepted",  "no_entry", "held",   "rejected",
                                                      "duplicate", "conflict", "refused"};
  return kNames.at(static_cast<std::size_t>(status));
}

Result<std::vector<Receipt>> PostingService::record(std::span<Result<Prepared>> events) {
  std::vector<Receipt> receipts(events.size());
  std::vector<store::NewEvent> taken;
  std::vector<std::size_t> receipt_of;
  taken.reserve(events.size());
  receipt_of.reserve(events.size());
  for (std::size_t index = 0; index < events.size(); ++index) {
    if (!events[index]) {
      receipts[index].reason = events[index].error();
      continue;
    }
    receipt_of.push_back(index);
    taken.push_back(std::move(events[index]->event));
  }
  if (taken.empty()) return receipts;
  GLMAP_TRY(answers, store_.commit_intake(taken));
  for (std::size_t place = 0; place < taken.size(); ++place) {
    put_answer(receipts[receipt_of[place]], taken[place], std::move(answers[place]));
  }
  return receipts;
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
