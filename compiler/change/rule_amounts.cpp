// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/rule_amounts.hpp"

#include <algorithm>

#include "compiler/verify/posted_amounts.hpp"

namespace glmap::change {
namespace {

using verify::Polynomial;

bool takes_from_state(const rules::PostBlock& block) {
  return std::any_of(block.lines.begin(), block.lines.end(),
                     [](const rules::PostingLine& line) { return line.limit.has_value(); });
}

void collect(const rules::Amount& amount, std::vector<rules::Operand>& found) {
  for (const rules::AmountStep& step : amount.steps)
    if (step.kind == rules::AmountStep::Kind::load && step.operand.kind == rules::Operand::Kind::attribute &&
        std::find(found.begin(), found.end(), step.operand) == found.end())
      found.push_back(step.operand);
}

}  // namespace

std::vector<rules::Operand> number_attributes(const rules::Rule& rule) {
  std::vector<rules::Operand> found;
  for (const rules::PostBlock& block : rule.blocks)
    for (const rules::PostingLine& line : block.lines) collect(line.amount, found);
  for (const rules::Recognition& recognition : rule.recognitions) {
    collect(recognition.amount, found);
    for (const rules::PostingLine& line : recognition.block.lines) collect(line.amount, found);
  }
  return found;
}

RuleAmounts::RuleAmounts(const rules::RuleBook& book, const rules::EventProgram& program, const rules::Rule& rule,
                         const std::vector<std::pair<rules::Operand, Decimal>>& numbers)
    : terms_(book, program) {
  for (const auto& [attribute, number] : numbers) {
    if (const auto value = verify::Fraction::of(number)) terms_.assume(attribute, *value);
    numbers_ += " " + number.to_text();
  }
  for (const rules::PostBlock& block : rule.blocks) {
    auto& of_block = blocks_.emplace_back(block.lines.size());
    if (!terms_.good() || takes_from_state(block)) continue;
    const auto posted = verify::posted_amounts(book, block, terms_);
    for (std::size_t line = 0; posted && line < posted->size(); ++line) of_block[line] = (*posted)[line];
  }
}

std::string RuleAmounts::words(const Polynomial& amount) const {
  // The order of atoms is that of their first use, which is the author's: two books may differ in it.
  std::vector<std::string> terms;
  for (const auto& [monomial, coefficient] : amount.terms()) {
    std::vector<std::string> factors;
    for (const verify::Atom atom : monomial) factors.push_back(terms_.name(atom));
    std::sort(factors.begin(), factors.end());
    std::string text;
    for (const std::string& factor : factors) text += (text.empty() ? "" : " * ") + factor;
    const std::string size = verify::amount_words(coefficient, false);
    if (factors.empty())
      text = size;
    else if (!(coefficient == verify::Fraction(1)))
      text = (coefficient == verify::Fraction(-1) ? "-" : size + " * ") + text;
    terms.push_back(std::move(text));
  }
  std::sort(terms.begin(), terms.end());
  std::string text;
  for (const std::string& term : terms) {
    const bool negative = term.front() == '-';
    text += text.empty() ? term : (negative ? " - " + term.substr(1) : " + " + term);
  }
  return text.empty() ? "0" : text;
}

std::string RuleAmounts::words(const rules::Amount& amount) {
  if (terms_.good())
    if (const auto formula = terms_.normal_form(amount)) return words(*formula);
  return amount.text + numbers_;
}

}  // namespace glmap::change
