// SPDX-License-Identifier: Apache-2.0
// Balance, for every event that satisfies its schema: debits less credits in normal form is zero (proved), or an event
// is found by exact evaluation for which it is not (refuted), or neither (not decided, which is an error too).
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/posted_amounts.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

class BlockProof {
 public:
  BlockProof(const rules::RuleBook& book, const BlockOfRule& of, Sink& sink)
      : book_(book), program_(of.program), of_(of), block_(of.block), sink_(sink) {}

  bool prove() {
    bool sound = check_difference();
    std::vector<const rules::Amount*> amounts;
    for (const rules::PostingLine& line : block_.lines) amounts.push_back(&line.amount);
    for_each_answer(book_, program_, amounts, [&](AmountTerms& terms, const std::string& answers) {
      const bool proved = prove_case(terms, answers);
      sound = sound && proved;
      return proved;
    });
    return sound;
  }

 private:
  bool prove_case(AmountTerms& terms, const std::string& answers) {
    const auto posted = terms.good() ? posted_amounts(book_, block_, terms) : std::nullopt;
    Polynomial sides[2];  // debits, credits
    bool summed = posted.has_value();
    for (std::size_t i = 0; summed && i < posted->size(); ++i) {
      Polynomial& side = sides[block_.lines[i].side == Side::debit ? 0 : 1];
      auto sum = add(side, (*posted)[i]);
      summed = sum.has_value();
      if (sum) side = std::move(*sum);
    }
    const auto difference = summed ? subtract(sides[0], sides[1]) : std::nullopt;
    if (difference && difference->is_zero()) return check_rest(*posted);
    const auto refuted = difference ? find_difference(terms, sides[0], sides[1]) : std::nullopt;
    if (refuted)
      report(terms, *refuted, *difference, answers);
    else
      sink_.report(amounts_not_decided(block_.where, "the balance of " + subject(), fingerprint()));
    return false;
  }

  std::string subject() const {
    return (of_.recognition == nullptr ? "" : "the schedule of ") + rule_words(book_, program_, of_.rule);
  }
  std::string fingerprint() const {
    return "balance/" + of_.rule.name + "/" + book_.catalog.types[program_.type].name + "/" + block_.journal +
           (book_.ledgers.size() < 2 ? "" : "/" + book_.ledgers[program_.ledger]);
  }

  /// A `rest` of nothing is a line that is never posted.
  bool check_rest(const std::vector<Polynomial>& posted) const {
    for (std::size_t i = 0; i < posted.size(); ++i) {
      if (block_.lines[i].take != rules::PostingLine::Take::rest || !posted[i].is_zero()) continue;
      Diagnostic found{.code = ErrorCode::DeadRow, .primary = place(block_.lines[i].where)};
      found.message = "this line of " + subject() + " never posts anything: the other lines balance without it";
      found.notes.push_back("example: every " + book_.catalog.types[program_.type].name + " leaves a rest of 0.00");
      found.help = "delete the line, or take what it should post out of the others";
      found.fingerprint = fingerprint() + "/rest";
      sink_.report(std::move(found));
      return false;
    }
    return true;
  }

  static bool has_own_value(const rules::PostingLine& line) {
    return line.rate || line.functional || line.at_carrying_rate;
  }

  /// Every line says what it is worth, and what the debits are worth the credits are.
  bool worth_balances() const {
    AmountTerms terms(book_, program_);
    Polynomial difference;
    for (const rules::PostingLine& line : block_.lines) {
      if (!line.functional) return false;
      rules::Amount worth;
      worth.steps.push_back({.kind = rules::AmountStep::Kind::load, .operand = *line.functional});
      const auto value = terms.normal_form(worth);
      const auto sum = !value                     ? std::nullopt
                       : line.side == Side::debit ? add(difference, *value)
                                                  : subtract(difference, *value);
      if (!sum) return false;
      difference = *sum;
    }
    return terms.good() && difference.is_zero();
  }

