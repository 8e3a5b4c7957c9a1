// SPDX-License-Identifier: Apache-2.0
#include "gateway/posting/posting_service.hpp"

#include <array>
#include <map>
#include <optional>
#include <tuple>

#include "gateway/engine/intake_step.hpp"
#include "gateway/posting/turn_work.hpp"
#include "gateway/store/decision_parts.hpp"
#include "gateway/store/entry_changes.hpp"

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
    case engine::EventState::waiting:
      return ReceiptStatus::waiting;
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
  constexpr std::array<std::string_view, kReceiptStatusCount> kNames = {"accepted",  "no_entry", "held",    "rejected",
                                                                        "duplicate", "conflict", "refused", "waiting"};
  return kNames.at(static_cast<std::size_t>(status));
}

Status PostingService::remember() {
  const auto evaluator = book_.get();
  if (!evaluator->keeps_state()) return {};
  const std::lock_guard guard(turn_);
  return keeper_.catch_up(evaluator);
}

template <class Fill>
Result<PostingService::Answers> PostingService::in_turns(const std::shared_ptr<const rules::Evaluator>& evaluator,
                                                         std::span<const store::NewEvent> events, Fill&& fill) {
  std::optional<TurnWork> work;  // what it gives lives until it is recorded
  auto answers = store_.commit_turns([&](store::Sequence last) -> Result<std::optional<store::TurnBatch>> {
    if (keeper_.turns() > last) keeper_.forget();  // what was played last was not recorded
    GLMAP_CHECK(keeper_.catch_up(evaluator));
    work.emplace(keeper_, store_, Instant{clock_.utc_micros()});
    GLMAP_TRY(filled, fill(*work));
    if (!filled) return std::nullopt;
    return work->batch(events);
  });
  if (!answers && work && work->has_turns()) keeper_.forget();
  return answers;
}

Status PostingService::prepare_again(const rules::Evaluator& evaluator, store::NewEvent& event,
                                     std::shared_ptr<const BillingEvent>& undecided) const {
  JsonDocument document;
  GLMAP_CHECK(document.read(event.raw));
  undecided.reset();
  if (!evaluator.keeps_state()) {
    event.decision = decide(evaluator, document.root(), event.identity);
    return {};
  }
  Reading reading = read_by_book(evaluator, document.root(), event.identity);
  event.decision = std::move(reading.decision);
  undecided = std::move(reading.event);
  return {};
}

Result<PostingService::Answers> PostingService::take_in(std::vector<store::NewEvent>& events, Undecided& undecided) {
  const auto evaluator = book_.get();
  const bool keeps = evaluator->keeps_state();
  for (std::size_t place = 0; place < events.size(); ++place) {
    const bool by_another = events[place].decision.bundle_digest != evaluator->digest();
    if (by_another && (keeps || undecided[place]))
      GLMAP_CHECK(prepare_again(*evaluator, events[place], undecided[place]));
  }
  if (!keeps) return store_.commit_intake(events);
  const std::lock_guard guard(turn_);
  std::vector<store::EventDecision> subjects;  // each time anew: the decisions of a try that was not recorded are void
  std::map<store::EventKey, std::size_t> places;
  for (std::size_t place = 0; place < events.size(); ++place) {
    subjects.push_back(events[place].decision);
    places.emplace(events[place].key, place);
  }
  std::vector<store::Settlement> settled;
  GLMAP_TRY(answers, in_turns(evaluator, events, [&](TurnWork& work) -> Result<bool> {
              for (std::size_t place = 0; place < events.size(); ++place) {
                events[place].decision = subjects[place];
                GLMAP_CHECK(work.take(events[place], place, undecided[place]));
              }
              settled = work.settlements();
              return true;
            }));
  // What waited and went on within the batch is told as it stands now.
  for (store::Settlement& one : settled) {
    const auto at = places.find(one.key);
    const bool decided = one.kind == store::Settlement::Kind::decided;
    if (decided && at != places.end()) events[at->second].decision = std::move(one.decision);
  }
  return answers;
}

