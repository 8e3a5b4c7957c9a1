// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/syntax/build_ast.hpp"

namespace glmap::syntax {
namespace {

bool is_currency_code(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// The value of a field; a minus in front belongs to it.
Word value_of(const NodeView& node) {
  Word value = node.word(0);
  const std::vector<const Token*> tokens = node.tokens();
  if (tokens.size() == 2) {
    const Span sign = node.span_of(*tokens.front());
    if (sign.where.line == value.span.where.line) {
      value.span.length += value.span.where.column - sign.where.column;
      value.span.where.column = sign.where.column;
    }
    value.text.insert(0, "-");
  }
  return value;
}

}  // namespace

void AstBuilder::test(const NodeView& section) {
  TestDecl test;
  test.span = section.span();
  for (const NodeView& node : section.nodes()) {
    if (node.rule() == Rule::test_head) {
      test.span = node.span();
      test.title = node.word(1);
    } else if (node.rule() == Rule::test_event) {
      test.steps.emplace_back(test_event(node));
    } else if (node.rule() == Rule::expectation) {
      test.steps.emplace_back(expectation(node));
    }
  }
  if (!section.has_broken()) {
    const bool expects = std::any_of(test.steps.begin(), test.steps.end(),
                                     [](const TestStep& step) { return std::holds_alternative<Expectation>(step); });
    if (!expects) {
      missing(test.span, "the test expects nothing",
              "write what each event must give: `expect ENTITY JOURNAL DATE CURRENCY`");
    }
  }
  spec_.tests.push_back(std::move(test));
}

std::vector<TestField> AstBuilder::fields(const NodeView& node) {
  std::vector<TestField> result;
  for (const NodeView& field : node.nodes()) {
    if (field.broken()) continue;
    const std::vector<NodeView> values = field.nodes(Rule::field_value);
    if (!values.empty()) result.push_back({field.word(0), value_of(values.front())});
  }
  return result;
}

TestEvent AstBuilder::test_event(const NodeView& event) {
  TestEvent result;
  result.span = event.span();
  for (const NodeView& node : event.nodes()) {
    if (node.rule() == Rule::event_head) {
      const std::vector<Word> words = node.words();  // event TYPE ID [again]
      result.span = node.span();
      if (words.size() > 1) result.type = words[1];
      if (words.size() > 2) result.id = words[2];
      result.again = words.size() > 3;
    } else if (node.rule() == Rule::event_fields) {
      result.fields = fields(node);
    } else if (node.rule() == Rule::event_line) {
      result.lines.push_back(fields(node));
    }
  }
  return result;
}

ExpectedLine AstBuilder::expected_line(const NodeView& line) {
  ExpectedLine result;
  result.span = line.span();
  result.side = line.word(0);
  result.account = line.word(1);
  result.role = line.word(2);
  result.amount = line.word(3);
  if (!looks_like_number(result.amount.text)) {
    sink_.error(ErrorCode::BadLiteral, result.amount.span, "`" + result.amount.text + "` is not an amount",
                "an expected line reads `debit ACCOUNT ROLE AMOUNT`, with digits and a decimal point");
  }
  for (const NodeView& pair : line.nodes(Rule::expected_pair)) {
    Word name = pair.word(0);
    Word value = pair.word(1);
    const bool first = result.dimensions.empty() && result.transaction_currency.empty();
    if (first && is_currency_code(name.text) && looks_like_number(value.text)) {
      result.transaction_currency = std::move(name);
      result.transaction_amount = std::move(value);
    } else {
      result.dimensions.push_back({std::move(name), std::move(value)});
    }
  }
  return result;
}

Expectation AstBuilder::expectation(const NodeView& node) {
  Expectation result;
  result.span = node.span();
  std::vector<NodeView> heads = node.nodes(Rule::expect_head);
  if (heads.empty()) return result;
  const std::vector<Word> words = heads.front().words();  // expect ...
  result.span = heads.front().span();
  using Kind = Expectation::Kind;
  if (words.size() > 1 && words[1].text == "no") result.kind = Kind::no_entry;
  if (words.size() > 1 && words[1].text == "held") result.kind = Kind::held;
  if (words.size() > 1 && words[1].text == "duplicate") result.kind = Kind::duplicate;
  if (words.size() > 1 && words[1].text == "conflict") result.kind = Kind::conflict;
  if (result.kind == Kind::held && words.size() > 2) result.reason = words[2];
  if (result.kind == Kind::entry && words.size() > 4) {
    result.entity = words[1];
    result.journal = words[2];
    result.date = words[3];
    result.currency = words[4];
  }
  for (const NodeView& line : node.nodes(Rule::expected_line)) {
    if (!line.broken()) result.lines.push_back(expected_line(line));
  }
  if (result.kind == Kind::entry && result.lines.empty() && !node.has_broken()) {
    missing(result.span, "the expected entry has no lines", "write its lines: `debit ACCOUNT ROLE AMOUNT`");
  }
  if (result.kind != Kind::entry && !result.lines.empty()) {
    sink_.error(ErrorCode::UnexpectedText, result.lines.front().span, "lines are expected where no entry is",
                "write `expect ENTITY JOURNAL DATE CURRENCY` before the lines of an entry");
    result.lines.clear();
  }
  return result;
}

}  // namespace glmap::syntax
