// SPDX-License-Identifier: Apache-2.0
// Amount expressions to postfix programs. Follows two things through the expression: whose currency it is in, and
// whether it can have fractions of the minor unit; neither is left to the event.
#include "compiler/resolve/rule_parts.hpp"

namespace glmap::resolve {
namespace {

using rules::AmountStep;
using Kind = syntax::AmountNode::Kind;

/// What is known about a part of the expression.
struct Part {
  enum class Unit : std::uint8_t { number, money, functional };
  Unit unit = Unit::number;
  bool fractions = false;  // money: may lie between two minor units. number: may not be whole
  Span span;
  bool on_line = false;  // rests on a value of the line
};

std::string_view unit_words(Part::Unit unit) {
  switch (unit) {
    case Part::Unit::number:
      return "a number";
    case Part::Unit::money:
      return "money in the event's currency";
    case Part::Unit::functional:
      return "money in the currency of the books";
  }
  return "";
}

class AmountReader {
 public:
  AmountReader(Context& context, ProgramScope& scope, const syntax::AmountExpr& written, AmountsOf of)
      : context_(context), scope_(scope), written_(written), of_(of) {}

  std::optional<ResolvedAmount> read() {
    if (written_.nodes.empty()) return std::nullopt;  // a fault of the parser
    const auto part = visit(written_.root, 0);
    if (!part) return std::nullopt;
    if (part->unit == Part::Unit::number) {
      context_.error(ErrorCode::WrongType, written_.span, tick(amount_text(written_)) + " is a number, not an amount",
                     "name a field of type `money`, or multiply one by the number");
      return std::nullopt;
    }
    if (part->fractions) {
      context_.error(ErrorCode::RoundingNotNamed, written_.span,
                     tick(amount_text(written_)) + " can have fractions of a cent, and no rounding is named",
                     "write " + tick(with_rounding()));
      return std::nullopt;
    }
    ResolvedAmount result;
    result.amount.steps = std::move(steps_);
    result.amount.text = amount_text(written_);
    result.functional = part->unit == Part::Unit::functional;
    return result;
  }

 private:
  std::string with_rounding() const {
    const Kind kind = written_.nodes[written_.root].kind;
    const bool sum = kind == Kind::add || kind == Kind::subtract;
    const std::string text = amount_text(written_);
    return (sum ? "(" + text + ")" : text) + " rounded half_away_from_zero";
  }

  std::optional<Part> visit(std::uint32_t index, int depth) {
    GLMAP_ASSERT(index < written_.nodes.size() && depth < 1000);
    const syntax::AmountNode& node = written_.nodes[index];
    switch (node.kind) {
      case Kind::name:
        return load(node.word);
      case Kind::number:
        return constant(node.word);
      case Kind::percent_of:
        return percent(node, visit(node.left, depth + 1));
      case Kind::negate: {
        auto part = visit(node.left, depth + 1);
        steps_.push_back({AmountStep::Kind::negate});
        return part;
      }
      case Kind::rounded:
        return round(node.word, visit(node.left, depth + 1));
      case Kind::share:
        return share(node.word, visit(node.left, depth + 1));
      case Kind::add:
      case Kind::subtract:
      case Kind::multiply: {
        // Both sides, so that faults of both are seen.
        auto left = visit(node.left, depth + 1);
        auto right = visit(node.right, depth + 1);
        if (!left || !right) return std::nullopt;
        return node.kind == Kind::multiply ? multiply_parts(*left, *right) : add_parts(node.kind, *left, *right);
      }
    }
    return std::nullopt;
  }

  /// `amount` in the lines of a schedule.
  std::optional<Part> load_step(const Word& word) {
    if (word.text != "amount") {
      context_.error(ErrorCode::WrongType, word.span,
                     tick(word.text) + " stands in a line of a schedule, which posts only what it recognises",
                     "write `amount`: what is recognised on that day");
      return std::nullopt;
    }
    AmountStep step;
    step.operand.kind = rules::Operand::Kind::step;
    steps_.push_back(std::move(step));
    return Part{Part::Unit::money, false, word.span};
  }

