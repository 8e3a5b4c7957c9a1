// SPDX-License-Identifier: Apache-2.0
// The parts of a rule: conditions, amounts, posting lines, schedules. Private to resolve. Single-threaded.
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
/// What the names of an amount stand for.
enum class AmountsOf : std::uint8_t {
  event,  // fields and answers
  step,   // `amount` alone: what a schedule recognises now
};
/// Reports GLM-3001, GLM-3002, GLM-3003, GLM-1007 at the operand; nullopt then.
std::optional<ResolvedAmount> resolve_amount(Context& context, ProgramScope& scope, const syntax::AmountExpr& written,
                                             AmountsOf of = AmountsOf::event);

/// The amount as finance would write it, with as few parentheses as it needs.
std::string amount_text(const syntax::AmountExpr& expression);

/// What a ledger can report by: text() of the evaluator knows these.
bool can_be_dimension(const Named& named);

/// `post in ...` with its lines. Reports what it finds; the block is complete only when nothing was reported.
/// `functional`: every amount of the block is in the currency of the books.
struct ResolvedBlock {
  rules::PostBlock block;
  bool functional = false;
};
std::optional<ResolvedBlock> resolve_block(Context& context, ProgramScope& scope, const syntax::PostBlock& written);

/// The field that says whose books; nullopt after a report.
std::optional<rules::Operand> read_entity(Context& context, ProgramScope& scope, const Word& word);

/// Journal, lines and difference of a block whose entity is known; false after a report.
bool resolve_lines(Context& context, ProgramScope& scope, const syntax::PostBlock& written, AmountsOf of,
                   ResolvedBlock& result);

/// Which lines `rest of` and `same` speak about. Reports GLM-3006 where parts of an amount do not add up to it; false
/// then. The lines are those of `written`, all of them sound.
bool link_takes(Context& context, const syntax::PostBlock& written, rules::PostBlock& block);

/// `recognise ...`; its entries belong to `entity`, which the rule calls `entity_word`. nullopt after a report.
std::optional<rules::Recognition> resolve_recognition(Context& context, ProgramScope& scope,
                                                      const syntax::RecogniseDecl& written,
                                                      const rules::Operand& entity, const Word& entity_word);

/// `reverse everything for FIELD` of a rule; nullopt after a report.
std::optional<rules::Reversal> resolve_reversal(Context& context, ProgramScope& scope, const syntax::RuleDecl& rule);

}  // namespace glmap::resolve
