// SPDX-License-Identifier: Apache-2.0
// Whether a text holds some byte that needs care, sixteen bytes at a time: writers and checkers ask it of every text,
// and nearly always the answer is no. Pure; any thread.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace glmap {

/// Compared with a byte it gives a mask; masks are joined by |. The compiler makes SIMD of it where there is any.
using SixteenBytes [[gnu::vector_size(16)]] = std::uint8_t;

namespace byte_scan {

template <class T>
T load(const char* at) {
  T value{};
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// What leaves the first 0 to 16 of sixteen bytes, as two words of eight.
constexpr std::array<std::array<std::uint64_t, 2>, 17> make_first_bytes() {
  static_assert(std::endian::native == std::endian::little);
  std::array<std::array<std::uint64_t, 2>, 17> masks{};
  for (std::size_t count = 0; count < masks.size(); ++count)
    for (std::size_t i = 0; i < count; ++i) masks[count][i / 8] |= std::uint64_t{0xFF} << (8 * (i % 8));
  return masks;
}
inline constexpr auto kFirstBytes = make_first_bytes();

/// All bytes of a text of 1 to 16 bytes, some of them more than once.
inline SixteenBytes sixteen_of(std::string_view text) {
  using Eights = std::array<std::uint64_t, 2>;
  using Fours = std::array<std::uint32_t, 4>;
  const char* first = text.data();
  const char* end = first + text.size();
  if (text.size() >= 8)
    return std::bit_cast<SixteenBytes>(Eights{load<std::uint64_t>(first), load<std::uint64_t>(end - 8)});
  if (text.size() >= 4) {
    const auto front = load<std::uint32_t>(first);
    return std::bit_cast<SixteenBytes>(Fours{front, load<std::uint32_t>(end - 4), front, front});
  }
  SixteenBytes bytes = {};
  bytes += static_cast<std::uint8_t>(*first);
  bytes[1] = static_cast<std::uint8_t>(first[text.size() / 2]);
  bytes[2] = static_cast<std::uint8_t>(end[-1]);
  return bytes;
}

template <class Mask>
bool any_of(const Mask& mask) {
  const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(mask);
  return (halves[0] | halves[1]) != 0;
}

}  // namespace byte_scan

/// Equality of short texts, such as names, without a call.
inline bool same_bytes(std::string_view a, std::string_view b) {
  using byte_scan::load;
  if (a.size() != b.size()) return false;
  const char* const one = a.data();
  const char* const other = b.data();
  const std::size_t size = a.size();
  if (size > 16) return std::memcmp(one, other, size) == 0;
  if (size >= 8)
    return load<std::uint64_t>(one) == load<std::uint64_t>(other) &&
           load<std::uint64_t>(one + size - 8) == load<std::uint64_t>(other + size - 8);
  if (size >= 4)
    return load<std::uint32_t>(one) == load<std::uint32_t>(other) &&
           load<std::uint32_t>(one + size - 4) == load<std::uint32_t>(other + size - 4);
  for (std::size_t i = 0; i < size; ++i)
    if (one[i] != other[i]) return false;
  return true;
}

/// Copies a text; most are short and need no call. The end of what was written.
inline char* copy_bytes(char* to, std::string_view text) {
  using byte_scan::load;
  const char* const from = text.data();
  const std::size_t size = text.size();
  const auto both_ends = [&]<class Part>(Part) {
    const auto front = load<Part>(from);
    const auto back = load<Part>(from + size - sizeof(Part));
    std::memcpy(to, &front, sizeof front);
    std::memcpy(to + size - sizeof back, &back, sizeof back);
  };
  if (size > 32) {
    std::memcpy(to, from, size);
  } else if (size >= 16) {
    both_ends(SixteenBytes{});
  } else if (size >= 8) {
    both_ends(std::uint64_t{});
  } else if (size >= 4) {
    both_ends(std::uint32_t{});
  } else {
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
  }
  return to + size;
}

/// Spreads texts over 64 bits, the low ones as well as the high ones. Not for keeping, and somebody who wants to can
/// make texts that collide.
inline std::uint64_t hash_bytes(std::string_view text) {
  using byte_scan::load;
  constexpr std::uint64_t kFactor = 0xA0761D6478BD642Fu;
  std::uint64_t hash = 0x9E3779B97F4A7C15u ^ text.size();
  const auto take = [&](std::uint64_t eight) {
    hash = (hash ^ eight) * kFactor;
    hash ^= hash >> 32;
  };
  const char* at = text.data();
  const char* const end = at + text.size();
  if (text.size() >= 8) {
    for (; end - at > 8; at += 8) take(load<std::uint64_t>(at));
    take(load<std::uint64_t>(end - 8));
  } else if (text.size() >= 4) {
    take(load<std::uint32_t>(at) | std::uint64_t{load<std::uint32_t>(end - 4)} << 32);
  } else {
    std::uint64_t few = 0;
    for (; at < end; ++at) few = few << 8 | static_cast<std::uint8_t>(*at);
    take(few);
  }
  take(0);
  return hash;
}

/// True when `test` gives a mask that is not zero for some byte of the text.
template <class Test>
bool any_byte(std::string_view text, Test test) {
  if (text.size() <= 16) return !text.empty() && byte_scan::any_of(test(byte_scan::sixteen_of(text)));
  const char* const last = text.data() + text.size() - 16;
  auto mask = test(byte_scan::load<SixteenBytes>(last));
  for (const char* at = text.data(); at < last; at += 16) mask |= test(byte_scan::load<SixteenBytes>(at));
  return byte_scan::any_of(mask);
}

}  // namespace glmap
