// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "compiler/verify/covering.hpp"

namespace glmap::verify {
namespace {

// A column of more values than this is compared by its sorted values, not by a bitset a row.
constexpr std::uint32_t kBitsetMax = 512;
// Pairs are compared far faster than rows are split, so that many of them make one step.
constexpr std::size_t kPairsPerStep = 64;
constexpr std::size_t kWordsPerStep = 512;
// The rows of each value are kept as a bitset while all of them together are no larger than this.
constexpr std::size_t kBitsetBytesMax = std::size_t{64} << 20;
// With more candidates than one row in so many, all rows at once by bitsets are faster than one candidate at a time.
constexpr std::size_t kFewIsOneIn = 128;

/// The rows as bitsets, so that a pair that differs is told apart within a few words.
class PackedRows {
 public:
  explicit PackedRows(const Space& space) : space_(space) {
    std::vector<std::pair<std::size_t, std::size_t>> order;  // values named by all rows, column
    for (std::size_t c = 0; c < space.columns.size(); ++c) {
      const Column& column = space.columns[c];
      if (column.days || column.size > kBitsetMax) {
        unpacked_.push_back(c);
        continue;
      }
      std::size_t named = 0;
      for (const Box& row : space.rows) named += row[c].any ? column.size : row[c].values.size();
      order.emplace_back(named * 1000 / std::max<std::size_t>(1, column.size), c);
    }
    std::sort(order.begin(), order.end());  // the most selective column first
    for (const auto& [named, c] : order) {
      packed_.push_back({c, words_, (space.columns[c].size + 63) / 64});
      words_ += packed_.back().words;
    }
    bits_.resize(words_ * space.rows.size(), 0);
    for (std::size_t r = 0; r < space.rows.size(); ++r)
      for (const Packed& packed : packed_) pack(space.rows[r][packed.column], packed, &bits_[r * words_ + packed.at]);
  }

  bool meet(std::uint32_t a, std::uint32_t b) const {
    const std::uint64_t* left = bits_.data() + a * words_;
    const std::uint64_t* right = bits_.data() + b * words_;
    for (const Packed& packed : packed_) {
      std::uint64_t common = 0;
      for (std::size_t w = packed.at; w < packed.at + packed.words; ++w) common |= left[w] & right[w];
      if (common == 0) return false;
    }
    for (const std::size_t c : unpacked_)
      if (!meets(space_.columns[c], space_.rows[a][c], space_.rows[b][c])) return false;
    return true;
  }

 private:
  struct Packed {
    std::size_t column, at, words;
  };
  void pack(const Cell& cell, const Packed& packed, std::uint64_t* to) const {
    const auto set = [&](std::uint32_t value) { to[value / 64] |= std::uint64_t{1} << (value % 64); };
    for (const std::uint32_t value : cell.values) set(value);
    if (cell.any)
      for (std::uint32_t value = 0; value < space_.columns[packed.column].size; ++value) set(value);
  }

  const Space& space_;
  std::vector<Packed> packed_;
  std::vector<std::size_t> unpacked_;
  std::size_t words_ = 0;
  std::vector<std::uint64_t> bits_;
};

/// Rows that may overlap a row, taken from a column that leaves few.
class Candidates {
 public:
  explicit Candidates(const Space& space)
      : space_(space),
        named_(space.columns.size()),
        unnamed_(space.columns.size()),
        seen_(space.rows.size(), UINT32_MAX) {
    for (std::size_t c = 0; c < named_.size(); ++c) {
      if (space.columns[c].days) continue;
      named_[c].resize(space.columns[c].size);
      for (std::uint32_t row = 0; row < space.rows.size(); ++row) {
        if (space.rows[row][c].any) unnamed_[c].push_back(row);
        for (const std::uint32_t value : space.rows[row][c].values) named_[c][value].push_back(row);
      }
    }
  }

  /// Rows after `row`, sorted; nothing when there are too many to go through one by one.
  std::optional<std::vector<std::uint32_t>> after(std::uint32_t row) {
    const std::size_t best = most_selective(row);
    if (best == named_.size()) return std::nullopt;
    std::vector<std::uint32_t> result;
    const auto take = [&](const std::vector<std::uint32_t>& rows) {
      for (auto at = std::upper_bound(rows.begin(), rows.end(), row); at != rows.end(); ++at)
        if (std::exchange(seen_[*at], row) != row) result.push_back(*at);
    };
    take(unnamed_[best]);
    for (const std::uint32_t value : space_.rows[row][best].values) take(named_[best][value]);
    std::sort(result.begin(), result.end());
    return result;
  }

 private:
  std::size_t most_selective(std::uint32_t row) const {
    std::size_t best = named_.size();
    std::size_t best_size = space_.rows.size() / kFewIsOneIn + 1;
    for (std::size_t c = 0; c < named_.size(); ++c) {
      const Cell& cell = space_.rows[row][c];
      if (space_.columns[c].days || cell.any) continue;
      std::size_t size = unnamed_[c].size();
      for (const std::uint32_t value : cell.values) size += named_[c][value].size();
      if (size >= best_size) continue;
      best = c;
      best_size = size;
    }
    return best;
  }

