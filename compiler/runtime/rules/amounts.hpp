// SPDX-License-Identifier: Apache-2.0
// Runs the postfix program of an amount over one line of an event. Private to rules.
#pragma once

#include "compiler/runtime/rules/scope.hpp"

namespace glmap::rules {

/// The amount in `currency`. An optional field that the event does not carry counts as zero.
/// Rounds: only where the book names a rounding.
/// Errors: GLM-7008 left the exact range, GLM-6008 a fraction of the minor unit is left, and those of table look-ups.
Result<Money> evaluate(const Amount& amount, Scope& scope, Currency currency);

}  // namespace glmap::rules
