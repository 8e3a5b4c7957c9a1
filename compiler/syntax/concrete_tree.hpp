// SPDX-License-Identifier: Apache-2.0
// A file as the grammar sees it: tokens and the rules they were read by, without any type of the parser generator. The
// AST builder and the formatter work on it. Private to syntax. Values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"

namespace glmap::syntax {

/// The rules of grammar/MappingParser.g4 in its order; checked against the generated parser when it runs.
enum class Rule : std::uint8_t {
  book,
  section,
  mapping_section,
  mapping_head,
  property,
  reference_section,
  reference_item,
  lists_section,
  list_item,
  table_section,
  table_head,
  table_part,
  remaining,
  csv_rows,
  accounts_section,
  dates_section,
  dates_item,
  posting_date,
  date_field,
  closed_clause,
  currency_section,
  currency_item,
  rate_clause,
  rounding_clause,
  never_clause,
  round_clause,
  rule_section,
  rule_head,
  rule_item,
  because_clause,
  for_clause,
  when_clause,
  condition,
  post_block,
  post_head,
  post_item,
  entry_line,
  line_option,
  dimension,
  difference,
  amount,
  term,
  factor,
  prefix,
  operand,
  no_entry_section,
  no_entry_head,
  hold_section,
  hold_head,
  outcome_item,
  test_section,
  test_head,
  test_step,
  test_event,
  event_head,
  event_fields,
  event_line,
  first_field,
  next_field,
  field_value,
  expectation,
  expect_head,
  expected_line,
  expected_pair,
  value,
  word,
  any_word,
};
inline constexpr std::size_t kRuleCount = static_cast<std::size_t>(Rule::any_word) + 1;

enum class TokenKind : std::uint8_t { word, keyword, text, row, sign, stray, end };

struct Token {
  TokenKind kind = TokenKind::word;
  std::string_view text;  // as written, quotes included
  std::uint32_t line = 0;
  std::uint32_t column = 0;  // from 1, in code points
  std::uint32_t length = 0;  // in code points
  bool first_on_line = false;
};

/// Rules that only choose or only name a word are left out: their content stands in the parent.
struct Node {
  struct Child {
    bool is_token = false;
    std::uint32_t index = 0;
  };
  Rule rule = Rule::book;
  bool broken = false;  // a fault was reported inside; children are what was read before it
  std::vector<Child> children;
};

/// Node 0 is the book. Texts of tokens point into `text`, so a tree is moved by its owner only, never copied.
struct ConcreteTree {
  std::string file;
  std::string text;
  std::vector<Token> tokens;
  std::vector<Node> nodes;

  ConcreteTree() = default;
  ConcreteTree(const ConcreteTree&) = delete;
  ConcreteTree& operator=(const ConcreteTree&) = delete;
};

/// Reads `tree.text`, which passed check_text; fills tokens and nodes and reports what does not follow the grammar.
/// Takes the one lock around the generated parser.
void read_tree(ConcreteTree& tree, diagnostics::Sink& sink);

}  // namespace glmap::syntax
