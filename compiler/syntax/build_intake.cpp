// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/build_ast.hpp"
#include "compiler/syntax/intake_cells.hpp"

namespace glmap::syntax {

/// `for each of PATH`, `for each line of PATH`: the last word.
std::optional<PathDecl> AstBuilder::path_behind(const NodeView& node) {
  return read_path(node.words().back(), sink_);
}

PayloadTestDecl AstBuilder::payload_test(const NodeView& node) {
  PayloadTestDecl result;
  std::vector<Word> words = node.words();  // PATH is [not] VALUE ...
  result.span = node.span();
  if (auto path = read_path(words[0], sink_)) result.subject = std::move(*path);
  result.negated = words.size() > 3 && words[2].text == "not" && !words[2].quoted;
  result.values.assign(words.begin() + (result.negated ? 3 : 2), words.end());
  return result;
}

std::vector<PayloadTestDecl> AstBuilder::payload_tests(const NodeView& node) {
  std::vector<PayloadTestDecl> result;
  for (const NodeView& when : node.nodes())
    if (when.rule() == Rule::payload_when || when.rule() == Rule::payload_test) {
      if (when.rule() == Rule::payload_test) result.push_back(payload_test(when));
      for (const NodeView& test : when.nodes(Rule::payload_test)) result.push_back(payload_test(test));
    }
  return result;
}

void AstBuilder::known_paths(const NodeView& clause, std::vector<KnownPathDecl>& into) {
  for (const NodeView& node : clause.nodes(Rule::known_path)) {
    const std::vector<Word> words = node.words();  // [everything in] PATH
    if (auto path = read_path(words.back(), sink_)) into.push_back({std::move(*path), words.size() == 3});
  }
}

void AstBuilder::payload_row(const NodeView& owner, const Token& token, std::vector<PayloadRowDecl>& into) {
  Span first_bar = owner.span_of(token);
  first_bar.length = 1;
  if (auto row = read_payload_row({token.text, first_bar}, sink_))
    into.push_back(std::move(*row));
  else
    into.emplace_back();  // told; whoever asks for the field finds that a row was not read
}

PayloadKindDecl AstBuilder::payload_kind(const NodeView& node) {
  PayloadKindDecl kind;
  kind.span = node.span();
  for (const Node::Child& child : node.node().children) {
    if (child.is_token) {
      const Token& token = tree_.tokens[child.index];
      if (token.kind == TokenKind::row) payload_row(node, token, kind.lines ? kind.lines->rows : kind.rows);
      continue;
    }
    const NodeView inner(tree_, tree_.nodes[child.index]);
    if (inner.broken()) continue;
    if (inner.rule() == Rule::kind_head) {
      kind.span = inner.span();
      kind.event = inner.word(1);  // gives EVENT
      for (const NodeView& part : inner.nodes(Rule::part_clause))
        if (auto path = path_behind(part)) kind.each = std::move(*path);
      kind.when = payload_tests(inner);
    } else if (inner.rule() == Rule::lines_clause) {
      if (kind.lines && twice(inner.span(), kind.lines->span, "`for each line of`")) continue;
      kind.lines.emplace();
      kind.lines->span = inner.span();
      // for each line of PATH where ...; the path is the fifth word.
      if (auto path = read_path(inner.word(4), sink_)) kind.lines->path = std::move(*path);
      kind.lines->where = payload_tests(inner);
    } else if (inner.rule() == Rule::known_clause) {
      known_paths(inner, kind.known);
    }
  }
  return kind;
}

PayloadKindDecl AstBuilder::no_event(const NodeView& node) {
  PayloadKindDecl kind;
  kind.span = node.span();
  kind.because = node.words().back();
  for (const NodeView& part : node.nodes(Rule::part_clause))
    if (auto path = path_behind(part)) kind.each = std::move(*path);
  kind.when = payload_tests(node);
  return kind;
}

void AstBuilder::intake_clause(IntakeDecl& intake, const NodeView& node) {
  switch (node.rule()) {
    case Rule::intake_head:
      intake.span = node.span();
      intake.name = node.word(1);
      intake.title = node.word(2);
      return;
    case Rule::because_clause:
      if (!twice(node.span(), intake.because.span, "`because`")) intake.because = node.word(1);
      return;
    case Rule::source_clause:
      if (!twice(node.span(), intake.source.span, "`source`")) intake.source = node.word(1);
      return;
    case Rule::only_clause:
      if (twice(node.span(), intake.only_because.span, "`only when`")) return;
      intake.only_when = payload_tests(node);
      intake.only_because = node.words().back();
      return;
    case Rule::known_clause:
      return known_paths(node, intake.known);
    case Rule::nothing_clause:
      intake.kinds.push_back(no_event(node));
      return;
    default:
      GLMAP_ASSERT(false);
  }
}

void AstBuilder::intake(const NodeView& section) {
  IntakeDecl intake;
  intake.span = section.span();
  for (const Node::Child& child : section.node().children) {
    if (child.is_token) {
      const Token& token = tree_.tokens[child.index];
      if (token.kind == TokenKind::row) payload_row(section, token, intake.rows);
      continue;
    }
    const NodeView node(tree_, tree_.nodes[child.index]);
    if (node.rule() == Rule::intake_kind)
      intake.kinds.push_back(payload_kind(node));
    else if (!node.broken())
      intake_clause(intake, node);
  }
  intake.whole = !section.has_broken();
  if (intake.whole && intake.source.empty())
    missing(intake.span, "the intake has no `source`",
            "write `source \"NAME\"`, by which its events are told from those of other systems");
  if (intake.whole && intake.because.empty())
    missing(intake.span, "the intake has no `because`", "write `because \"who decided how this system is read\"`");
  spec_.intakes.push_back(std::move(intake));
}

}  // namespace glmap::syntax
