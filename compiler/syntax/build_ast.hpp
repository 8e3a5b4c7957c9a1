// SPDX-License-Identifier: Apache-2.0
// Concrete tree to AST, one file of a book at a time. Reports what the grammar cannot say: clauses that are missing or
// stand twice, cells and rows, numbers. Constructs that were reported as broken are left out. Private to syntax.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/syntax/ast.hpp"
#include "compiler/syntax/cells.hpp"
#include "compiler/syntax/concrete_tree.hpp"
#include "compiler/syntax/wording.hpp"

namespace glmap::syntax {

/// A node with its tree: the words and constructs directly below it, in order.
class NodeView {
 public:
  NodeView(const ConcreteTree& tree, const Node& node) : tree_(&tree), node_(&node) {}

  Rule rule() const { return node_->rule; }
  bool broken() const { return node_->broken; }
  /// True when this or anything below was reported, so that something may be missing only because it was not read.
  bool has_broken() const;

  std::vector<NodeView> nodes() const;
  std::vector<NodeView> nodes(Rule rule) const;
  /// All words and signs directly below, without those in inner constructs.
  std::vector<const Token*> tokens() const;
  /// The words: names, texts and words of the language, without signs.
  std::vector<Word> words() const;
  /// The word at `index` of words(), empty when there is none.
  Word word(std::size_t index) const;

  Word word_of(const Token& token) const;
  Span span_of(const Token& token) const;
  /// From the first word to the last one on the same line.
  Span span() const;
  const ConcreteTree& tree() const { return *tree_; }
  const Node& node() const { return *node_; }

 private:
  void collect(const Node& node, std::vector<std::uint32_t>& indexes) const;

  const ConcreteTree* tree_;
  const Node* node_;
};

class AstBuilder {
 public:
  AstBuilder(const ConcreteTree& tree, Spec& spec, diagnostics::Sink& sink) : tree_(tree), spec_(spec), sink_(sink) {}
  void build();

 private:
  void section(const NodeView& section);
  // build_ast.cpp
  void mapping(const NodeView& section);
  void reference(const NodeView& section);
  void lists(const NodeView& section);
  // build_policies.cpp
  void dates(const NodeView& section);
  void foreign_currency(const NodeView& section);
  void rate_clause(ForeignCurrencyDecl& decl, const NodeView& node);
  void order(const NodeView& section);
  void expectations(const NodeView& section);
  void approvals(const NodeView& section);
  void intercompany(const NodeView& section);
  // build_tables.cpp
  void table(const NodeView& section);
  void table_row(TableDecl& table, const RowText& row, bool impossible);
  bool header(const RowText& row, std::vector<Word>& asked, std::vector<Word>& answered);
  Word column_name(const Cell& cell);
  bool row_fits(const TableDecl& table, const RowCells& row, bool impossible);
  void width(const Span& row, const Span& header, std::string message, bool too_many);
  void remaining(TableDecl& table, const NodeView& node);
  void accounts(const NodeView& section);
  void accounts_row(AccountsDecl& decl, const RowText& row, const Span& header_span);
  void no_divider(const Span& where);
  // build_rules.cpp
  void rule(const NodeView& section);
  void outcome(const NodeView& section, OutcomeKind kind);
  bool is_headless(const RuleDecl& rule, const NodeView& node);
  void clause(RuleDecl& rule, const NodeView& clause);
  void check_clauses(const RuleDecl& rule, const NodeView& section);
  // build_postings.cpp
  PostBlock post_block(const NodeView& block);
  RecogniseDecl recognise_block(const NodeView& block);
  void schedule_for(RecogniseDecl& result, const NodeView& node);
  void journal(PostBlock& block, const std::vector<Word>& words, std::size_t from, bool whole, const std::string& help);
  void block_lines(PostBlock& block, const NodeView& node);
  PostingDecl entry_line(const NodeView& line);
  void take(PostingDecl& line, const NodeView& take);
  LimitDecl limit(const NodeView& node);
  void line_option(PostingDecl& line, const NodeView& option);
  AmountExpr amount(const NodeView& node);
  // build_intake.cpp
  void intake(const NodeView& section);
  void intake_clause(IntakeDecl& intake, const NodeView& node);
  PayloadKindDecl payload_kind(const NodeView& node);
  PayloadKindDecl no_event(const NodeView& node);
  PayloadTestDecl payload_test(const NodeView& node);
  std::vector<PayloadTestDecl> payload_tests(const NodeView& node);
  void known_paths(const NodeView& clause, std::vector<KnownPathDecl>& into);
  void payload_row(const NodeView& owner, const Token& token, std::vector<PayloadRowDecl>& into);
  std::optional<PathDecl> path_behind(const NodeView& node);
  // build_tests.cpp
  void test(const NodeView& section);
  TestEvent test_event(const NodeView& event);
  std::vector<TestField> fields(const NodeView& node);
  Expectation expectation(const NodeView& node);
  void expected_entry(Expectation& result, const NodeView& head);
  void expected_balance(Expectation& result, const NodeView& node);
  TestRate test_rate(const NodeView& node);
  bool is_number_for_name(const Word& name);
  ExpectedLine expected_line(const NodeView& line);

  void missing(Span where, std::string message, std::string help);
  /// Reports GLM-2002 with the first place as a label; false when `first` is empty.
  bool twice(const Span& second, const Span& first, const std::string& what);
  /// A clause that may stand once: true when it is the first.
  bool once(Span& first, const NodeView& clause, const std::string& what);

  const ConcreteTree& tree_;
  Spec& spec_;
  diagnostics::Sink& sink_;
};

}  // namespace glmap::syntax
