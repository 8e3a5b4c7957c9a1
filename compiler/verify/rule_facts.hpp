// SPDX-License-Identifier: Apache-2.0
// What follows from a rule's conditions alone. Private to verify. Pure functions; any thread.
#pragma once

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::verify {

/// The rule fits only events in the functional currency of their entity, so nothing is converted.
bool only_functional(const EventType& type, const rules::Rule& rule);

}  // namespace glmap::verify
