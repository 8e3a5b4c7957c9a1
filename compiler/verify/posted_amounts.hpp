// SPDX-License-Identifier: Apache-2.0
// What each line of a block posts, as polynomials: limits, rests and sames included. Private to verify.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "compiler/verify/amount_terms.hpp"

namespace glmap::verify {

/// By line of the block, towards the line's side. A line with a limit posts a part of what it asks that nobody knows,
/// save where more than the balance holds the event: then it posts all of it or nothing is posted at all.
/// nullopt: an amount left the exact range.
std::optional<std::vector<Polynomial>> posted_amounts(const rules::RuleBook& book, const rules::PostBlock& block,
                                                      AmountTerms& terms);

/// Debits less credits. nullopt: left the exact range.
std::optional<Polynomial> debits_less_credits(const rules::PostBlock& block, const std::vector<Polynomial>& posted);

/// The numbers that tables answer for amounts are proved answer by answer: `visit` is called with terms in which they
/// are assumed, and with them in words ("commission 0.12"), once for each distinct combination of them; once with them
/// unknown when there are too many. Stops when it returns false.
void for_each_answer(const rules::RuleBook& book, const rules::EventProgram& program,
                     const std::vector<const rules::Amount*>& amounts,
                     const std::function<bool(AmountTerms& terms, const std::string& answers)>& visit);

/// An event for which two amounts differ, found by exact evaluation; nullopt when none was met.
struct Difference {
  std::map<Atom, Fraction> event;
  Fraction left, right;
};
std::optional<Difference> find_difference(const AmountTerms& terms, const Polynomial& left, const Polynomial& right);

}  // namespace glmap::verify
