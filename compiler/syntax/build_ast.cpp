// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/build_ast.hpp"

#include <algorithm>

namespace glmap::syntax {

// ---- reading nodes

bool NodeView::has_broken() const {
  if (broken()) return true;
  const std::vector<NodeView> inner = nodes();
  return std::any_of(inner.begin(), inner.end(), [](const NodeView& node) { return node.has_broken(); });
}

std::vector<NodeView> NodeView::nodes() const {
  std::vector<NodeView> result;
  for (const Node::Child& child : node_->children) {
    if (!child.is_token) result.emplace_back(*tree_, tree_->nodes[child.index]);
  }
  return result;
}

std::vector<NodeView> NodeView::nodes(Rule rule) const {
  std::vector<NodeView> result = nodes();
  std::erase_if(result, [rule](const NodeView& node) { return node.rule() != rule; });
  return result;
}

std::vector<const Token*> NodeView::tokens() const {
  std::vector<const Token*> result;
  for (const Node::Child& child : node_->children) {
    if (child.is_token) result.push_back(&tree_->tokens[child.index]);
  }
  return result;
}

std::vector<Word> NodeView::words() const {
  std::vector<Word> result;
  for (const Token* token : tokens()) {
    if (token->kind != TokenKind::sign) result.push_back(word_of(*token));
  }
  return result;
}

Word NodeView::word(std::size_t index) const {
  std::vector<Word> all = words();
  return index < all.size() ? std::move(all[index]) : Word{};
}

Word NodeView::word_of(const Token& token) const {
  Word word;
  word.quoted = token.kind == TokenKind::text;
  word.text = word.quoted ? unquoted(token.text) : std::string(token.text);
  word.span = span_of(token);
  return word;
}

Span NodeView::span_of(const Token& token) const {
  return Span{SourceRef{tree_->file, token.line, token.column, {}}, token.length};
}

void NodeView::collect(const Node& node, std::vector<std::uint32_t>& indexes) const {
  for (const Node::Child& child : node.children) {
    if (child.is_token) {
      indexes.push_back(child.index);
    } else {
      collect(tree_->nodes[child.index], indexes);
    }
  }
}

Span NodeView::span() const {
  std::vector<std::uint32_t> indexes;
  collect(*node_, indexes);
  if (indexes.empty()) return Span{SourceRef{tree_->file, 0, 0, {}}, 0};
  const Token& first = tree_->tokens[indexes.front()];
  Span result = span_of(first);
  for (std::uint32_t index : indexes) {
    const Token& token = tree_->tokens[index];
    if (token.line == first.line) result.length = token.column + token.length - first.column;
  }
  return result;
}

// ---- findings

void AstBuilder::missing(Span where, std::string message, std::string help) {
  sink_.error(ErrorCode::MissingClause, std::move(where), std::move(message), std::move(help));
}

bool AstBuilder::twice(const Span& second, const Span& first, const std::string& what) {
  if (first.where.line == 0) return false;
  diagnostics::Diagnostic finding;
  finding.code = ErrorCode::DuplicateName;
  finding.primary = second;
  finding.message = what + " stands twice";
  finding.labels.push_back({first, "the first one"});
  finding.help = "keep one of the two";
  sink_.report(std::move(finding));
  return true;
}

bool AstBuilder::once(Span& first, const NodeView& clause, const std::string& what) {
  if (twice(clause.span(), first, what)) return false;
  first = clause.span();
  return true;
}

// ---- sections

void AstBuilder::build() {
  // What stands in a section that was not recognised is missing elsewhere.
  if (tree_.nodes.front().broken) {
    spec_.sections_whole = false;
    spec_.lists_whole = spec_.tables_whole = spec_.accounts_whole = spec_.foreign_currency_whole = false;
  }
  for (const NodeView& node : NodeView(tree_, tree_.nodes.front()).nodes()) section(node);
}

void AstBuilder::section(const NodeView& node) {
  switch (node.rule()) {
    case Rule::mapping_section:
      return mapping(node);
    case Rule::reference_section:
      return reference(node);
    case Rule::lists_section:
      return lists(node);
    case Rule::table_section:
      return table(node);
    case Rule::accounts_section:
      return accounts(node);
    case Rule::dates_section:
      return dates(node);
    case Rule::currency_section:
      return foreign_currency(node);
    case Rule::order_section:
      return order(node);
    case Rule::expectations_section:
      return expectations(node);
    case Rule::approvals_section:
      return approvals(node);
    case Rule::intercompany_section:
      return intercompany(node);
    case Rule::rule_section:
      return rule(node);
    case Rule::no_entry_section:
      return outcome(node, OutcomeKind::no_entry);
    case Rule::hold_section:
      return outcome(node, OutcomeKind::hold);
    case Rule::intake_section:
      return intake(node);
    case Rule::test_section:
      return test(node);
    default:
      GLMAP_ASSERT(false);
  }
}

void AstBuilder::mapping(const NodeView& section) {
  const Span span = section.span();
  if (spec_.mapping) {
    twice(span, spec_.mapping->span, "the `mapping` section");
    return;
  }
  MappingDecl decl;
  decl.span = span;
  for (const NodeView& head : section.nodes(Rule::mapping_head)) {
    decl.span = head.span();
    decl.name = head.word(1);
    decl.title = head.word(2);
  }
  for (const NodeView& node : section.nodes(Rule::property)) {
    if (node.broken()) continue;
    std::vector<Word> words = node.words();
    Property property;
    property.key = words.front();
    property.values.assign(words.begin() + 1, words.end());
    for (const Property& other : decl.properties) {
      if (other.key.text == property.key.text) twice(node.span(), other.key.span, "`" + property.key.text + "`");
    }
    decl.properties.push_back(std::move(property));
  }
  spec_.mapping = std::move(decl);
}

void AstBuilder::reference(const NodeView& section) {
  for (const NodeView& node : section.nodes(Rule::reference_item)) {
    if (!node.broken()) spec_.references.push_back({node.word(0), node.word(1)});
  }
}

void AstBuilder::lists(const NodeView& section) {
  spec_.lists_whole = spec_.lists_whole && !section.has_broken();
  for (const NodeView& node : section.nodes(Rule::list_item)) {
    if (node.broken()) continue;
    std::vector<Word> words = node.words();  // NAME is VALUE ...
    ListDecl list;
    list.name = words.front();
    list.values.assign(words.begin() + 2, words.end());
    spec_.lists.push_back(std::move(list));
  }
}

}  // namespace glmap::syntax
