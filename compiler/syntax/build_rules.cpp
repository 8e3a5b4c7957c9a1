// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/syntax/build_ast.hpp"

namespace glmap::syntax {
namespace {

Condition condition(const NodeView& node) {
  Condition result;
  std::vector<Word> words = node.words();  // SUBJECT is [not] VALUE ...
  result.span = node.span();
  result.subject = words[0];
  std::size_t first = 2;
  if (words.size() > 3 && words[2].text == "not" && !words[2].quoted) {
    result.negated = true;
    first = 3;
  }
  result.values.assign(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
  return result;
}

}  // namespace

void AstBuilder::clause(RuleDecl& rule, const NodeView& clause) {
  switch (clause.rule()) {
    case Rule::because_clause:
      if (rule.outcome != OutcomeKind::post && !rule.because.empty()) {
        missing(clause.span(), "a second reason stands here, and one belongs to each outcome",
                "keep one of the two, or write the missing line above: `no entry for EVENT` or `hold EVENT`");
      } else if (!twice(clause.span(), rule.because.span, "`because`")) {
        rule.because = clause.word(1);
      }
      break;
    case Rule::for_clause: {
      if (!rule.events.empty() && twice(clause.span(), rule.events.front().span, "`for`")) return;
      std::vector<Word> words = clause.words();  // for [each line of] EVENT ...
      rule.each_line = words.size() > 4 && words[1].text == "each";
      rule.events.assign(words.begin() + (rule.each_line ? 4 : 1), words.end());
      break;
    }
    case Rule::when_clause: {
      if (!rule.when.empty() && twice(clause.span(), rule.when.front().span, "`when`")) return;
      for (const NodeView& node : clause.nodes(Rule::condition)) rule.when.push_back(condition(node));
      break;
    }
    case Rule::ledger_clause:
      if (!twice(clause.span(), rule.ledger.span, "`in ledger`")) rule.ledger = clause.word(2);
      break;
    case Rule::reverse_clause:
      if (rule.reversal && twice(clause.span(), rule.reversal->span, "`reverse everything`")) return;
      rule.reversal = ReverseDecl{clause.word(3), clause.span()};
      break;
    default:
      break;
  }
}

void AstBuilder::rule(const NodeView& section) {
  RuleDecl rule;
  rule.span = section.span();
  for (const NodeView& node : section.nodes()) {
    if (is_headless(rule, node)) break;
    if (node.rule() == Rule::rule_head) {
      rule.span = node.span();
      rule.name = node.word(1);
      rule.title = node.word(2);
    } else if (node.rule() == Rule::post_block) {
      rule.blocks.push_back(post_block(node));
    } else if (node.rule() == Rule::recognise_block) {
      rule.recognitions.push_back(recognise_block(node));
    } else if (!node.broken()) {
      clause(rule, node);
    }
  }
  check_clauses(rule, section);
  spec_.rules.push_back(std::move(rule));
}

/// Behind its entries, a second reason or event begins another rule, whose first line is missing.
bool AstBuilder::is_headless(const RuleDecl& rule, const NodeView& node) {
  const bool has_entries = !rule.blocks.empty() || !rule.recognitions.empty() || rule.reversal;
  const bool again = (node.rule() == Rule::because_clause && !rule.because.empty()) ||
                     (node.rule() == Rule::for_clause && !rule.events.empty());
  if (!has_entries || !again) return false;
  const PostingDecl* line =
      rule.blocks.empty() || rule.blocks.back().lines.empty() ? nullptr : &rule.blocks.back().lines.back();
  if (line != nullptr && line->span.where.line == node.span().where.line) {
    sink_.error(
        ErrorCode::UnexpectedText, node.span(),
        "`for` is not expected behind an amount; it belongs to a limit, `AMOUNT, at most its balance for FIELD`",
        "write `, at most its balance` before `for`, or delete what follows the amount");
    return true;
  }
  missing(node.span(), "a rule begins here without its first line", "write `rule NAME \"title\"` above this line");
  return true;
}

void AstBuilder::outcome(const NodeView& section, OutcomeKind kind) {
  RuleDecl rule;
  rule.outcome = kind;
  rule.span = section.span();
  for (const NodeView& node : section.nodes()) {
    if (node.broken()) continue;
    if (node.rule() == Rule::no_entry_head || node.rule() == Rule::hold_head) {
      std::vector<Word> words = node.words();  // no entry for EVENT ... | hold EVENT ...
      rule.span = node.span();
      rule.events.assign(words.begin() + (kind == OutcomeKind::no_entry ? 3 : 1), words.end());
    } else if (node.rule() != Rule::because_clause || rule.because.empty() || !section.broken()) {
      // In a broken section a second reason belongs to the rule whose first line was told to be missing.
      clause(rule, node);
    }
  }
  check_clauses(rule, section);
  spec_.rules.push_back(std::move(rule));
}

void AstBuilder::check_clauses(const RuleDecl& rule, const NodeView& section) {
  if (section.has_broken()) return;
  std::string name = "rule `" + rule.name.text + "`";
  if (rule.outcome == OutcomeKind::no_entry) name = "`no entry for`";
  if (rule.outcome == OutcomeKind::hold) name = "`hold`";
  if (rule.because.empty()) {
    missing(rule.span, name + " gives no reason", "write `because \"policy and paragraph\"`");
  }
  if (rule.outcome != OutcomeKind::post) return;
  if (rule.events.empty()) {
    const bool has_keys = std::any_of(rule.recognitions.begin(), rule.recognitions.end(),
                                      [](const RecogniseDecl& one) { return !one.keys.empty(); });
    missing(rule.span, name + " does not say for which event it is",
            has_keys ? "write `for EVENT` above `recognise`; below it, `for` says what the schedule is for"
                     : "write `for EVENT` or `for each line of EVENT`");
  }
  if (rule.blocks.empty() && rule.recognitions.empty() && !rule.reversal) {
    missing(rule.span, name + " posts nothing",
            "write `post in ENTITY, journal CODE` with debit and credit lines, or say `no entry for EVENT`");
  }
}

}  // namespace glmap::syntax
