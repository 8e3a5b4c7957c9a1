// SPDX-License-Identifier: Apache-2.0
// The only file that knows the parser generator. Mechanics of recovery: lists of constructs check, before each
// construct, that one starts here, and otherwise skip to the next line that is not indented deeper than the fault; a
// construct that breaks in the middle is left in the same way. So each fault is told once and the next one is found.
#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

#include <antlr4-runtime.h>

#include "MappingLexer.h"
#include "MappingParser.h"
#include "compiler/syntax/concrete_tree.hpp"
#include "compiler/syntax/wording.hpp"

namespace glmap::syntax {
namespace {

using antlr4::ParserRuleContext;
using antlr4::RecognitionException;
using diagnostics::Sink;

// Further faults of a file that has this many would not be read by anybody.
constexpr std::size_t kFaultsMax = 100;

enum class Role : std::uint8_t {
  part,    // a fault leaves it to the construct it is in
  list,    // holds constructs one after another
  opener,  // the first line of a list: a fault costs this line only
  item,    // a construct: a fault costs the construct
  choice,  // stands for its only child
  naming,  // a word; left out of the tree
};

// All other rules are parts.
constexpr Rule kLists[] = {
    Rule::book,          Rule::mapping_section,      Rule::reference_section, Rule::lists_section,
    Rule::table_section, Rule::accounts_section,     Rule::dates_section,     Rule::currency_section,
    Rule::order_section, Rule::expectations_section, Rule::approvals_section, Rule::intercompany_section,
    Rule::rule_section,  Rule::post_block,           Rule::recognise_block,   Rule::no_entry_section,
    Rule::hold_section,  Rule::intake_section,       Rule::intake_kind,       Rule::test_section,
    Rule::test_event,    Rule::expectation};
constexpr Rule kOpeners[] = {Rule::mapping_head,   Rule::table_head,    Rule::rule_head,   Rule::post_head,
                             Rule::recognise_head, Rule::no_entry_head, Rule::hold_head,   Rule::test_head,
                             Rule::event_head,     Rule::expect_head,   Rule::intake_head, Rule::kind_head};
constexpr Rule kItems[] = {Rule::property,       Rule::reference_item,   Rule::list_item,     Rule::remaining,
                           Rule::csv_rows,       Rule::posting_date,     Rule::closed_clause, Rule::soft_closed,
                           Rule::rate_clause,    Rule::rounding_clause,  Rule::never_clause,  Rule::round_clause,
                           Rule::order_item,     Rule::expectation_item, Rule::approval_item, Rule::pair_item,
                           Rule::ledger_clause,  Rule::because_clause,   Rule::for_clause,    Rule::when_clause,
                           Rule::entry_line,     Rule::difference,       Rule::schedule_for,  Rule::schedule_rounding,
                           Rule::reverse_clause, Rule::test_rate,        Rule::test_through,  Rule::event_fields,
                           Rule::event_line,     Rule::expected_line,    Rule::source_clause, Rule::only_clause,
                           Rule::nothing_clause, Rule::lines_clause,     Rule::known_clause,  Rule::test_payload};
constexpr Rule kChoices[] = {Rule::section,   Rule::table_part,  Rule::dates_item,     Rule::currency_item,
                             Rule::rule_item, Rule::post_item,   Rule::recognise_item, Rule::outcome_item,
                             Rule::test_step, Rule::intake_item, Rule::kind_item};
constexpr Rule kNamings[] = {Rule::value, Rule::path, Rule::word, Rule::field, Rule::pair_word, Rule::any_word};

constexpr std::array<Role, kRuleCount> kRoles = [] {
  std::array<Role, kRuleCount> roles{};
  const auto set = [&roles](std::span<const Rule> rules, Role role) {
    for (const Rule rule : rules) roles[static_cast<std::size_t>(rule)] = role;
  };
  set(kLists, Role::list);
  set(kOpeners, Role::opener);
  set(kItems, Role::item);
  set(kChoices, Role::choice);
  set(kNamings, Role::naming);
  return roles;
}();

Role role_of(Rule rule) {
  return kRoles[static_cast<std::size_t>(rule)];
}

Rule rule_of(const antlr4::RuleContext& context) {
  return static_cast<Rule>(context.getRuleIndex());
}

TokenKind kind_of(std::size_t type) {
  if (type == antlr4::Token::EOF) return TokenKind::end;
  if (type < MappingLexer::WORD) return TokenKind::keyword;
  switch (type) {
    case MappingLexer::WORD:
      return TokenKind::word;
    case MappingLexer::STRING:
      return TokenKind::text;
    case MappingLexer::ROW:
      return TokenKind::row;
    case MappingLexer::STRAY:
      return TokenKind::stray;
    default:
      return TokenKind::sign;
  }
}

/// Tokens of ours beside the generator's: same positions, the last one is the end of the file.
void copy_tokens(ConcreteTree& tree, const std::vector<antlr4::Token*>& tokens) {
  std::size_t character = 0;
  std::size_t byte = 0;
  const auto advance = [&](std::size_t until) {
    while (character < until && byte < tree.text.size()) {
      ++byte;
      while (byte < tree.text.size() && (static_cast<unsigned char>(tree.text[byte]) & 0xC0) == 0x80) ++byte;
      ++character;
    }
    return byte;
  };
  tree.tokens.reserve(tokens.size());
  for (const antlr4::Token* token : tokens) {
    Token copy;
    copy.kind = kind_of(token->getType());
    copy.line = static_cast<std::uint32_t>(token->getLine());
    copy.column = static_cast<std::uint32_t>(token->getCharPositionInLine()) + 1;
    copy.first_on_line = tree.tokens.empty() || tree.tokens.back().line != copy.line;
    if (copy.kind != TokenKind::end) {
      copy.length = static_cast<std::uint32_t>(token->getStopIndex() - token->getStartIndex() + 1);
      const std::size_t from = advance(token->getStartIndex());
      copy.text = std::string_view(tree.text).substr(from, advance(token->getStopIndex() + 1) - from);
    }
    tree.tokens.push_back(copy);
  }
}

class Recovery : public antlr4::DefaultErrorStrategy {
 public:
  Recovery(const ConcreteTree& tree, Sink& sink) : tree_(tree), sink_(sink) {}

