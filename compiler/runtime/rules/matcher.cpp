// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/matcher.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "compiler/runtime/rules/set_index.hpp"

namespace glmap::rules {
namespace {

// With more rows than this that hashing cannot narrow down, bitsets are quicker.
constexpr std::size_t kNotHashedMax = 16;

/// The lowest two rows that fit, as they are found.
struct Found {
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

bool ask_the_same(const Table& a, const Table& b) {
  return std::ranges::equal(a.rows, b.rows, [](const TableRow& x, const TableRow& y) {
    return x.cells == y.cells && x.from == y.from && x.until == y.until;
  });
}

}  // namespace

/// Which rows of a table fit: what they ask for and when they are in force, not what they answer.
class TableMatcher::Finder {
 public:
  Finder(const Table& table, std::vector<std::uint32_t> sizes);

  Found find(std::span<const std::uint32_t> values, Date date, bool both) const {
    bool known = true;
    for (std::size_t c = 0; c < values.size(); ++c) known &= values[c] < sizes_[c];
    if (!known) return {};
    return hashed_ ? find_by_hash(values, date) : find_by_bitsets(values, date, both);
  }
  bool is_for(const Table& table, std::span<const std::uint32_t> sizes) const {
    return std::ranges::equal(sizes_, sizes) && ask_the_same(*table_, table);
  }
  std::size_t columns() const { return sizes_.size(); }

 private:
  using Word = std::uint64_t;
  struct Days {
    std::int32_t from = INT32_MIN, until = INT32_MAX;
  };
  bool in_force(std::uint32_t row, Date date) const {
    return !dated_ || (date.days() >= days_[row].from && date.days() <= days_[row].until);
  }
  bool holds(std::uint32_t row, std::span<const std::uint32_t> values) const;
  void hash_rows();
  void make_bitsets();
  Found find_by_hash(std::span<const std::uint32_t> values, Date date) const;
  Found find_by_bitsets(std::span<const std::uint32_t> values, Date date, bool both) const;

  const Table* table_;                // the first that it was made for
  std::vector<std::uint32_t> sizes_;  // of the columns' domains
  std::vector<Days> days_;            // by row
  bool dated_ = false;                // some row is not always in force
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

TableMatcher::Finder::Finder(const Table& table, std::vector<std::uint32_t> sizes)
    : table_(&table), sizes_(std::move(sizes)) {
  days_.reserve(table.rows.size());
  for (const TableRow& row : table.rows) {
    Days& days = days_.emplace_back();
    if (row.from) days.from = row.from->days();
    if (row.until) days.until = row.until->days();
    dated_ = dated_ || row.from || row.until;
  }
  hash_rows();
  hashed_ = index_.not_hashed() <= kNotHashedMax;
  if (!hashed_) make_bitsets();
}

void TableMatcher::Finder::hash_rows() {
  std::vector<SetIndex::Item> items;
  items.reserve(table_->rows.size());
  for (const TableRow& row : table_->rows) {
    SetIndex::Item item;
    for (const ValueSet& cell : row.cells) item.push_back(cell.any ? nullptr : &cell);
    items.push_back(std::move(item));
  }
  index_ = SetIndex(sizes_, items);
}

void TableMatcher::Finder::make_bitsets() {
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

bool TableMatcher::Finder::holds(std::uint32_t row, std::span<const std::uint32_t> values) const {
  const std::vector<ValueSet>& cells = table_->rows[row].cells;
  for (std::size_t c = 0; c < values.size(); ++c)
    if (!cells[c].contains(values[c])) return false;
  return true;
}

Found TableMatcher::Finder::find_by_hash(std::span<const std::uint32_t> values, Date date) const {
  Found found;
  index_.visit(values, [&](std::uint32_t row, bool certain) {
    if ((certain || holds(row, values)) && in_force(row, date)) found.add(row);
  });
  return found;
}

Found TableMatcher::Finder::find_by_bitsets(std::span<const std::uint32_t> values, Date date, bool both) const {
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

TableMatcher::TableMatcher(const RuleBook& book, const Table& table, std::span<const TableMatcher> others) {
  std::vector<std::uint32_t> sizes;
  for (const TableColumn& column : table.columns) sizes.push_back(book.domain_size(column.domain));
  for (const TableMatcher& other : others)
    if (!finder_ && other.finder_->is_for(table, sizes)) finder_ = other.finder_;
  if (!finder_) finder_ = std::make_shared<const Finder>(table, std::move(sizes));

  std::size_t column = 0;
  while (column < table.answers.size() && table.answers[column].kind != AnswerColumn::Kind::account) ++column;
  std::map<std::string, std::uint32_t> known;
  answers_.reserve(table.rows.size());
  for (const TableRow& row : table.rows) {
    Answers& answers = answers_.emplace_back();
    answers.impossible = row.impossible;
    if (column >= row.answers.size()) continue;
    const Answer& answer = row.answers[column];
    const auto [at, added] = known.try_emplace(answer.no_line ? std::string() : answer.account,
                                               static_cast<std::uint32_t>(accounts_.size()));
    if (added) accounts_.push_back(at->first);
    answers.account = (at->second + 1) & 0x7FFF'FFFFu;
  }
}

std::int32_t TableMatcher::find(std::span<const std::uint32_t> values, Date date, std::int32_t* second) const {
  GLMAP_ASSERT(values.size() == finder_->columns());
  const Found found = finder_->find(values, date, second != nullptr);
  if (second != nullptr && found.second >= 0) *second = found.second;
  return found.first;
}

}  // namespace glmap::rules
