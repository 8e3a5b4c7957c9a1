// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/syntax/build_ast.hpp"

namespace glmap::syntax {
namespace {

// Later stages walk amounts recursively; nobody reads an amount this long either.
constexpr std::size_t kAmountNodesMax = 1000;

Condition condition(const NodeView& node) {
  Condition result;
  std::vector<Word> words = node.words();  // SUBJECT is [not] VALUE ...
  result.span = node.span();
  result.subject = words[0];
  std::size_t first = 2;
  if (words.size() > 3 && words[2].text == "not" && !words[2].quoted) {
    result.negated = true;
    first = 3;
  }
  result.values.assign(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
  return result;
}

/// Builds the nodes of one amount, children before parents.
class AmountBuilder {
 public:
  AmountExpr run(const NodeView& node) {
    result_.root = amount(node);
    result_.span = node.span();
    return std::move(result_);
  }
  /// The first number that is none, empty when all are.
  const Word& bad_number() const { return bad_number_; }

 private:
  using Kind = AmountNode::Kind;

  std::uint32_t add(Kind kind, Word word, std::uint32_t left = 0, std::uint32_t right = 0) {
    result_.nodes.push_back(AmountNode{kind, std::move(word), left, right});
    return static_cast<std::uint32_t>(result_.nodes.size() - 1);
  }

  std::uint32_t amount(const NodeView& node) {
    const std::vector<NodeView> terms = node.nodes(Rule::term);
    const std::vector<const Token*> signs = node.tokens();
    std::uint32_t left = term(terms.front());
    for (std::size_t index = 1; index < terms.size(); ++index) {
      const std::uint32_t right = term(terms[index]);
      left = add(signs[index - 1]->text == "+" ? Kind::add : Kind::subtract, {}, left, right);
    }
    return left;
  }

  std::uint32_t term(const NodeView& node) {
    const std::vector<NodeView> factors = node.nodes(Rule::factor);
    std::uint32_t left = factor(factors.front());
    for (std::size_t index = 1; index < factors.size(); ++index) {
      const std::uint32_t right = factor(factors[index]);
      left = add(Kind::multiply, {}, left, right);
    }
    const std::vector<Word> words = node.words();  // [rounded MODE]
    return words.size() == 2 ? add(Kind::rounded, words[1], left) : left;
  }

  std::uint32_t factor(const NodeView& node) {
    std::uint32_t result = operand(node.nodes(Rule::operand).front());
    std::vector<NodeView> prefixes = node.nodes(Rule::prefix);
    std::reverse(prefixes.begin(), prefixes.end());
    for (const NodeView& prefix : prefixes) {
      const Word number = prefix.word(0);  // NUMBER % of, or a minus
      if (number.empty()) {
        result = add(Kind::negate, {}, result);
      } else {
        if (!looks_like_number(number.text) && bad_number_.empty()) bad_number_ = number;
        result = add(Kind::percent_of, number, result);
      }
    }
    return result;
  }

  std::uint32_t operand(const NodeView& node) {
    const std::vector<NodeView> inner = node.nodes(Rule::amount);
    if (!inner.empty()) return amount(inner.front());
    const Word word = node.word(0);
    return add(looks_like_number(word.text) ? Kind::number : Kind::name, word);
  }

  AmountExpr result_;
  Word bad_number_;
};

}  // namespace

AmountExpr AstBuilder::amount(const NodeView& node) {
  AmountBuilder builder;
  AmountExpr result = builder.run(node);
  if (const Word& bad = builder.bad_number(); !bad.empty()) {
    sink_.error(ErrorCode::BadLiteral, bad.span, "`" + bad.text + "` is not a percentage",
                "write it as in `12.5 % of line.net`");
  }
  if (result.nodes.size() > kAmountNodesMax) {
    sink_.error(ErrorCode::TooLarge, result.span, "this amount has more than 1000 parts",
                "split it into several posting lines");
    result.nodes.resize(1);
    result.nodes.front() = AmountNode{};
    result.root = 0;
  }
  return result;
}

void AstBuilder::line_option(PostingDecl& line, const NodeView& option) {
  const Word key = option.word(0);
  if (key.text == "with") {
    for (const NodeView& pair : option.nodes(Rule::dimension)) line.with.push_back({pair.word(0), pair.word(1)});
    return;
  }
  std::optional<Word>& target = key.text == "at" ? line.at : line.worth;
  if (target && twice(option.span(), target->span, "`" + key.text + "`")) return;
  target = option.word(1);
}

PostingDecl AstBuilder::entry_line(const NodeView& line) {
  PostingDecl result;
  result.span = line.span();
  result.side = line.word(0);
  result.role = line.word(1);
  for (const NodeView& node : line.nodes()) {
    if (node.rule() == Rule::amount) result.amount = amount(node);
    if (node.rule() == Rule::line_option) line_option(result, node);
  }
  return result;
}

void AstBuilder::post_head(PostBlock& block, const NodeView& head, bool whole) {
  block.span = head.span();
  const std::vector<Word> words = head.words();  // post in ENTITY journal CODE
  if (words.size() > 2) block.entity = words[2];
  for (std::size_t index = 3; index + 1 < words.size(); index += 2)
    if (!twice(words[index].span, block.journal.span, "`journal`")) block.journal = words[index + 1];
  if (block.journal.empty() && whole) {
    missing(block.span, "the entry names no journal", "write `post in ENTITY, journal CODE`");
  }
}

PostBlock AstBuilder::post_block(const NodeView& node) {
  PostBlock block;
  for (const NodeView& head : node.nodes(Rule::post_head)) post_head(block, head, !node.has_broken());
  for (const NodeView& item : node.nodes()) {
    if (item.broken()) continue;
    if (item.rule() == Rule::entry_line) block.lines.push_back(entry_line(item));
    if (item.rule() != Rule::difference) continue;
    if (block.difference && twice(item.span(), block.difference->first.span, "`difference to`")) continue;
    block.difference = std::pair{item.word(2), item.word(3)};
  }
  if (block.lines.empty() && !node.has_broken()) {
    missing(block.span, "the entry has no lines", "write lines that start with `debit` or `credit`");
  }
  return block;
}

void AstBuilder::clause(RuleDecl& rule, const NodeView& clause) {
  switch (clause.rule()) {
    case Rule::because_clause:
      if (!twice(clause.span(), rule.because.span, "`because`")) rule.because = clause.word(1);
      break;
    case Rule::for_clause: {
      if (!rule.events.empty() && twice(clause.span(), rule.events.front().span, "`for`")) return;
      std::vector<Word> words = clause.words();  // for [each line of] EVENT ...
      rule.each_line = words.size() > 4 && words[1].text == "each";
      rule.events.assign(words.begin() + (rule.each_line ? 4 : 1), words.end());
      break;
    }
    case Rule::when_clause: {
      if (!rule.when.empty() && twice(clause.span(), rule.when.front().span, "`when`")) return;
      for (const NodeView& node : clause.nodes(Rule::condition)) rule.when.push_back(condition(node));
      break;
    }
    default:
      break;
  }
}

void AstBuilder::rule(const NodeView& section) {
  RuleDecl rule;
  rule.span = section.span();
  for (const NodeView& node : section.nodes()) {
    if (node.rule() == Rule::rule_head) {
      rule.span = node.span();
      rule.name = node.word(1);
      rule.title = node.word(2);
    } else if (node.rule() == Rule::post_block) {
      rule.blocks.push_back(post_block(node));
    } else if (!node.broken()) {
      clause(rule, node);
    }
  }
  check_clauses(rule, section);
  spec_.rules.push_back(std::move(rule));
}

void AstBuilder::outcome(const NodeView& section, OutcomeKind kind) {
  RuleDecl rule;
  rule.outcome = kind;
  rule.span = section.span();
  for (const NodeView& node : section.nodes()) {
    if (node.broken()) continue;
    if (node.rule() == Rule::no_entry_head || node.rule() == Rule::hold_head) {
      std::vector<Word> words = node.words();  // no entry for EVENT ... | hold EVENT ...
      rule.span = node.span();
      rule.events.assign(words.begin() + (kind == OutcomeKind::no_entry ? 3 : 1), words.end());
    } else {
      clause(rule, node);
    }
  }
  check_clauses(rule, section);
  spec_.rules.push_back(std::move(rule));
}

void AstBuilder::check_clauses(const RuleDecl& rule, const NodeView& section) {
  if (section.has_broken()) return;
  std::string name = "rule `" + rule.name.text + "`";
  if (rule.outcome == OutcomeKind::no_entry) name = "`no entry for`";
  if (rule.outcome == OutcomeKind::hold) name = "`hold`";
  if (rule.because.empty()) {
    missing(rule.span, name + " gives no reason", "write `because \"policy and paragraph\"`");
  }
  if (rule.outcome != OutcomeKind::post) return;
  if (rule.events.empty()) {
    missing(rule.span, name + " does not say for which event it is", "write `for EVENT` or `for each line of EVENT`");
  }
  if (rule.blocks.empty()) {
    missing(rule.span, name + " posts nothing",
            "write `post in ENTITY, journal CODE` with debit and credit lines, or say `no entry for EVENT`");
  }
}

}  // namespace glmap::syntax
