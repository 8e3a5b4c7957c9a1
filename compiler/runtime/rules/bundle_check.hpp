// SPDX-License-Identifier: Apache-2.0
// Is every number in a rule book that was read from a file within bounds? After this, the evaluator may index freely.
// Private to rules.
#pragma once

#include <string>

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::rules {

/// The first fault in words, or empty.
std::string find_bundle_fault(const RuleBook& book);
/// The part of it that is about intakes; tables and event types are sound.
std::string find_intake_fault(const RuleBook& book);

}  // namespace glmap::rules
