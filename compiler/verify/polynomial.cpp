// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/polynomial.hpp"

#include <algorithm>
#include <iterator>

namespace glmap::verify {
namespace {

Int128 greatest_common_divisor(Int128 a, Int128 b) {
  if (a < 0) a = -a;
  if (b < 0) b = -b;
  while (b != 0) {
    const Int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a == 0 ? 1 : a;
}

}  // namespace

std::optional<Fraction> Fraction::make(Int128 numerator, Int128 denominator) {
  if (denominator == 0) return std::nullopt;
  const Int128 divisor = greatest_common_divisor(numerator, denominator);
  Fraction made;
  made.numerator_ = numerator / divisor * (denominator < 0 ? -1 : 1);
  made.denominator_ = denominator / divisor * (denominator < 0 ? -1 : 1);
  return made;
}

std::optional<Fraction> Fraction::of(const Decimal& decimal) {
  Int128 denominator = 1;
  for (int i = 0; i < decimal.scale(); ++i) denominator *= 10;  // at most 10^30: fits
  return make(decimal.coefficient(), denominator);
}

Fraction Fraction::negated() const {
  Fraction result = *this;
  result.numerator_ = -result.numerator_;
  return result;
}

std::string Fraction::to_text() const {
  return int128_text(numerator_) + (denominator_ == 1 ? "" : "/" + int128_text(denominator_));
}

std::optional<Fraction> add(const Fraction& a, const Fraction& b) {
  Int128 left = 0;
  Int128 right = 0;
  Int128 sum = 0;
  Int128 denominator = 0;
  if (__builtin_mul_overflow(a.numerator_, b.denominator_, &left) ||
      __builtin_mul_overflow(b.numerator_, a.denominator_, &right) || __builtin_add_overflow(left, right, &sum) ||
      __builtin_mul_overflow(a.denominator_, b.denominator_, &denominator))
    return std::nullopt;
  return Fraction::make(sum, denominator);
}

std::optional<Fraction> multiply(const Fraction& a, const Fraction& b) {
  Int128 numerator = 0;
  Int128 denominator = 0;
  if (__builtin_mul_overflow(a.numerator_, b.numerator_, &numerator) ||
      __builtin_mul_overflow(a.denominator_, b.denominator_, &denominator))
    return std::nullopt;
  return Fraction::make(numerator, denominator);
}

std::optional<Fraction> divide(const Fraction& a, const Fraction& b) {
  const auto inverse = Fraction::make(b.denominator_, b.numerator_);
  return inverse ? multiply(a, *inverse) : std::nullopt;
}

std::strong_ordering operator<=>(const Fraction& a, const Fraction& b) {
  // An order for use as a map key; not by size.
  if (a.numerator_ != b.numerator_)
    return a.numerator_ < b.numerator_ ? std::strong_ordering::less : std::strong_ordering::greater;
  if (a.denominator_ != b.denominator_)
    return a.denominator_ < b.denominator_ ? std::strong_ordering::less : std::strong_ordering::greater;
  return std::strong_ordering::equal;
}

Polynomial Polynomial::constant(const Fraction& value) {
  Polynomial made;
  if (!value.is_zero()) made.terms_[{}] = value;
  return made;
}

Polynomial Polynomial::atom(Atom atom) {
  Polynomial made;
  made.terms_[{atom}] = Fraction(1);
  return made;
}

bool Polynomial::add_term(const Monomial& monomial, const Fraction& coefficient) {
  const auto sum = verify::add(terms_[monomial], coefficient);
  if (!sum) return false;
  if (sum->is_zero())
    terms_.erase(monomial);
  else
    terms_[monomial] = *sum;
  return true;
}

std::optional<Polynomial> add(const Polynomial& a, const Polynomial& b) {
  Polynomial sum = a;
  for (const auto& [monomial, coefficient] : b.terms_)
    if (!sum.add_term(monomial, coefficient)) return std::nullopt;
  return sum;
}

std::optional<Polynomial> subtract(const Polynomial& a, const Polynomial& b) {
  Polynomial difference = a;
  for (const auto& [monomial, coefficient] : b.terms_)
    if (!difference.add_term(monomial, coefficient.negated())) return std::nullopt;
  return difference;
}

std::optional<Polynomial> Polynomial::scaled(const Fraction& factor, const Monomial& by) const {
  Polynomial product;
  for (const auto& [monomial, coefficient] : terms_) {
    const auto scaled_coefficient = verify::multiply(coefficient, factor);
    Monomial merged;
    std::merge(monomial.begin(), monomial.end(), by.begin(), by.end(), std::back_inserter(merged));
    if (!scaled_coefficient || !product.add_term(merged, *scaled_coefficient)) return std::nullopt;
  }
  return product;
}

std::optional<Polynomial> multiply(const Polynomial& a, const Polynomial& b) {
  Polynomial product;
  for (const auto& [monomial, coefficient] : b.terms_) {
    const auto part = a.scaled(coefficient, monomial);
    if (!part) return std::nullopt;
    auto sum = add(product, *part);
    if (!sum) return std::nullopt;
    product = std::move(*sum);
  }
  return product;
}

std::optional<Polynomial> Polynomial::substituted(Atom atom, const Polynomial& by) const {
  Polynomial result;
  for (const auto& [monomial, coefficient] : terms_) {
    Monomial others;
    std::size_t power = 0;
    for (const Atom factor : monomial) {
      if (factor == atom)
        ++power;
      else
        others.push_back(factor);
    }
    Polynomial term;
    term.terms_[others] = coefficient;
    for (std::size_t i = 0; i < power; ++i) {
      auto product = verify::multiply(term, by);
      if (!product) return std::nullopt;
      term = std::move(*product);
    }
    auto sum = verify::add(result, term);
    if (!sum) return std::nullopt;
    result = std::move(*sum);
  }
  return result;
}

std::optional<Fraction> Polynomial::evaluate(const std::map<Atom, Fraction>& values) const {
  Fraction sum;
  for (const auto& [monomial, coefficient] : terms_) {
    Fraction product = coefficient;
    for (const Atom factor : monomial) {
      const auto next = verify::multiply(product, values.at(factor));
      if (!next) return std::nullopt;
      product = *next;
    }
    const auto next = verify::add(sum, product);
    if (!next) return std::nullopt;
    sum = *next;
  }
  return sum;
}

}  // namespace glmap::verify
