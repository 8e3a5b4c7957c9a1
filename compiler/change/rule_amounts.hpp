// SPDX-License-Identifier: Apache-2.0
// What the lines of a rule post, as formulas that are equal where the amounts are: the schema's sums put in, in one
// order. Private to change; single-threaded.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/verify/amount_terms.hpp"

namespace glmap::change {

class RuleAmounts {
 public:
  /// `numbers`: what tables answer for the attributes in the rule's amounts.
  RuleAmounts(const rules::RuleBook& book, const rules::EventProgram& program, const rules::Rule& rule,
              const std::vector<std::pair<rules::Operand, Decimal>>& numbers);

  /// Of line `line` of block `block`; nullopt: it is known only as it is written (see `written`).
  const std::optional<verify::Polynomial>& of(std::size_t block, std::size_t line) const {
    return blocks_[block][line];
  }
  std::string words(const verify::Polynomial& amount) const;
  /// An amount outside of the rule's blocks: of a schedule, or of a line that takes from a balance.
  std::string words(const rules::Amount& amount);

 private:
  verify::AmountTerms terms_;
  std::vector<std::vector<std::optional<verify::Polynomial>>> blocks_;
  std::string numbers_;  // as text, where a formula could not be worked out
};

/// The attributes that the amounts of a rule load.
std::vector<rules::Operand> number_attributes(const rules::Rule& rule);

}  // namespace glmap::change
