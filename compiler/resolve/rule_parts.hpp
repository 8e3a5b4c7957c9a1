// SPDX-License-Identifier: Apache-2.0
// The parts of a rule: conditions, amounts, posting lines. Private to resolve. Single-threaded.
#pragma once

#include <optional>

#include "compiler/resolve/program_scope.hpp"

namespace glmap::resolve {

/// One condition of `when`. Reports; nullopt then.
std::optional<rules::Condition> resolve_condition(Context& context, ProgramScope& scope,
                                                  const syntax::Condition& written);

/// An amount that may be posted as it is: money without fractions of the minor unit.
struct ResolvedAmount {
  rules::Amount amount;
  bool functional = false;  // in the currency of the entity's books, else in the event's
};
/// Reports GLM-3001, GLM-3002, GLM-3003, GLM-1007 at the operand; nullopt then.
std::optional<ResolvedAmount> resolve_amount(Context& context, ProgramScope& scope, const syntax::AmountExpr& written);

/// The amount as finance would write it, with as few parentheses as it needs.
std::string amount_text(const syntax::AmountExpr& expression);

/// `post in ...` with its lines. Reports what it finds; the block is complete only when nothing was reported.
/// `functional`: every amount of the block is in the currency of the books.
struct ResolvedBlock {
  rules::PostBlock block;
  bool functional = false;
};
std::optional<ResolvedBlock> resolve_block(Context& context, ProgramScope& scope, const syntax::PostBlock& written);

}  // namespace glmap::resolve
