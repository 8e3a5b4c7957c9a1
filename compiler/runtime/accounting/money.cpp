// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/money.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

#include "compiler/runtime/accounting/decimal_wide.hpp"

namespace glmap {
namespace {

using wide::magnitude;
using wide::Uint128;
using wide::Wide;

constexpr Uint128 kMagnitudeMax = wide::kPowersOfTen[30];
static_assert(static_cast<Uint128>(Money::kMinorMax) == kMagnitudeMax);

/// At most 39 of them; the end.
char* write_digits(char* to, Uint128 value) {
  constexpr std::uint64_t kPiece = 10'000'000'000'000'000'000u;  // 10^19
  if (value >= kPiece) {
    to = write_digits(to, value / kPiece);
    const auto low = static_cast<std::uint64_t>(value % kPiece);
    std::fill(to, to + 19, '0');
    std::array<char, 20> digits;
    const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), low).ptr;
    std::copy(static_cast<const char*>(digits.data()), end, to + 19 - (end - digits.data()));
    return to + 19;
  }
  return std::to_chars(to, to + 20, static_cast<std::uint64_t>(value)).ptr;
}

std::unexpected<Error> too_large(const std::string& amount, Currency currency) {
  return fail(ErrorCode::AmountOutOfRange,
              "`" + amount + "` " + std::string(currency.code()) + " is too large to be exact");
}

std::unexpected<Error> mixed(const Money& a, const Money& b) {
  return fail(ErrorCode::MixedCurrencies, "`" + a.to_text() + "` and `" + b.to_text() + "` are in different currencies",
              "convert one of them at a named rate first");
}

std::unexpected<Error> overflow(std::string_view what) {
  return fail(ErrorCode::ArithmeticOverflow, std::string(what) + " leaves the range in which amounts are exact");
}

}  // namespace

Result<Money> Money::from_decimal(const Decimal& amount, Currency currency) {
  const int digits = currency.digits();
  Int128 minor = 0;
  if (amount.scale() <= digits &&
      !__builtin_mul_overflow(
          amount.coefficient(),
          static_cast<Int128>(wide::kPowersOfTen[static_cast<std::size_t>(digits - amount.scale())]), &minor) &&
      magnitude(minor) <= kMagnitudeMax)
    return Money(minor, currency);
  if (!amount.fits_places(digits)) {
    return fail(ErrorCode::CurrencyDigits,
                "`" + amount.to_text() + "` has more decimal places than " + std::string(currency.code()) +
                    ", which has " + std::to_string(digits),
                digits == 0 ? "write a whole number of " + std::string(currency.code())
                            : "write at most " + std::to_string(digits) + " decimal places");
  }
  return rounded(amount, currency, Rounding::down);  // nothing is cut off: it fits
}

Result<Money> Money::rounded(const Decimal& amount, Currency currency, Rounding mode) {
  const auto minor = wide::round_to_places(amount.is_negative(), {0, magnitude(amount.coefficient())}, amount.scale(),
                                           currency.digits(), mode);
  if (!minor || magnitude(*minor) > kMagnitudeMax) return too_large(amount.to_text(), currency);
  return Money(*minor, currency);
}

std::string Money::amount_text() const {
  std::array<char, kAmountTextMax> text;
  return {text.data(), write_amount(text.data())};
}

char* Money::write_amount(char* to) const {
  const auto digits = static_cast<std::size_t>(currency_.digits());
  if (is_negative()) *to++ = '-';
  char* end = write_digits(to, magnitude(minor_));
  if (digits == 0) return end;
  if (const auto count = static_cast<std::size_t>(end - to); count <= digits) {  // 5 of 0.05
    std::copy_backward(to, end, to + digits + 1);
    std::fill(to, to + digits + 1 - count, '0');
    end = to + digits + 1;
  }
  std::copy_backward(end - digits, end, end + 1);
  *(end - digits) = '.';
  return end + 1;
}

std::string Money::to_text() const {
  return amount_text() + " " + std::string(currency_.code());
}

Result<Money> add(const Money& a, const Money& b) {
  if (a.currency_ != b.currency_) return mixed(a, b);
  Int128 sum = 0;
  if (__builtin_add_overflow(a.minor_, b.minor_, &sum) || magnitude(sum) > kMagnitudeMax) return overflow("the sum");
  return Money(sum, a.currency_);
}

Result<Money> subtract(const Money& a, const Money& b) {
  return add(a, b.negated());
}

Result<std::vector<Money>> split(const Money& total, const std::vector<Decimal>& weights) {
  int scale = 0;
  for (const Decimal& weight : weights) {
    if (weight.is_negative())
      return fail(ErrorCode::ArithmeticOverflow, "`" + weight.to_text() + "` is no weight: a weight is not negative");
    scale = std::max(scale, weight.scale());
  }
  // Weights as whole numbers of one size, and their sum.
  std::vector<Uint128> shares;
  shares.reserve(weights.size());
  Uint128 sum = 0;
  for (const Decimal& weight : weights) {
    const Wide share = wide::multiply(magnitude(weight.coefficient()),
                                      wide::kPowersOfTen[static_cast<std::size_t>(scale - weight.scale())]);
    if (share.high != 0 || share.low >= wide::kLimit) return overflow("a weight");
    shares.push_back(share.low);
    sum += share.low;
    if (sum >= wide::kLimit) return overflow("the sum of the weights");
  }
  if (sum == 0)
    return fail(ErrorCode::ArithmeticOverflow,
                "`" + total.to_text() + "` cannot be shared out: the weights add up to zero");

  const Uint128 whole = magnitude(total.minor());
  std::vector<Uint128> parts;
  std::vector<Uint128> remainders;
  Uint128 given = 0;
  for (const Uint128 share : shares) {
    const wide::Quotient quotient = wide::divide(wide::multiply(whole, share), sum);
    GLMAP_ASSERT(quotient.value.high == 0);  // share <= sum, so a part is never more than the whole
    parts.push_back(quotient.value.low);
    remainders.push_back(quotient.remainder);
    given += quotient.value.low;
  }
  std::vector<std::size_t> order(parts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return remainders[a] > remainders[b]; });
  const Uint128 left = whole - given;
  GLMAP_ASSERT(left < parts.size());
  for (std::size_t i = 0; i < static_cast<std::size_t>(left); ++i) ++parts[order[i]];

  std::vector<Money> result;
  result.reserve(parts.size());
  for (const Uint128 part : parts) {
    const auto minor = static_cast<Int128>(part);
    result.push_back(Money::from_minor(total.is_negative() ? -minor : minor, total.currency()));
  }
  return result;
}

Result<Money> convert(const Money& amount, const Decimal& rate, Currency to, Rounding mode) {
  const Wide product = wide::multiply(magnitude(amount.minor()), magnitude(rate.coefficient()));
  const auto minor = wide::round_to_places(amount.is_negative() != rate.is_negative(), product,
                                           amount.currency().digits() + rate.scale(), to.digits(), mode);
  if (!minor || magnitude(*minor) > kMagnitudeMax)
    return overflow("`" + amount.to_text() + "` at rate " + rate.to_text());
  return Money::from_minor(*minor, to);
}

}  // namespace glmap
