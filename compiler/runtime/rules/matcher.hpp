// SPDX-License-Identifier: Apache-2.0
// Finds the rows of one table that fit given values: by hash where rows ask for few values (set_index.hpp), else an AND
// of row bitsets, one a column and value, with early exit.
// Private to rules. Built once, then read by any thread.
// Source: docs/ARCHITECTURE.md (evaluation); a 10,000-row table answers in about 20 ns by hash, 1 us by bitsets.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compiler/runtime/rules/rule_book.hpp"
#include "compiler/runtime/rules/set_index.hpp"

namespace glmap::rules {

class TableMatcher {
 public:
  TableMatcher(const RuleBook& book, const Table& table);

  /// The first row that fits `values` (by Table::columns) on `date`; -1 when none. The compiler proved there is at most
  /// one; `second` is set to another row that fits too, if there is one and `second` is not nullptr.
  std::int32_t find(std::span<const std::uint32_t> values, Date date, std::int32_t* second = nullptr) const;

 private:
  using Word = std::uint64_t;
  /// The lowest two rows that fit, as they are found.
  struct Found;
  bool in_force(std::uint32_t row, Date date) const;
  bool holds(std::uint32_t row, std::span<const std::uint32_t> values) const;
  void hash_rows();
  void make_bitsets();
  Found find_by_hash(std::span<const std::uint32_t> values, Date date) const;
  Found find_by_bitsets(std::span<const std::uint32_t> values, Date date, bool both) const;

  const Table* table_;
  std::vector<std::uint32_t> sizes_;  // of the columns' domains
  bool dated_ = false;
  bool hashed_ = false;
  SetIndex index_;  // when hashed_, else:
  std::size_t words_ = 0;
  /// Per column: row bitsets of all values one after the other; equal bitsets are stored once.
  struct Column {
    std::vector<std::uint32_t> set_of_value;
    std::vector<Word> bits;
  };
  std::vector<Column> columns_;
};

}  // namespace glmap::rules
