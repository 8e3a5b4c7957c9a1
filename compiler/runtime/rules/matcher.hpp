// SPDX-License-Identifier: Apache-2.0
// Finds the rows of one table that fit given values: an AND of row bitsets, one a column and value, with early exit.
// Private to rules. Built once, then read by any thread.
// Source: docs/ARCHITECTURE.md (evaluation); a 10,000-row table answers in about 100 ns.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::rules {

class TableMatcher {
 public:
  TableMatcher(const RuleBook& book, const Table& table);

  /// The first row that fits `values` (by Table::columns) on `date`; -1 when none. The compiler proved there is at most
  /// one; `second` is set to another row that fits too, if there is one and `second` is not nullptr.
  std::int32_t find(std::span<const std::uint32_t> values, Date date, std::int32_t* second = nullptr) const;

 private:
  using Word = std::uint64_t;
  const Word* column_bits(std::size_t column, std::uint32_t value) const;

  const Table* table_;
  std::size_t words_ = 0;
  /// Per column: row bitsets of all values one after the other; equal bitsets are stored once.
  struct Column {
    std::vector<std::uint32_t> set_of_value;
    std::vector<Word> bits;
  };
  std::vector<Column> columns_;
  bool dated_ = false;
};

}  // namespace glmap::rules
