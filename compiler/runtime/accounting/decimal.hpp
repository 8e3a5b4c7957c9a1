// SPDX-License-Identifier: Apache-2.0
// Exact decimals: a checked 128-bit integer and a count of decimal places. No binary floating point, no silent loss:
// every operation that could leave the range returns GLM-7008, every rounding names its mode. Values; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/runtime/base/error.hpp"

namespace glmap {

__extension__ using Int128 = __int128;

/// How a value between two representable ones is settled. The names are finance's.
enum class Rounding : std::uint8_t {
  half_away_from_zero,  // commercial rounding, what finance expects
  half_even,            // banker's rounding
  down,                 // towards zero
  up,                   // away from zero
  floor,                // towards minus infinity
  ceiling,              // towards plus infinity
};

std::string_view to_text(Rounding mode);

/// coefficient * 10^-scale, 0 <= scale <= kScaleMax, |coefficient| < 10^38.
class Decimal {
 public:
  static constexpr int kScaleMax = 30;

  constexpr Decimal() = default;
  constexpr explicit Decimal(long long integer) : coefficient_(integer) {}
  /// The caller states a value that is in range by construction; asserted.
  static Decimal from_parts(Int128 coefficient, int scale);

  /// Reads `-?digits[.digits]` only: no plus sign, no exponent, no blanks, no grouping. Leading zeros are accepted.
  /// Errors: GLM-1007 not a number of that form, GLM-6012 more than 38 digits or 30 places.
  static Result<Decimal> parse(std::string_view text);
  /// As `parse`, and also JSON's exponent form (119e-2) when the result is exact within range.
  static Result<Decimal> parse_json_number(std::string_view text);

  constexpr Int128 coefficient() const { return coefficient_; }
  constexpr int scale() const { return scale_; }
  constexpr bool is_zero() const { return coefficient_ == 0; }
  constexpr bool is_negative() const { return coefficient_ < 0; }
  Decimal negated() const { return from_parts(-coefficient_, scale_); }

  /// Canonical text: no exponent, no trailing zeros after the point, never "-0".
  std::string to_text() const;
  /// Fixed text with exactly `places` decimals; asserts that nothing is lost.
  std::string to_text_fixed(int places) const;

  /// True when the value is a multiple of 10^-places.
  bool fits_places(int places) const;
  /// Rounds to `places` decimals by `mode`. Errors: GLM-7008.
  Result<Decimal> rounded(int places, Rounding mode) const;

  friend Result<Decimal> add(const Decimal& a, const Decimal& b);
  friend Result<Decimal> subtract(const Decimal& a, const Decimal& b);
  /// Exact product; GLM-7008 when it needs more than 38 digits or kScaleMax places after trailing zeros are dropped.
  friend Result<Decimal> multiply(const Decimal& a, const Decimal& b);
  /// a / b rounded to `places` by `mode`. Errors: GLM-7008 also for division by zero.
  friend Result<Decimal> divide(const Decimal& a, const Decimal& b, int places, Rounding mode);

  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

 private:
  Int128 coefficient_ = 0;
  std::int32_t scale_ = 0;
};

/// Decimal digits of a 128-bit integer, with a leading minus when negative.
std::string int128_text(Int128 value);

}  // namespace glmap
