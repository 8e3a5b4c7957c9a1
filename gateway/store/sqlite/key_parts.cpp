// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/key_parts.hpp"

#include <algorithm>
#include <cstring>

#include "gateway/store/decision_parts.hpp"

namespace glmap::gateway::store {

namespace {

constexpr std::size_t kKeySize = 16, kEntrySize = 24;
constexpr int kPlaceBits = 32;  // of a place, for the part
constexpr int kFilterBits = 12;
constexpr int kFilterMarks = 6;

std::uint64_t number_at(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (int index = 0; index < 8; ++index) value = value << 8 | bytes[index];
  return value;
}

std::uint64_t number_at(std::string_view bytes, std::size_t at) {
  return number_at(reinterpret_cast<const std::uint8_t*>(bytes.data()) + at);
}

std::size_t line_of(const EventKey& key, std::size_t lines) {
  return static_cast<std::size_t>(top_bits(key, 32) * lines >> 32);
}

}  // namespace

std::uint64_t top_bits(const EventKey& key, int bits) {
  return bits == 0 ? 0 : number_at(key.data()) >> (64 - bits);
}

std::int64_t place_of(std::int64_t run, std::uint64_t part) {
  return run << kPlaceBits | static_cast<std::int64_t>(part);
}

std::string part_bytes(const KeyEntry* from, const KeyEntry* until) {
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(until - from) * kEntrySize);
  for (; from != until; ++from) {
    bytes += bytes_of(from->key);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes += static_cast<char>(static_cast<std::uint64_t>(from->number) >> shift & 0xff);
    }
  }
  return bytes;
}

std::optional<std::vector<KeyEntry>> read_part(std::string_view bytes) {
  if (bytes.size() % kEntrySize != 0) return std::nullopt;
  std::vector<KeyEntry> entries(bytes.size() / kEntrySize);
  for (std::size_t index = 0; index < entries.size(); ++index) {
    std::memcpy(entries[index].key.data(), bytes.data() + index * kEntrySize, kKeySize);
    entries[index].number = static_cast<std::int64_t>(number_at(bytes, index * kEntrySize + kKeySize));
  }
  return entries;
}

std::optional<std::int64_t> find_in_part(std::string_view bytes, const EventKey& key) {
  std::size_t low = 0, high = bytes.size() / kEntrySize;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const int order = std::memcmp(bytes.data() + middle * kEntrySize, key.data(), kKeySize);
    if (order == 0) return static_cast<std::int64_t>(number_at(bytes, middle * kEntrySize + kKeySize));
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> find_in_row(std::string_view keys, std::int64_t first, const EventKey& key) {
  for (std::size_t at = 0; at + kKeySize <= keys.size(); at += kKeySize) {
    if (std::memcmp(keys.data() + at, key.data(), kKeySize) == 0) {
      return first + static_cast<std::int64_t>(at / kKeySize);
    }
  }
  return std::nullopt;
}

KeyFilter::KeyFilter(std::int64_t keys) : lines_(static_cast<std::size_t>(keys * kFilterBits / 512 + 1), Line{}) {}

// The line comes from the upper half of the key, the marks in it from the lower half.
void KeyFilter::add(const EventKey& key) {
  Line& line = lines_[line_of(key, lines_.size())];
  std::uint64_t marks = number_at(key.data() + 8);
  for (int mark = 0; mark < kFilterMarks; ++mark, marks >>= 9)
    line.words[marks >> 6 & 7] |= std::uint64_t{1} << (marks & 63);
}

bool KeyFilter::may_hold(const EventKey& key) const {
  if (lines_.empty()) return false;
  const Line& line = lines_[line_of(key, lines_.size())];
  std::uint64_t marks = number_at(key.data() + 8);
  for (int mark = 0; mark < kFilterMarks; ++mark, marks >>= 9) {
    if ((line.words[marks >> 6 & 7] >> (marks & 63) & 1) == 0) return false;
  }
  return true;
}

}  // namespace glmap::gateway::store
