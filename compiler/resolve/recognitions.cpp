// SPDX-License-Identifier: Apache-2.0
// `recognise AMOUNT over FROM to UNTIL by CONVENTION` and `reverse everything for FIELD`.
#include <algorithm>

#include "compiler/resolve/rule_parts.hpp"

namespace glmap::resolve {
namespace {

using rules::Convention;
using rules::Recognition;

constexpr Convention kConventions[] = {Convention::by_second,     Convention::by_day,      Convention::equal_months,
                                       Convention::ends_prorated, Convention::full_months, Convention::mid_month};

std::vector<std::string> convention_names() {
  std::vector<std::string> names;
  for (const Convention one : kConventions) names.emplace_back(rules::to_text(one));
  return names;
}

class RecognitionReader {
 public:
  RecognitionReader(Context& context, ProgramScope& scope, const syntax::RecogniseDecl& written)
      : context_(context), scope_(scope), written_(written) {}

  std::optional<Recognition> read(const rules::Operand& entity, const Word& entity_word) {
    const std::size_t before = context_.sink.error_count();
    Recognition result;
    result.where = written_.span.where;
    read_amount(result);
    if (const auto from = date(written_.from)) result.from = *from;
    if (const auto until = date(written_.until)) result.until = *until;
    read_convention(result);
    for (const Word& key : written_.keys) read_key(result, key);
    std::sort(result.keys.begin(), result.keys.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    read_policies(result);
    syntax::PostBlock block = written_.block;
    block.entity = entity_word;
    ResolvedBlock lines;
    lines.block.entity = entity;
    resolve_lines(context_, scope_, block, AmountsOf::step, lines);
    result.block = std::move(lines.block);
    if (context_.sink.error_count() != before) return std::nullopt;
    return result;
  }

 private:
  void read_amount(Recognition& result) {
    const auto amount = resolve_amount(context_, scope_, written_.amount);
    if (!amount) return;
    result.amount = amount->amount;
    if (amount->functional)
      context_.error(ErrorCode::WrongCurrency, written_.amount.span,
                     tick(amount->amount.text) + " is in the currency of the books, and a schedule is in the event's",
                     "name an amount in the event's currency");
  }

  std::optional<rules::Operand> date(const Word& word) {
    const auto named = scope_.resolve(word);
    if (!named) return std::nullopt;
    if (named->is(FieldKind::date)) return named->operand;  // beside a moment, the moment is told
    if (named->is(FieldKind::instant) && by_second() && both_moments()) return named->operand;
    context_.error_with(ErrorCode::WrongType, word.span,
                        tick(word.text) + " is " + named->kind_words() + " where a day of the service is expected",
                        named->declared, "it is declared here",
                        named->is(FieldKind::instant) ? "name fields of type `date`; from one moment to another only "
                                                        "`by by_second` recognises, with both ends of type `instant`"
                                                      : "name a field of type `date`");
    return std::nullopt;
  }

  /// Said outright: a table's answer could be a way that counts days.
  bool by_second() const {
    return rules::parse_convention(written_.convention.text) == Convention::by_second &&
           !scope_.is_name(written_.convention.text);
  }

  bool both_moments() {
    const auto from = scope_.resolve(written_.from);
    const auto until = scope_.resolve(written_.until);
    return from && until && from->is(FieldKind::instant) && until->is(FieldKind::instant);
  }

  void read_convention(Recognition& result) {
    const Word& word = written_.convention;
    if (word.empty()) return;  // a fault of the parser
    const auto fixed = rules::parse_convention(word.text);
    const bool name = scope_.is_name(word.text);
    if (fixed && name)
      return context_.error(ErrorCode::AmbiguousName, word.span,
                            tick(word.text) + " is a way to recognise and also the name of a field or answer",
                            "rename the field or the answer");
    if (fixed) {
      result.convention = *fixed;
      return;
    }
    const std::vector<std::string> known = convention_names();
    if (!name && scope_.quiet_about(word.text)) return;
    if (!name)
      return context_.error(ErrorCode::UnknownListValue, word.span,
                            tick(word.text) + " is neither a way to recognise nor a field or an answer of a table",
                            suggest(word.text, known, "write one of " + choices(known)));
    const auto named = scope_.resolve(word);
    if (!named) return;
    if (named->domain() && named->domain()->kind == rules::Domain::Kind::list)
      check_values(word, named->domain()->list);
    else
      context_.error_with(ErrorCode::WrongType, word.span,
                          tick(word.text) + " is " + named->kind_words() + " where a way to recognise is expected",
                          named->declared, "it is declared here",
                          "name a field or an answer with a list of " + choices(known));
    result.convention_from = named->operand;
  }

  void check_values(const Word& word, std::uint32_t list) {
    const ValueList& values = context_.catalog().lists[list];
    std::vector<std::string> bad;
    for (const std::string& value : values.values)
      if (!rules::parse_convention(value)) bad.push_back(value);
    if (bad.empty()) return;
    const auto place = context_.model.list_spans.find(values.name);
    context_.error_with(
        ErrorCode::UnknownListValue, word.span,
        choices(bad) + " of list " + tick(values.name) +
            (bad.size() == 1 ? " is no way to recognise" : " are no ways to recognise"),
        place == context_.model.list_spans.end() ? Span{} : place->second, "the list is here",
        "keep only " + choices(convention_names()) + " in the list, and ask by `when` what is recognised over time");
  }

  void read_key(Recognition& result, const Word& key) {
    const auto named = scope_.resolve(key);
    if (!named) return;
    if (!can_be_dimension(*named))
      return context_.error_with(ErrorCode::WrongType, key.span,
                                 tick(key.text) + " is " + named->kind_words() + ", by which no schedule is known",
                                 named->declared, "it is declared here",
                                 "name a field that holds a text, a value or a date");
    std::string name = key.text;
    for (const std::string_view prefix : {"line.", "event."})
      if (name.starts_with(prefix)) name.erase(0, prefix.size());
    const bool twice = std::any_of(result.keys.begin(), result.keys.end(),
                                   [&](const rules::DimensionSource& one) { return one.name == name; });
    if (twice)
      return context_.error(ErrorCode::DuplicateName, key.span, tick(key.text) + " stands twice here",
                            "delete one of them");
    result.keys.push_back({name, named->operand});
  }

  void read_policies(Recognition& result) {
    const std::string& changed = written_.changed.text;
    if (changed == "prospective")
      result.changed = Recognition::Changed::prospective;
    else if (changed == "catch_up")
      result.changed = Recognition::Changed::catch_up;
    else if (!changed.empty() && changed != "hold")
      context_.error(ErrorCode::UnknownListValue, written_.changed.span,
                     tick(changed) + " is not what can be done with a schedule whose terms change",
                     "write `when changed prospective`, `when changed catch_up` or `when changed hold`");
    const std::string& rounding = written_.rounding.text;
    if (rounding == "rest_in_last")
      result.rounding = rules::ScheduleRounding::rest_in_last;
    else if (!rounding.empty() && rounding != "cumulative")
      context_.error(ErrorCode::UnknownListValue, written_.rounding.span,
                     tick(rounding) + " is not a way to round a schedule",
                     "write `rounding cumulative` or `rounding rest_in_last`");
  }

  Context& context_;
  ProgramScope& scope_;
  const syntax::RecogniseDecl& written_;
};

}  // namespace

std::optional<Recognition> resolve_recognition(Context& context, ProgramScope& scope,
                                               const syntax::RecogniseDecl& written, const rules::Operand& entity,
                                               const Word& entity_word) {
  return RecognitionReader(context, scope, written).read(entity, entity_word);
}

std::optional<rules::Reversal> resolve_reversal(Context& context, ProgramScope& scope, const syntax::RuleDecl& rule) {
  const syntax::ReverseDecl& written = *rule.reversal;
  if (!rule.blocks.empty() || !rule.recognitions.empty()) {
    const Span& other = rule.blocks.empty() ? rule.recognitions.front().span : rule.blocks.front().span;
    context.error_with(ErrorCode::WrongType, written.span, "a reversal stands beside other entries of the rule", other,
                       "an entry of the rule is here", "let the rule reverse, or let it post");
    return std::nullopt;
  }
  if (rule.each_line) {
    context.error(ErrorCode::WrongType, written.span,
                  "the rule looks at each line, and everything would be reversed once for each of them",
                  "write `for EVENT` in place of `for each line of EVENT`");
    return std::nullopt;
  }
  const auto named = scope.resolve(written.object);
  if (!named) return std::nullopt;
  if (!named->is(FieldKind::text)) {
    context.error_with(ErrorCode::WrongType, written.object.span,
                       tick(written.object.text) + " is " + named->kind_words() +
                           " where a text that names the business object is expected",
                       named->declared, "it is declared here",
                       "name the field with the number of what is reversed, such as `invoice`");
    return std::nullopt;
  }
  return rules::Reversal{named->operand, written.span.where};
}

}  // namespace glmap::resolve
