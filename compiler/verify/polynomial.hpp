// SPDX-License-Identifier: Apache-2.0
// Exact polynomials over the fields of an event, for the proof that a rule balances for every amount. Coefficients are
// checked 128-bit fractions: whatever leaves that range makes the answer "not decided", never wrong. Values; any
// thread. Method: docs/ARCHITECTURE.md (proofs) - normal form first, exact random search for a counter-example second.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/runtime/accounting/decimal.hpp"

namespace glmap::verify {

/// A fraction in lowest terms, denominator > 0. Operations return nullopt when 128 bits do not hold the result.
class Fraction {
 public:
  Fraction() = default;
  explicit Fraction(long long whole) : numerator_(whole) {}
  static std::optional<Fraction> make(Int128 numerator, Int128 denominator);
  static std::optional<Fraction> of(const Decimal& decimal);

  Int128 numerator() const { return numerator_; }
  Int128 denominator() const { return denominator_; }
  bool is_zero() const { return numerator_ == 0; }
  bool is_whole() const { return denominator_ == 1; }
  Fraction negated() const;
  std::string to_text() const;

  friend std::optional<Fraction> add(const Fraction& a, const Fraction& b);
  friend std::optional<Fraction> multiply(const Fraction& a, const Fraction& b);
  friend std::optional<Fraction> divide(const Fraction& a, const Fraction& b);
  friend bool operator==(const Fraction&, const Fraction&) = default;
  friend std::strong_ordering operator<=>(const Fraction& a, const Fraction& b);

 private:
  Int128 numerator_ = 0;
  Int128 denominator_ = 1;
};

/// What a polynomial speaks about; the meaning of a number belongs to whoever made it.
using Atom = std::uint32_t;
/// A product of atoms, sorted; empty: the number one.
using Monomial = std::vector<Atom>;

class Polynomial {
 public:
  Polynomial() = default;
  static Polynomial constant(const Fraction& value);
  static Polynomial atom(Atom atom);

  bool is_zero() const { return terms_.empty(); }
  const std::map<Monomial, Fraction>& terms() const { return terms_; }

  friend std::optional<Polynomial> add(const Polynomial& a, const Polynomial& b);
  friend std::optional<Polynomial> subtract(const Polynomial& a, const Polynomial& b);
  friend std::optional<Polynomial> multiply(const Polynomial& a, const Polynomial& b);
  /// Every occurrence of `atom` replaced by `by`.
  std::optional<Polynomial> substituted(Atom atom, const Polynomial& by) const;
  /// Values by atom.
  std::optional<Fraction> evaluate(const std::map<Atom, Fraction>& values) const;

  friend bool operator==(const Polynomial&, const Polynomial&) = default;
  friend auto operator<=>(const Polynomial& a, const Polynomial& b) { return a.terms_ <=> b.terms_; }

 private:
  std::optional<Polynomial> scaled(const Fraction& factor, const Monomial& by) const;
  bool add_term(const Monomial& monomial, const Fraction& coefficient);
  std::map<Monomial, Fraction> terms_;  // no zero coefficients
};

}  // namespace glmap::verify
