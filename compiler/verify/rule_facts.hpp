// SPDX-License-Identifier: Apache-2.0
// What follows from rules alone: their blocks, which of them convert, which fields they can count on. Private to
// verify. Pure functions; any thread.
#pragma once

#include <functional>

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::verify {

/// One block of entries of a rule: posted with the event, or by a schedule in its steps.
struct BlockOfRule {
  const rules::EventProgram& program;
  const rules::Rule& rule;
  const rules::PostBlock& block;
  const rules::Recognition* recognition = nullptr;  // of whose steps the block is
};
/// Every block of the book, in its order.
void for_each_block(const rules::RuleBook& book, const std::function<void(const BlockOfRule&)>& visit);
void for_each_block(const rules::EventProgram& program, const rules::Rule& rule,
                    const std::function<void(const BlockOfRule&)>& visit);

/// The entity of the block is the event's own.
bool is_own_entity(const EventType& type, const rules::PostBlock& block);
/// The entries of the block can be in another currency than the books they go to, so that amounts are converted.
bool may_convert(const rules::RuleBook& book, const BlockOfRule& of);
/// Whenever the rule fits, the operand has a value: it is no optional field, or a condition asks for it.
bool always_there(const EventType& type, const rules::Rule& rule, const rules::Operand& operand);

/// "rule `X`", "`no entry (book.glmap:12)`"; with the ledger where the book has several.
std::string rule_words(const rules::RuleBook& book, const rules::EventProgram& program, const rules::Rule& rule);
/// " in ledger `cash`" where the book has several, else empty.
std::string ledger_words(const rules::RuleBook& book, std::uint32_t ledger);

}  // namespace glmap::verify
