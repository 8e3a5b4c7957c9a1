// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/syntax/build_ast.hpp"

namespace glmap::syntax {
namespace {

bool is_currency_code(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// The number or value of a node; a minus in front belongs to it.
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

bool is_signed_number(std::string_view text) {
  return looks_like_number(text.starts_with('-') ? text.substr(1) : text);
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
    } else if (node.rule() == Rule::test_rate) {
      if (!node.broken()) test.steps.emplace_back(test_rate(node));
    } else if (node.rule() == Rule::test_through) {
      if (!node.broken()) test.steps.emplace_back(TestThrough{node.word(1), node.span()});
    } else if (node.rule() == Rule::test_payload) {
      if (!node.broken()) test.steps.emplace_back(TestPayload{node.word(1), node.word(2), node.span()});
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
    if (values.empty() || is_number_for_name(field.word(0))) continue;
    result.push_back({field.word(0), value_of(values.front())});
  }
  return result;
}

/// `1,000.00 USD` reads like an amount 1 and something called 000.00.
bool AstBuilder::is_number_for_name(const Word& name) {
  if (!looks_like_number(name.text)) return false;
  sink_.error(ErrorCode::BadLiteral, name.span, "`" + name.text + "` stands where a name is expected",
              "write an amount without separators, such as `1000.00`; commas separate one thing from the next");
  return true;
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

TestRate AstBuilder::test_rate(const NodeView& node) {
  const std::vector<Word> words = node.words();  // rate SOURCE FROM TO RATE on DATE
  return {words.at(1), words.at(2), words.at(3), words.at(4), words.at(6), node.span()};
}

ExpectedLine AstBuilder::expected_line(const NodeView& line) {
  ExpectedLine result;
  result.span = line.span();
  result.side = line.word(0);
  result.account = line.word(1);
  result.role = line.word(2);
  result.amount = value_of(line.nodes(Rule::signed_number).front());
  if (!is_signed_number(result.amount.text)) {
    sink_.error(ErrorCode::BadLiteral, result.amount.span, "`" + result.amount.text + "` is not an amount",
                "an expected line reads `debit ACCOUNT ROLE AMOUNT`, with digits and a decimal point");
  }
  for (const NodeView& pair : line.nodes(Rule::expected_pair)) {
    Word name = pair.word(0);
    Word value = value_of(pair.nodes(Rule::field_value).front());
    if (is_number_for_name(name)) continue;
    const bool first = result.dimensions.empty() && result.transaction_currency.empty();
    if (first && is_currency_code(name.text) && is_signed_number(value.text)) {
      result.transaction_currency = std::move(name);
      result.transaction_amount = std::move(value);
    } else {
      result.dimensions.push_back({std::move(name), std::move(value)});
    }
  }
  return result;
}

void AstBuilder::expected_entry(Expectation& result, const NodeView& head) {
  result.entity = head.word(1);
  result.journal = head.word(2);
  result.date = head.word(3);
  result.currency = head.word(4);
  Span ledger;
  Span storno;
  Span reverses;
  for (const NodeView& option : head.nodes(Rule::expect_option)) {
    const Word key = option.word(0);  // in ledger NAME | storno | reverses EVENT_ID
    if (key.text == "in" && once(ledger, option, "`in ledger`")) result.ledger = option.word(2);
    if (key.text == "reverses" && once(reverses, option, "`reverses`")) result.reverses = option.word(1);
    if (key.text == "storno" && once(storno, option, "`storno`")) result.storno = true;
  }
}

void AstBuilder::expected_balance(Expectation& result, const NodeView& node) {
  const std::vector<const Token*> tokens =
      node.tokens();  // ROLE , ROLE [in ENTITY] [in ledger NAME] on DATE is CURRENCY
  std::size_t next = 1;
  result.roles.push_back(node.word_of(*tokens.at(0)));
  for (; tokens.at(next)->kind == TokenKind::sign; next += 2)
    result.roles.push_back(node.word_of(*tokens.at(next + 1)));
  if (tokens.at(next)->text == "in" && tokens.at(next + 2)->text != "ledger" && tokens.at(next + 1)->text != "ledger") {
    result.entity = node.word_of(*tokens.at(next + 1));
    next += 2;
  }
  if (tokens.at(next)->text == "in") {
    result.ledger = node.word_of(*tokens.at(next + 2));
    next += 3;
  }
  result.date = node.word_of(*tokens.at(next + 1));
  result.currency = node.word_of(*tokens.at(next + 3));
  result.balance = value_of(node.nodes(Rule::signed_number).front());
  for (const NodeView& pair : node.nodes(Rule::expected_pair))
    result.dimensions.push_back({pair.word(0), value_of(pair.nodes(Rule::field_value).front())});
}

Expectation AstBuilder::expectation(const NodeView& node) {
  using Kind = Expectation::Kind;
  static constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"no", Kind::no_entry},       {"held", Kind::held},       {"duplicate", Kind::duplicate},
      {"conflict", Kind::conflict}, {"waiting", Kind::waiting}, {"exception", Kind::exception},
      {"balance", Kind::balance}};
  Expectation result;
  result.span = node.span();
  std::vector<NodeView> heads = node.nodes(Rule::expect_head);
  if (heads.empty()) return result;
  const NodeView& head = heads.front();
  result.span = head.span();
  for (const auto& [word, kind] : kKinds)
    if (head.word(1).text == word) result.kind = kind;
  if (!head.broken()) {
    if (result.kind == Kind::held || result.kind == Kind::exception) result.reason = head.word(2);
    if (result.kind == Kind::entry) expected_entry(result, head);
    if (result.kind == Kind::balance) expected_balance(result, head.nodes(Rule::expected_balance).front());
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