Result<std::vector<Receipt>> PostingService::record(std::span<Result<Prepared>> events) {
  std::vector<Receipt> receipts(events.size());
  std::vector<store::NewEvent> taken;
  Undecided undecided;
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
    undecided.push_back(std::move(events[index]->undecided));
  }
  if (taken.empty()) return receipts;
  GLMAP_TRY(answers, take_in(taken, undecided));
  for (std::size_t place = 0; place < taken.size(); ++place) {
    put_answer(receipts[receipt_of[place]], taken[place], std::move(answers[place]));
  }
  return receipts;
}

Result<bool> PostingService::let_time_pass() {
  const auto evaluator = book_.get();
  if (!evaluator->keeps_state()) return false;
  const std::lock_guard guard(turn_);
  GLMAP_CHECK(keeper_.catch_up(evaluator));
  if (!keeper_.something_is_due()) return false;
  bool entries = false;
  GLMAP_CHECK(in_turns(evaluator, {}, [&](TurnWork& work) -> Result<bool> {
    const bool due = work.let_time_pass();
    for (const store::Settlement& one : work.settlements()) entries = entries || !one.decision.entries.empty();
    return due;
  }));
  return entries;
}

Result<std::size_t> PostingService::publish(std::span<const rules::PublishedRate> rates) {
  const auto evaluator = book_.get();
  const auto& foreign = evaluator->book().foreign_currency;
  if (!foreign || foreign->rate_source.empty())
    return fail(ErrorCode::BadRequest, "the book in force takes no rates from a source",
                "rates come with the events, or write `rate from` in the book");
  const std::lock_guard guard(turn_);
  std::size_t added = 0;
  GLMAP_CHECK(in_turns(evaluator, {}, [&](TurnWork& work) -> Result<bool> {
    std::map<std::tuple<std::string, Currency, Currency, Date>, Decimal> fresh;
    for (const rules::PublishedRate& rate : rates) {
      auto known = keeper_.state().rate(rate.source, rate.from, rate.to, rate.date);
      if (!known || known->first != rate.date)
        known = {rate.date, fresh.try_emplace({rate.source, rate.from, rate.to, rate.date}, rate.rate).first->second};
      if (known->second == rate.rate) continue;
      return fail(ErrorCode::Conflict,
                  "the rate of " + rate.source + " for " + rate.date.to_text() + " was published as " +
                      known->second.to_text() + ", and comes as " + rate.rate.to_text(),
                  "a published rate does not change: ask the source which one it is");
    }
    for (const auto& [key, rate] : fresh) {
      const auto& [source, from, to, date] = key;
      work.publish({source, from, to, date, rate});
    }
    added = fresh.size();
    return added > 0;
  }));
  return added;
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
  GLMAP_CHECK(store::check_redecidable(journey->event.state));
  JsonDocument document;
  GLMAP_CHECK(document.read(journey->event.raw));
  const EventIdentity& identity = journey->event.identity;
  GLMAP_TRY(seen, read_identity(document.root()));
  if (seen.content_digest != identity.content_digest) {
    return fail(ErrorCode::StoreCorrupt,
                "event " + std::to_string(event) + " does not match the digest of its content any more",
                "run glmapd verify, and compare the event with the backups");
  }
  const auto evaluator = book_.get();
  store::EventDecision decision;
  bool in_turn = false;
  if (evaluator->keeps_state()) {
    const std::lock_guard guard(turn_);
    Reading reading = read_by_book(*evaluator, document.root(), identity);
    in_turn = reading.event != nullptr;
    decision = std::move(reading.decision);
    if (in_turn)
      GLMAP_CHECK(in_turns(evaluator, {}, [&](TurnWork& work) -> Result<bool> {
        work.decide_again(event, reading.event, by, why);
        const store::EventKey key = store::event_key(identity.source, identity.id, identity.revision);
        for (const store::Settlement& one : work.settlements())
          if (one.key == key && one.kind == store::Settlement::Kind::decided) decision = one.decision;
        return true;
      }));
  } else {
    decision = decide(*evaluator, document.root(), identity);
  }
  if (!in_turn) GLMAP_CHECK(store_.redecide(event, decision, by, why, Instant{clock_.utc_micros()}));
  Receipt receipt;
  receipt.source = identity.source;
  receipt.id = identity.id;
  receipt.sequence = event;
  put_decision(receipt, decision);
  return receipt;
}

}  // namespace glmap::gateway::posting
