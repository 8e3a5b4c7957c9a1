// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/decimal.hpp"

#include <algorithm>
#include <charconv>

#include "compiler/runtime/accounting/decimal_wide.hpp"

namespace glmap {
namespace {

using wide::kDigitsMax;
using wide::kLimit;
using wide::kPowersOfTen;
using wide::magnitude;
using wide::Uint128;
using wide::Wide;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::unexpected<Error> overflow(std::string_view what) {
  return fail(ErrorCode::ArithmeticOverflow, std::string(what) + " needs more than 38 digits or 30 decimal places");
}

Int128 with_sign(bool negative, Uint128 value) {
  return negative ? -static_cast<Int128>(value) : static_cast<Int128>(value);
}

/// Drops trailing zeros until `value` fits a Decimal. Nothing when digits that count would be lost.
std::optional<Decimal> fit(bool negative, Wide value, int scale) {
  while (scale > 0 && (value.high != 0 || value.low >= kLimit || scale > Decimal::kScaleMax)) {
    const wide::Quotient quotient = wide::divide(value, 10);
    if (quotient.remainder != 0) return std::nullopt;
    value = quotient.value;
    --scale;
  }
  if (value.high != 0 || value.low >= kLimit) return std::nullopt;
  return Decimal::from_parts(with_sign(negative, value.low), scale);
}

/// |a| * 10^up; never more than 10^38 * 10^30, which fits.
Wide aligned(const Decimal& a, int scale) {
  return wide::multiply(magnitude(a.coefficient()), kPowersOfTen[scale - a.scale()]);
}

struct NumberText {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
};

/// -?digits[.digits]
bool take_apart(std::string_view text, NumberText& parts) {
  if (text.starts_with('-')) {
    parts.negative = true;
    text.remove_prefix(1);
  }
  const std::size_t point = text.find('.');
  parts.whole = text.substr(0, point);
  if (point != std::string_view::npos) {
    parts.fraction = text.substr(point + 1);
    if (parts.fraction.empty()) return false;
  }
  return !parts.whole.empty() && std::all_of(parts.whole.begin(), parts.whole.end(), is_digit) &&
         std::all_of(parts.fraction.begin(), parts.fraction.end(), is_digit);
}

/// The same for what fits 64 bits, which is nearly everything: one pass. Nothing for any other text, right or wrong.
std::optional<Decimal> parse_short(std::string_view text) {
  constexpr std::size_t kDigitsOf64Bits = 18;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > kDigitsOf64Bits + 1 || !is_digit(text.front()) || !is_digit(text.back()))
    return std::nullopt;
  std::uint64_t value = 0;  // 19 digits still fit
  int places = -1;          // -1: the point was not seen yet
  std::size_t digits = 0;
  for (const char c : text) {
    if (is_digit(c)) {
      value = value * 10 + static_cast<unsigned>(c - '0');
      if (places >= 0) ++places;
      ++digits;
    } else if (c == '.' && places < 0) {
      places = 0;
    } else {
      return std::nullopt;
    }
  }
  if (digits > kDigitsOf64Bits) return std::nullopt;
  return Decimal::from_parts(with_sign(negative, value), std::max(places, 0));
}

std::unexpected<Error> not_a_number(std::string_view text) {
  return fail(
      ErrorCode::BadLiteral,
      text.empty() ? std::string("nothing stands where a number is expected") : in_backticks(text) + " is not a number",
      "write digits, with a point before decimals, such as 1250.00");
}

std::unexpected<Error> out_of_range(std::string_view text) {
  return fail(ErrorCode::AmountOutOfRange, in_backticks(text) + " has more than 38 digits or 30 decimal places");
}

}  // namespace

std::string_view to_text(Rounding mode) {
  switch (mode) {
    case Rounding::half_away_from_zero:
      return "half_away_from_zero";
    case Rounding::half_even:
      return "half_even";
    case Rounding::down:
      return "down";
    case Rounding::up:
      return "up";
    case Rounding::floor:
      return "floor";
    case Rounding::ceiling:
      return "ceiling";
  }
  GLMAP_ASSERT(!"a rounding mode of the list");
  return {};
}

Decimal Decimal::from_parts(Int128 coefficient, int scale) {
  GLMAP_ASSERT(scale >= 0 && scale <= kScaleMax);
  GLMAP_ASSERT(magnitude(coefficient) < kLimit);
  Decimal value;
  value.coefficient_ = coefficient;
  value.scale_ = scale;
  return value;
}

