// SPDX-License-Identifier: Apache-2.0
// A file as the grammar sees it: tokens and the rules they were read by, without any type of the parser generator. The
// AST builder and the formatter work on it. Private to syntax. Values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"

namespace glmap::syntax {

/// The rules of grammar/MappingParser.g4 in its order; checked against the generated parser when it runs.
// clang-format off
#define GLMAP_SYNTAX_RULES(X) \
  X(book) X(section) X(mapping_section) X(mapping_head) X(property) X(reference_section) X(reference_item) \
  X(lists_section) X(list_item) X(table_section) X(table_head) X(table_part) X(remaining) X(csv_rows) \
  X(accounts_section) X(dates_section) X(dates_item) X(posting_date) X(date_field) X(closed_clause) X(soft_closed) \
  X(currency_section) X(currency_item) X(rate_clause) X(rounding_clause) X(never_clause) X(round_clause) \
  X(order_section) X(order_item) X(expectations_section) X(expectation_item) X(approvals_section) X(approval_item) \
  X(intercompany_section) X(pair_item) X(rule_section) X(rule_head) X(rule_item) X(ledger_clause) X(because_clause) \
  X(for_clause) X(when_clause) X(condition) X(post_block) X(post_head) X(post_item) X(entry_line) X(take) X(limit) \
  X(item_order) X(line_option) X(dimension) X(difference) X(recognise_block) X(recognise_head) X(recognise_item) \
  X(schedule_for) X(schedule_rounding) X(reverse_clause) X(amount) X(term) X(factor) X(prefix) X(operand) X(share) \
  X(no_entry_section) X(no_entry_head) X(hold_section) X(hold_head) X(outcome_item) X(intake_section) X(intake_head) \
  X(intake_item) X(source_clause) X(only_clause) X(nothing_clause) X(intake_kind) X(kind_head) X(kind_item) \
  X(lines_clause) X(part_clause) X(payload_when) X(payload_test) X(known_clause) X(known_path) X(test_section) \
  X(test_head) X(test_step) X(test_rate) X(test_through) X(test_payload) X(test_event) X(event_head) X(event_fields) X(event_line) X(first_field) \
  X(next_field) X(field_value) X(expectation) X(expect_head) X(expect_option) X(expected_balance) X(expected_line) \
  X(signed_number) X(expected_pair) X(value) X(path) X(word) X(field) X(pair_word) X(any_word)
// clang-format on
enum class Rule : std::uint8_t {
#define GLMAP_RULE(name) name,
  GLMAP_SYNTAX_RULES(GLMAP_RULE)
#undef GLMAP_RULE
};
inline constexpr std::string_view kRuleNames[] = {
#define GLMAP_RULE(name) #name,
    GLMAP_SYNTAX_RULES(GLMAP_RULE)
#undef GLMAP_RULE
};
inline constexpr std::size_t kRuleCount = std::size(kRuleNames);

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
