// SPDX-License-Identifier: Apache-2.0
// Amounts of one event type as polynomials over the fields that are free, with everything the schema promises (`is:`
// definitions and invariants) already put in. Private to verify; single-threaded.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/runtime/rules/rule_book.hpp"
#include "compiler/verify/polynomial.hpp"

namespace glmap::verify {

class AmountTerms {
 public:
  /// Line fields are spoken of when `each_line`; otherwise the sums over all lines are.
  AmountTerms(const rules::RuleBook& book, const rules::EventProgram& program);

  /// False when a schema equality left the exact range; then nothing can be proved.
  bool good() const { return good_; }
  /// From now on the number that a table answers for `attribute` is `value`; otherwise it may be any.
  void assume(const rules::Operand& attribute, const Fraction& value);
  /// The numbers that tables answer are not gone through: an example may have some that no row answers.
  void take_any_answer() { any_answer_ = true; }
  bool takes_any_answer() const { return any_answer_; }
  /// The amount with the schema's equalities put in. nullopt: left the exact range.
  std::optional<Polynomial> normal_form(const rules::Amount& amount);
  /// Some part of `asked`, which depends on what a balance holds: nothing, all or anything between. `what`: how it is
  /// called in messages, "what `contract_asset` takes". Each call is about another part.
  Polynomial part_of(Polynomial asked, std::string what);
  /// The amount that a schedule recognises in one of its steps.
  static inline const rules::Operand kStep{rules::Operand::Kind::step, 0, 0, {}};

  /// A concrete event: exact values of every atom that satisfy the schema, different for each `attempt`; the first ones
  /// are those a person would choose.
  std::optional<std::map<Atom, Fraction>> example(std::uint32_t attempt) const;
  /// `line.net`, `sum of line.gross`, `rate`
  std::string name(Atom atom) const;
  /// "net 100.00, tax 19.00, gross 119.00": the fields that the given amounts rest on, and what balances gave.
  std::string words(const std::map<Atom, Fraction>& values, const std::vector<const rules::Amount*>& amounts) const;
  /// A polynomial as finance would write it: "line.tax", "line.net - line.discount".
  std::string formula(const Polynomial& polynomial) const;
  /// "gross: {type: money, is: net + tax}", when the polynomial is one field less the sum of others and would be zero
  /// if the schema said so; empty otherwise.
  std::string sum_that_may_hold(const Polynomial& zero) const;
  bool has_rounding(const Polynomial& polynomial) const;

 private:
  enum class Kind : std::uint8_t { header, line, line_sum, attribute, step, rounding, share, part };
  struct Meaning {
    Kind kind = Kind::header;
    std::uint32_t index = 0;  // share: the line field by which it is shared
    std::uint32_t answer = 0;
    Polynomial inner;  // rounding, share, part: of what
    Rounding mode = Rounding::half_away_from_zero;
    bool money = false;
    std::string what;  // part
  };
  static bool is_derived(Kind kind) { return kind == Kind::rounding || kind == Kind::share || kind == Kind::part; }

  Atom atom(Kind kind, std::uint32_t index, std::uint32_t answer = 0);
  Atom derived_atom(Meaning meaning);
  std::optional<Fraction> derived_value(const Meaning& meaning, const std::map<Atom, Fraction>& values,
                                        std::uint32_t chance) const;
  void assume_single_line();
  std::optional<Atom> operand_atom(const rules::Operand& operand);
  void learn(const std::vector<SumTerm>& terms, Kind kind, std::optional<std::uint32_t> defined);
  void learn_equality(Polynomial zero, std::optional<Atom> preferred);
  std::optional<Polynomial> reduced(Polynomial polynomial) const;
  bool whole_minor_units(const Polynomial& polynomial) const;
  bool keeps_sign(const Meaning& meaning, const Fraction& value) const;

  const rules::RuleBook& book_;
  const rules::EventProgram& program_;
  const EventType& type_;
  std::vector<Meaning> meanings_;  // by Atom
  std::map<std::tuple<Kind, std::uint32_t, std::uint32_t>, Atom> known_;
  std::vector<std::pair<Atom, Polynomial>> solved_;  // atom = polynomial over atoms that are not solved
  std::map<std::pair<std::uint32_t, std::uint32_t>, Fraction> assumed_;  // look-up, answer column
  bool good_ = true;
  bool any_answer_ = false;
  bool single_line_ = false;
};

/// An amount in text: "119.00"; a fraction that is no finite decimal as "1/3".
std::string amount_words(const Fraction& value, bool money);

}  // namespace glmap::verify