  void sync(antlr4::Parser* parser) override {
    ParserRuleContext* list = parser->getContext();
    if (role_of(rule_of(*list)) != Role::list) return;
    antlr4::atn::ATNState* state = parser->getInterpreter<antlr4::atn::ATNSimulator>()->atn.states[parser->getState()];
    const auto type = state->getStateType();
    if (type != antlr4::atn::ATNState::STAR_LOOP_ENTRY && type != antlr4::atn::ATNState::STAR_LOOP_BACK) return;
    while (!fits(parser, state)) {
      beginErrorCondition(parser);  // so that skipped words do not count as read
      if (const auto limit = report_between(parser, *list)) {
        parser->consume();
        skip(parser, *limit);
      }
      endErrorCondition(parser);
      // The list is not whole: nothing may be called missing in it.
      if (list->exception == nullptr) list->exception = std::make_exception_ptr(antlr4::InputMismatchException(parser));
    }
  }

  /// True when something stood where a section was expected, so that a whole section may not have been read.
  bool has_lost_section() const { return lost_section_; }

  antlr4::Token* recoverInline(antlr4::Parser* parser) override { throw antlr4::InputMismatchException(parser); }

  void reportError(antlr4::Parser* parser, const RecognitionException& fault) override {
    if (inErrorRecoveryMode(parser)) return;
    beginErrorCondition(parser);
    report_inside(parser, fault);
  }

