// SPDX-License-Identifier: Apache-2.0
// Balance, for every event that satisfies its schema: debits less credits in normal form is zero (proved), or an event
// is found by exact evaluation for which it is not (refuted), or neither (not decided, which is an error too).
#include "compiler/verify/amount_terms.hpp"
#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"

namespace glmap::verify {
namespace {

constexpr std::uint32_t kAttempts = 20'000;

struct Refuted {
  std::map<Atom, Fraction> event;
  Fraction debits, credits;
};

class BlockProof {
 public:
  BlockProof(const rules::RuleBook& book, const rules::EventProgram& program, const rules::Rule& rule,
             const rules::PostBlock& block, Sink& sink)
      : book_(book), program_(program), rule_(rule), block_(block), sink_(sink), terms_(book, program) {}

  bool prove() {
    const bool currencies = check_difference();
    if (!terms_.good() || !add_up()) {
      sink_.report(not_decided(block_.where, "balance of rule " + tick(rule_.name), fingerprint()));
      return false;
    }
    const auto difference = subtract(debits_, credits_);
    if (difference && difference->is_zero()) return currencies;
    const auto refuted = difference ? search() : std::nullopt;
    if (refuted)
      report(*refuted, *difference);
    else
      sink_.report(not_decided(block_.where, "balance of rule " + tick(rule_.name), fingerprint()));
    return false;
  }

 private:
  std::string fingerprint() const {
    return "balance/" + rule_.name + "/" + book_.catalog.types[program_.type].name + "/" + block_.journal;
  }

  /// Amounts valued by different rates leave a difference that needs a home.
  bool check_difference() {
    if (block_.gain_role) return true;
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

  bool add_up() {
    for (const rules::PostingLine& line : block_.lines) {
      const auto amount = terms_.normal_form(line.amount);
      if (!amount) return false;
      Polynomial& side = line.side == Side::debit ? debits_ : credits_;
      auto sum = add(side, *amount);
      if (!sum) return false;
      side = std::move(*sum);
    }
    return true;
  }

  std::optional<Refuted> search() const {
    for (std::uint32_t attempt = 0; attempt < kAttempts; ++attempt) {
      auto event = terms_.example(attempt);
      if (!event) continue;
      const auto debits = debits_.evaluate(*event);
      const auto credits = credits_.evaluate(*event);
      if (debits && credits && *debits != *credits) return Refuted{std::move(*event), *debits, *credits};
    }
    return std::nullopt;
  }

  void report(const Refuted& refuted, const Polynomial& difference) {
    std::vector<const rules::Amount*> amounts;
    Diagnostic found{.code = ErrorCode::RuleOutOfBalance, .primary = place(block_.where)};
    for (const rules::PostingLine& line : block_.lines) amounts.push_back(&line.amount);
    const std::string gap = terms_.formula(difference);
    const bool debits_exceed = subtract_or_zero(refuted).numerator() > 0;
    const Fraction off = debits_exceed ? subtract_or_zero(refuted) : subtract_or_zero(refuted).negated();
    found.message =
        "rule " + tick(rule_.name) + " is out of balance: debits less credits come to " + tick(gap) + ", not to zero";
    const std::string event = program_.each_line ? "a line of " : "";
    found.notes.push_back("example: " + event + book_.catalog.types[program_.type].name + " with " +
                          terms_.words(refuted.event, amounts) + " posts debits " + amount_words(refuted.debits, true) +
                          " and credits " + amount_words(refuted.credits, true) + ": off by " +
                          amount_words(off, true));
    found.help = help(difference, gap);
    found.fingerprint = fingerprint();
    sink_.report(std::move(found));
  }

  static Fraction subtract_or_zero(const Refuted& refuted) {
    return add(refuted.debits, refuted.credits.negated()).value_or(Fraction());
  }

  /// One missing or doubled term is the usual mistake: say which line would mend it.
  std::string help(const Polynomial& difference, const std::string& gap) const {
    if (difference.terms().size() == 1 && difference.terms().begin()->first.size() == 1) {
      const auto& [monomial, coefficient] = *difference.terms().begin();
      const std::string term = terms_.name(monomial.front());
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
  AmountTerms terms_;
  Polynomial debits_, credits_;
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
