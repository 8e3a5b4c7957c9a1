// SPDX-License-Identifier: Apache-2.0
// `rest of AMOUNT`, `rest`, `same`: which lines they speak about, and that no part of an amount is lost between them.
#include <algorithm>

#include "compiler/resolve/rule_parts.hpp"

namespace glmap::resolve {
namespace {

using rules::AmountStep;
using rules::PostingLine;

bool same_amount(const rules::Amount& a, const rules::Amount& b) {
  return std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(),
                    [](const AmountStep& one, const AmountStep& other) {
                      return one.kind == other.kind && one.operand == other.operand && one.constant == other.constant &&
                             one.mode == other.mode;
                    });
}

/// Lines of one side that share one amount: the first asks for it, the others for what was left.
struct Chain {
  std::vector<std::uint32_t> lines;
  bool open = false;  // the last one may leave something
};

class TakeLinker {
 public:
  TakeLinker(Context& context, const syntax::PostBlock& written, rules::PostBlock& block)
      : context_(context), written_(written), block_(block) {}

  bool run() {
    const std::size_t before = context_.sink.error_count();
    for (std::uint32_t index = 0; index < block_.lines.size(); ++index) link(index);
    for (const Chain& chain : chains_) check_end(chain);
    return context_.sink.error_count() == before;
  }

 private:
  void link(std::uint32_t index) {
    PostingLine& line = block_.lines[index];
    const Span& at = written_.lines[index].take_span;
    switch (line.take) {
      case PostingLine::Take::amount:
        if (Chain* chain = chain_of(line)) {
          check_end(*chain);
          *chain = {{index}, leaves_something(line)};
        } else {
          chains_.push_back({{index}, leaves_something(line)});
        }
        break;
      case PostingLine::Take::rest_of:
        rest_of(index, at);
        break;
      case PostingLine::Take::same:
        if (index == 0)
          return refuse(at, "`same` is the amount of the line above, and this is the first line",
                        "write the amount, or move the line below the one whose amount it takes");
        line.after = {index - 1};
        break;
      case PostingLine::Take::rest:
        if (first_rest_)
          context_.error_with(ErrorCode::TakeDoesNotFit, at, "two lines take what balances the entry",
                              written_.lines[*first_rest_].take_span, "the first one",
                              "write an amount in one of them, such as `rest of AMOUNT`");
        else
          first_rest_ = index;
        break;
    }
  }

  static bool leaves_something(const PostingLine& line) { return line.limit && !line.limit->else_hold; }

  Chain* chain_of(const PostingLine& line) {
    for (Chain& chain : chains_) {
      const PostingLine& first = block_.lines[chain.lines.front()];
      if (first.side == line.side && same_amount(first.amount, line.amount)) return &chain;
    }
    return nullptr;
  }

  void rest_of(std::uint32_t index, const Span& at) {
    PostingLine& line = block_.lines[index];
    const std::string side(to_text(line.side));
    Chain* chain = chain_of(line);
    if (chain == nullptr)
      return refuse(at,
                    "no " + tick(side) + " line above takes " + tick(line.amount.text) + ", so nothing is left of it",
                    "write " + tick(side + " ROLE " + line.amount.text + ", at most its balance for FIELD") +
                        " above, or the amount without `rest of`");
    if (!chain->open) {
      context_.error_with(ErrorCode::TakeDoesNotFit, at,
                          "nothing is left of " + tick(line.amount.text) + ": the line above takes all of it",
                          written_.lines[chain->lines.back()].span, "all of it is taken here",
                          "delete this line, or let the line above take `, at most its balance for FIELD`");
      return;
    }
    line.after = chain->lines;
    chain->lines.push_back(index);
    chain->open = leaves_something(line);
  }

  void check_end(const Chain& chain) {
    if (!chain.open) return;
    const std::uint32_t last = chain.lines.back();
    const PostingLine& line = block_.lines[last];
    refuse(written_.lines[last].span, "what is left of " + tick(line.amount.text) + " goes nowhere",
           "write " + tick(std::string(to_text(line.side)) + " ROLE rest of " + line.amount.text) +
               " below, or end the limit with `else hold`");
  }

  void refuse(const Span& at, std::string message, std::string help) {
    context_.error(ErrorCode::TakeDoesNotFit, at, std::move(message), std::move(help));
  }

  Context& context_;
  const syntax::PostBlock& written_;
  rules::PostBlock& block_;
  std::vector<Chain> chains_;
  std::optional<std::uint32_t> first_rest_;
};

}  // namespace

bool link_takes(Context& context, const syntax::PostBlock& written, rules::PostBlock& block) {
  return TakeLinker(context, written, block).run();
}

}  // namespace glmap::resolve
