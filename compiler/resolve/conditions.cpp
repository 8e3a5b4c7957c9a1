// SPDX-License-Identifier: Apache-2.0
// `treatment is ratable`, `principal is not entity`, `currency is functional`, `vat_id is given`.
#include <algorithm>

#include "compiler/resolve/rule_parts.hpp"

namespace glmap::resolve {
namespace {

using rules::Condition;
using rules::Domain;
using rules::Operand;

class ConditionReader {
 public:
  ConditionReader(Context& context, ProgramScope& scope, const syntax::Condition& written)
      : context_(context), scope_(scope), written_(written) {}

  std::optional<Condition> read() {
    if (written_.values.empty()) return std::nullopt;  // a fault of the parser
    const auto subject = scope_.resolve(written_.subject);
    if (!subject) return std::nullopt;
    Condition condition;
    condition.subject = subject->operand;
    condition.negated = written_.negated;
    condition.where = written_.span.where;
    if (single("given")) return given(*subject, std::move(condition));
    const auto domain = subject->domain();
    if (!domain) {
      context_.error_with(
          ErrorCode::NotClosed, written_.subject.span,
          tick(written_.subject.text) + " is " + subject->kind_words() + ", which has no closed list of values",
          subject->declared, "it is declared here",
          subject->is(FieldKind::money) || subject->is(FieldKind::money_functional) || subject->is(FieldKind::decimal)
              ? "conditions never compare amounts; write `sign: positive` at the amount in events.yaml, or ask whether "
                "it `is given`"
              : "ask whether it `is given`, or give the field a list as its type");
      return std::nullopt;
    }
    condition.domain = *domain;
    if (written_.values.size() == 1 && !written_.values.front().quoted)
      if (auto same = other_field(*domain, condition); same.second) return same.first;
    return values(*domain, std::move(condition));
  }

 private:
  bool single(std::string_view word) const {
    return written_.values.size() == 1 && !written_.values.front().quoted && written_.values.front().text == word;
  }

  std::optional<Condition> given(const Named& subject, Condition condition) {
    condition.kind = Condition::Kind::given;
    if (subject.field == nullptr) {
      context_.error(ErrorCode::WrongType, written_.subject.span,
                     tick(written_.subject.text) + " is answered by a table and always given",
                     "ask `is given` of an optional field of the event");
      return std::nullopt;
    }
    if (subject.field->required) {
      context_.error_with(ErrorCode::WrongType, written_.subject.span,
                          "the field " + tick(written_.subject.text) + " is required and so always given",
                          subject.declared, "the field is here", "delete the condition, or make the field optional");
      return std::nullopt;
    }
    return condition;
  }

  /// `X is FIELD`, `currency is functional`. second: whether the word was a name and not a value.
  std::pair<std::optional<Condition>, bool> other_field(const Domain& domain, Condition condition) {
    const Word& word = written_.values.front();
    const bool is_value = domain_code(context_.book(), domain, word.text).has_value();
    condition.kind = Condition::Kind::same;
    if (domain.kind == Domain::Kind::currency && word.text == "functional") {
      condition.other = {Operand::Kind::functional};
      return {condition, true};
    }
    if (!scope_.is_name(word.text)) return {std::nullopt, false};
    if (is_value) {
      context_.error(ErrorCode::AmbiguousName, word.span,
                     tick(word.text) + " is a value of " + domain_words(context_.book(), domain) + " and also a field",
                     "write the value in quotes, or the field with `event.` or `line.`");
      return {std::nullopt, true};
    }
    const auto other = scope_.resolve(word);
    if (!other) return {std::nullopt, true};
    if (other->domain() != domain) {
      context_.error_with(ErrorCode::WrongType, word.span,
                          tick(word.text) + " is " + other->kind_words() + " and cannot be equal to " +
                              tick(written_.subject.text) + ", a value of " + domain_words(context_.book(), domain),
                          other->declared, "it is declared here", "compare fields of one kind");
      return {std::nullopt, true};
    }
    condition.other = other->operand;
    return {condition, true};
  }

  std::optional<Condition> values(const Domain& domain, Condition condition) {
    condition.kind = Condition::Kind::in;
    bool sound = true;
    for (const Word& word : written_.values) {
      const auto code = domain_code(context_.book(), domain, word.text);
      auto& codes = condition.values.values;
      if (!code) {
        unknown_value(context_, domain, word);
        sound = false;
      } else if (std::find(codes.begin(), codes.end(), *code) != codes.end()) {
        context_.error(ErrorCode::DuplicateName, word.span, "value " + tick(word.text) + " stands twice here",
                       "delete one of them");
        sound = false;
      } else {
        codes.push_back(*code);
      }
    }
    if (!sound) return std::nullopt;
    std::sort(condition.values.values.begin(), condition.values.values.end());
    return condition;
  }

  Context& context_;
  ProgramScope& scope_;
  const syntax::Condition& written_;
};

}  // namespace

std::optional<Condition> resolve_condition(Context& context, ProgramScope& scope, const syntax::Condition& written) {
  return ConditionReader(context, scope, written).read();
}

}  // namespace glmap::resolve
