// SPDX-License-Identifier: Apache-2.0
// What a book says about values that its lists did not have at an earlier release, without naming them: `any`, `is
// not`. Not a proof about the book alone, so it is asked for by itself (`glmapc check BOOK --since BUNDLE`).
// Single-threaded.
#pragma once

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/resolve/resolve.hpp"

namespace glmap::verify {

/// GLM-4022 (warnings): the rows and rules that now also reach new values of lists and new entities. A list that the
/// earlier book did not have is not new values but a new question, and is not reported.
void check_grown_lists(const rules::RuleBook& before, const resolve::ResolvedModel& now, diagnostics::Sink& sink);

}  // namespace glmap::verify
