// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/set_index.hpp"

#include <algorithm>
#include <bit>

namespace glmap::rules {
namespace {

// An item is entered at most this often; sets that would make it more are looked at afterwards instead.
constexpr std::size_t kEntriesMax = 16;
// Each group is asked once a look-up; the items of further groups are visited always.
constexpr std::size_t kGroupsMax = 12;

}  // namespace

SetIndex::SetIndex(std::span<const std::uint32_t> sizes, std::span<const Item> items) {
  share_out_bits(sizes);
  std::vector<Entry> entries;
  for (std::uint32_t i = 0; i < items.size(); ++i) enter(i, items[i], entries);
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.mask < b.mask; });

  std::vector<std::span<const Entry>> groups;
  for (std::size_t from = 0, to = 0; from < entries.size(); from = to) {
    while (to < entries.size() && entries[to].mask == entries[from].mask) ++to;
    groups.emplace_back(entries.data() + from, to - from);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  for (const std::span<const Entry> group : groups) {
    if (group.front().mask != 0 && groups_.size() < kGroupsMax) {
      make_group(group);
    } else {
      for (const Entry& entry : group) others_.push_back(entry.item);
    }
  }
  std::sort(others_.begin(), others_.end());
  others_.erase(std::unique(others_.begin(), others_.end()), others_.end());
}

void SetIndex::share_out_bits(std::span<const std::uint32_t> sizes) {
  unsigned used = 0;
  for (const std::uint32_t size : sizes) {
    const auto width = static_cast<unsigned>(std::bit_width(size == 0 ? 0u : size - 1));
    const bool fits = width > 0 && used + width < kNoBits;
    columns_.push_back(fits ? Column{used, ((std::uint64_t{1} << width) - 1) << used} : Column{});
    if (fits) used += width;
  }
}

/// The smallest sets first, as long as they do not multiply to too many entries.
void SetIndex::enter(std::uint32_t number, const Item& item, std::vector<Entry>& entries) const {
  std::vector<std::size_t> columns;
  for (std::size_t c = 0; c < item.size(); ++c)
    if (item[c] != nullptr && !item[c]->any) columns.push_back(c);
  std::stable_sort(columns.begin(), columns.end(),
                   [&](auto a, auto b) { return item[a]->values.size() < item[b]->values.size(); });
  const std::size_t first = entries.size();
  entries.push_back({.item = number, .certain = true});
  for (const std::size_t c : columns) {
    const std::vector<std::uint32_t>& values = item[c]->values;
    const std::size_t count = entries.size() - first;
    if (columns_[c].mask == 0 || count * values.size() > kEntriesMax) {
      for (std::size_t i = first; i < entries.size(); ++i) entries[i].certain = false;
      continue;
    }
    const std::vector<Entry> before(entries.begin() + static_cast<std::ptrdiff_t>(first), entries.end());
    entries.resize(first);
    for (Entry entry : before) {
      const std::uint64_t key = entry.key;
      entry.mask |= columns_[c].mask;
      for (const std::uint32_t value : values) {
        entry.key = key | std::uint64_t{value} << columns_[c].shift;
        entries.push_back(entry);
      }
    }
  }
}

void SetIndex::make_group(std::span<const Entry> entries) {
  Group group;
  group.mask = entries.front().mask;
  group.bits = static_cast<unsigned>(std::bit_width(entries.size() / 2 + 1));
  group.last = (std::size_t{1} << group.bits) - 1;
  group.buckets.resize(group.last + 1);
  for (const Entry& entry : entries) {
    std::size_t at = place(entry.key, group.bits);
    while (group.buckets[at].is_full()) at = (at + 1) & group.last;
    Bucket& bucket = group.buckets[at];
    const auto slot = static_cast<unsigned>(std::ranges::find(bucket.keys, kFree) - bucket.keys.begin());
    bucket.keys[slot] = entry.key;
    bucket.items[slot] = entry.item * 2 + (entry.certain ? 1 : 0);
  }
  groups_.push_back(std::move(group));
}

}  // namespace glmap::rules
