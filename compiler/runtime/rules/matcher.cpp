// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/matcher.hpp"

#include <bit>
#include <map>

namespace glmap::rules {
namespace {

// With more rows than this that hashing cannot narrow down, bitsets are quicker.
constexpr std::size_t kNotHashedMax = 16;

}  // namespace

struct TableMatcher::Found {
  std::int32_t first = -1;
  std::int32_t second = -1;

  void add(std::uint32_t row) {
    const auto found = static_cast<std::int32_t>(row);
    if (first < 0 || found < first) {
      second = first;
      first = found;
    } else if (second < 0 || found < second) {
      second = found;
    }
  }
};

TableMatcher::TableMatcher(const RuleBook& book, const Table& table) : table_(&table) {
  for (const TableColumn& column : table.columns) sizes_.push_back(book.domain_size(column.domain));
  for (const TableRow& row : table.rows) dated_ = dated_ || row.from || row.until;
  hash_rows();
  hashed_ = index_.not_hashed() <= kNotHashedMax;
  if (!hashed_) make_bitsets();
}

void TableMatcher::hash_rows() {
  std::vector<SetIndex::Item> items;
  items.reserve(table_->rows.size());
  for (const TableRow& row : table_->rows) {
    SetIndex::Item item;
    for (const ValueSet& cell : row.cells) item.push_back(cell.any ? nullptr : &cell);
    items.push_back(std::move(item));
  }
  index_ = SetIndex(sizes_, items);
}

void TableMatcher::make_bitsets() {
  words_ = (table_->rows.size() + 63) / 64;
  for (std::size_t c = 0; c < sizes_.size(); ++c) {
    // Rows by value first, then each distinct set of rows once: a column of thousands of values has few distinct sets.
    const std::uint32_t size = sizes_[c];
    std::vector<std::vector<std::uint32_t>> rows_of(size);
    std::vector<std::uint32_t> any_rows;
    for (std::uint32_t r = 0; r < table_->rows.size(); ++r) {
      const ValueSet& cell = table_->rows[r].cells[c];
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

bool TableMatcher::in_force(std::uint32_t row, Date date) const {
  if (!dated_) return true;
  const TableRow& dates = table_->rows[row];
  return (!dates.from || date >= *dates.from) && (!dates.until || date <= *dates.until);
}

bool TableMatcher::holds(std::uint32_t row, std::span<const std::uint32_t> values) const {
  const std::vector<ValueSet>& cells = table_->rows[row].cells;
  for (std::size_t c = 0; c < values.size(); ++c)
    if (!cells[c].contains(values[c])) return false;
  return true;
}

TableMatcher::Found TableMatcher::find_by_hash(std::span<const std::uint32_t> values, Date date) const {
  Found found;
  index_.visit(values, [&](std::uint32_t row, bool certain) {
    if ((certain || holds(row, values)) && in_force(row, date)) found.add(row);
  });
  return found;
}

TableMatcher::Found TableMatcher::find_by_bitsets(std::span<const std::uint32_t> values, Date date, bool both) const {
  constexpr std::size_t kColumnsMax = 32;
  GLMAP_ASSERT(values.size() <= kColumnsMax);
  const Word* bits[kColumnsMax];
  for (std::size_t c = 0; c < values.size(); ++c)
    bits[c] = columns_[c].bits.data() + std::size_t{columns_[c].set_of_value[values[c]]} * words_;
  Found found;
  for (std::size_t w = 0; w < words_; ++w) {
    Word word = ~Word{0};
    for (std::size_t c = 0; c < values.size() && word != 0; ++c) word &= bits[c][w];
    while (word != 0) {
      const std::size_t r = w * 64 + static_cast<std::size_t>(std::countr_zero(word));
      word &= word - 1;
      if (r >= table_->rows.size()) break;
      if (!in_force(static_cast<std::uint32_t>(r), date)) continue;
      found.add(static_cast<std::uint32_t>(r));
      if (!both || found.second >= 0) return found;
    }
  }
  return found;
}

std::int32_t TableMatcher::find(std::span<const std::uint32_t> values, Date date, std::int32_t* second) const {
  GLMAP_ASSERT(values.size() == sizes_.size());
  for (std::size_t c = 0; c < values.size(); ++c)
    if (values[c] >= sizes_[c]) return -1;
  const Found found = hashed_ ? find_by_hash(values, date) : find_by_bitsets(values, date, second != nullptr);
  if (second != nullptr && found.second >= 0) *second = found.second;
  return found.first;
}

}  // namespace glmap::rules