  void recover(antlr4::Parser* parser, std::exception_ptr fault) override {
    ParserRuleContext* context = parser->getContext();
    const Role role = role_of(rule_of(*context));
    if (role != Role::item && role != Role::opener && role != Role::list) std::rethrow_exception(fault);
    const Token& start = token_at(context->start->getTokenIndex());
    if (parser->getInputStream()->index() == context->start->getTokenIndex()) consume_unless_end(parser);
    skip(parser, role == Role::opener ? UINT32_MAX : indent_of(start));
    endErrorCondition(parser);
  }

 private:
  const Token& token_at(std::size_t index) const { return tree_.tokens[std::min(index, tree_.tokens.size() - 1)]; }
  const Token& current(antlr4::Parser* parser) const { return token_at(parser->getCurrentToken()->getTokenIndex()); }
  std::size_t index_of(const Token& token) const { return static_cast<std::size_t>(&token - tree_.tokens.data()); }

  /// Column of the first token of the token's line.
  std::uint32_t indent_of(const Token& token) const {
    std::size_t index = index_of(token);
    while (!tree_.tokens[index].first_on_line) --index;
    return tree_.tokens[index].column;
  }

  static bool fits(antlr4::Parser* parser, antlr4::atn::ATNState* state) {
    const std::size_t next = parser->getInputStream()->LA(1);
    if (next == antlr4::Token::EOF) return true;
    const antlr4::atn::ATN& atn = parser->getInterpreter<antlr4::atn::ATNSimulator>()->atn;
    return atn.nextTokens(state).contains(next) || parser->getExpectedTokens().contains(next);
  }

  static void consume_unless_end(antlr4::Parser* parser) {
    if (parser->getInputStream()->LA(1) != antlr4::Token::EOF) parser->consume();
  }

  /// To the next line that starts at `limit` or further left. Rows belong to what was skipped, unless they fit again.
  void skip(antlr4::Parser* parser, std::uint32_t limit) {
    while (parser->getInputStream()->LA(1) != antlr4::Token::EOF) {
      const Token& token = current(parser);
      const bool may_stop = token.first_on_line && token.column <= limit;
      if (may_stop && (token.kind != TokenKind::row || rows_fit(*parser->getContext()))) return;
      parser->consume();
    }
  }

  static bool rows_fit(const ParserRuleContext& context) {
    const Rule rule = rule_of(context);
    return rule == Rule::table_section || rule == Rule::table_head || rule == Rule::accounts_section ||
           rule == Rule::intake_section || rule == Rule::intake_kind || rule == Rule::kind_head;
  }

  static ParserRuleContext* parent_list(ParserRuleContext* context) {
    auto* parent = static_cast<ParserRuleContext*>(context->parent);
    while (parent != nullptr && role_of(rule_of(*parent)) != Role::list) {
      parent = static_cast<ParserRuleContext*>(parent->parent);
    }
    return parent;
  }

  /// True when `token` starts a line as far left as the list's own first line, or further: it belongs to a list
  /// outside.
  bool is_outside(const Token& token, const ParserRuleContext& list) const {
    if (list.start == nullptr || rule_of(list) == Rule::book) return false;
    const Token& start = token_at(list.start->getTokenIndex());
    return token.first_on_line && start.first_on_line && token.column <= start.column;
  }

  Rule list_of(const Token& token, ParserRuleContext* list) const {
    while (is_outside(token, *list)) list = parent_list(list);
    return rule_of(*list);
  }

  /// The construct read last in this list, behind its choice; nullptr when there is none.
  static ParserRuleContext* last_construct(ParserRuleContext& list) {
    if (list.children.empty()) return nullptr;
    auto* child = dynamic_cast<ParserRuleContext*>(list.children.back());
    while (child != nullptr && role_of(rule_of(*child)) == Role::choice && !child->children.empty()) {
      auto* inner = dynamic_cast<ParserRuleContext*>(child->children.front());
      if (inner == nullptr) break;
      child = inner;
    }
    return child;
  }

