// SPDX-License-Identifier: Apache-2.0
// Parts of a book as one text each, by names and never by numbers: equal texts, equal meaning (given that the tables
// and accounts they name are the same). Two texts may differ and mean the same. Private to change. Pure functions.
#pragma once

#include <string>

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::change {

std::string operand_text(const rules::RuleBook& book, const rules::EventProgram& program,
                         const rules::Operand& operand);
/// All that decides what the rule posts; not its name, title, reason or place.
std::string rule_text(const rules::RuleBook& book, const rules::EventProgram& program, const rules::Rule& rule);
/// What the schema says of the event type beside its list of fields: sums, signs, which fields mean what.
std::string schema_text(const EventType& type);

}  // namespace glmap::change