  std::optional<Part> load(const Word& word) {
    if (of_ == AmountsOf::step) return load_step(word);
    const auto named = scope_.resolve(word);
    if (!named) return std::nullopt;
    Part part;
    part.span = word.span;
    part.on_line = named->on_line;
    if (named->is(FieldKind::money)) {
      part.unit = Part::Unit::money;
    } else if (named->is(FieldKind::money_functional)) {
      part.unit = Part::Unit::functional;
    } else if (named->is_number()) {
      part.fractions = true;
    } else {
      context_.error_with(ErrorCode::WrongType, word.span,
                          tick(word.text) + " is " + named->kind_words() + " where an amount is expected",
                          named->declared, "it is declared here", "name a field of type `money` or `decimal`");
      return std::nullopt;
    }
    AmountStep step;
    step.operand = named->operand;
    steps_.push_back(std::move(step));
    return part;
  }

  std::optional<Decimal> number(const Word& word) {
    auto value = Decimal::parse(word.text);
    if (value) return *value;
    context_.error(ErrorCode::BadLiteral, word.span, value.error().message, "write numbers as `12` or `0.5`");
    return std::nullopt;
  }

  std::optional<Part> constant(const Word& word) {
    const auto value = number(word);
    if (!value) return std::nullopt;
    push_constant(*value);
    return Part{Part::Unit::number, !value->fits_places(0), word.span};
  }

  void push_constant(const Decimal& value) {
    AmountStep step;
    step.kind = AmountStep::Kind::constant;
    step.constant = value;
    steps_.push_back(std::move(step));
  }

  std::optional<Part> percent(const syntax::AmountNode& node, std::optional<Part> part) {
    const auto value = number(node.word);
    if (!value || !part) return std::nullopt;
    auto fraction = multiply(*value, Decimal::from_parts(1, 2));
    if (!fraction) {
      context_.error(ErrorCode::BadLiteral, node.word.span, fraction.error().message, "write fewer decimal places");
      return std::nullopt;
    }
    push_constant(*fraction);
    steps_.push_back({AmountStep::Kind::multiply});
    part->fractions = part->fractions || !fraction->fits_places(0);
    return part;
  }

  std::optional<Part> round(const Word& mode, std::optional<Part> part) {
    const auto known = rounding_of(context_, mode);
    if (!known || !part) return std::nullopt;
    if (part->unit == Part::Unit::number) {
      context_.error(ErrorCode::WrongType, mode.span, "a number is rounded here, and only amounts of money can be",
                     "round the amount after it was multiplied by the number");
      return std::nullopt;
    }
    AmountStep step;
    step.kind = AmountStep::Kind::round;
    step.mode = *known;
    steps_.push_back(std::move(step));
    part->fractions = false;
    return part;
  }

  /// Of the event's amount, the part that belongs to this line: in proportion to an amount of the lines.
  std::optional<Part> share(const Word& by, std::optional<Part> part) {
    if (of_ == AmountsOf::step) {
      context_.error(ErrorCode::WrongType, by.span, "a share by lines stands in a line of a schedule",
                     "take the share behind `recognise`; here `amount` is what is recognised");
      return std::nullopt;
    }
    const auto named = scope_.resolve(by);
    if (!named || !part) return std::nullopt;
    if (!named->is(FieldKind::money) || named->operand.kind != rules::Operand::Kind::line) {
      context_.error_with(ErrorCode::WrongType, by.span,
                          tick(by.text) + " is " + named->kind_words() + " where an amount of the lines is expected",
                          named->declared, "it is declared here", "write `share of event.discount by line.net`");
      return std::nullopt;
    }
    if (part->unit == Part::Unit::number || part->fractions) {
      context_.error(ErrorCode::WrongType, part->span, "only an amount of money without fractions can be shared",
                     "name an amount of the event; round it first where it is computed");
      return std::nullopt;
    }
    if (part->on_line) {
      context_.error(ErrorCode::WrongType, part->span, "an amount of one line is shared among all lines",
                     "share an amount of the event, as in `share of event.discount by line.net`");
      return std::nullopt;
    }
    part->on_line = true;
    AmountStep step;
    step.kind = AmountStep::Kind::share;
    step.operand = named->operand;
    steps_.push_back(std::move(step));
    return part;
  }

