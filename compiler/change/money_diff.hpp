// SPDX-License-Identifier: Apache-2.0
// What a change of a book would have moved in money, over events that were recorded: both books run over the same
// events in the same order, with their own memory, and the lines of what they post are set against each other. Exact
// sums, no currency is ever added to another. Single-threaded.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/runtime/base/json_document.hpp"
#include "compiler/runtime/rules/book_run.hpp"

namespace glmap::change {

/// Debit positive, in the currency of the entity's books.
struct MoneyMove {
  std::string entity, what, period, currency;  // what: an account, or "department 300"
  Decimal before, after;
  std::size_t events = 0;  // that move it
};

struct MovedEvent {
  std::string id, type, entity, currency;
  std::string before, after;  // posts, no entry, held, waiting, refused
  Decimal amount;             // the sum of what its debits change by; functional currency of `entity`
  std::vector<std::string> lines_before, lines_after;
};

struct MoneyDiff {
  std::size_t events = 0, same = 0, moved = 0;
  std::size_t repeated = 0;    // came before; not looked at again
  std::size_t unreadable = 0;  // no CloudEvents
  /// Events by what became of them, before and after: only those that changed.
  std::map<std::pair<std::string, std::string>, std::size_t> outcomes;
  std::vector<MoneyMove> accounts, dimensions, entities;
  std::vector<MovedEvent> largest;  // the largest first
  std::size_t now_held = 0, no_longer_held = 0;
};

/// With all digits of the currency: "-10.00".
std::string in_currency(const Decimal& amount, const std::string& currency);
/// What the line changes by, likewise.
std::string change_of(const MoneyMove& move);

class MoneyComparison {
 public:
  /// Both evaluators outlive it. Nothing is known of what came before the first event.
  MoneyComparison(const rules::Evaluator& before, const rules::Evaluator& after, std::size_t largest_max);
  ~MoneyComparison();

  void publish(const rules::PublishedRate& rate);
  void take(JsonView cloud_event);
  void unreadable();
  /// Time passes to the end of the day: schedules post, what waits is held.
  void through(Date day);
  MoneyDiff finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace glmap::change
