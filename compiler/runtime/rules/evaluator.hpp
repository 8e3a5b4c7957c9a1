// SPDX-License-Identifier: Apache-2.0
// Applies a rule book to one event: a function, total and deterministic. No I/O, no clock, no state. Not the compiler:
// it trusts the proofs but still refuses (holds) whatever does not balance. Thread-safe after construction.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::rules {

/// The event posts nothing, by decision of finance.
struct NoEntry {
  std::string rule;
  std::string because;
};
/// The event waits for a person. `reason.where` is the place in the book when the book asked for it.
struct Held {
  Error reason;
};
using Decision = std::variant<std::vector<JournalEntry>, NoEntry, Held>;

/// One thing the evaluator looked at, for `why`.
struct TraceStep {
  std::int32_t line = -1;  // line of the event from 0, -1: the whole event
  std::string what;        // table treatment, rule INV-RATABLE, account of revenue ...
  std::string outcome;     // row at book.glmap:41, fits, "treatment is usage, not ratable" ...
  SourceRef where;
  bool fits = false;
};

class Evaluator {
 public:
  /// Builds the row bitsets; milliseconds for tens of thousands of rows. `digest` is written into each entry's origin.
  Evaluator(std::shared_ptr<const RuleBook> book, std::string digest);
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;

  const RuleBook& book() const;
  const std::string& digest() const;

  /// Entries in order of first use by (entity, ledger, journal); lines in order of the book, equal ones merged.
  Decision decide(const BillingEvent& event) const;
  /// The same with everything that was looked at: rows that fit, rules that fired, and for each rule and the nearest
  /// rows the first condition that did not hold.
  Decision explain(const BillingEvent& event, std::vector<TraceStep>& trace) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace glmap::rules
