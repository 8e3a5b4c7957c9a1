// SPDX-License-Identifier: Apache-2.0
// Currency (ISO 4217, with its number of minor digits) and Money, an exact count of minor units. Adding two currencies
// is an error, never a conversion. Values; any thread.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/decimal.hpp"

namespace glmap {

/// A currency of ISO 4217. Source of the digits: ISO 4217 list one (JPY 0, most 2, BHD/KWD/TND 3, CLF/UYW 4).
class Currency {
 public:
  constexpr Currency() = default;
  /// Errors: GLM-2007 not an ISO 4217 code in capitals.
  static Result<Currency> parse(std::string_view code);

  std::string_view code() const { return {letters_.data(), letters_.size()}; }
  /// Decimal places of the minor unit: 0, 2, 3 or 4.
  int digits() const { return digits_; }

  /// As one number: each addition of amounts asks.
  friend constexpr bool operator==(const Currency& a, const Currency& b) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
  }
  friend auto operator<=>(const Currency&, const Currency&) = default;

  /// All codes, sorted; the closed list behind the `currency` type.
  static const std::vector<Currency>& all();

 private:
  std::array<char, 3> letters_{'X', 'X', 'X'};
  std::int8_t digits_ = 0;
  friend std::vector<Currency> make_currencies();
};

class Money {
 public:
  constexpr Money() = default;
  static Money from_minor(Int128 minor, Currency currency) { return Money(minor, currency); }
  static Money zero(Currency currency) { return Money(0, currency); }
  /// Errors: GLM-6008 more decimals than the currency has (12.345 EUR, 100.5 JPY), GLM-6012 out of range.
  static Result<Money> from_decimal(const Decimal& amount, Currency currency);
  /// Rounds to the currency's minor unit. Errors: GLM-6012.
  static Result<Money> rounded(const Decimal& amount, Currency currency, Rounding mode);

  /// Count of minor units; |minor| <= 10^30.
  Int128 minor() const { return minor_; }
  Currency currency() const { return currency_; }
  Decimal decimal() const { return Decimal::from_parts(minor_, currency_.digits()); }
  bool is_zero() const { return minor_ == 0; }
  bool is_negative() const { return minor_ < 0; }
  Money negated() const { return Money(-minor_, currency_); }
  Money absolute() const { return Money(minor_ < 0 ? -minor_ : minor_, currency_); }

  /// Always all of the currency's digits: "119.00", "5000" (JPY), "-1.250" (KWD). No currency code.
  std::string amount_text() const;
  /// The same to `to`, where kAmountTextMax bytes have room; the end of what was written.
  char* write_amount(char* to) const;
  static constexpr std::size_t kAmountTextMax = 64;
  static constexpr Int128 kMinorMax = Int128{1'000'000'000'000'000} * 1'000'000'000'000'000;  // 10^30
  /// "119.00 EUR"
  std::string to_text() const;

  /// Adds in place. False, and nothing has changed, where `add` gives an error: it says which.
  bool try_add(const Money& amount) {
    Int128 sum = 0;
    if (currency_ != amount.currency_ || __builtin_add_overflow(minor_, amount.minor_, &sum) || sum > kMinorMax ||
        sum < -kMinorMax)
      return false;
    minor_ = sum;
    return true;
  }

  /// Errors: GLM-3002 different currencies, GLM-7008 overflow.
  friend Result<Money> add(const Money& a, const Money& b);
  friend Result<Money> subtract(const Money& a, const Money& b);
  friend bool operator==(const Money&, const Money&) = default;

 private:
  constexpr Money(Int128 minor, Currency currency) : minor_(minor), currency_(currency) {}
  Int128 minor_ = 0;
  Currency currency_;
};

/// Splits `total` over `weights`; the parts add up to `total` exactly.
/// Units:  minor units of total's currency; weights dimensionless, >= 0.   Shape: one part per weight, same order.
/// Rounds: largest remainder, ties to the earlier part; a negative total is split by its absolute value.
/// Errors: GLM-7008 if a weight is negative, the weights sum to zero or leave 38 digits.
Result<std::vector<Money>> split(const Money& total, const std::vector<Decimal>& weights);

/// amount * rate in `to`, rounded by `mode` to to's minor unit. rate = units of `to` for one unit of amount's currency.
Result<Money> convert(const Money& amount, const Decimal& rate, Currency to, Rounding mode);

}  // namespace glmap
