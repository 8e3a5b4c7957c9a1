// SPDX-License-Identifier: Apache-2.0
// Finds the rows of one table that fit given values: by hash where rows ask for few values (set_index.hpp), else an AND
// of row bitsets, one a column and value, with early exit.
// Private to rules. Built once, then read by any thread.
// Source: docs/ARCHITECTURE.md (evaluation); a 10,000-row table answers in about 20 ns by hash, 1 us by bitsets.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::rules {

class TableMatcher {
 public:
  /// `others`: those of earlier tables. Where one's rows ask for the same, row by row, the two find as one.
  TableMatcher(const RuleBook& book, const Table& table, std::span<const TableMatcher> others = {});

  /// The first row that fits `values` (by Table::columns) on `date`; -1 when none. The compiler proved there is at most
  /// one; `second` is set to another row that fits too, if there is one and `second` is not nullptr.
  std::int32_t find(std::span<const std::uint32_t> values, Date date, std::int32_t* second = nullptr) const;
  /// What the one finds, the other finds: accounts of several roles are often told apart by the same rows.
  bool finds_as(const TableMatcher& other) const { return finder_ == other.finder_; }

  bool is_impossible(std::uint32_t row) const { return answers_[row].impossible; }
  /// What the row answers in the first account column: empty for `no line`; nullptr where it answers no account.
  const std::string* account(std::uint32_t row) const {
    const std::uint32_t account = answers_[row].account;
    return account == 0 ? nullptr : &accounts_[account - 1];
  }

 private:
  class Finder;
  /// What each look-up asks of a row, close together: the rows of the book are spread over megabytes.
  struct Answers {
    std::uint32_t impossible : 1 = 0;
    std::uint32_t account : 31 = 0;  // index into accounts_, + 1; 0: none
  };

  std::shared_ptr<const Finder> finder_;  // shared by the tables whose rows ask for the same
  std::vector<Answers> answers_;          // by row
  std::vector<std::string> accounts_;     // each once
};

}  // namespace glmap::rules
