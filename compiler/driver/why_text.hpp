// SPDX-License-Identifier: Apache-2.0
// What `glmapc why` prints about a step: what was looked at, what came of it, from which lines of the book.
#pragma once

#include "compiler/runtime/rules/evaluator.hpp"

namespace glmap::driver {

/// The step of an event: everything that was looked at, then what came of it.
void print_decision(const rules::Step& step, const rules::RuleBook& book);

/// A step that came about by itself (a schedule's entry, a deadline, an event that had waited): what it took, then what
/// came of it, under a line that says why it happened.
void print_consequence(const rules::Step& step, const rules::RuleBook& book);

}  // namespace glmap::driver
