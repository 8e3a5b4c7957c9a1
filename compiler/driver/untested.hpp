// SPDX-License-Identifier: Apache-2.0
// What no test of the book reaches. Pure functions.
#pragma once

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/runtime/rules/evaluator.hpp"

namespace glmap::driver {

/// GLM-4016, warnings: one a rule, one a table whose rows are not all reached. Impossible rows need no test.
void warn_untested(const rules::RuleBook& book, const rules::Reached& reached, diagnostics::Sink& sink);

}  // namespace glmap::driver
