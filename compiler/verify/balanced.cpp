// SPDX-License-Identifier: Apache-2.0
// Balance, for every event that satisfies its schema: debits less credits in normal form is zero (proved), or an event
// is found by exact evaluation for which it is not (refuted), or neither (not decided, which is an error too).
#include <algorithm>
#include <set>

#include "compiler/verify/amount_terms.hpp"
#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

constexpr std::uint32_t kAttempts = 20'000;
/// Numbers that tables answer are proved answer by answer while there are no more cases than this, then as unknowns.
constexpr std::size_t kCasesMax = 4096;

/// One number for each attribute that amounts of the block use, in the order of `attributes`.
using Numbers = std::vector<Decimal>;

struct Refuted {
  std::map<Atom, Fraction> event;
  Fraction debits, credits;
};

class BlockProof {
 public:
  BlockProof(const rules::RuleBook& book, const rules::EventProgram& program, const rules::Rule& rule,
             const rules::PostBlock& block, Sink& sink)
      : book_(book), program_(program), rule_(rule), block_(block), sink_(sink) {}

  bool prove() {
    const bool currencies = check_difference();
    for (const Numbers& numbers : cases())
      if (!prove_case(numbers)) return false;
    return currencies;
  }

 private:
  bool prove_case(const Numbers& numbers) {
    AmountTerms terms(book_, program_);
    answers_.clear();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto value = Fraction::of(numbers[i]);
      if (value) terms.assume(attributes_[i], *value);
      answers_ += (answers_.empty() ? "" : ", ") + answer_name(attributes_[i]) + " " + numbers[i].to_text();
    }
    Polynomial debits;
    Polynomial credits;
    const bool summed = terms.good() && add_up(terms, debits, credits);
    const auto difference = summed ? subtract(debits, credits) : std::nullopt;
    if (difference && difference->is_zero()) return true;
    const auto refuted = difference ? search(terms, debits, credits) : std::nullopt;
    if (refuted)
      report(terms, *refuted, *difference);
    else
      sink_.report(not_decided(block_.where, "balance of rule " + tick(rule_.name), fingerprint()));
    return false;
  }

  const std::string& answer_name(const rules::Operand& attribute) const {
    return book_.tables[program_.lookups[attribute.index].table].answers[attribute.answer].name;
  }

  /// The distinct numbers that rows answer together, look-up by look-up; one empty case when no table is asked.
  std::set<Numbers> cases() {
    attributes_.clear();
    for (const rules::PostingLine& line : block_.lines)
      for (const rules::AmountStep& step : line.amount.steps)
        if (step.kind == rules::AmountStep::Kind::load && step.operand.kind == rules::Operand::Kind::attribute &&
            std::find(attributes_.begin(), attributes_.end(), step.operand) == attributes_.end())
          attributes_.push_back(step.operand);
    std::stable_sort(attributes_.begin(), attributes_.end(),
                     [](const auto& a, const auto& b) { return a.index < b.index; });
    std::set<Numbers> all{{}};
    for (std::size_t i = 0; i < attributes_.size();) {
      std::size_t end = i;
      while (end < attributes_.size() && attributes_[end].index == attributes_[i].index) ++end;
      std::set<Numbers> longer;
      for (const rules::TableRow& row : book_.tables[program_.lookups[attributes_[i].index].table].rows) {
        if (row.impossible) continue;
        for (Numbers numbers : all) {
          for (std::size_t a = i; a < end; ++a) numbers.push_back(row.answers[attributes_[a].answer].number);
          longer.insert(std::move(numbers));
        }
        if (longer.size() > kCasesMax) return {{}};
      }
      all = std::move(longer);
      i = end;
    }
    return all;
  }

  std::string fingerprint() const {
    return "balance/" + rule_.name + "/" + book_.catalog.types[program_.type].name + "/" + block_.journal;
  }

  /// Amounts valued by different rates leave a difference that needs a home.
  bool check_difference() {
    if (block_.gain_role || only_functional(book_.catalog.types[program_.type], rule_)) return true;
    // One rate for every line leaves no more than rounding.
    const rules::PostingLine& first = block_.lines.front();
    const bool one_rate = std::all_of(block_.lines.begin(), block_.lines.end(), [&](const rules::PostingLine& line) {
      return !line.functional && line.rate == first.rate;
    });
    if (one_rate) return true;
    for (const rules::PostingLine& line : block_.lines) {
      if (!line.rate && !line.functional) continue;
      Diagnostic found{.code = ErrorCode::RuleOutOfBalance,
                       .primary = place(line.where),
                       .message = "rule " + tick(rule_.name) +
                                  " values this line at a rate of its own, so that debits and " +
                                  "credits differ in the currency of the books, and no role takes the difference"};
      found.help = "end the `post in` block with `difference to GAIN, LOSS`, the roles for exchange gains and losses";
      found.fingerprint = fingerprint() + "/difference";
      sink_.report(std::move(found));
      return false;
    }
    return true;
  }

  bool add_up(AmountTerms& terms, Polynomial& debits, Polynomial& credits) const {
    for (const rules::PostingLine& line : block_.lines) {
      const auto amount = terms.normal_form(line.amount);
      if (!amount) return false;
      Polynomial& side = line.side == Side::debit ? debits : credits;
      auto sum = add(side, *amount);
      if (!sum) return false;
      side = std::move(*sum);
    }
    return true;
  }

  static std::optional<Refuted> search(const AmountTerms& terms, const Polynomial& debits_formula,
                                       const Polynomial& credits_formula) {
    for (std::uint32_t attempt = 0; attempt < kAttempts; ++attempt) {
      auto event = terms.example(attempt);
      if (!event) continue;
      const auto debits = debits_formula.evaluate(*event);
      const auto credits = credits_formula.evaluate(*event);
      if (debits && credits && *debits != *credits) return Refuted{std::move(*event), *debits, *credits};
    }
    return std::nullopt;
  }

  void report(const AmountTerms& terms, const Refuted& refuted, const Polynomial& difference) {
    std::vector<const rules::Amount*> amounts;
    Diagnostic found{.code = ErrorCode::RuleOutOfBalance, .primary = place(block_.where)};
    for (const rules::PostingLine& line : block_.lines) amounts.push_back(&line.amount);
    const std::string gap = terms.formula(difference);
    const bool debits_exceed = subtract_or_zero(refuted).numerator() > 0;
    const Fraction off = debits_exceed ? subtract_or_zero(refuted) : subtract_or_zero(refuted).negated();
    found.message =
        "rule " + tick(rule_.name) + " is out of balance: debits less credits come to " + tick(gap) + ", not to zero";
    const std::string event = program_.each_line ? "a line of " : "";
    found.notes.push_back("example: " + event + book_.catalog.types[program_.type].name + " with " +
                          terms.words(refuted.event, amounts) + (answers_.empty() ? "" : " (" + answers_ + ")") +
                          " posts debits " + amount_words(refuted.debits, true) + " and credits " +
                          amount_words(refuted.credits, true) + ": off by " + amount_words(off, true));
    found.help = help(terms, difference, gap);
    found.fingerprint = fingerprint();
    sink_.report(std::move(found));
  }

  static Fraction subtract_or_zero(const Refuted& refuted) {
    return add(refuted.debits, refuted.credits.negated()).value_or(Fraction());
  }

  /// One missing or doubled term is the usual mistake: say which line would mend it.
  static std::string help(const AmountTerms& terms, const Polynomial& difference, const std::string& gap) {
    if (difference.terms().size() == 1 && difference.terms().begin()->first.size() == 1) {
      const auto& [monomial, coefficient] = *difference.terms().begin();
      const std::string term = terms.name(monomial.front());
      if (coefficient == Fraction(1))
        return "credit " + tick(term) + " to the role it belongs to, or take it out of the debits";
      if (coefficient == Fraction(-1))
        return "debit " + tick(term) + " to the role it belongs to, or take it out of the credits";
    }
    return "the debits and the credits must come to the same amount for every event; what is missing is " + tick(gap);
  }

  const rules::RuleBook& book_;
  const rules::EventProgram& program_;
  const rules::Rule& rule_;
  const rules::PostBlock& block_;
  Sink& sink_;
  std::vector<rules::Operand> attributes_;  // numbers from tables that amounts of the block use
  std::string answers_;                     // their values in the case at hand, in words
};

}  // namespace

void check_balanced(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  std::size_t proved = 0;
  bool all = true;
  for (const rules::EventProgram& program : model.book.programs)
    for (const rules::Rule& rule : program.rules)
      for (const rules::PostBlock& block : rule.blocks) {
        if (BlockProof(model.book, program, rule, block, sink).prove())
          ++proved;
        else
          all = false;
      }
  if (all) proofs.results["rules balance for every amount"] = counted(proved, "posting");
}

}  // namespace glmap::verify
