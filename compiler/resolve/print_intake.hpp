// SPDX-License-Identifier: Apache-2.0
// An intake as `glmapc print --stage=resolved` shows it. Private to resolve. Pure function; any thread.
#pragma once

#include <string>

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::resolve {

std::string print_intake(const rules::RuleBook& book, const rules::Intake& intake);

}  // namespace glmap::resolve