  std::optional<Part> add_parts(Kind kind, const Part& left, const Part& right) {
    if (left.unit != right.unit) {
      const bool both_money = left.unit != Part::Unit::number && right.unit != Part::Unit::number;
      context_.error_with(both_money ? ErrorCode::MixedCurrencies : ErrorCode::WrongType, right.span,
                          std::string(unit_words(right.unit)) + " is " +
                              (kind == Kind::add ? "added to " : "taken from ") + std::string(unit_words(left.unit)),
                          left.span, std::string(unit_words(left.unit)) + " stands here",
                          both_money ? "post the two amounts on lines of their own"
                                     : "add amounts to amounts; a number can only multiply");
      return std::nullopt;
    }
    steps_.push_back({kind == Kind::add ? AmountStep::Kind::add : AmountStep::Kind::subtract});
    return Part{left.unit, left.fractions || right.fractions, left.span, left.on_line || right.on_line};
  }

  std::optional<Part> multiply_parts(const Part& left, const Part& right) {
    const bool left_money = left.unit != Part::Unit::number;
    const bool right_money = right.unit != Part::Unit::number;
    if (left_money && right_money) {
      context_.error_with(ErrorCode::WrongType, right.span, "money is multiplied by money", left.span,
                          "the other amount is here", "multiply an amount by a number, a rate or a percentage");
      return std::nullopt;
    }
    steps_.push_back({AmountStep::Kind::multiply});
    return Part{left_money ? left.unit : right.unit, left.fractions || right.fractions, left.span,
                left.on_line || right.on_line};
  }

  Context& context_;
  ProgramScope& scope_;
  const syntax::AmountExpr& written_;
  AmountsOf of_;
  std::vector<AmountStep> steps_;
};

enum class Binding : std::uint8_t { sum, product, operand };

std::string text_of(const syntax::AmountExpr& expression, std::uint32_t index, Binding needed) {
  const syntax::AmountNode& node = expression.nodes[index];
  const auto part = [&](std::uint32_t child, Binding binding) { return text_of(expression, child, binding); };
  std::string text;
  Binding has = Binding::operand;
  switch (node.kind) {
    case Kind::name:
    case Kind::number:
      return node.word.text;
    case Kind::add:
    case Kind::subtract:
      has = Binding::sum;
      text =
          part(node.left, Binding::sum) + (node.kind == Kind::add ? " + " : " - ") + part(node.right, Binding::product);
      break;
    case Kind::multiply:
      has = Binding::product;
      text = part(node.left, Binding::product) + " * " + part(node.right, Binding::operand);
      break;
    case Kind::negate:
      text = "-" + part(node.left, Binding::operand);
      break;
    case Kind::percent_of:
      text = node.word.text + " % of " + part(node.left, Binding::operand);
      break;
    case Kind::rounded:
      has = Binding::product;
      text = part(node.left, Binding::product) + " rounded " + node.word.text;
      break;
    case Kind::share:
      text = "share of " + part(node.left, Binding::operand) + " by " + node.word.text;
      break;
  }
  return has < needed ? "(" + text + ")" : text;
}

}  // namespace

std::string amount_text(const syntax::AmountExpr& expression) {
  return expression.nodes.empty() ? std::string() : text_of(expression, expression.root, Binding::sum);
}

std::optional<ResolvedAmount> resolve_amount(Context& context, ProgramScope& scope, const syntax::AmountExpr& written,
                                             AmountsOf of) {
  return AmountReader(context, scope, written, of).read();
}

}  // namespace glmap::resolve