  static bool starts_with_a_name(Rule rule) {
    return rule == Rule::list_item || rule == Rule::event_fields || rule == Rule::order_item ||
           rule == Rule::expectation_item || rule == Rule::approval_item;
  }

  /// Words that can begin nothing but a clause or line of a rule.
  static bool is_clause_word(std::string_view text) {
    static constexpr std::string_view kWords[] = {"because", "for",   "when",   "post",      "recognise",
                                                  "reverse", "debit", "credit", "difference"};
    return std::find(std::begin(kWords), std::end(kWords), text) != std::end(kWords);
  }

  static bool is_section_word(const Token& token) {
    static constexpr std::string_view kWords[] = {
        "mapping",      "reference", "lists",        "table", "accounts", "dates", "foreign_currency", "order",
        "expectations", "approvals", "intercompany", "rule",  "no",       "hold",  "intake",           "test"};
    return token.kind == TokenKind::keyword &&
           std::find(std::begin(kWords), std::end(kWords), token.text) != std::end(kWords);
  }

  static bool is_step_word(std::string_view text) {
    return text == "event" || text == "expect" || text == "rate" || text == "through" || text == "payload";
  }

  /// The clauses of a rule, or the steps of a test, whose first line is missing: told once, and left as a whole.
  bool report_headless(antlr4::Parser* parser, const Token& seen, Rule list) {
    const bool in_test = list == Rule::test_section || list == Rule::test_event || list == Rule::expectation;
    const bool in_rule = list == Rule::rule_section || list == Rule::post_block || list == Rule::recognise_block ||
                         list == Rule::intake_section || list == Rule::intake_kind;
    const bool step = is_step_word(seen.text) && !in_test;
    const bool clause = is_clause_word(seen.text) && !in_test && !in_rule;
    if (seen.kind != TokenKind::keyword || !seen.first_on_line || !(step || clause)) return false;
    const std::string word = "`" + std::string(seen.text) + "` begins ";
    if (step)
      tell(ErrorCode::UnexpectedText, seen, 0, word + "a step, and no test begins above it",
           "write `test \"title\"` on a line above");
    else
      tell(ErrorCode::UnexpectedText, seen, 0, word + "a clause, and no rule begins above it",
           "write `rule NAME \"title\"` on a line above");
    const Token* next = &current(parser);
    while (next->kind != TokenKind::end && !(next->first_on_line && is_section_word(*next))) {
      parser->consume();
      next = &current(parser);
    }
    return true;
  }

  /// A comma at the end of a line joined the next construct to this one. The parser goes back to where that begins.
  bool report_trailing_comma(antlr4::Parser* parser, ParserRuleContext* last, const Token& seen) {
    std::size_t first = index_of(seen);
    while (!tree_.tokens[first].first_on_line) --first;
    if (last == nullptr || first < 2 || last->children.size() < 3 || tree_.tokens[first - 1].text != ",") return false;
    const Token& start = tree_.tokens[first];
    if (!is_clause_word(start.text) && !is_section_word(start) && !begins_line(start.text) && seen.text != "is")
      return false;
    auto* joined = dynamic_cast<ParserRuleContext*>(last->children.back());
    if (joined == nullptr || joined->start->getTokenIndex() != first) return false;
    last->children.resize(last->children.size() - 2);  // the comma and what was taken for a part of this construct
    tell(ErrorCode::UnexpectedText, tree_.tokens[first - 1], 0,
         "a comma stands here, and the line below begins something else", "delete the comma");
    parser->getInputStream()->seek(first);
    return true;
  }

  static bool begins_line(std::string_view text) {
    static constexpr std::string_view kWords[] = {"line",    "event", "expect",   "rate",     "payload", "through",
                                                  "round",   "never", "rounding", "closed",   "posting", "soft_closed",
                                                  "unknown", "owner", "release",  "language", "ledgers"};
    return std::find(std::begin(kWords), std::end(kWords), text) != std::end(kWords);
  }

