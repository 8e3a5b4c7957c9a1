// SPDX-License-Identifier: Apache-2.0
#include "compiler/emit/sql_amounts.hpp"

#include <algorithm>

namespace glmap::emit {
namespace {

using rules::AmountStep;
using rules::Operand;

constexpr int kPlacesFew = 3;  // amounts below 10^15 times a number with so few places have room in 64 bits

/// Part of an expression: `sql` counts units of 10^-scale (of a minor unit, when it is money). PostgreSQL: scale 0.
struct Term {
  std::string sql;
  int scale = 0;
  bool multiplied = false;
  bool fractions = false;  // a number that may not be whole is in it, and nothing has rounded it
  bool number = false;     // SQLite: one number of the event, a table or the rule, and nothing else
  /// Of a product of whole units and such a number, which needs more than 64 bits until it is rounded.
  std::string whole, factor;
};

const Field* field_of(const EventType& type, const Operand& operand) {
  if (operand.kind == Operand::Kind::header) return &type.header[operand.index];
  if (operand.kind == Operand::Kind::line) return &type.line[operand.index];
  return nullptr;
}

class Reader {
 public:
  Reader(const SqlPlan& plan, const ScopeColumns& columns, const std::string& alias, const rules::Amount& amount)
      : plan_(plan), columns_(columns), alias_(alias), amount_(amount) {}

  AmountSql read(std::size_t steps) {
    for (std::size_t i = 0; i < std::min(steps, amount_.steps.size()); ++i) apply(i);
    GLMAP_ASSERT(!stack_.empty() && (stack_.size() == 1 || steps != SIZE_MAX));
    const Term& term = stack_.back();
    AmountSql result;
    result.faults = std::move(faults_);
    result.value = term.sql;
    const bool sqlite = plan_.dialect.sqlite();
    if (sqlite && term.multiplied)
      // 64 bits left: a floating number. A text stops the script, because no column of integers takes it.
      result.value = "CASE WHEN typeof(" + term.sql + ") = 'real' THEN 'out of range' ELSE " + term.sql + " END";
    if (sqlite && term.scale > 0) {
      const std::string unit = ten_to(term.scale);
      result.too_fine = "(" + term.sql + ") % " + unit + " <> 0";
      result.value = "(" + result.value + ") / " + unit;
    }
    if (!sqlite && term.fractions) {
      result.too_fine = "(" + term.sql + ") <> trunc(" + term.sql + ")";
      result.value = "trunc(" + term.sql + ")";
    }
    return result;
  }

 private:
  void apply(std::size_t index) {
    const AmountStep& step = amount_.steps[index];
    switch (step.kind) {
      case AmountStep::Kind::load:
        stack_.push_back(load(step.operand));
        return;
      case AmountStep::Kind::constant:
        stack_.push_back(constant(step.constant));
        return;
      case AmountStep::Kind::negate:
        stack_.back().sql = "(-" + stack_.back().sql + ")";
        stack_.back().number = false;
        stack_.back().whole.clear();
        return;
      case AmountStep::Kind::round:
        round(step.mode);
        return;
      case AmountStep::Kind::share: {
        const std::uint32_t share = columns_.share_index(amount_, index);
        stack_.back() = Term();
        stack_.back().sql = columns_.share(alias_, share);
        faults_.push_back(columns_.share_fault(alias_, share));
        return;
      }
      case AmountStep::Kind::add:
      case AmountStep::Kind::subtract:
      case AmountStep::Kind::multiply:
        combine(step.kind);
        return;
    }
  }

  Term constant(const Decimal& value) const {
    Term term;
    term.sql = plan_.dialect.number(value, value.scale());
    term.scale = plan_.dialect.sqlite() ? value.scale() : 0;
    term.fractions = !value.fits_places(0);
    term.number = plan_.dialect.sqlite();
    return term;
  }

  /// What the event leaves out counts as nothing.
  Term load(const Operand& operand) {
    Term term;
    term.sql = columns_.value(alias_, operand);
    if (const Field* field = field_of(columns_.type(), operand)) {
      if (!field->required) term.sql = "coalesce(" + term.sql + ", 0)";
      if (field->kind != FieldKind::decimal) return term;
      term.fractions = true;
      term.scale = plan_.dialect.sqlite() ? Dialect::kNumberPlaces : 0;
      term.number = plan_.dialect.sqlite();
      return term;
    }
    const std::uint32_t table = columns_.program().lookups[operand.index].table;
    term.fractions = true;
    term.scale = plan_.dialect.sqlite() ? plan_.tables[table].answer_scale[operand.answer] : 0;
    term.number = plan_.dialect.sqlite();
    if (auto fault = columns_.fault(alias_, operand); !fault.empty()) faults_.push_back(std::move(fault));
    return term;
  }

  void round(Rounding mode) {
    Term& term = stack_.back();
    if (!term.whole.empty())
      term.sql = plan_.dialect.rounded_product(term.whole, term.factor, term.scale, mode);
    else if (plan_.dialect.sqlite() || term.fractions)
      term.sql = plan_.dialect.rounded(term.sql, term.scale, mode);
    term.scale = 0;
    term.fractions = term.number = false;
    term.whole.clear();
  }

  void combine(AmountStep::Kind kind) {
    Term right = std::move(stack_.back());
    stack_.pop_back();
    Term& left = stack_.back();
    left.whole.clear();
    if (kind == AmountStep::Kind::multiply) {
      if (left.number != right.number && std::min(left.scale, right.scale) == 0 &&
          left.scale + right.scale > kPlacesFew) {
        left.whole = left.number ? right.sql : left.sql;
        left.factor = left.number ? left.sql : right.sql;
      }
      left.number = false;
      left.sql = "(" + left.sql + " * " + right.sql + ")";
      left.scale += right.scale;
      left.multiplied = true;
      left.fractions = left.fractions || right.fractions;
      return;
    }
    left.number = false;
    const int scale = std::max(left.scale, right.scale);
    left.sql =
        "(" + aligned(left, scale) + (kind == AmountStep::Kind::add ? " + " : " - ") + aligned(right, scale) + ")";
    left.fractions = left.fractions || right.fractions;
    left.multiplied = left.multiplied || right.multiplied || left.scale != right.scale;
    left.scale = scale;
  }

  static std::string aligned(const Term& term, int scale) {
    return term.scale == scale ? term.sql : term.sql + " * " + ten_to(scale - term.scale);
  }

  const SqlPlan& plan_;
  const ScopeColumns& columns_;
  const std::string& alias_;
  const rules::Amount& amount_;
  std::vector<Term> stack_;
  std::vector<std::string> faults_;
};

}  // namespace

AmountSql amount_sql(const SqlPlan& plan, const ScopeColumns& columns, const std::string& alias,
                     const rules::Amount& amount, std::size_t steps) {
  return Reader(plan, columns, alias, amount).read(steps);
}

bool is_functional(const EventType& type, const rules::Amount& amount) {
  return std::any_of(amount.steps.begin(), amount.steps.end(), [&](const AmountStep& step) {
    const Field* field = step.kind == AmountStep::Kind::load ? field_of(type, step.operand) : nullptr;
    return field != nullptr && field->kind == FieldKind::money_functional;
  });
}

}  // namespace glmap::emit