  const Space& space_;
  std::vector<std::vector<std::vector<std::uint32_t>>> named_;  // by column, value: rows that name it
  std::vector<std::vector<std::uint32_t>> unnamed_;             // by column: rows that fit any value
  std::vector<std::uint32_t> seen_;                             // by row: the row it was last a candidate of
};

/// Rows that may overlap a row, all at once: for each value of a column the bitset of the rows that fit it.
class RowsOfValues {
 public:
  explicit RowsOfValues(const Space& space) : space_(space), words_((space.rows.size() + 63) / 64) {
    std::size_t bytes = 0;
    for (std::size_t c = 0; c < space.columns.size(); ++c) {
      const Column& column = space.columns[c];
      const std::size_t size = (std::size_t{column.size} + 1) * words_ * sizeof(std::uint64_t);
      if (column.days || bytes + size > kBitsetBytesMax) continue;
      bytes += size;
      columns_.push_back({c, std::vector<std::uint64_t>((std::size_t{column.size} + 1) * words_)});
      for (std::uint32_t row = 0; row < space.rows.size(); ++row) mark(columns_.back(), row);
    }
    common_.resize(words_);
    fitting_.resize(words_);
  }

  /// Rows after `row` that share a value with it in each column kept here, sorted; `cost` gains the words looked at.
  void after(std::uint32_t row, std::vector<std::uint32_t>& result, std::size_t& cost) {
    result.clear();
    const std::size_t from = row / 64;
    std::fill(common_.begin() + static_cast<std::ptrdiff_t>(from), common_.end(), ~std::uint64_t{0});
    common_[from] = row % 64 == 63 ? 0 : ~std::uint64_t{0} << (row % 64 + 1);
    for (const Kept& kept : columns_) {
      const Cell& cell = space_.rows[row][kept.column];
      if (cell.any) continue;
      narrow(kept, cell, from);
      cost += (cell.values.size() + 2) * (words_ - from);
    }
    for (std::size_t w = from; w < words_; ++w)
      for (std::uint64_t left = common_[w]; left != 0; left &= left - 1) {
        const auto other = static_cast<std::uint32_t>(w * 64 + static_cast<std::size_t>(std::countr_zero(left)));
        if (other < space_.rows.size()) result.push_back(other);
      }
  }

 private:
  struct Kept {
    std::size_t column;
    std::vector<std::uint64_t> bits;  // by value, the rows that name it; last the rows that fit any value
  };

  void mark(Kept& kept, std::uint32_t row) const {
    const Cell& cell = space_.rows[row][kept.column];
    const std::uint64_t bit = std::uint64_t{1} << (row % 64);
    for (const std::uint32_t value : cell.values) kept.bits[value * words_ + row / 64] |= bit;
    if (cell.any) kept.bits[space_.columns[kept.column].size * words_ + row / 64] |= bit;
  }

  void narrow(const Kept& kept, const Cell& cell, std::size_t from) {
    const std::uint64_t* any = kept.bits.data() + space_.columns[kept.column].size * words_;
    std::copy(any + from, any + words_, fitting_.begin() + static_cast<std::ptrdiff_t>(from));
    for (const std::uint32_t value : cell.values) {
      const std::uint64_t* bits = kept.bits.data() + value * words_;
      for (std::size_t w = from; w < words_; ++w) fitting_[w] |= bits[w];
    }
    for (std::size_t w = from; w < words_; ++w) common_[w] &= fitting_[w];
  }

  const Space& space_;
  std::size_t words_;
  std::vector<Kept> columns_;
  std::vector<std::uint64_t> common_, fitting_;
};

}  // namespace

bool for_each_overlap(const Space& space, Steps& steps,
                      const std::function<bool(std::uint32_t first, std::uint32_t second)>& visit) {
  Candidates candidates(space);
  std::optional<RowsOfValues> rows_of_values;
  const PackedRows packed(space);
  std::vector<std::uint32_t> others;
  for (std::uint32_t row = 0; row < space.rows.size(); ++row) {
    std::size_t words = 0;
    if (auto few = candidates.after(row)) {
      others = std::move(*few);
    } else {
      if (!rows_of_values) rows_of_values.emplace(space);
      rows_of_values->after(row, others, words);
    }
    const std::uint64_t cost = others.size() / kPairsPerStep + words / kWordsPerStep + 1;
    if (steps.left < cost) {
      steps.left = 0;
      return false;
    }
    steps.left -= cost;
    for (const std::uint32_t other : others)
      if (packed.meet(row, other) && !visit(row, other)) return true;
  }
  return true;
}

}  // namespace glmap::verify
