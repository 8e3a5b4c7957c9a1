// SPDX-License-Identifier: Apache-2.0
// Finds, among thousands of items that each ask for a set of values in some columns, the few that can hold given
// values: rows of a table, rules of an event type. Items that ask in the same columns are hashed by what they ask for;
// a set of a few values is entered once for each. Private to rules. Built once, then read by any thread.
#pragma once

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
      if (shifts_[c] < kNoBits) packed |= std::uint64_t{values[c]} << shifts_[c];
    for (const Group& group : groups_) {
      const std::uint64_t key = packed & group.mask;
      for (std::size_t at = place(key, group.bits); group.slots[at].item != 0; at = (at + 1) & group.last) {
        const Slot& slot = group.slots[at];
        if (slot.key == key) visit(slot.item - 1, slot.certain);
      }
    }
    for (const std::uint32_t item : others_) visit(item, false);
  }

  /// How many items no hashing could narrow down: all of them are visited each time.
  std::size_t not_hashed() const { return others_.size(); }

 private:
  static constexpr unsigned kNoBits = 64;
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t item = 0;  // + 1; 0: free
    bool certain = false;
  };
  /// The items that ask in the columns whose bits `mask` has.
  struct Group {
    std::uint64_t mask = 0;
    unsigned bits = 0;  // 2^bits slots
    std::size_t last = 0;
    std::vector<Slot> slots;
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

  std::vector<unsigned> shifts_;      // by column: where its value stands in a key, or kNoBits
  std::vector<std::uint64_t> masks_;  // by column
  std::vector<Group> groups_;
  std::vector<std::uint32_t> others_;
};

}  // namespace glmap::rules
