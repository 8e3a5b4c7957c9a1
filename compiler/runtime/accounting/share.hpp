// SPDX-License-Identifier: Apache-2.0
// One exact share of an amount. Not a split: shares of one amount taken one by one need not add up; take them
// cumulatively (rules/schedule.hpp) or all at once (split in money.hpp). Pure; any thread.
#pragma once

#include "compiler/runtime/accounting/money.hpp"

namespace glmap {

/// total * part / whole, the product held in 256 bits, rounded once.
/// Units:  minor units of total's currency; part and whole in any unit they share.
/// Rounds: by `mode`; half_away_from_zero treats a negative total as the mirror of the positive one.
/// Errors: GLM-7008 when part is negative, whole is not positive, or the result is out of Money's range.
Result<Money> share_of(const Money& total, Int128 part, Int128 whole, Rounding mode);

/// The same for decimals: 3.5 of 10 hours. Errors: GLM-7008, also when part and whole together need more than 38
/// digits.
Result<Money> share_of(const Money& total, const Decimal& part, const Decimal& whole, Rounding mode);

}  // namespace glmap
