// SPDX-License-Identifier: Apache-2.0
// One arriving event to what is to be recorded about it: identity, decision by the book, entries as text. Everything
// that costs time and touches nothing shared, so that many threads can do it before the one that records. Does not know
// whether the event was seen before. Pure; any thread.
#pragma once

#include <memory>
#include <string_view>

#include "compiler/runtime/rules/evaluator.hpp"
#include "gateway/intake/read_events.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::posting {

/// An event as it will be recorded; `event.raw` points into the request's body.
struct Prepared {
  store::NewEvent event;
  /// Of a book that keeps state: what its turn will decide (turn_work.hpp). nullptr: it is decided already.
  std::shared_ptr<const BillingEvent> undecided;
};

/// Errors: the event cannot be recorded at all: not JSON, or no identity. Whatever else is wrong with it becomes a held
/// (or rejected) decision with the reason.
Result<Prepared> prepare(const rules::Evaluator& evaluator, const intake::Arrival& arrival, Instant received_at);

/// An event in the words of a book, before it is decided.
struct Reading {
  store::EventDecision decision;              // what it is about; when it cannot be read, the whole decision
  std::shared_ptr<const BillingEvent> event;  // nullptr: it cannot be read. Shared: what waits keeps it
};
Reading read_by_book(const rules::Evaluator& evaluator, JsonView cloud_event, const EventIdentity& identity);
store::EventDecision decision_about(const rules::Evaluator& evaluator, const BillingEvent& event);
void put_outcome(store::EventDecision& decision, const rules::RuleBook& book, const BillingEvent& event,
                 rules::Outcome made);

/// The decision about an event whose identity has been read from it, as of this book.
store::EventDecision decide(const rules::Evaluator& evaluator, JsonView cloud_event, const EventIdentity& identity);

}  // namespace glmap::gateway::posting
