// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/share.hpp"

#include <algorithm>

#include "compiler/runtime/accounting/decimal_wide.hpp"

namespace glmap {

Result<Money> share_of(const Money& total, Int128 part, Int128 whole, Rounding mode) {
  if (part < 0 || whole <= 0)
    return fail(ErrorCode::ArithmeticOverflow, "`" + int128_text(part) + "` of `" + int128_text(whole) +
                                                   "` is no share: a part is not negative, a whole is more than zero");
  const auto divisor = static_cast<wide::Uint128>(whole);
  const wide::Wide product = wide::multiply(wide::magnitude(total.minor()), static_cast<wide::Uint128>(part));
  const wide::Quotient quotient = wide::divide(product, divisor);
  if (quotient.value.high != 0 || quotient.value.low >= wide::kPowersOfTen[30])
    return fail(ErrorCode::ArithmeticOverflow,
                "a share of `" + total.to_text() + "` leaves the range of exact amounts");
  wide::Uint128 units = quotient.value.low;
  const bool odd = (units & 1) != 0;
  if (wide::rounds_up(mode, total.is_negative(), odd, wide::tail(quotient.remainder, divisor))) ++units;
  const auto minor = static_cast<Int128>(units);
  return Money::from_minor(total.is_negative() ? -minor : minor, total.currency());
}

Result<Money> share_of(const Money& total, const Decimal& part, const Decimal& whole, Rounding mode) {
  const int places = std::max(part.scale(), whole.scale());
  const auto units = [places](const Decimal& value) {
    const wide::Wide magnitude{0, wide::magnitude(value.coefficient())};
    return wide::round_to_places(value.is_negative(), magnitude, value.scale(), places, Rounding::down);  // exact
  };
  const auto part_units = units(part);
  const auto whole_units = units(whole);
  if (!part_units || !whole_units)
    return fail(ErrorCode::ArithmeticOverflow,
                "`" + part.to_text() + "` of `" + whole.to_text() + "` needs more than 38 digits");
  return share_of(total, *part_units, *whole_units, mode);
}

}  // namespace glmap
