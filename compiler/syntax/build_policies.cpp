// SPDX-License-Identifier: Apache-2.0
// The sections that hold policies: dates, foreign currency, order, expectations, approvals, intercompany.
#include "compiler/syntax/build_ast.hpp"

namespace glmap::syntax {

void AstBuilder::dates(const NodeView& section) {
  if (spec_.dates) {
    twice(section.span(), spec_.dates->span, "the `dates` section");
    return;
  }
  DatesDecl decl;
  decl.span = section.span_of(*section.tokens().front());
  Span first_posting;
  Span first_closed;
  Span first_soft;
  for (const NodeView& node : section.nodes()) {
    if (node.broken()) continue;
    if (node.rule() == Rule::posting_date && once(first_posting, node, "`posting date is`")) {
      for (const NodeView& field : node.nodes(Rule::date_field)) decl.posting_date.push_back(field.word(0));
    } else if (node.rule() == Rule::closed_clause && once(first_closed, node, "`closed`")) {
      Word word = node.word(1);
      if (word.text == "first") {
        word.text = "first open day";
        word.span.length = node.span().where.column + node.span().length - word.span.where.column;
      }
      decl.closed = std::move(word);
    } else if (node.rule() == Rule::soft_closed && once(first_soft, node, "`soft_closed`")) {
      const std::vector<Word> words = node.words();  // soft_closed allow WORD ...
      decl.soft_closed_allow.assign(words.begin() + 2, words.end());
    }
  }
  if (decl.posting_date.empty() && !section.has_broken()) {
    missing(decl.span, "the `dates` section does not say where the posting date comes from",
            "write `posting date is document_date, else occurred_at in zone of entity`");
  }
  spec_.dates = std::move(decl);
}

void AstBuilder::foreign_currency(const NodeView& section) {
  spec_.foreign_currency_whole = spec_.foreign_currency_whole && !section.has_broken();
  if (spec_.foreign_currency) {
    twice(section.span(), spec_.foreign_currency->span, "the `foreign_currency` section");
    return;
  }
  ForeignCurrencyDecl decl;
  decl.span = section.span_of(*section.tokens().front());
  Span rate;
  Span rounding;
  Span never;
  Span round;
  for (const NodeView& node : section.nodes()) {
    if (node.broken()) continue;
    if (node.rule() == Rule::rate_clause && once(rate, node, "`rate`")) rate_clause(decl, node);
    if (node.rule() == Rule::round_clause && once(round, node, "`round`")) decl.mode = node.word(1);
    if (node.rule() == Rule::rounding_clause && once(rounding, node, "`rounding to`")) {
      decl.rounding_role = node.word(2);  // rounding to ROLE at most CAP per line
      decl.cap_per_line = node.word(5);
      if (!decl.cap_per_line.empty() && !looks_like_number(decl.cap_per_line.text)) {
        sink_.error(ErrorCode::BadLiteral, decl.cap_per_line.span, "`" + decl.cap_per_line.text + "` is not an amount",
                    "write the largest rounding difference of a line, such as `0.01`");
      }
    }
    if (node.rule() == Rule::never_clause && once(never, node, "`never in`")) {
      std::vector<Word> words = node.words();
      decl.never_in.assign(words.begin() + 2, words.end());
    }
  }
  if (decl.rate.empty() && decl.rate_source.empty() && !section.has_broken()) {
    missing(decl.span, "the `foreign_currency` section does not say where the rate comes from",
            "write `rate is FIELD`, or `rate from SOURCE on DATE_FIELD, at most 3 days old`");
  }
  spec_.foreign_currency = std::move(decl);
}

void AstBuilder::rate_clause(ForeignCurrencyDecl& decl, const NodeView& node) {
  const std::vector<Word> words = node.words();  // rate is FIELD | rate from SOURCE on FIELD at most N days old
  if (words.at(1).text == "is") {
    decl.rate = words.at(2);
    return;
  }
  decl.rate_source = words.at(2);
  decl.rate_date = words.at(4);
  decl.rate_age_days_max = words.at(7);
  if (words.at(8).text != "days" && words.at(8).text != "day") {
    sink_.error(ErrorCode::UnexpectedText, words.at(8).span,
                "`" + words.at(8).text + "` stands where days are expected; the age of a rate is counted in days",
                "write `at most 3 days old`");
  }
}

void AstBuilder::order(const NodeView& section) {
  for (const NodeView& node : section.nodes(Rule::order_item)) {
    if (node.broken()) continue;
    const std::vector<Word> words = node.words();  // EVENT needs EVENT by FIELD wait 3 days else hold for OWNER
    OrderDecl decl;
    decl.event = words.at(0);
    decl.needs = words.at(2);
    decl.by = words.at(4);
    decl.wait = words.at(6);
    decl.unit = words.at(7);
    decl.owner = words.at(11);
    decl.span = node.span();
    spec_.order.push_back(std::move(decl));
  }
}

void AstBuilder::expectations(const NodeView& section) {
  for (const NodeView& node : section.nodes(Rule::expectation_item)) {
    if (node.broken()) continue;
    // EVENT within 15 minutes after EVENT by FIELD else exception for OWNER
    const std::vector<Word> words = node.words();
    ExpectationDecl decl;
    decl.event = words.at(0);
    decl.within = words.at(2);
    decl.unit = words.at(3);
    decl.after = words.at(5);
    decl.by = words.at(7);
    decl.owner = words.at(11);
    decl.span = node.span();
    spec_.expectations.push_back(std::move(decl));
  }
}

void AstBuilder::approvals(const NodeView& section) {
  for (const NodeView& node : section.nodes(Rule::approval_item)) {
    if (node.broken()) continue;
    std::vector<const Token*> tokens = node.tokens();  // late | EVENT , EVENT over AMOUNT [in ENTITY , ENTITY] by ROLE
    ApprovalDecl decl;
    decl.span = node.span();
    decl.by = node.word_of(*tokens.back());
    tokens.resize(tokens.size() - 2);
    std::size_t over = 1;
    while (tokens[over]->kind == TokenKind::sign) over += 2;
    for (std::size_t index = 0; index < over; ++index)
      if (tokens[index]->kind != TokenKind::sign) decl.events.push_back(node.word_of(*tokens[index]));
    decl.over = node.word_of(*tokens[over + 1]);
    for (std::size_t index = over + 3; index < tokens.size(); ++index)
      if (tokens[index]->kind != TokenKind::sign) decl.entities.push_back(node.word_of(*tokens[index]));
    decl.late = decl.events.size() == 1 && decl.events.front().text == "late";
    if (decl.late) decl.events.clear();
    spec_.approvals.push_back(std::move(decl));
  }
}

void AstBuilder::intercompany(const NodeView& section) {
  for (const NodeView& node : section.nodes(Rule::pair_item)) {
    if (node.broken()) continue;
    const std::vector<Word> words = node.words();  // pair ROLE ROLE by DIMENSION
    spec_.intercompany.push_back({words.at(1), words.at(2), words.at(4), node.span()});
  }
}

}  // namespace glmap::syntax