  /// Amounts valued by different rates leave a difference that needs a home.
  bool check_difference() const {
    if (block_.gain_role || !may_convert(book_, of_)) return true;
    // One rate for every line leaves no more than rounding.
    const rules::PostingLine& first = block_.lines.front();
    const bool one_rate = std::all_of(block_.lines.begin(), block_.lines.end(), [&](const rules::PostingLine& line) {
      return !line.functional && !line.at_carrying_rate && line.rate == first.rate;
    });
    if (one_rate || worth_balances()) return true;
    // In the step of a schedule one side takes over what the other is worth.
    const auto valued = [&](Side side) {
      return std::any_of(block_.lines.begin(), block_.lines.end(),
                         [&](const rules::PostingLine& line) { return line.side == side && has_own_value(line); });
    };
    if (of_.recognition != nullptr && !(valued(Side::debit) && valued(Side::credit))) return true;
    for (const rules::PostingLine& line : block_.lines) {
      if (!has_own_value(line)) continue;
      Diagnostic found{.code = ErrorCode::RuleOutOfBalance, .primary = place(line.where)};
      found.message = subject() + " values this line at a rate of its own, so that debits and credits differ in the " +
                      "currency of the books, and no role takes the difference";
      const std::string books = book_.catalog.entities.front().functional == *Currency::parse("EUR") ? "USD" : "EUR";
      found.notes.push_back("example: " + one(book_.catalog.types[program_.type].name) + " in " + books + " for " +
                            book_.catalog.entities.front().code + ", at two rates");
      found.help = "end the block with `difference to GAIN, LOSS`, the roles for exchange gains and losses";
      found.fingerprint = fingerprint() + "/difference";
      sink_.report(std::move(found));
      return false;
    }
    return true;
  }

  void report(const AmountTerms& terms, const Difference& refuted, const Polynomial& difference,
              const std::string& answers) const {
    std::vector<const rules::Amount*> amounts;
    Diagnostic found{.code = ErrorCode::RuleOutOfBalance, .primary = place(block_.where)};
    for (const rules::PostingLine& line : block_.lines) amounts.push_back(&line.amount);
    const Fraction exceeds = add(refuted.left, refuted.right.negated()).value_or(Fraction());
    const bool debits = exceeds.numerator() > 0;  // the larger side
    const Fraction off = debits ? exceeds : exceeds.negated();
    const Polynomial gap = debits ? difference : subtract(Polynomial(), difference).value_or(difference);
    const bool always = std::all_of(gap.terms().begin(), gap.terms().end(),
                                    [](const auto& term) { return term.second.numerator() > 0; });
    found.message = subject() + " is out of balance: " +
                    (!always  ? "debits and credits differ by " + tick(terms.formula(difference))
                     : debits ? "debits exceed credits by " + tick(terms.formula(gap))
                              : "credits exceed debits by " + tick(terms.formula(gap)));
    const std::string event = of_.recognition != nullptr ? "a step of a schedule of "
                              : program_.each_line       ? "a line of "
                                                         : "";
    found.notes.push_back("example: " + event + book_.catalog.types[program_.type].name + " with " +
                          terms.words(refuted.event, amounts) + (answers.empty() ? "" : " (" + answers + ")") +
                          " posts debits " + amount_words(refuted.left, true) + " and credits " +
                          amount_words(refuted.right, true) + ": off by " + amount_words(off, true));
    found.help = help(terms, gap, debits);
    found.fingerprint = fingerprint();
    sink_.report(std::move(found));
  }

  /// What the usual mistakes need: a line that is missing, one on the wrong side, a sum that the schema does not
  /// promise, parts that are rounded each for itself. `gap` is what the larger side has too much.
  static std::string help(const AmountTerms& terms, const Polynomial& gap, bool debits) {
    const std::string larger = debits ? "debit" : "credit", smaller = debits ? "credit" : "debit";
    if (gap.terms().size() == 1 && gap.terms().begin()->first.size() == 1) {
      const auto& [monomial, coefficient] = *gap.terms().begin();
      const std::string term = tick(terms.name(monomial.front()));
      if (coefficient == Fraction(1))
        return smaller + " " + term + " to the role it belongs to, or take it out of the " + larger + "s";
      if (coefficient == Fraction(2))
        return "a line with " + term + " stands on the wrong side: write " + tick(smaller) + " instead of " +
               tick(larger) + " in one of them";
    }
    if (const std::string sum = terms.sum_that_may_hold(gap); !sum.empty())
      return "if it is always so, let the schema say it in events.yaml: " + tick(sum) + "; else post the difference, " +
             tick(terms.formula(gap)) + ", to the role it belongs to";
    if (terms.has_rounding(gap))
      return "let one of the lines take what the others leave: write `rest` as its amount, or the whole less the "
             "rounded parts";
    return "the debits and the credits must come to the same amount for every event; what the " + smaller +
           "s lack is " + tick(terms.formula(gap));
  }

  const rules::RuleBook& book_;
  const rules::EventProgram& program_;
  const BlockOfRule& of_;
  const rules::PostBlock& block_;
  Sink& sink_;
};

}  // namespace

void check_balanced(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  std::size_t proved = 0;
  bool all = true;
  for_each_block(model.book, [&](const BlockOfRule& of) {
    if (BlockProof(model.book, of, sink).prove())
      ++proved;
    else
      all = false;
  });
  if (all) proofs.results["rules balance for every amount"] = counted(proved, "posting");
}

}  // namespace glmap::verify
