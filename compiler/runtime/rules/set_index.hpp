// SPDX-License-Identifier: Apache-2.0
// Finds, among thousands of items that each ask for a set of values in some columns, the few that can hold given
// values: rows of a table, rules of an event type. Items that ask in the same columns are hashed by what they ask for;
// a set of a few values is entered once for each. Private to rules. Built once, then read by any thread.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::rules {

class SetIndex {
 public:
  /// What an item asks for, by columns; nullptr: anything.
  using Item = std::vector<const ValueSet*>;

  SetIndex() = default;
  /// The values of column c are 0 .. sizes[c] - 1.
  SetIndex(std::span<const std::uint32_t> sizes, std::span<const Item> items);

  /// Calls visit(item, certain) for every item whose sets hold `values`, and perhaps for others, in no order.
  /// `certain`: the item does hold them. `values` are below the sizes.
  template <class Visit>
  void visit(std::span<const std::uint32_t> values, Visit visit) const {
    std::uint64_t packed = 0;
    for (std::size_t c = 0; c < values.size(); ++c)
      packed |= (std::uint64_t{values[c]} << columns_[c].shift) & columns_[c].mask;
    for (const Group& group : groups_) {
      const std::uint64_t key = packed & group.mask;
      for (std::size_t at = place(key, group.bits);; at = (at + 1) & group.last) {
        const Bucket& bucket = group.buckets[at];
        for (unsigned found = bucket.find(key); found != 0; found &= found - 1) {
          const std::uint32_t item = bucket.items[static_cast<unsigned>(std::countr_zero(found))];
          visit(item >> 1, (item & 1) != 0);
        }
        if (!bucket.is_full()) break;
      }
    }
    for (const std::uint32_t item : others_) visit(item, false);
  }

  /// How many items no hashing could narrow down: all of them are visited each time.
  std::size_t not_hashed() const { return others_.size(); }

 private:
  static constexpr unsigned kNoBits = 64;
  static constexpr std::uint64_t kFree = UINT64_MAX;  // no key: the topmost bit is never shared out
  /// One line of the cache. All keys are compared whatever they are, for no one could guess which is met.
  struct alignas(64) Bucket {
    static constexpr unsigned kSlots = 5;
    std::array<std::uint64_t, kSlots> keys{kFree, kFree, kFree, kFree, kFree};
    std::array<std::uint32_t, kSlots> items{};  // item * 2, + 1 when it is certain

    /// By slot.
    unsigned find(std::uint64_t key) const {
      const auto at = [&](unsigned slot) { return static_cast<unsigned>(keys[slot] == key) << slot; };
      static_assert(kSlots == 5);
      return at(0) | at(1) | at(2) | at(3) | at(4);
    }
    bool is_full() const { return keys[kSlots - 1] != kFree; }  // then more of its keys stand in the next
  };
  /// The items that ask in the columns whose bits `mask` has.
  struct Group {
    std::uint64_t mask = 0;
    unsigned bits = 0;  // 2^bits buckets
    std::size_t last = 0;
    std::vector<Bucket> buckets;
  };
  struct Entry {
    std::uint64_t mask = 0, key = 0;
    std::uint32_t item = 0;
    bool certain = false;
  };
  static std::size_t place(std::uint64_t key, unsigned bits) { return (key * 0x9E3779B97F4A7C15u) >> (64 - bits); }
  void share_out_bits(std::span<const std::uint32_t> sizes);
  void enter(std::uint32_t number, const Item& item, std::vector<Entry>& entries) const;
  void make_group(std::span<const Entry> entries);

  /// Where a column's value stands in a key; mask 0: it has no place there.
  struct Column {
    unsigned shift = 0;
    std::uint64_t mask = 0;
  };
  std::vector<Column> columns_;
  std::vector<Group> groups_;
  std::vector<std::uint32_t> others_;
};

}  // namespace glmap::rules
