// SPDX-License-Identifier: Apache-2.0
// Rules, `no entry` and `hold` to one program for each event type and ledger.
#include <algorithm>
#include <utility>

#include "compiler/resolve/rule_parts.hpp"

namespace glmap::resolve {
namespace {

using rules::EventProgram;
using rules::Rule;
using syntax::OutcomeKind;
using syntax::RuleDecl;

/// The declarations that speak about one event type, in the order of the book, each with the word that names the type.
struct Declared {
  const RuleDecl* rule = nullptr;
  const Word* event = nullptr;
};

std::string rule_name(const RuleDecl& decl) {
  if (decl.outcome == OutcomeKind::post) return decl.name.text;
  return std::string(decl.outcome == OutcomeKind::no_entry ? "no entry" : "hold") + " (" + decl.span.where.file + ":" +
         std::to_string(decl.span.where.line) + ")";
}

void check_names(Context& context) {
  std::map<std::string, Span> seen;
  for (const RuleDecl& decl : context.spec.rules) {
    if (decl.outcome == OutcomeKind::post && !decl.name.empty()) {
      const auto [first, added] = seen.emplace(decl.name.text, decl.name.span);
      if (!added) context.twice("rule", decl.name.text, decl.name.span, first->second);
    }
  }
}

/// Event type, ledger.
using ProgramKey = std::pair<std::uint32_t, std::uint32_t>;

/// The ledger a declaration is for; the book's first when it names none. Reports GLM-2001.
std::optional<std::uint32_t> ledger_of(Context& context, const RuleDecl& decl) {
  if (decl.ledger.empty()) return 0;
  const auto ledger = context.ledger_index(decl.ledger.text);
  if (!ledger) unknown_ledger(context, decl.ledger);
  return ledger;
}

/// Reports GLM-2006, and GLM-2002 for a type that a rule names twice.
std::map<ProgramKey, std::vector<Declared>> by_program(Context& context) {
  std::map<ProgramKey, std::vector<Declared>> found;
  for (const RuleDecl& decl : context.spec.rules) {
    const auto ledger = ledger_of(context, decl);
    std::map<std::string, Span> seen;
    for (const Word& event : decl.events) {
      const auto [first, added] = seen.emplace(event.text, event.span);
      if (!added) {
        context.error_with(ErrorCode::DuplicateName, event.span, "event " + tick(event.text) + " is named twice here",
                           first->second, "it is named here first", "delete one of them");
        continue;
      }
      const auto type = event_type_of(context, event);
      if (type && ledger) found[{*type, *ledger}].push_back({&decl, &event});
    }
  }
  return found;
}

class ProgramReader {
 public:
  ProgramReader(Context& context, const ProgramKey& key, const std::vector<Declared>& declared)
      : context_(context), declared_(declared) {
    program_.type = key.first;
    program_.ledger = key.second;
    program_.each_line = decide_each_line();
  }

  EventProgram read() {
    ProgramScope scope(context_, program_);
    if (mixed_) scope.tell_lines();  // which of the two is meant is asked already
    bool posts = false;
    for (const Declared& one : declared_) {
      posts = posts || one.rule->outcome == OutcomeKind::post;
      read_rule(*one.rule, scope);
    }
    if (posts) {
      scope.add_checks();
      check_posting_date();
    }
    return std::move(program_);
  }

 private:
  /// Rules that post decide; `no entry` and `hold` follow them.
  bool decide_each_line() {
    const EventType& type = context_.catalog().types[program_.type];
    const Declared* first = nullptr;
    for (const Declared& one : declared_) {
      if (one.rule->outcome != OutcomeKind::post) continue;
      if (one.rule->each_line && type.line.empty() && !context_.type_places[program_.type].broken)
        context_.error_with(ErrorCode::WrongType, one.event->span, "event " + tick(type.name) + " has no lines",
                            context_.type_places[program_.type].span, "its schema is here",
                            "write `for " + type.name + "`, or add `lines` to the schema");
      if (first == nullptr)
        first = &one;
      else if (first->rule->each_line != one.rule->each_line && !std::exchange(mixed_, true))
        context_.error_with(
            ErrorCode::WrongType, one.event->span,
            "rule " + tick(one.rule->name.text) + " looks at " +
                (one.rule->each_line ? "each line of " : "the whole of ") + tick(type.name) + ", rule " +
                tick(first->rule->name.text) + " at " + (first->rule->each_line ? "each of its lines" : "the whole"),
            first->event->span, "the other rule is here",
            "let all rules for one event look at its lines, or all at the whole: only then can exactly one fit");
    }
    if (first != nullptr) return first->rule->each_line;
    return std::any_of(declared_.begin(), declared_.end(), [](const Declared& one) { return one.rule->each_line; });
  }

