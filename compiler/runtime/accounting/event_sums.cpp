// SPDX-License-Identifier: Apache-2.0
// Definitions (`gross is net + tax`), invariants (`total = sum of line.gross`) and signs of an event.
#include <utility>

#include "compiler/runtime/accounting/event_parts.hpp"

namespace glmap::event_parts {
namespace {

/// A running sum of amounts or of plain numbers, never of both.
struct Sum {
  FieldValue value;  // monostate: nothing was added yet

  Status add_value(const FieldValue& term, bool negative) {
    if (std::holds_alternative<std::monostate>(term)) return {};
    if (const Money* money = std::get_if<Money>(&term)) return add_amount(negative ? money->negated() : *money);
    if (const Decimal* number = std::get_if<Decimal>(&term)) return add_amount(negative ? number->negated() : *number);
    return fail(ErrorCode::WrongFieldType, "a field that is no amount stands in a sum");
  }

  bool empty() const { return std::holds_alternative<std::monostate>(value); }

 private:
  template <class Amount>
  Status add_amount(const Amount& amount) {
    if (empty()) {
      value = amount;
      return {};
    }
    const Amount* before = std::get_if<Amount>(&value);
    if (before == nullptr) return fail(ErrorCode::WrongFieldType, "amounts and plain numbers stand in one sum");
    auto sum = add(*before, amount);
    if (!sum && sum.error().code == ErrorCode::ArithmeticOverflow)
      return fail(ErrorCode::AmountOutOfRange, "a sum of the event is too large to be exact");
    if (!sum) return std::unexpected(std::move(sum.error()));
    value = *sum;
    return {};
  }
};

std::string in_words(const FieldValue& value) {
  if (const Money* money = std::get_if<Money>(&value)) return money->to_text();
  if (const Decimal* number = std::get_if<Decimal>(&value)) return number->to_text();
  return "nothing";
}

/// Nothing and zero are the same sum.
bool same_sum(const FieldValue& a, const FieldValue& b) {
  const auto is_nothing = [](const FieldValue& value) {
    if (const Money* money = std::get_if<Money>(&value)) return money->is_zero();
    if (const Decimal* number = std::get_if<Decimal>(&value)) return number->is_zero();
    return std::holds_alternative<std::monostate>(value);
  };
  return a == b || (is_nothing(a) && is_nothing(b));
}

std::string definition_text(const SumScope& scope, const std::vector<SumTerm>& terms) {
  std::string text;
  for (const SumTerm& term : terms) {
    if (!text.empty()) {
      text += term.negative ? " - " : " + ";
    } else if (term.negative) {
      text += "-";
    }
    text += term.over_lines ? "sum of line." + (*scope.line_fields)[term.field].name : scope.fields[term.field].name;
  }
  return text;
}

Status add_term(const SumScope& scope, const SumTerm& term, bool negative, Sum& sum) {
  if (!term.over_lines) return sum.add_value(scope.values[term.field], negative);
  for (const auto& line : *scope.line_values) GLMAP_CHECK(sum.add_value(line[term.field], negative));
  return {};
}

void note(std::vector<Error>& faults, Error error, std::string pointer) {
  error.where.pointer = std::move(pointer);
  faults.push_back(std::move(error));
}

template <class Amount>
bool keeps_sign(AmountSign sign, const Amount& amount) {
  return !amount.is_negative() && (sign != AmountSign::positive || !amount.is_zero());
}
bool keeps_sign(AmountSign sign, const FieldValue& value) {
  if (const Money* money = std::get_if<Money>(&value)) return keeps_sign<Money>(sign, *money);
  if (const Decimal* number = std::get_if<Decimal>(&value)) return keeps_sign<Decimal>(sign, *number);
  return true;
}

std::string sign_words(AmountSign sign) {
  return sign == AmountSign::positive ? "above zero" : "of zero or above";
}

class Settler {
 public:
  Settler(SumScope& scope, std::vector<Error>& faults)
      : scope_(scope), faults_(faults), visited_(scope.fields.size() > kFew ? scope.fields.size() : 0, false) {}