  /// No construct of the list starts at the current token. Returns the indent up to which text is skipped; nothing
  /// when the parser stands where it can go on.
  std::optional<std::uint32_t> report_between(antlr4::Parser* parser, ParserRuleContext& list) {
    const Token& seen = current(parser);
    ParserRuleContext* last = last_construct(list);
    if (report_trailing_comma(parser, last, seen)) return std::nullopt;
    if (report_headless(parser, seen, list_of(seen, &list))) return std::nullopt;
    Misfit misfit;
    misfit.row_follows = (rule_of(list) == Rule::table_section || rule_of(list) == Rule::accounts_section ||
                          rule_of(list) == Rule::intake_kind) &&
                         seen.first_on_line && row_follows(seen);
    expect(misfit, parser->getExpectedTokens(), *parser);
    if (last != nullptr && last->exception == nullptr && starts_with_a_name(rule_of(*last))) {
      // `expct DE SALES` was taken for fields of the event above.
      const Token& start = token_at(last->start->getTokenIndex());
      if (is_outside(start, list)) {
        report(misfit, Misfit::Kind::start, list_of(start, &list), start);
        return start.column;
      }
    }
    if (last == nullptr && rule_of(list) == Rule::accounts_section && !seen.first_on_line) {
      report(misfit, Misfit::Kind::inside, Rule::reference_item, seen);  // `accounts x.yaml` without quotes
    } else if (seen.first_on_line || last == nullptr) {
      report(misfit, Misfit::Kind::start, list_of(seen, &list), seen);
    } else {
      report(misfit, Misfit::Kind::surplus, rule_of(*last), seen);
      if (role_of(rule_of(*last)) == Role::opener) return UINT32_MAX;
    }
    return indent_of(seen);
  }

  void report_inside(antlr4::Parser* parser, const RecognitionException& fault) {
    const Token& seen = token_at(fault.getOffendingToken()->getTokenIndex());
    ParserRuleContext* context = parser->getContext();
    ParserRuleContext* construct = context;
    while (role_of(rule_of(*construct)) == Role::part || role_of(rule_of(*construct)) == Role::naming) {
      construct = static_cast<ParserRuleContext*>(construct->parent);
    }
    Misfit misfit;
    expect(misfit, fault.getExpectedTokens(), *parser);
    const Token& start = token_at(construct->start->getTokenIndex());
    const Rule rule = rule_of(*construct);
    if (starts_with_a_name(rule)) {
      if (is_outside(start, *parent_list(construct))) {
        return report(misfit, Misfit::Kind::start, list_of(start, parent_list(construct)), start);
      }
      // `A B` on one line: B was taken for the name of the next list.
      const bool follows_another = parent_list(construct)->children.size() > 2;
      if (!start.first_on_line && follows_another && rule == Rule::list_item)
        return report(misfit, Misfit::Kind::surplus, rule, start);
    }
    const Rule innermost = innermost_phrase(context);
    const std::size_t index = index_of(seen);
    if (index != 0 && (seen.first_on_line || seen.kind == TokenKind::end)) {
      const Token& before = tree_.tokens[index - 1];
      misfit.before = shown(before);
      return report(misfit, Misfit::Kind::cut_short, innermost, before);
    }
    report(misfit, Misfit::Kind::inside, innermost, seen);
  }

  /// The rule whose phrase explains best: the amount rather than its line, otherwise the construct.
  static Rule innermost_phrase(ParserRuleContext* context) {
    while (role_of(rule_of(*context)) == Role::naming) context = static_cast<ParserRuleContext*>(context->parent);
    return rule_of(*context);
  }

  bool row_follows(const Token& token) const {
    for (std::size_t index = index_of(token); tree_.tokens[index].line == token.line; ++index) {
      if (tree_.tokens[index].kind == TokenKind::row) return true;
      if (index + 1 == tree_.tokens.size()) break;
    }
    return false;
  }