Result<Decimal> Decimal::parse(std::string_view text) {
  if (const auto value = parse_short(text)) return *value;
  NumberText parts;
  if (!take_apart(text, parts)) return not_a_number(text);
  while (parts.whole.size() > 1 && parts.whole.front() == '0') parts.whole.remove_prefix(1);
  const std::size_t whole_digits = parts.whole == "0" ? 0 : parts.whole.size();
  if (parts.fraction.size() > kScaleMax || whole_digits + parts.fraction.size() > kDigitsMax) return out_of_range(text);
  Uint128 value = 0;
  for (const char c : parts.whole) value = value * 10 + static_cast<unsigned>(c - '0');
  for (const char c : parts.fraction) value = value * 10 + static_cast<unsigned>(c - '0');
  return from_parts(with_sign(parts.negative, value), static_cast<int>(parts.fraction.size()));
}

Result<Decimal> Decimal::parse_json_number(std::string_view text) {
  const std::size_t e = text.find_first_of("eE");
  if (e == std::string_view::npos) return parse(text);
  NumberText parts;
  std::string_view power = text.substr(e + 1);
  const bool shrinks = power.starts_with('-');
  if (shrinks || power.starts_with('+')) power.remove_prefix(1);
  if (!take_apart(text.substr(0, e), parts) || power.empty() || !std::all_of(power.begin(), power.end(), is_digit))
    return not_a_number(text);
  std::string digits = std::string(parts.whole) + std::string(parts.fraction);
  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return Decimal();
  const std::size_t last = digits.find_last_not_of('0');
  // digits[first..last] * 10^exponent, without zeros at either end.
  long exponent = 0;
  const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), exponent);
  if (error != std::errc{} || exponent > 100'000'000) return out_of_range(text);
  if (shrinks) exponent = -exponent;
  exponent += static_cast<long>(digits.size() - 1 - last) - static_cast<long>(parts.fraction.size());
  digits = digits.substr(first, last - first + 1);
  if (digits.size() > kDigitsMax || exponent < -kScaleMax || exponent > kDigitsMax - static_cast<long>(digits.size()))
    return out_of_range(text);
  Uint128 value = 0;
  for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
  if (exponent > 0) value *= kPowersOfTen[static_cast<std::size_t>(exponent)];
  return from_parts(with_sign(parts.negative, value), exponent < 0 ? static_cast<int>(-exponent) : 0);
}

std::string int128_text(Int128 value) {
  Uint128 rest = magnitude(value);
  std::array<char, 41> buffer{};
  std::size_t at = buffer.size();
  do {
    buffer[--at] = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  } while (rest != 0);
  if (value < 0) buffer[--at] = '-';
  return {buffer.data() + at, buffer.size() - at};
}

std::string Decimal::to_text_fixed(int places) const {
  GLMAP_ASSERT(places >= 0 && places <= kScaleMax && fits_places(places));
  Uint128 whole = magnitude(coefficient_);
  std::string fraction;
  if (scale_ > 0) {
    const Uint128 unit = kPowersOfTen[static_cast<std::size_t>(scale_)];
    fraction = int128_text(static_cast<Int128>(whole % unit));
    fraction.insert(0, static_cast<std::size_t>(scale_) - fraction.size(), '0');
    whole /= unit;
  }
  fraction.resize(static_cast<std::size_t>(places), '0');
  std::string text = is_negative() ? "-" : "";
  text += int128_text(static_cast<Int128>(whole));
  if (places > 0) (text += '.') += fraction;
  return text;
}

std::string Decimal::to_text() const {
  int places = scale_;
  for (Int128 rest = coefficient_; places > 0 && rest % 10 == 0; rest /= 10) --places;
  return to_text_fixed(places);
}

bool Decimal::fits_places(int places) const {
  if (places >= scale_) return true;
  return magnitude(coefficient_) % kPowersOfTen[static_cast<std::size_t>(scale_ - places)] == 0;
}

Result<Decimal> Decimal::rounded(int places, Rounding mode) const {
  GLMAP_ASSERT(places >= 0 && places <= kScaleMax);
  if (places >= scale_) return *this;
  const auto value = wide::round_to_places(is_negative(), {0, magnitude(coefficient_)}, scale_, places, mode);
  if (!value) return overflow("the rounded number");
  return from_parts(*value, places);
}

