// SPDX-License-Identifier: Apache-2.0
#include "gateway/posting/control_amount.hpp"

#include <array>

namespace glmap::gateway::posting {

namespace {

constexpr std::array<std::string_view, 3> kNames = {"total", "gross", "amount"};
constexpr std::size_t kTextMax = 64;  // of what an unreadable event says about itself

/// The money field of the best name, else the first one.
std::optional<std::size_t> money_field(const std::vector<Field>& fields) {
  std::optional<std::size_t> first;
  for (std::size_t index = 0; index < fields.size(); ++index) {
    if (fields[index].kind == FieldKind::money && !first) first = index;
  }
  for (const std::string_view name : kNames) {
    for (std::size_t index = 0; index < fields.size(); ++index) {
      if (fields[index].kind == FieldKind::money && fields[index].name == name) return index;
    }
  }
  return first;
}

const std::string* text_of(const Json* data, std::string_view name) {
  const Json* member = data != nullptr ? data->find(name) : nullptr;
  const std::string* text = member != nullptr ? member->as_string() : nullptr;
  return text != nullptr && text->size() <= kTextMax ? text : nullptr;
}

std::optional<Money> money_of(const Json* member, Currency currency) {
  if (member == nullptr) return std::nullopt;
  const std::string* text = member->as_string();
  const JsonNumber* number = member->as_number();
  if (text == nullptr && number == nullptr) return std::nullopt;
  const auto amount = text != nullptr ? Decimal::parse(*text) : Decimal::parse_json_number(number->text);
  if (!amount) return std::nullopt;
  const auto money = Money::from_decimal(*amount, currency);
  return money ? std::optional<Money>(*money) : std::nullopt;
}

std::optional<Money> sum_of(std::optional<Money> sum, const std::optional<Money>& next) {
  if (!sum || !next) return std::nullopt;
  const auto total = add(*sum, *next);
  return total ? std::optional<Money>(*total) : std::nullopt;
}

/// Amounts of an event that did not decode: as stated, else as the schema defines them from what is stated.
class LooseAmounts {
 public:
  LooseAmounts(const EventType& type, const Json& data, Currency currency)
      : type_(type), data_(data), lines_(data.find("lines")), currency_(currency) {}

  std::optional<Money> header(std::size_t index, int depth = 0) const {
    return value(type_.header, index, data_, depth);
  }
  std::optional<Money> over_lines(std::size_t index, int depth = 0) const {
    const Json::Array* lines = lines_ != nullptr ? lines_->as_array() : nullptr;
    if (lines == nullptr || depth > kDepthMax) return std::nullopt;
    std::optional<Money> sum = Money::zero(currency_);
    for (const Json& line : *lines) sum = sum_of(sum, value(type_.line, index, line, depth));
    return sum;
  }

 private:
  static constexpr int kDepthMax = 4;

  std::optional<Money> value(const std::vector<Field>& fields, std::size_t index, const Json& at, int depth) const {
    const Field& field = fields.at(index);
    if (const Json* stated = at.find(field.name)) return money_of(stated, currency_);
    if (field.definition.empty() || depth > kDepthMax) return std::nullopt;
    std::optional<Money> sum = Money::zero(currency_);
    for (const SumTerm& term : field.definition) {
      auto part = term.over_lines ? over_lines(term.field, depth + 1) : value(fields, term.field, at, depth + 1);
      if (part && term.negative) part = part->negated();
      sum = sum_of(sum, part);
    }
    return sum;
  }

  const EventType& type_;
  const Json& data_;
  const Json* lines_;
  Currency currency_;
};

std::optional<Money> loose_amount(const EventType& type, const Json& data, Currency currency) {
  const LooseAmounts amounts(type, data, currency);
  if (const auto field = money_field(type.header)) return amounts.header(*field);
  if (const auto field = money_field(type.line)) return amounts.over_lines(*field);
  return std::nullopt;
}

}  // namespace

std::optional<Money> control_amount(const EventType& type, const BillingEvent& event) {
  if (const auto field = money_field(type.header)) {
    if (const Money* money = std::get_if<Money>(&event.header.at(*field))) return *money;
  }
  const auto field = money_field(type.line);
  if (!field) return std::nullopt;
  std::optional<Money> sum;
  for (const auto& line : event.lines) {
    const Money* money = std::get_if<Money>(&line.at(*field));
    if (money == nullptr) continue;
    if (!sum) {
      sum = *money;
      continue;
    }
    const auto next = add(*sum, *money);
    if (!next) return std::nullopt;
    sum = *next;
  }
  return sum;
}

LooseReading read_loosely(const EventCatalog& catalog, std::string_view type, const Json& cloud_event) {
  LooseReading reading;
  const Json* data = cloud_event.find("data");
  if (data == nullptr) return reading;
  const auto index = catalog.type_index(type);
  const EventType* known = index ? &catalog.types.at(*index) : nullptr;
  const std::string* entity = text_of(data, known != nullptr ? known->header.at(known->entity_field).name : "entity");
  if (entity != nullptr) reading.entity = *entity;
  if (known != nullptr && !known->object.empty()) {
    if (const std::string* object = text_of(data, known->object)) reading.object = known->object + ":" + *object;
  }
  const bool named = known != nullptr && known->currency_field.has_value();
  const std::string* code = text_of(data, named ? known->header.at(*known->currency_field).name : "currency");
  const auto currency = Currency::parse(code != nullptr ? *code : std::string());
  if (!currency) return reading;
  if (known != nullptr) {
    reading.control = loose_amount(*known, *data, *currency);
    return reading;
  }
  for (const std::string_view name : kNames) {
    reading.control = money_of(data->find(name), *currency);
    if (reading.control) break;
  }
  return reading;
}

}  // namespace glmap::gateway::posting
