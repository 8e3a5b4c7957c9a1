// SPDX-License-Identifier: Apache-2.0
// Collects the debit and credit lines of one event in one ledger into journal entries: one a legal entity and journal.
// Merges equal lines, turns negative amounts to the other side, converts into functional currency and settles the
// rounding difference where the book allows it. Private to rules; lives on the stack of one decision.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "compiler/runtime/rules/scope.hpp"

namespace glmap::rules {

class EntryBuilder {
 public:
  EntryBuilder(const EventContext& context, std::string bundle_digest);

  /// Adds what `block` of `rule` posts for the line in `scope`. Errors: GLM-4011-like holds as GLM-7xxx, GLM-7002 ...
  Status post(const Rule& rule, const PostBlock& block, Scope& scope);

  /// Every entry, balanced; empty when all amounts were zero.
  /// Errors: GLM-7003..7007, GLM-7011.
  Result<std::vector<JournalEntry>> finish();

 private:
  struct Line {
    Side side = Side::debit;
    std::string account;
    std::uint32_t role = 0;
    std::vector<Dimension> dimensions;
    std::optional<Decimal> rate;      // `at`
    bool at = false;                  // the book asks for a rate of its own
    bool worth = false;               // the book asks the event for the functional amount
    Money transaction;                // signed, towards `side`
    std::optional<Money> functional;  // signed, towards `side`; set by `worth`, else on finish
    SourceRef where;
  };
  struct Pending {
    std::uint32_t entity = 0;
    std::string journal;
    Currency currency;
    std::vector<Line> lines;
    const PostBlock* difference = nullptr;
    std::vector<std::string> rules;
    std::vector<SourceRef> spec_lines;
  };

  Result<Pending*> pending_for(const PostBlock& block, Scope& scope);
  Result<Line> make_line(const PostBlock& block, const PostingLine& posting, const Pending& entry, Scope& scope) const;
  Result<std::string> account_of(const PostingLine& posting, std::uint32_t entity, Scope& scope) const;
  static void merge(std::vector<Line>& lines, Line line);

  Status convert_lines(Pending& entry) const;
  Status settle_difference(Pending& entry) const;
  Status add_difference_line(Pending& entry, std::uint32_t role, Side side, Money functional) const;
  Result<std::optional<JournalEntry>> seal(Pending& entry, std::uint32_t index) const;

  const EventContext& context_;
  std::string bundle_digest_;
  std::vector<Pending> pending_;
};

}  // namespace glmap::rules
