// SPDX-License-Identifier: Apache-2.0
// Amounts, posting lines and the blocks that hold them.
#include <algorithm>

#include "compiler/syntax/build_ast.hpp"

namespace glmap::syntax {
namespace {

// Later stages walk amounts recursively; nobody reads an amount this long either.
constexpr std::size_t kAmountNodesMax = 1000;

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
    if (const std::vector<NodeView> parts = node.nodes(Rule::share); !parts.empty()) return share(parts.front());
    if (const std::vector<NodeView> inner = node.nodes(Rule::amount); !inner.empty()) return amount(inner.front());
    return name_or_number(node.word(0));
  }

  std::uint32_t name_or_number(const Word& word) {
    return add(looks_like_number(word.text) ? Kind::number : Kind::name, word);
  }

  std::uint32_t share(const NodeView& node) {
    const std::vector<NodeView> inner = node.nodes(Rule::amount);
    const std::vector<Word> words = node.words();  // share of [NAME] by FIELD
    const std::uint32_t of = inner.empty() ? name_or_number(words.at(2)) : amount(inner.front());
    return add(Kind::share, words.back(), of);
  }

  AmountExpr result_;
  Word bad_number_;
};

std::vector<Word> words_between(const std::vector<Word>& words, std::size_t from) {
  return {words.begin() + static_cast<std::ptrdiff_t>(std::min(from, words.size())), words.end()};
}

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

// ---- lines

void AstBuilder::take(PostingDecl& line, const NodeView& take) {
  line.take_span = take.span();
  const std::vector<NodeView> amounts = take.nodes(Rule::amount);
  const Word first = take.word(0);  // rest of | rest | same
  if (!amounts.empty()) line.amount = amount(amounts.front());
  if (first.empty()) return;
  line.take = first.text == "same" ? PostingDecl::Take::same
              : amounts.empty()    ? PostingDecl::Take::rest
                                   : PostingDecl::Take::rest_of;
}

LimitDecl AstBuilder::limit(const NodeView& node) {
  LimitDecl result;
  const std::vector<Word> words = node.words();  // at most its balance | over its open items by ITEM, for KEY ...
  std::size_t next = 4;
  if (words.at(0).text == "over") {
    result.item = words.at(5);
    next = 6;
  }
  result.keys = words_between(words, next + 1);
  if (result.keys.size() > 2 && result.keys[result.keys.size() - 2].text == "else") {
    result.else_hold = true;
    result.keys.resize(result.keys.size() - 2);
  }
  for (const NodeView& order : node.nodes(Rule::item_order)) {
    result.same_amount = order.word(0).text == "with";  // with the same amount | oldest first
    const Word amount = order.word(3);
    if (result.same_amount && amount.text != "amount") {
      sink_.error(ErrorCode::UnexpectedText, amount.span,
                  "`" + amount.text + "` is not expected here; open items are taken in an order",
                  "write `with the same amount` or `, oldest first`");
    }
    if (result.item.empty()) {
      sink_.error(ErrorCode::UnexpectedText, order.span(), "one balance has no order in which items are taken",
                  "delete it, or write `, over its open items by FIELD for FIELD` before it");
    }
  }
  return result;
}

void AstBuilder::line_option(PostingDecl& line, const NodeView& option) {
  const Word key = option.word(0);
  if (key.text == "with") {
    for (const NodeView& pair : option.nodes(Rule::dimension)) line.with.push_back({pair.word(0), pair.word(1)});
    return;
  }
  if (option.words().size() == 3) {  // at carrying rate
    if (!twice(option.span(), line.carrying_span, "`at carrying rate`")) line.carrying_span = option.span();
    line.at_carrying_rate = true;
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
    if (node.rule() == Rule::take) take(result, node);
    if (node.rule() == Rule::limit) result.limit = limit(node);
    if (node.rule() == Rule::line_option) line_option(result, node);
  }
  return result;
}

// ---- blocks

/// `, journal CODE` from `words[from]` on.
void AstBuilder::journal(PostBlock& block, const std::vector<Word>& words, std::size_t from, bool whole,
                         const std::string& help) {
  for (std::size_t index = from; index + 1 < words.size(); index += 2)
    if (!twice(words[index].span, block.journal.span, "`journal`")) block.journal = words[index + 1];
  if (block.journal.empty() && whole) missing(block.span, "the entry names no journal", help);
}

void AstBuilder::block_lines(PostBlock& block, const NodeView& node) {
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
}

PostBlock AstBuilder::post_block(const NodeView& node) {
  PostBlock block;
  for (const NodeView& head : node.nodes(Rule::post_head)) {
    block.span = head.span();
    const std::vector<Word> words = head.words();  // post in ENTITY journal CODE
    if (words.size() > 2) block.entity = words[2];
    journal(block, words, 3, !node.has_broken(), "write `post in ENTITY, journal CODE`");
  }
  block_lines(block, node);
  return block;
}

RecogniseDecl AstBuilder::recognise_block(const NodeView& node) {
  RecogniseDecl result;
  for (const NodeView& head : node.nodes(Rule::recognise_head)) {
    result.span = head.span();
    result.block.span = result.span;
    if (head.broken()) continue;
    const std::vector<Word> words =
        head.words();  // recognise over FROM to UNTIL by CONVENTION [in ENTITY] journal CODE
    for (const NodeView& total : head.nodes(Rule::amount)) result.amount = amount(total);
    result.from = words.at(2);
    result.until = words.at(4);
    result.convention = words.at(6);
    const bool elsewhere = words.size() > 8 && words[7].text == "in";
    if (elsewhere) result.block.entity = words[8];
    journal(result.block, words, elsewhere ? 9 : 7, !node.has_broken(), "end its first line with `, journal CODE`");
  }
  Span first_rounding;
  for (const NodeView& item : node.nodes()) {
    if (item.broken()) continue;
    if (item.rule() == Rule::schedule_for) schedule_for(result, item);
    if (item.rule() == Rule::schedule_rounding && once(first_rounding, item, "`rounding`"))
      result.rounding = item.word(1);
  }
  block_lines(result.block, node);
  return result;
}

void AstBuilder::schedule_for(RecogniseDecl& result, const NodeView& node) {
  if (!result.keys.empty() && twice(node.span(), result.keys.front().span, "`for`")) return;
  result.keys = words_between(node.words(), 1);  // for KEY ... [when changed WORD]
  const std::size_t count = result.keys.size();
  if (count < 4 || result.keys[count - 2].text != "changed" || result.keys[count - 3].text != "when") return;
  result.changed = result.keys.back();
  result.keys.resize(count - 3);
}

}  // namespace glmap::syntax
