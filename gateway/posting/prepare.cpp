// SPDX-License-Identifier: Apache-2.0
#include "gateway/posting/prepare.hpp"

#include "gateway/engine/intake_step.hpp"
#include "gateway/posting/control_amount.hpp"

namespace glmap::gateway::posting {

namespace {

using engine::Outcome;

void put_fault(store::EventDecision& decision, const rules::RuleBook& book, Error fault) {
  decision.state = engine::first_state(engine::outcome_of_fault(fault.code, book.reject_unknown));
  decision.reason = std::move(fault);
}

/// Entries of one business object keep their order; another source's object of the same number is another object.
std::string object_key(const EventType& type, const BillingEvent& event) {
  if (type.object.empty() || event.object.empty()) return {};
  return type.object + ":" + event.object;
}

std::string_view lane_of(const rules::RuleBook& book, const JournalEntry& entry) {
  const auto index = book.catalog.entity_index(entry.data().entity);
  GLMAP_ASSERT(index.has_value());  // the evaluator takes entities from the same catalog
  return book.catalog.entities.at(*index).erp;
}

/// What stands about the event whatever is decided.
void put_subject(store::EventDecision& decision, const rules::RuleBook& book, const BillingEvent& event) {
  const EventType& type = book.catalog.types.at(event.type);
  if (const Code* entity = std::get_if<Code>(&event.header.at(type.entity_field))) {
    decision.entity = book.catalog.entities.at(entity->value).code;
  }
  decision.object = object_key(type, event);
  decision.control = control_amount(type, event);
}

/// False: it cannot be read, and is decided by that.
bool read_event(const rules::Evaluator& evaluator, JsonView cloud_event, const EventIdentity& identity,
                BillingEvent& event, store::EventDecision& decision) {
  const rules::RuleBook& book = evaluator.book();
  decision.bundle_digest = evaluator.digest();
  if (auto status = decode_event(book.catalog, cloud_event, identity, event); !status) {
    LooseReading reading = read_loosely(book.catalog, identity.type, to_tree(cloud_event));
    decision.entity = std::move(reading.entity);
    decision.object = std::move(reading.object);
    decision.control = reading.control;
    put_fault(decision, book, std::move(status).error());
    return false;
  }
  put_subject(decision, book, event);
  return true;
}

}  // namespace

store::EventDecision decision_about(const rules::Evaluator& evaluator, const BillingEvent& event) {
  store::EventDecision decision;
  decision.bundle_digest = evaluator.digest();
  put_subject(decision, evaluator.book(), event);
  return decision;
}

void put_outcome(store::EventDecision& decision, const rules::RuleBook& book, const BillingEvent& event,
                 rules::Outcome made) {
  if (auto* held = std::get_if<rules::Held>(&made)) {
    decision.state = engine::first_state(Outcome::hold);
    decision.reason = std::move(held->reason);
  } else if (auto* none = std::get_if<rules::NoEntry>(&made)) {
    decision.state = engine::first_state(Outcome::no_entry);
    decision.rule = std::move(none->rule);
    decision.because = std::move(none->because);
  } else if (const auto* waiting = std::get_if<rules::Waiting>(&made)) {
    decision.state = engine::first_state(Outcome::wait);
    decision.reason = Error{
        ErrorCode::PrerequisiteMissing,
        "waits for " + waiting->missing + " until " + waiting->until.to_text() + ", then held for " + waiting->owner,
        "it goes on by itself once that has come",
        {}};
  } else {
    decision.state = engine::first_state(Outcome::entries);
    const std::string order = decision.object.empty() ? std::string() : event.source + "|" + decision.object;
    for (JournalEntry& entry : std::get<std::vector<JournalEntry>>(made)) {
      const std::string_view lane = lane_of(book, entry);
      decision.entries.push_back(store::make_new_entry(std::move(entry), lane, order));
    }
  }
}

Reading read_by_book(const rules::Evaluator& evaluator, JsonView cloud_event, const EventIdentity& identity) {
  Reading reading;
  auto event = std::make_shared<BillingEvent>();
  if (read_event(evaluator, cloud_event, identity, *event, reading.decision)) reading.event = std::move(event);
  return reading;
}

store::EventDecision decide(const rules::Evaluator& evaluator, JsonView cloud_event, const EventIdentity& identity) {
  store::EventDecision decision;
  BillingEvent event;
  if (!read_event(evaluator, cloud_event, identity, event, decision)) return decision;
  put_outcome(decision, evaluator.book(), event,
              std::visit([](auto&& made) { return rules::Outcome(std::forward<decltype(made)>(made)); },
                         evaluator.decide(event)));
  return decision;
}

Result<Prepared> prepare(const rules::Evaluator& evaluator, const intake::Arrival& arrival, Instant received_at) {
  if (!arrival.json) return std::unexpected(arrival.json.error());
  const JsonView cloud_event = arrival.json->root();
  GLMAP_TRY(identity, read_identity(cloud_event));
  Reading reading;
  if (evaluator.keeps_state()) {
    reading = read_by_book(evaluator, cloud_event, identity);
  } else {
    reading.decision = decide(evaluator, cloud_event, identity);
  }
  return Prepared{store::make_new_event(std::move(identity), arrival.raw, received_at, std::move(reading.decision)),
                  std::move(reading.event)};
}

}  // namespace glmap::gateway::posting
