// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/posted_amounts.hpp"

#include <algorithm>
#include <set>

#include "compiler/verify/report.hpp"

namespace glmap::verify {
namespace {

using rules::PostingLine;

constexpr std::uint32_t kAttempts = 20'000;
/// More combinations of answers than this are not gone through.
constexpr std::size_t kCasesMax = 4096;

/// One number for each attribute, in the order of the attributes.
using Numbers = std::vector<Decimal>;

std::vector<rules::Operand> attributes_of(const std::vector<const rules::Amount*>& amounts) {
  std::vector<rules::Operand> attributes;
  for (const rules::Amount* amount : amounts)
    for (const rules::AmountStep& step : amount->steps)
      if (step.kind == rules::AmountStep::Kind::load && step.operand.kind == rules::Operand::Kind::attribute &&
          std::find(attributes.begin(), attributes.end(), step.operand) == attributes.end())
        attributes.push_back(step.operand);
  std::stable_sort(attributes.begin(), attributes.end(),
                   [](const auto& a, const auto& b) { return a.index < b.index; });
  return attributes;
}

/// The distinct numbers that rows answer together, look-up by look-up; one empty case when no table is asked. nullopt:
/// too many to go through.
std::optional<std::set<Numbers>> cases_of(const rules::RuleBook& book, const rules::EventProgram& program,
                                          const std::vector<rules::Operand>& attributes) {
  std::set<Numbers> all{{}};
  for (std::size_t i = 0; i < attributes.size();) {
    std::size_t end = i;
    while (end < attributes.size() && attributes[end].index == attributes[i].index) ++end;
    std::set<Numbers> longer;
    for (const rules::TableRow& row : book.tables[program.lookups[attributes[i].index].table].rows) {
      if (row.impossible) continue;
      for (Numbers numbers : all) {
        for (std::size_t a = i; a < end; ++a) numbers.push_back(row.answers[attributes[a].answer].number);
        longer.insert(std::move(numbers));
      }
      if (longer.size() > kCasesMax) return std::nullopt;
    }
    all = std::move(longer);
    i = end;
  }
  return all;
}

class BlockAmounts {
 public:
  BlockAmounts(const rules::RuleBook& book, const rules::PostBlock& block, AmountTerms& terms)
      : book_(book), block_(block), terms_(terms), posted_(block.lines.size()) {}

  std::optional<std::vector<Polynomial>> run() {
    // `rest` is what the others leave; lines that look at it come after it.
    for (const bool rest : {false, true, false})
      for (std::size_t i = 0; i < block_.lines.size(); ++i) {
        const PostingLine& line = block_.lines[i];
        const bool waits = std::any_of(line.after.begin(), line.after.end(),
                                       [&](std::uint32_t before) { return !posted_[before].has_value(); });
        if (posted_[i] || waits || (line.take == PostingLine::Take::rest) != rest) continue;
        posted_[i] = line_amount(line);
        if (!posted_[i]) return std::nullopt;
      }
    std::vector<Polynomial> all;
    for (std::optional<Polynomial>& one : posted_) {
      if (!one) return std::nullopt;
      all.push_back(std::move(*one));
    }
    return all;
  }

 private:
  std::optional<Polynomial> line_amount(const PostingLine& line) {
    if (line.take == PostingLine::Take::rest) return missing(line.side);
    if (line.take == PostingLine::Take::same) return posted_[line.after.front()];
    auto asked = terms_.normal_form(line.amount);
    if (line.take == PostingLine::Take::rest_of)
      for (const std::uint32_t before : line.after) {
        if (!asked) return std::nullopt;
        asked = subtract(*asked, *posted_[before]);
      }
    if (!asked || !line.limit || line.limit->else_hold) return asked;
    return terms_.part_of(std::move(*asked), "what " + tick(book_.roles[line.role].name) + " takes");
  }

  /// What a line on `side` must post to balance those known.
  std::optional<Polynomial> missing(Side side) const {
    std::optional<Polynomial> sum = Polynomial();
    for (std::size_t i = 0; i < posted_.size() && sum; ++i) {
      if (!posted_[i]) continue;
      sum = block_.lines[i].side == side ? subtract(*sum, *posted_[i]) : add(*sum, *posted_[i]);
    }
    return sum;
  }

  const rules::RuleBook& book_;
  const rules::PostBlock& block_;
  AmountTerms& terms_;
  std::vector<std::optional<Polynomial>> posted_;
};

}  // namespace

std::optional<std::vector<Polynomial>> posted_amounts(const rules::RuleBook& book, const rules::PostBlock& block,
                                                      AmountTerms& terms) {
  return BlockAmounts(book, block, terms).run();
}

std::optional<Polynomial> debits_less_credits(const rules::PostBlock& block, const std::vector<Polynomial>& posted) {
  std::optional<Polynomial> sum = Polynomial();
  for (std::size_t i = 0; i < posted.size() && sum; ++i)
    sum = block.lines[i].side == Side::debit ? add(*sum, posted[i]) : subtract(*sum, posted[i]);
  return sum;
}

void for_each_answer(const rules::RuleBook& book, const rules::EventProgram& program,
                     const std::vector<const rules::Amount*>& amounts,
                     const std::function<bool(AmountTerms& terms, const std::string& answers)>& visit) {
  const auto attributes = attributes_of(amounts);
  const auto cases = cases_of(book, program, attributes);
  if (!cases) {  // what holds for any numbers holds for those of the tables; what does not is not decided by them
    AmountTerms terms(book, program);
    terms.take_any_answer();
    visit(terms, {});
    return;
  }
  for (const Numbers& numbers : *cases) {
    AmountTerms terms(book, program);
    std::string words;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto value = Fraction::of(numbers[i]);
      if (value) terms.assume(attributes[i], *value);
      const rules::Table& table = book.tables[program.lookups[attributes[i].index].table];
      words += (words.empty() ? "" : ", ") + table.answers[attributes[i].answer].name + " " + numbers[i].to_text();
    }
    if (!visit(terms, words)) return;
  }
}

std::optional<Difference> find_difference(const AmountTerms& terms, const Polynomial& left, const Polynomial& right) {
  if (terms.takes_any_answer()) return std::nullopt;
  for (std::uint32_t attempt = 0; attempt < kAttempts; ++attempt) {
    auto event = terms.example(attempt);
    if (!event) continue;
    const auto a = left.evaluate(*event);
    const auto b = right.evaluate(*event);
    if (a && b && *a != *b) return Difference{std::move(*event), *a, *b};
  }
  return std::nullopt;
}

}  // namespace glmap::verify
