// SPDX-License-Identifier: Apache-2.0
// The bytes of the key tables (docs/formats/store.md): keys of consecutive numbers one after the other, and parts of
// sorted runs. Not who writes them when: key_index.hpp. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/store.hpp"

namespace glmap::gateway::store {

/// A key and the number it stands for.
struct KeyEntry {
  EventKey key{};
  std::int64_t number = 0;
  friend auto operator<=>(const KeyEntry&, const KeyEntry&) = default;
};

/// The highest bits of a key, of which `bits` are wanted (at most 32). Keys are digests: any bits of them are evenly
/// spread.
std::uint64_t top_bits(const EventKey& key, int bits);

/// Row of a part in NAME_key_parts.
std::int64_t place_of(std::int64_t run, std::uint64_t part);

/// Sorted entries as bytes: 16 of the key, 8 of the number, high byte first.
std::string part_bytes(const KeyEntry* from, const KeyEntry* until);
/// Nothing when the bytes are not whole entries.
std::optional<std::vector<KeyEntry>> read_part(std::string_view bytes);
std::optional<std::int64_t> find_in_part(std::string_view bytes, const EventKey& key);

/// The number of the key in a row of NAME_keys whose first number is `first`.
std::optional<std::int64_t> find_in_row(std::string_view keys, std::int64_t first, const EventKey& key);

/// "Not there" for certain, or "perhaps": 12 bits a key, all in one line of the processor's cache; wrong about 5 times
/// in 1,000. Says nothing about numbers.
class KeyFilter {
 public:
  KeyFilter() = default;
  explicit KeyFilter(std::int64_t keys);
  void add(const EventKey& key);
  bool may_hold(const EventKey& key) const;

 private:
  struct Line {
    std::uint64_t words[8];
  };
  std::vector<Line> lines_;
};

}  // namespace glmap::gateway::store
