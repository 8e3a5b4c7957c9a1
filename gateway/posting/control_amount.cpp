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
  std::string entity_field = "entity", currency_field = "currency", object_field;
  std::vector<std::string> amount_fields(kNames.begin(), kNames.end());
  if (const auto index = catalog.type_index(type)) {
    const EventType& known = catalog.types.at(*index);
    entity_field = known.header.at(known.entity_field).name;
    if (known.currency_field) currency_field = known.header.at(*known.currency_field).name;
    object_field = known.object;
    if (const auto field = money_field(known.header)) amount_fields = {known.header.at(*field).name};
  }
  if (const std::string* entity = text_of(data, entity_field)) reading.entity = *entity;
  if (!object_field.empty()) {
    if (const std::string* object = text_of(data, object_field)) reading.object = object_field + ":" + *object;
  }
  const std::string* code = text_of(data, currency_field);
  const auto currency = Currency::parse(code != nullptr ? *code : std::string());
  if (!currency) return reading;
  for (const std::string& field : amount_fields) {
    reading.control = money_of(data->find(field), *currency);
    if (reading.control) break;
  }
  return reading;
}

}  // namespace glmap::gateway::posting