  /// Some date of the book's preference must be one that this event can carry.
  void check_posting_date() {
    const auto& fields = context_.book().posting_date_fields;
    const EventType& type = context_.catalog().types[program_.type];
    const bool can = std::any_of(fields.begin(), fields.end(), [&](const std::string& field) {
      const auto index = type.header_index(field);
      return field == "occurred_at" || (index && type.header[*index].kind == FieldKind::date);
    });
    if (can || fields.empty() || context_.type_places[program_.type].broken) return;
    const auto posting = std::find_if(declared_.begin(), declared_.end(),
                                      [](const Declared& one) { return one.rule->outcome == OutcomeKind::post; });
    context_.error_with(
        ErrorCode::UnknownField, posting->event->span,
        "event " + tick(type.name) + " posts and carries no date to take the posting date from",
        context_.spec.dates->span, "the book takes it from " + choices(fields),
        "add " + tick(fields.front()) + " to the event, or `else occurred_at in zone of entity` to `dates`");
  }

  void read_rule(const RuleDecl& decl, ProgramScope& scope) {
    Rule rule;
    rule.outcome = decl.outcome == OutcomeKind::post       ? Rule::Outcome::post
                   : decl.outcome == OutcomeKind::no_entry ? Rule::Outcome::no_entry
                                                           : Rule::Outcome::hold;
    rule.name = rule_name(decl);
    rule.title = decl.title.text;
    rule.because = decl.because.text;
    rule.where = decl.span.where;
    for (const syntax::Condition& condition : decl.when)
      if (auto resolved = resolve_condition(context_, scope, condition)) rule.when.push_back(std::move(*resolved));
    for (const syntax::PostBlock& block : decl.blocks)
      if (auto resolved = resolve_block(context_, scope, block)) {
        check_one_currency(block, *resolved);
        rule.blocks.push_back(std::move(resolved->block));
      }
    // A schedule's entries belong to the entity of the rule's first entry, unless it names its own.
    rules::Operand entity{rules::Operand::Kind::header, scope.type().entity_field};
    if (!rule.blocks.empty()) entity = rule.blocks.front().entity;
    const Word own{"entity", decl.span};
    const Word& first = decl.blocks.empty() ? own : decl.blocks.front().entity;
    for (const syntax::RecogniseDecl& one : decl.recognitions) {
      const Word& word = one.block.entity.empty() ? first : one.block.entity;
      const auto named = one.block.entity.empty() ? entity : read_entity(context_, scope, word);
      if (!named) continue;  // told
      if (auto resolved = resolve_recognition(context_, scope, one, *named, word))
        rule.recognitions.push_back(std::move(*resolved));
    }
    if (decl.reversal) rule.reversal = resolve_reversal(context_, scope, decl);
    program_.rules.push_back(std::move(rule));
  }

  /// Blocks of all rules that go to one journal become one entry of the event, and so share its currency.
  void check_one_currency(const syntax::PostBlock& written, const ResolvedBlock& block) {
    const auto [first, added] =
        currency_of_.emplace(block.block.journal, std::make_pair(block.functional, written.span));
    if (added || first->second.first == block.functional) return;
    context_.error_with(ErrorCode::WrongCurrency, written.span,
                        "journal " + tick(block.block.journal) + " takes amounts of event " +
                            tick(context_.catalog().types[program_.type].name) + " in the currency of the books " +
                            "and in the event's currency",
                        first->second.second, "the other block is here", "post them in journals of their own");
  }

  Context& context_;
  const std::vector<Declared>& declared_;
  EventProgram program_;
  bool mixed_ = false;  // some rules look at lines, some at the whole: told
  std::map<std::string, std::pair<bool, Span>> currency_of_;
};

}  // namespace

void resolve_rules(Context& context) {
  check_names(context);
  for (const auto& [key, declared] : by_program(context))
    context.book().programs.push_back(ProgramReader(context, key, declared).read());
}

}  // namespace glmap::resolve