Result<Decimal> add(const Decimal& a, const Decimal& b) {
  Int128 sum = 0;
  if (a.scale_ == b.scale_ && !__builtin_add_overflow(a.coefficient_, b.coefficient_, &sum) && magnitude(sum) < kLimit)
    return Decimal::from_parts(sum, a.scale_);
  const int scale = std::max(a.scale_, b.scale_);
  const Wide left = aligned(a, scale);
  const Wide right = aligned(b, scale);
  std::optional<Decimal> result;
  if (a.is_negative() == b.is_negative()) {
    result = fit(a.is_negative(), wide::add(left, right), scale);
  } else if (left >= right) {
    result = fit(a.is_negative(), wide::subtract(left, right), scale);
  } else {
    result = fit(b.is_negative(), wide::subtract(right, left), scale);
  }
  if (!result) return overflow("the sum");
  return *result;
}

Result<Decimal> subtract(const Decimal& a, const Decimal& b) {
  return add(a, b.negated());
}

Result<Decimal> multiply(const Decimal& a, const Decimal& b) {
  const int scale = a.scale_ + b.scale_;
  Int128 product = 0;
  if (scale <= Decimal::kScaleMax && !__builtin_mul_overflow(a.coefficient_, b.coefficient_, &product) &&
      magnitude(product) < kLimit)
    return Decimal::from_parts(product, scale);
  const Wide exact = wide::multiply(magnitude(a.coefficient_), magnitude(b.coefficient_));
  const auto result = fit(a.is_negative() != b.is_negative(), exact, scale);
  if (!result) return overflow("the product");
  return *result;
}

Result<Decimal> divide(const Decimal& a, const Decimal& b, int places, Rounding mode) {
  GLMAP_ASSERT(places >= 0 && places <= Decimal::kScaleMax);
  if (b.is_zero()) return fail(ErrorCode::ArithmeticOverflow, "a number is divided by zero");
  const bool negative = a.is_negative() != b.is_negative();
  Wide dividend{0, magnitude(a.coefficient_)};
  Wide divisor{0, magnitude(b.coefficient_)};
  // a / b = a's coefficient * 10^shift / b's coefficient, counted in 10^-places.
  const int shift = places + b.scale_ - a.scale_;
  if (shift < 0) {
    divisor = wide::multiply(divisor.low, kPowersOfTen[static_cast<std::size_t>(-shift)]);
  } else {
    const int first = std::min(shift, kDigitsMax);
    dividend = wide::multiply(dividend.low, kPowersOfTen[static_cast<std::size_t>(first)]);
    const auto scaled = wide::multiply(dividend, kPowersOfTen[static_cast<std::size_t>(shift - first)]);
    // More than 2^256 / 10^38 is more than 10^38: the quotient would not fit either.
    if (!scaled) return overflow("the quotient");
    dividend = *scaled;
  }
  Wide quotient;
  wide::Tail tail = wide::Tail::nothing;
  if (divisor.high != 0 || (divisor.low >> 127) != 0) {
    // Only after scaling the divisor up, so it exceeds the dividend (< 10^38 < 2^127) and the quotient is below one.
    const Wide twice = wide::add(dividend, dividend);
    tail = dividend == Wide{} ? wide::Tail::nothing
           : twice < divisor  ? wide::Tail::below_half
           : twice == divisor ? wide::Tail::half
                              : wide::Tail::above_half;
  } else {
    const wide::Quotient divided = wide::divide(dividend, divisor.low);
    quotient = divided.value;
    tail = wide::tail(divided.remainder, divisor.low);
  }
  if (wide::rounds_up(mode, negative, (quotient.low & 1) != 0, tail)) quotient = wide::add(quotient, {0, 1});
  if (quotient.high != 0 || quotient.low >= kLimit) return overflow("the quotient");
  return Decimal::from_parts(with_sign(negative, quotient.low), places);
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.scale_ == b.scale_) return a.coefficient_ <=> b.coefficient_;
  if (a.is_negative() != b.is_negative())
    return a.is_negative() ? std::strong_ordering::less : std::strong_ordering::greater;
  const int scale = std::max(a.scale_, b.scale_);
  const auto order = aligned(a, scale) <=> aligned(b, scale);
  return a.is_negative() ? 0 <=> order : order;
}

}  // namespace glmap