  /// Settles the terms first. A definition that leads back to itself is refused by the compiler; here it ends.
  void settle(std::size_t index) {
    const Field& field = scope_.fields[index];
    if (field.definition.empty() || visit(index)) return;
    Sum sum;
    for (const SumTerm& term : field.definition) {
      if (!term.over_lines) settle(term.field);
      if (auto added = add_term(scope_, term, term.negative, sum); !added)
        return note(faults_, std::move(added.error()), scope_.place.pointer(field.name));
    }
    FieldValue& value = scope_.values[index];
    if (std::holds_alternative<std::monostate>(value)) {
      value = std::move(sum.value);
      if (!std::holds_alternative<std::monostate>(value) || !field.required) return;
      return note(faults_,
                  {ErrorCode::MissingField, "`" + field.name + "` is missing, and so is all it is made of", {}, {}},
                  scope_.place.pointer(field.name));
    }
    if (same_sum(value, sum.value)) return;
    note(faults_,
         {ErrorCode::InvariantBroken,
          "`" + field.name + "` is " + in_words(value) + ", but `" + definition_text(scope_, field.definition) +
              "` makes " + in_words(sum.value),
          {},
          {}},
         scope_.place.pointer(field.name));
  }

 private:
  /// True when the field has been visited before.
  bool visit(std::size_t index) {
    if (visited_.empty()) {
      const std::uint64_t bit = std::uint64_t{1} << index;
      return (std::exchange(visited_few_, visited_few_ | bit) & bit) != 0;
    }
    const bool before = visited_[index];
    visited_[index] = true;
    return before;
  }

  static constexpr std::size_t kFew = 64;
  SumScope& scope_;
  std::vector<Error>& faults_;
  std::uint64_t visited_few_ = 0;
  std::vector<bool> visited_;  // of more fields than kFew
};

void settle_definitions(SumScope& scope, std::vector<Error>& faults) {
  Settler settler(scope, faults);
  for (std::size_t i = 0; i < scope.fields.size(); ++i)
    if (!scope.fields[i].definition.empty()) settler.settle(i);
}

void check_invariant(const Invariant& invariant, const SumScope& scope, std::vector<Error>& faults) {
  Sum left;
  Sum right;
  for (const SumTerm& term : invariant.terms) {
    if (auto added = add_term(scope, term, false, term.negative ? right : left); !added)
      return note(faults, std::move(added.error()), scope.place.pointer());
  }
  if (same_sum(left.value, right.value)) return;
  note(faults,
       {ErrorCode::InvariantBroken,
        "`" + invariant.text + "` does not hold: " + in_words(left.value) + " against " + in_words(right.value),
        {},
        {}},
       scope.place.pointer());
}

void check_signs(const SumScope& scope, std::vector<Error>& faults) {
  for (std::size_t i = 0; i < scope.fields.size(); ++i) {
    const Field& field = scope.fields[i];
    if (field.sign == AmountSign::any || keeps_sign(field.sign, scope.values[i])) continue;
    note(faults,
         {ErrorCode::WrongSign,
          "`" + field.name + "` is " + in_words(scope.values[i]) + ", an amount " + sign_words(field.sign) +
              " is expected",
          "correct the amount at its source; what takes an earlier event back is sent as the event for that",
          {}},
         scope.place.pointer(field.name));
  }
}

}  // namespace

void check_sums(const std::vector<Invariant>& invariants, bool on_line, SumScope& scope, std::vector<Error>& faults) {
  settle_definitions(scope, faults);
  for (const Invariant& invariant : invariants)
    if (invariant.on_line == on_line) check_invariant(invariant, scope, faults);
  check_signs(scope, faults);
}

}  // namespace glmap::event_parts
