// SPDX-License-Identifier: Apache-2.0
// What is known of the blocks of a book before any event comes, so that no event asks for it again. Private to rules.
// Built once, then read by any thread; it points into the book.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::rules {

/// What an account table is asked with, the same for all lines that point to it. Its values come from fields of the
/// event as a rule: these are noted one beside the other.
struct TableQuestion {
  struct Input {
    Operand::Kind kind = Operand::Kind::header;  // header or line
    std::uint32_t field = 0;
  };
  const std::vector<Operand>* operands = nullptr;
  std::vector<Input> fields;  // empty when some value is no field
};

/// A line of a block: what posting it asks of the book, close together.
struct LinePlan {
  const PostingLine* line = nullptr;
  const std::vector<RoleAccount>* accounts = nullptr;  // of its role, by entity
  const TableQuestion* question = nullptr;             // to the account table
  std::uint32_t role = 0;
  Side side = Side::debit;
  bool bare = false;  // it has no dimension, rate, value or limit of its own
  /// Its amount is this field, where `field_alone`.
  bool field_alone = false;
  Operand::Kind field_kind = Operand::Kind::header;
  std::uint32_t field = 0;
};

struct BlockPlan {
  const Rule* rule = nullptr;
  const PostBlock* block = nullptr;
  /// Every line posts its amount, whatever the others do and whatever stands in the books.
  bool plain = false;
  bool functional = false;  // some amount is functional: the entry is in the currency of the books
  std::vector<LinePlan> lines;
  std::vector<std::unique_ptr<const TableQuestion>> questions;  // of the lines, which point to them
  SharedOrigin origin;                                          // of an entry that is made by this block alone

  const LinePlan& plan_of(const PostingLine& line) const {
    return lines[static_cast<std::size_t>(&line - block->lines.data())];
  }
};

struct RulePlan {
  std::vector<BlockPlan> blocks;        // by Rule::blocks
  std::vector<BlockPlan> recognitions;  // by Rule::recognitions
};

/// By rule of the program.
std::vector<RulePlan> plan_rules(const RuleBook& book, const EventProgram& program, const std::string& digest);

}  // namespace glmap::rules
