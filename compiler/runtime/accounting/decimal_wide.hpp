// SPDX-License-Identifier: Apache-2.0
// 256-bit unsigned arithmetic for the intermediate results of Decimal and Money. Not for use outside accounting.
// Every function is exact; where a result could leave 256 bits it says so. Pure functions; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "compiler/runtime/accounting/decimal.hpp"

namespace glmap::wide {

__extension__ using Uint128 = unsigned __int128;

constexpr int kDigitsMax = 38;

constexpr std::array<Uint128, kDigitsMax + 1> make_powers_of_ten() {
  std::array<Uint128, kDigitsMax + 1> powers{};
  powers[0] = 1;
  for (int i = 1; i <= kDigitsMax; ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
/// 10^0 .. 10^38.
inline constexpr auto kPowersOfTen = make_powers_of_ten();
/// Coefficients are smaller than this.
inline constexpr Uint128 kLimit = kPowersOfTen[kDigitsMax];

constexpr Uint128 magnitude(Int128 value) {
  return value < 0 ? Uint128{0} - static_cast<Uint128>(value) : static_cast<Uint128>(value);
}

/// high * 2^128 + low
struct Wide {
  Uint128 high = 0;
  Uint128 low = 0;
  friend constexpr bool operator==(const Wide&, const Wide&) = default;
  friend constexpr auto operator<=>(const Wide&, const Wide&) = default;
};

Wide multiply(Uint128 a, Uint128 b);
/// Nothing when the product needs more than 256 bits.
std::optional<Wide> multiply(const Wide& a, Uint128 b);
/// a + b; the caller knows that both are below 2^255.
Wide add(const Wide& a, const Wide& b);
/// a - b; the caller knows a >= b.
Wide subtract(const Wide& a, const Wide& b);

struct Quotient {
  Wide value;
  Uint128 remainder = 0;
};
/// 0 < divisor < 2^127.
Quotient divide(const Wide& a, Uint128 divisor);

/// What was cut off, compared with half a unit.
enum class Tail : std::uint8_t { nothing, below_half, half, above_half };
Tail tail(Uint128 remainder, Uint128 divisor);
/// True when `mode` makes the magnitude one larger.
bool rounds_up(Rounding mode, bool negative, bool odd, Tail tail);

/// (negative ? -1 : 1) * a * 10^-scale as a count of 10^-places, rounded; scale - places <= 38. Nothing when the result
/// has more than 38 digits.
std::optional<Int128> round_to_places(bool negative, const Wide& a, int scale, int places, Rounding mode);

}  // namespace glmap::wide