  static void expect(Misfit& misfit, const antlr4::misc::IntervalSet& fitting, const antlr4::Parser& parser) {
    misfit.keywords.clear();
    misfit.name_fits = fitting.contains(static_cast<std::size_t>(MappingLexer::WORD));
    misfit.text_fits = fitting.contains(static_cast<std::size_t>(MappingLexer::STRING));
    misfit.only_comma_fits = fitting.size() == 1 && fitting.contains(static_cast<std::size_t>(MappingLexer::COMMA));
    for (std::size_t type = 1; type < MappingLexer::WORD; ++type) {
      if (!fitting.contains(type)) continue;
      const std::string literal = parser.getVocabulary().getLiteralName(type);
      misfit.keywords.push_back(literal.substr(1, literal.size() - 2));
    }
  }

  /// `1,000.00` or `0,05` on the line of a fault, at it or before: position and length of its tokens.
  std::optional<std::pair<std::size_t, std::size_t>> number_with_comma(const Token& place) const {
    const auto is_number = [&](std::size_t index) { return looks_like_number(tree_.tokens[index].text); };
    const auto touch = [&](std::size_t index) {
      const Token& left = tree_.tokens[index];
      const Token& right = tree_.tokens[index + 1];
      return left.line == right.line && left.column + left.length == right.column;
    };
    const std::size_t until = index_of(place);
    std::size_t first = until;
    while (!tree_.tokens[first].first_on_line) --first;
    for (; first <= until && first + 2 < tree_.tokens.size(); ++first) {
      std::size_t end = first;
      while (end + 2 < tree_.tokens.size() && is_number(end) && tree_.tokens[end + 1].text == "," && touch(end) &&
             touch(end + 1) && is_number(end + 2))
        end += 2;
      if (end != first) return std::pair{first, end - first + 1};
    }
    return std::nullopt;
  }

  bool report_number(Rule rule, const Token& place) {
    // Between the values of these a comma needs no blank behind it.
    if (rule == Rule::list_item || rule == Rule::condition || rule == Rule::when_clause || rule == Rule::property)
      return false;
    const auto found = number_with_comma(place);
    if (!found) return false;
    const Token& first = tree_.tokens[found->first];
    std::vector<std::string_view> groups;
    for (std::size_t index = 0; index < found->second; index += 2)
      groups.push_back(tree_.tokens[found->first + index].text);
    const Wording words = wording_of_number(groups);
    std::uint32_t length = 0;
    for (std::size_t index = 0; index < found->second; ++index) length += tree_.tokens[found->first + index].length;
    tell(ErrorCode::BadLiteral, first, length, words.message, words.help);
    return true;
  }

  void report(Misfit& misfit, Misfit::Kind kind, Rule rule, const Token& place) {
    if (report_number(rule, place)) return;
    if (kind == Misfit::Kind::start && rule == Rule::book) lost_section_ = true;
    misfit.kind = kind;
    misfit.rule = rule;
    misfit.seen = shown(place);
    misfit.seen_kind = place.kind;
    if (const std::size_t index = index_of(place); index != 0 && kind != Misfit::Kind::cut_short) {
      misfit.before = shown(tree_.tokens[index - 1]);
      misfit.before_kind = tree_.tokens[index - 1].kind;
      if (index + 1 < tree_.tokens.size()) misfit.next = shown(tree_.tokens[index + 1]);
    }
    Wording words = wording_of(misfit);
    if (kind != Misfit::Kind::cut_short) return tell(ErrorCode::UnexpectedText, place, 0, words.message, words.help);
    Token behind = place;
    behind.column += place.length;
    behind.length = 0;
    tell(ErrorCode::UnexpectedText, behind, 0, words.message, words.help);
  }

