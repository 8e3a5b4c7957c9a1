// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/amount_terms.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <tuple>

namespace glmap::verify {
namespace {

bool is_money(FieldKind kind) {
  return kind == FieldKind::money || kind == FieldKind::money_functional;
}

/// Two decimals stand for every currency: a sum that holds in cents holds in any minor unit.
constexpr int kExampleDigits = 2;

std::optional<Fraction> round_fraction(const Fraction& value, Rounding mode) {
  Int128 hundredths = 0;
  if (__builtin_mul_overflow(value.numerator(), Int128{100}, &hundredths)) return std::nullopt;
  constexpr Int128 kLimit = Int128{1} << 100;
  if (hundredths > kLimit || hundredths < -kLimit || value.denominator() > kLimit) return std::nullopt;
  auto rounded = divide(Decimal::from_parts(hundredths, 0), Decimal::from_parts(value.denominator(), 0), 0, mode);
  if (!rounded) return std::nullopt;
  return Fraction::make(rounded->coefficient(), 100);
}

}  // namespace

std::string amount_words(const Fraction& value, bool money) {
  for (int places = 0; places <= 12; ++places) {
    Int128 scale = 1;
    for (int i = 0; i < places; ++i) scale *= 10;
    if (scale % value.denominator() != 0) continue;
    const Decimal decimal = Decimal::from_parts(value.numerator() * (scale / value.denominator()), places);
    return money && decimal.fits_places(kExampleDigits) ? decimal.to_text_fixed(kExampleDigits) : decimal.to_text();
  }
  return value.to_text();
}

AmountTerms::AmountTerms(const rules::RuleBook& book, const rules::EventProgram& program)
    : book_(book), program_(program), type_(book.catalog.types[program.type]) {
  const Kind line_kind = program.each_line ? Kind::line : Kind::line_sum;
  // A sum over lines of a definition is the definition of the sums: both are linear.
  for (std::uint32_t i = 0; i < type_.line.size(); ++i) learn(type_.line[i].definition, line_kind, i);
  for (const Invariant& invariant : type_.invariants)
    if (invariant.on_line) learn(invariant.terms, line_kind, std::nullopt);
  for (std::uint32_t i = 0; i < type_.header.size(); ++i) learn(type_.header[i].definition, Kind::header, i);
  for (const Invariant& invariant : type_.invariants)
    if (!invariant.on_line) learn(invariant.terms, Kind::header, std::nullopt);
}

Atom AmountTerms::atom(Kind kind, std::uint32_t index, std::uint32_t answer) {
  const auto [at, added] = known_.try_emplace({kind, index, answer}, static_cast<Atom>(meanings_.size()));
  if (added) {
    Meaning meaning{.kind = kind, .index = index, .answer = answer};
    if (kind == Kind::header) meaning.money = is_money(type_.header[index].kind);
    if (kind == Kind::line || kind == Kind::line_sum) meaning.money = is_money(type_.line[index].kind);
    meanings_.push_back(std::move(meaning));
  }
  return at->second;
}

/// Two roundings of one polynomial, or two shares of it by one field, are the same number.
Atom AmountTerms::derived_atom(Meaning meaning) {
  meaning.money = true;
  for (Atom known = 0; known < meanings_.size() && meaning.kind != Kind::part; ++known)
    if (meanings_[known].kind == meaning.kind && meanings_[known].mode == meaning.mode &&
        meanings_[known].index == meaning.index && meanings_[known].inner == meaning.inner)
      return known;
  meanings_.push_back(std::move(meaning));
  return static_cast<Atom>(meanings_.size() - 1);
}

Polynomial AmountTerms::part_of(Polynomial asked, std::string what) {
  return Polynomial::atom(derived_atom({.kind = Kind::part, .inner = std::move(asked), .what = std::move(what)}));
}

void AmountTerms::learn(const std::vector<SumTerm>& terms, Kind kind, std::optional<std::uint32_t> defined) {
  if (terms.empty()) return;
  Polynomial sum;
  for (const SumTerm& term : terms) {
    const Polynomial one = Polynomial::atom(atom(term.over_lines ? Kind::line_sum : kind, term.field));
    auto next = term.negative ? subtract(sum, one) : add(sum, one);
    if (!next) {
      good_ = false;
      return;
    }
    sum = std::move(*next);
  }
  std::optional<Atom> preferred;
  if (defined) {
    preferred = atom(kind, *defined);
    auto next = subtract(sum, Polynomial::atom(*preferred));
    if (!next) {
      good_ = false;
      return;
    }
    sum = std::move(*next);
  }
  learn_equality(std::move(sum), preferred);
}

/// Solves `zero` = 0 for one atom (the defined one where there is one) and puts it into what is known.
void AmountTerms::learn_equality(Polynomial zero, std::optional<Atom> preferred) {
  auto left = reduced(std::move(zero));
  if (!left) {
    good_ = false;
    return;
  }
  std::optional<Atom> pivot;
  for (const auto& [monomial, coefficient] : left->terms())
    if (monomial.size() == 1 && (!pivot || monomial.front() == preferred)) pivot = monomial.front();
  if (!pivot) return;  // nothing new: it follows from what is known
  const Fraction coefficient = left->terms().at({*pivot});
  const auto factor = divide(Fraction(-1), coefficient);
  const auto alone = factor ? multiply(*left, Polynomial::constant(*factor)) : std::nullopt;
  const auto value = alone ? add(*alone, Polynomial::atom(*pivot)) : std::nullopt;  // the pivot's own term cancels
  if (!value) {
    good_ = false;
    return;
  }
  for (auto& [atom_solved, polynomial] : solved_) {
    auto next = polynomial.substituted(*pivot, *value);
    if (!next) {
      good_ = false;
      return;
    }
    polynomial = std::move(*next);
  }
  solved_.emplace_back(*pivot, *value);
}

std::optional<Polynomial> AmountTerms::reduced(Polynomial polynomial) const {
  std::optional<Polynomial> result = std::move(polynomial);
  for (const auto& [solved, value] : solved_) {
    result = result->substituted(solved, value);
    if (!result) return std::nullopt;
  }
  return result;
}

std::optional<Atom> AmountTerms::operand_atom(const rules::Operand& operand) {
  switch (operand.kind) {
    case rules::Operand::Kind::header:
      return atom(Kind::header, operand.index);
    case rules::Operand::Kind::line:
      return atom(Kind::line, operand.index);
    case rules::Operand::Kind::attribute:
      return atom(Kind::attribute, operand.index, operand.answer);
    case rules::Operand::Kind::step: {
      const Atom step = atom(Kind::step, 0);
      meanings_[step].money = true;
      return step;
    }
    case rules::Operand::Kind::functional:
    case rules::Operand::Kind::constant:
      break;
  }
  return std::nullopt;
}

void AmountTerms::assume(const rules::Operand& attribute, const Fraction& value) {
  assumed_[{attribute.index, attribute.answer}] = value;
}

/// Sums of amounts with whole factors have no fractions of the minor unit: rounding them changes nothing.
bool AmountTerms::whole_minor_units(const Polynomial& polynomial) const {
  return std::all_of(polynomial.terms().begin(), polynomial.terms().end(), [&](const auto& term) {
    return term.first.size() == 1 && meanings_[term.first.front()].money && term.second.is_whole();
  });
}

std::optional<Polynomial> AmountTerms::normal_form(const rules::Amount& amount) {
  using Step = rules::AmountStep::Kind;
  std::vector<Polynomial> stack;
  for (const rules::AmountStep& step : amount.steps) {
    std::optional<Polynomial> next;
    const auto given = assumed_.find({step.operand.index, step.operand.answer});
    if (step.kind == Step::load && step.operand.kind == rules::Operand::Kind::attribute && given != assumed_.end()) {
      next = Polynomial::constant(given->second);
    } else if (step.kind == Step::load) {
      const auto loaded = operand_atom(step.operand);
      if (!loaded) return std::nullopt;
      next = reduced(Polynomial::atom(*loaded));
    } else if (step.kind == Step::constant) {
      const auto value = Fraction::of(step.constant);
      if (value) next = Polynomial::constant(*value);
    } else if (step.kind == Step::negate) {
      next = subtract(Polynomial(), stack.back());
      stack.pop_back();
    } else if (step.kind == Step::round) {
      Polynomial inner = std::move(stack.back());
      stack.pop_back();
      next = whole_minor_units(inner)
                 ? inner
                 : Polynomial::atom(derived_atom({.kind = Kind::rounding, .inner = inner, .mode = step.mode}));
    } else if (step.kind == Step::share) {
      Polynomial inner = std::move(stack.back());
      stack.pop_back();
      next = Polynomial::atom(derived_atom({.kind = Kind::share, .index = step.operand.index, .inner = inner}));
    } else {
      const Polynomial right = std::move(stack.back());
      stack.pop_back();
      const Polynomial left = std::move(stack.back());
      stack.pop_back();
      next = step.kind == Step::add        ? add(left, right)
             : step.kind == Step::subtract ? subtract(left, right)
                                           : multiply(left, right);
    }
    if (!next) return std::nullopt;
    stack.push_back(std::move(*next));
  }
  GLMAP_ASSERT(stack.size() == 1);
  return stack.back();
}

/// An event of one line: what its lines have in sum is what that line has. The share of the line is then all there is.
void AmountTerms::assume_single_line() {
  for (std::uint32_t i = 0; i < type_.line.size(); ++i) {
    if (!is_money(type_.line[i].kind)) continue;
    auto zero = subtract(Polynomial::atom(atom(Kind::line_sum, i)), Polynomial::atom(atom(Kind::line, i)));
    if (zero) learn_equality(std::move(*zero), std::nullopt);
  }
}

std::optional<Fraction> AmountTerms::derived_value(const Meaning& meaning, const std::map<Atom, Fraction>& values,
                                                   std::uint32_t chance) const {
  const auto inner = meaning.inner.evaluate(values);
  if (!inner || meaning.kind == Kind::share) return inner;
  if (meaning.kind == Kind::rounding) return round_fraction(*inner, meaning.mode);
  if (inner->numerator() <= 0 || chance % 4 == 0) return Fraction();  // of nothing, or of less, nothing is taken
  if (chance % 4 == 1) return inner;
  const auto half = divide(*inner, Fraction(2));
  return half ? round_fraction(*half, Rounding::down) : std::nullopt;
}

std::optional<std::map<Atom, Fraction>> AmountTerms::example(std::uint32_t attempt) const {
  const auto is_share = [](const Meaning& meaning) { return meaning.kind == Kind::share; };
  if (!single_line_ && std::any_of(meanings_.begin(), meanings_.end(), is_share)) {
    AmountTerms single = *this;
    single.single_line_ = true;
    single.assume_single_line();
    return single.good_ ? single.example(attempt) : std::nullopt;
  }
  static constexpr int kNice[] = {10000, 1900, 700, 500, 300, 1100, 1300};  // cents a person would choose
  std::mt19937 random(attempt);  // fixed: the same book gives the same example on every machine
  // `down` and `floor` differ for credit notes only: the last attempts are made with amounts below zero too.
  const bool signed_amounts = attempt >= 18'000;
  const std::uint32_t magnitude = attempt < 2000 || signed_amounts ? 2000 : attempt < 8000 ? 100'000 : 100'000'000;
  std::map<Atom, const Polynomial*> solved;
  for (const auto& [atom_solved, polynomial] : solved_) solved.emplace(atom_solved, &polynomial);
  std::map<Atom, Fraction> values;
  std::vector<Atom> open;
  std::size_t nice = 0;
  for (Atom each = 0; each < meanings_.size(); ++each) {
    const Meaning& meaning = meanings_[each];
    if (solved.contains(each) || is_derived(meaning.kind)) {
      open.push_back(each);
      continue;
    }
    int cents = attempt == 0 && nice < std::size(kNice) ? kNice[nice++] : static_cast<int>(random() % magnitude);
    if (signed_amounts && random() % 2 != 0) cents = -cents;
    values[each] =
        meaning.money ? *Fraction::make(cents, 100) : *Fraction::make(1 + static_cast<int>(random() % 30000), 10000);
  }
  // What follows from others comes after them; nothing rests on itself.
  while (!open.empty()) {
    const std::size_t before = open.size();
    std::erase_if(open, [&](Atom each) {
      const auto known = solved.find(each);
      const auto value = known != solved.end() ? known->second->evaluate(values)
                                               : derived_value(meanings_[each], values, attempt + each);
      if (value) values[each] = *value;
      return value.has_value();
    });
    if (open.size() == before) return std::nullopt;  // left the exact range
  }
  for (const auto& [each, value] : values)
    if (!keeps_sign(meanings_[each], value)) return std::nullopt;
  return values;
}

/// An event that its schema refuses is no example.
bool AmountTerms::keeps_sign(const Meaning& meaning, const Fraction& value) const {
  AmountSign sign = AmountSign::any;
  if (meaning.kind == Kind::header) sign = type_.header[meaning.index].sign;
  if (meaning.kind == Kind::line || meaning.kind == Kind::line_sum) sign = type_.line[meaning.index].sign;
  return sign == AmountSign::any || value.numerator() > 0 ||
         (sign == AmountSign::not_negative && value.numerator() == 0);
}

std::string AmountTerms::name(Atom atom) const {
  const Meaning& meaning = meanings_[atom];
  switch (meaning.kind) {
    case Kind::header:
      return type_.header[meaning.index].name;
    case Kind::line:
      return "line." + type_.line[meaning.index].name;
    case Kind::line_sum:
      return "sum of line." + type_.line[meaning.index].name;
    case Kind::attribute:
      return book_.tables[program_.lookups[meaning.index].table].answers[meaning.answer].name;
    case Kind::step:
      return "amount";
    case Kind::share:
      return "(share of " + formula(meaning.inner) + " by line." + type_.line[meaning.index].name + ")";
    case Kind::part:
      return meaning.what;
    case Kind::rounding:
      return "(" + formula(meaning.inner) + " rounded " + std::string(to_text(meaning.mode)) + ")";
  }
  return {};
}

std::string AmountTerms::words(const std::map<Atom, Fraction>& values,
                               const std::vector<const rules::Amount*>& amounts) const {
  std::vector<Atom> shown;
  const auto show = [&](Atom atom_shown) {
    if (std::find(shown.begin(), shown.end(), atom_shown) == shown.end()) shown.push_back(atom_shown);
  };
  for (const rules::Amount* amount : amounts)
    for (const rules::AmountStep& step : amount->steps) {
      if (step.kind != rules::AmountStep::Kind::load) continue;
      const Kind kind = step.operand.kind == rules::Operand::Kind::header ? Kind::header
                        : step.operand.kind == rules::Operand::Kind::line ? Kind::line
                        : step.operand.kind == rules::Operand::Kind::step ? Kind::step
                                                                          : Kind::attribute;
      const auto found = known_.find({kind, step.operand.index, step.operand.answer});
      if (found == known_.end()) continue;
      show(found->second);
      for (const auto& [solved, polynomial] : solved_)
        if (solved == found->second)
          for (const auto& [monomial, coefficient] : polynomial.terms())
            for (const Atom free : monomial) show(free);
    }
  for (Atom each = 0; each < meanings_.size(); ++each)
    if (meanings_[each].kind == Kind::part) show(each);
  std::string text;
  for (const Atom each : shown)
    text += (text.empty() ? "" : ", ") + name(each) + " " + amount_words(values.at(each), meanings_[each].money);
  return text;
}

std::string AmountTerms::formula(const Polynomial& polynomial) const {
  std::string text;
  for (const auto& [monomial, coefficient] : polynomial.terms()) {
    const bool negative = coefficient.numerator() < 0;
    const Fraction size = negative ? coefficient.negated() : coefficient;
    text += text.empty() ? (negative ? "-" : "") : (negative ? " - " : " + ");
    std::string product;
    for (const Atom factor : monomial) product += (product.empty() ? "" : " * ") + name(factor);
    if (monomial.empty())
      text += amount_words(size, false);
    else
      text += (size == Fraction(1) ? "" : amount_words(size, false) + " * ") + product;
  }
  return text.empty() ? "0" : text;
}

std::string AmountTerms::sum_that_may_hold(const Polynomial& zero) const {
  std::vector<std::string> sides[2];  // terms with a plus, with a minus
  std::optional<Kind> kind;
  for (const auto& [monomial, coefficient] : zero.terms()) {
    if (monomial.size() != 1 || (coefficient != Fraction(1) && coefficient != Fraction(-1))) return {};
    const Meaning& meaning = meanings_[monomial.front()];
    const bool field = meaning.kind == Kind::header || meaning.kind == Kind::line;
    if (!field || !meaning.money || (kind && *kind != meaning.kind)) return {};
    kind = meaning.kind;
    sides[coefficient == Fraction(1) ? 0 : 1].push_back(
        (meaning.kind == Kind::header ? type_.header : type_.line)[meaning.index].name);
  }
  if (sides[0].size() != 1) std::swap(sides[0], sides[1]);
  if (sides[0].size() != 1 || sides[1].size() < 2) return {};
  std::string sum;
  for (const std::string& name : sides[1]) sum += (sum.empty() ? "" : " + ") + name;
  return sides[0].front() + ": {type: money, is: " + sum + "}";
}

bool AmountTerms::has_rounding(const Polynomial& polynomial) const {
  return std::any_of(polynomial.terms().begin(), polynomial.terms().end(), [&](const auto& term) {
    return std::any_of(term.first.begin(), term.first.end(),
                       [&](Atom atom) { return meanings_[atom].kind == Kind::rounding; });
  });
}

}  // namespace glmap::verify
