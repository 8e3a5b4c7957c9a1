// SPDX-License-Identifier: Apache-2.0
// The exchange rates of one event: the one it carries, or those that the book's source has published for each entity's
// currency. Private to rules; lives on the stack of one decision.
#pragma once

#include "compiler/runtime/rules/book_state.hpp"
#include "compiler/runtime/rules/scope.hpp"

namespace glmap::rules {

/// Functional units of `entity` for one unit of `from`, another currency; `where`: the line of the book that asks.
/// Errors: GLM-7004 there is none, or it is not above zero; GLM-7019 the last one published is too old; GLM-7010.
Result<Decimal> rate_of(const EventContext& context, const BookState& state, Currency from, std::uint32_t entity,
                        const SourceRef& where);

/// `amount` in functional currency at `rate`; a small amount may come to zero. Errors: GLM-7008.
Result<Money> at_rate(const EventContext& context, const Money& amount, const Decimal& rate, Currency functional);

/// total * part / whole of one sign or the other; all of it when they are equal, nothing of a whole that is zero.
Result<Money> pro_rata(const Money& total, Int128 part, Int128 whole, Rounding mode);

Rounding conversion_mode(const RuleBook& book);

}  // namespace glmap::rules