  /// `length` 0: that of the token.
  void tell(ErrorCode code, const Token& place, std::uint32_t length, std::string message, std::string help) {
    if (++faults_ > kFaultsMax) return;
    diagnostics::Span span{SourceRef{tree_.file, place.line, place.column, {}}, length == 0 ? place.length : length};
    if (faults_ == kFaultsMax) {
      code = ErrorCode::UnexpectedText;
      message = "the file has more faults than are shown";
      help = "mend the faults above first";
    }
    sink_.error(code, std::move(span), std::move(message), std::move(help));
  }

  const ConcreteTree& tree_;
  Sink& sink_;
  std::size_t faults_ = 0;
  bool lost_section_ = false;
};

std::string snake_case(const std::string& name) {
  std::string result;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') {
      result += '_';
      c = static_cast<char>(c - 'A' + 'a');
    }
    result += c;
  }
  return result;
}

/// The enumeration Rule repeats the grammar's rules by hand; a grammar changed alone must not go unnoticed.
void check_rules(const antlr4::Parser& parser) {
  const std::vector<std::string>& names = parser.getRuleNames();
  GLMAP_ASSERT(names.size() == kRuleCount);
  for (std::size_t index = 0; index < kRuleCount; ++index) GLMAP_ASSERT(snake_case(names[index]) == kRuleNames[index]);
}

void copy_children(ConcreteTree& tree, std::uint32_t into, ParserRuleContext& context);

void copy_node(ConcreteTree& tree, std::uint32_t parent, ParserRuleContext& context) {
  const Role role = role_of(rule_of(context));
  if (role == Role::choice || role == Role::naming) return copy_children(tree, parent, context);
  const auto index = static_cast<std::uint32_t>(tree.nodes.size());
  tree.nodes.push_back(Node{rule_of(context), context.exception != nullptr, {}});
  tree.nodes[parent].children.push_back({false, index});
  copy_children(tree, index, context);
}

void copy_children(ConcreteTree& tree, std::uint32_t into, ParserRuleContext& context) {
  for (antlr4::tree::ParseTree* child : context.children) {
    if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child)) {
      // Skipped text hangs in the tree as error nodes; it is no part of what was read.
      if (dynamic_cast<antlr4::tree::ErrorNode*>(child) != nullptr) continue;
      const std::size_t index = terminal->getSymbol()->getTokenIndex();
      tree.nodes[into].children.push_back({true, static_cast<std::uint32_t>(index)});
    } else if (auto* inner = dynamic_cast<ParserRuleContext*>(child)) {
      copy_node(tree, into, *inner);
    }
  }
}

void read_locked(ConcreteTree& tree, Sink& sink) {
  antlr4::ANTLRInputStream input(tree.text);
  MappingLexer lexer(&input);
  lexer.removeErrorListeners();
  antlr4::CommonTokenStream stream(&lexer);
  stream.fill();
  copy_tokens(tree, stream.getTokens());
  MappingParser parser(&stream);
  parser.removeErrorListeners();
  const auto recovery = std::make_shared<Recovery>(tree, sink);
  parser.setErrorHandler(recovery);
  check_rules(parser);
  MappingParser::BookContext* book = parser.book();
  tree.nodes.push_back(Node{Rule::book, book->exception != nullptr || recovery->has_lost_section(), {}});
  copy_children(tree, 0, *book);
}

}  // namespace

void read_tree(ConcreteTree& tree, Sink& sink) {
  // The generator's runtime shares caches between parsers without protecting them (antlr/antlr4#3332).
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  try {
    read_locked(tree, sink);
  } catch (const std::exception& fault) {
    sink.error(ErrorCode::UnexpectedText, {SourceRef{tree.file, 0, 0, {}}, 0},
               std::string("the file cannot be read: ") + fault.what(), "split the file to find the place");
  }
  if (tree.nodes.empty()) tree.nodes.push_back(Node{});
}

}  // namespace glmap::syntax
