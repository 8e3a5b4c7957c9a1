// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/decimal_wide.hpp"

namespace glmap::wide {
namespace {

constexpr Uint128 kLow64 = ~std::uint64_t{0};

}  // namespace

Wide multiply(Uint128 a, Uint128 b) {
  const Uint128 a_low = a & kLow64, a_high = a >> 64;
  const Uint128 b_low = b & kLow64, b_high = b >> 64;
  const Uint128 low = a_low * b_low;
  const Uint128 cross = a_low * b_high + (low >> 64);
  const Uint128 middle = a_high * b_low + (cross & kLow64);
  return {a_high * b_high + (cross >> 64) + (middle >> 64), (middle << 64) | (low & kLow64)};
}

std::optional<Wide> multiply(const Wide& a, Uint128 b) {
  Wide result = multiply(a.low, b);
  const Wide upper = multiply(a.high, b);
  if (upper.high != 0 || __builtin_add_overflow(result.high, upper.low, &result.high)) return std::nullopt;
  return result;
}

Wide add(const Wide& a, const Wide& b) {
  Wide sum{a.high + b.high, a.low + b.low};
  if (sum.low < a.low) ++sum.high;
  return sum;
}

Wide subtract(const Wide& a, const Wide& b) {
  Wide difference{a.high - b.high, a.low - b.low};
  if (a.low < b.low) --difference.high;
  return difference;
}

Quotient divide(const Wide& a, Uint128 divisor) {
  GLMAP_ASSERT(divisor != 0 && (divisor >> 127) == 0);
  if (a.high == 0) return {{0, a.low / divisor}, a.low % divisor};
  if ((divisor >> 64) == 0) {
    // Four digits of base 2^64; each partial remainder stays below the divisor, so it fits.
    const std::array<Uint128, 4> digits{a.high >> 64, a.high & kLow64, a.low >> 64, a.low & kLow64};
    std::array<Uint128, 4> quotient{};
    Uint128 remainder = 0;
    for (int i = 0; i < 4; ++i) {
      const Uint128 part = (remainder << 64) | digits[i];
      quotient[i] = part / divisor;
      remainder = part % divisor;
    }
    return {{(quotient[0] << 64) | quotient[1], (quotient[2] << 64) | quotient[3]}, remainder};
  }
  Wide quotient{a.high / divisor, 0};
  Uint128 remainder = a.high % divisor;
  for (int bit = 127; bit >= 0; --bit) {
    remainder = (remainder << 1) | ((a.low >> bit) & 1);
    if (remainder < divisor) continue;
    remainder -= divisor;
    quotient.low |= Uint128{1} << bit;
  }
  return {quotient, remainder};
}

Tail tail(Uint128 remainder, Uint128 divisor) {
  if (remainder == 0) return Tail::nothing;
  const Uint128 rest = divisor - remainder;
  if (remainder == rest) return Tail::half;
  return remainder < rest ? Tail::below_half : Tail::above_half;
}

bool rounds_up(Rounding mode, bool negative, bool odd, Tail tail) {
  if (tail == Tail::nothing) return false;
  switch (mode) {
    case Rounding::half_away_from_zero:
      return tail != Tail::below_half;
    case Rounding::half_even:
      return tail == Tail::above_half || (tail == Tail::half && odd);
    case Rounding::down:
      return false;
    case Rounding::up:
      return true;
    case Rounding::floor:
      return negative;
    case Rounding::ceiling:
      return !negative;
  }
  GLMAP_ASSERT(!"a rounding mode of the list");
  return false;
}

std::optional<Int128> round_to_places(bool negative, const Wide& a, int scale, int places, Rounding mode) {
  Wide value = a;
  if (scale > places) {
    GLMAP_ASSERT(scale - places <= kDigitsMax);
    const Uint128 divisor = kPowersOfTen[scale - places];
    const Quotient quotient = divide(a, divisor);
    value = quotient.value;
    if (rounds_up(mode, negative, (value.low & 1) != 0, tail(quotient.remainder, divisor))) value = add(value, {0, 1});
  } else if (places - scale > kDigitsMax) {
    if (a != Wide{}) return std::nullopt;
  } else {
    const auto scaled = multiply(a, kPowersOfTen[places - scale]);
    if (!scaled) return std::nullopt;
    value = *scaled;
  }
  if (value.high != 0 || value.low >= kLimit) return std::nullopt;
  return negative ? -static_cast<Int128>(value.low) : static_cast<Int128>(value.low);
}

}  // namespace glmap::wide
