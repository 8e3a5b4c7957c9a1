// SPDX-License-Identifier: Apache-2.0
// Whether a new release of a book can go on with what the one before it remembers. A BookState knows entities, event
// types, balances and schedules by their place in the book; a release that only adds behind, or changes rows, accounts,
// rates and limits, keeps these places. Pure; any thread.
#pragma once

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::rules {

/// `after` reads a state of `before` as `before` would, and asks for nothing that `before` has not remembered.
/// Errors: GLM-5004, at the clause or with the name of what has moved.
Status check_take_over(const RuleBook& before, const RuleBook& after);

}  // namespace glmap::rules
