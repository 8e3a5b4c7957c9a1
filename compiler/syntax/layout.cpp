// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/layout.hpp"

#include <optional>

namespace glmap::syntax {
namespace {

struct Place {
  std::uint8_t level;
  std::uint8_t continued;  // the level of its further lines
  std::uint8_t columns;    // tokens aligned with the neighbours of the same kind
};

/// The parts of an intake and the payload of a test.
std::optional<Place> place_of_intake(Rule rule) {
  switch (rule) {
    case Rule::intake_section:
      return Place{0, 2, 0};
    case Rule::source_clause:
    case Rule::only_clause:
    case Rule::nothing_clause:
    case Rule::known_clause:
    case Rule::test_payload:
      return Place{1, 2, 0};
    case Rule::intake_kind:
      return Place{1, 3, 0};
    case Rule::lines_clause:
      return Place{2, 3, 0};
    default:
      return std::nullopt;
  }
}

/// Nothing for constructs that stand inside a line.
std::optional<Place> place_of(Rule rule) {
  switch (rule) {
    case Rule::mapping_section:
    case Rule::reference_section:
    case Rule::lists_section:
    case Rule::table_section:
    case Rule::accounts_section:
    case Rule::dates_section:
    case Rule::currency_section:
    case Rule::order_section:
    case Rule::expectations_section:
    case Rule::approvals_section:
    case Rule::intercompany_section:
    case Rule::rule_section:
    case Rule::no_entry_section:
    case Rule::hold_section:
    case Rule::test_section:
      return Place{0, 2, 0};
    case Rule::reference_item:
    case Rule::list_item:
      return Place{1, 2, 1};
    case Rule::property:
    case Rule::remaining:
    case Rule::csv_rows:
    case Rule::posting_date:
    case Rule::closed_clause:
    case Rule::soft_closed:
    case Rule::rate_clause:
    case Rule::rounding_clause:
    case Rule::never_clause:
    case Rule::round_clause:
    case Rule::order_item:
    case Rule::expectation_item:
    case Rule::approval_item:
    case Rule::pair_item:
    case Rule::ledger_clause:
    case Rule::because_clause:
    case Rule::for_clause:
    case Rule::when_clause:
    case Rule::reverse_clause:
    case Rule::test_rate:
    case Rule::test_through:
      return Place{1, 2, 0};
    case Rule::post_block:
    case Rule::recognise_block:
    case Rule::test_event:
    case Rule::expectation:
      return Place{1, 3, 0};
    case Rule::entry_line:
      return Place{2, 3, 2};
    case Rule::expected_line:
      return Place{2, 3, 4};
    case Rule::event_line:
    case Rule::difference:
    case Rule::schedule_for:
    case Rule::schedule_rounding:
      return Place{2, 3, 0};
    case Rule::event_fields:
      return Place{2, 2, 0};
    default:
      return place_of_intake(rule);
  }
}

class Walk {
 public:
  explicit Walk(const ConcreteTree& tree) : tree_(tree), result_(tree.tokens.size()) {}

  std::vector<TokenLayout> run() {
    visit(0, 0, 0);
    return std::move(result_);
  }

 private:
  /// The first token below a node, or the end of the file for an empty one.
  std::uint32_t first_token(const Node& node) const {
    for (const Node::Child& child : node.children) {
      const std::uint32_t found = child.is_token ? child.index : first_token(tree_.nodes[child.index]);
      if (found + 1 != tree_.tokens.size()) return found;
    }
    return static_cast<std::uint32_t>(tree_.tokens.size() - 1);
  }

  void visit(std::uint32_t index, std::uint32_t parent, std::uint8_t continued) {
    const Node& node = tree_.nodes[index];
    const std::optional<Place> place = place_of(node.rule);
    // Below a kind of payload everything stands one level deeper, and the rows of its lines one more.
    const std::uint8_t deeper =
        node.rule == Rule::known_clause && tree_.nodes[parent].rule == Rule::intake_kind ? 1 : 0;
    if (place) continued = place->continued + deeper;
    bool of_lines = false;
    for (const Node::Child& child : node.children) {
      if (child.is_token) {
        token(node, child.index, index, continued);
        if (of_lines) of_line(result_[child.index]);
      } else {
        visit(child.index, index, continued);
        of_lines = of_lines || tree_.nodes[child.index].rule == Rule::lines_clause;
      }
    }
    if (!place) return;
    TokenLayout& first = result_[first_token(node)];
    first.level = place->level + deeper;
    if (place->columns == 0) return;
    // Neighbours of one kind under one parent share their columns.
    first.columns = place->columns;
    first.group = parent * static_cast<std::uint32_t>(kRuleCount) + static_cast<std::uint32_t>(node.rule);
  }

  static void of_line(TokenLayout& row) {
    ++row.level;
    ++row.group;
  }

  void token(const Node& node, std::uint32_t index, std::uint32_t node_index, std::uint8_t continued) {
    TokenLayout& layout = result_[index];
    const Token& token = tree_.tokens[index];
    layout.level = continued;
    if (node.rule == Rule::table_section || node.rule == Rule::accounts_section || node.rule == Rule::intake_section)
      layout.level = 1;
    if (node.rule == Rule::intake_kind) layout.level = 2;
    if (token.kind == TokenKind::row) layout.group = node_index * static_cast<std::uint32_t>(kRuleCount);
    layout.tight = token.text == "-" &&
                   (node.rule == Rule::prefix || node.rule == Rule::field_value || node.rule == Rule::signed_number);
  }

  const ConcreteTree& tree_;
  std::vector<TokenLayout> result_;
};

}  // namespace

std::vector<TokenLayout> lay_out(const ConcreteTree& tree) {
  return Walk(tree).run();
}

}  // namespace glmap::syntax
