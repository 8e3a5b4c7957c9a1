// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/matcher.hpp"

#include <bit>
#include <map>

namespace glmap::rules {

TableMatcher::TableMatcher(const RuleBook& book, const Table& table)
    : table_(&table), words_((table.rows.size() + 63) / 64) {
  for (const TableRow& row : table.rows) dated_ = dated_ || row.from || row.until;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    // Rows by value first, then each distinct set of rows once: a column of thousands of values has few distinct sets.
    const std::uint32_t size = book.domain_size(table.columns[c].domain);
    std::vector<std::vector<std::uint32_t>> rows_of(size);
    std::vector<std::uint32_t> any_rows;
    for (std::uint32_t r = 0; r < table.rows.size(); ++r) {
      const ValueSet& cell = table.rows[r].cells[c];
      if (cell.any) any_rows.push_back(r);
      for (const std::uint32_t value : cell.values) rows_of[value].push_back(r);
    }
    Column column;
    column.set_of_value.resize(size);
    std::map<std::vector<std::uint32_t>, std::uint32_t> known;
    for (std::uint32_t value = 0; value < size; ++value) {
      auto [at, added] = known.try_emplace(rows_of[value], static_cast<std::uint32_t>(known.size()));
      column.set_of_value[value] = at->second;
      if (!added) continue;
      const std::size_t start = column.bits.size();
      column.bits.resize(start + words_, 0);
      for (const std::uint32_t r : rows_of[value]) column.bits[start + r / 64] |= Word{1} << (r % 64);
      for (const std::uint32_t r : any_rows) column.bits[start + r / 64] |= Word{1} << (r % 64);
    }
    columns_.push_back(std::move(column));
  }
}

const TableMatcher::Word* TableMatcher::column_bits(std::size_t column, std::uint32_t value) const {
  return columns_[column].bits.data() + std::size_t{columns_[column].set_of_value[value]} * words_;
}

std::int32_t TableMatcher::find(std::span<const std::uint32_t> values, Date date, std::int32_t* second) const {
  GLMAP_ASSERT(values.size() == columns_.size());
  constexpr std::size_t kColumnsMax = 32;
  GLMAP_ASSERT(values.size() <= kColumnsMax);
  const Word* bits[kColumnsMax];
  for (std::size_t c = 0; c < values.size(); ++c) {
    if (values[c] >= columns_[c].set_of_value.size()) return -1;
    bits[c] = column_bits(c, values[c]);
  }
  std::int32_t first = -1;
  for (std::size_t w = 0; w < words_; ++w) {
    Word word = ~Word{0};
    for (std::size_t c = 0; c < values.size() && word != 0; ++c) word &= bits[c][w];
    while (word != 0) {
      const std::size_t r = w * 64 + static_cast<std::size_t>(std::countr_zero(word));
      word &= word - 1;
      if (r >= table_->rows.size()) break;
      const TableRow& row = table_->rows[r];
      if (dated_ && ((row.from && date < *row.from) || (row.until && date > *row.until))) continue;
      if (first < 0) {
        first = static_cast<std::int32_t>(r);
        if (second == nullptr) return first;
      } else {
        *second = static_cast<std::int32_t>(r);
        return first;
      }
    }
  }
  return first;
}

}  // namespace glmap::rules
