// SPDX-License-Identifier: Apache-2.0
// One JSON value of an event, checked against its field's schema.
#include "compiler/runtime/accounting/currency_table.hpp"
#include "compiler/runtime/accounting/event_parts.hpp"

namespace glmap::event_parts {
namespace {

// A list longer than this, in values or bytes, is not written out in a message.
constexpr std::size_t kShownValuesMax = 12;
constexpr std::size_t kShownBytesMax = 200;

std::unexpected<Error> wrong_kind(const Field& field, const Json& value, std::string_view expected,
                                  std::string help = {}) {
  std::string seen(value.kind_in_words());
  if (const JsonNumber* number = value.as_number()) {
    seen += " (" + in_backticks(number->text) + ")";
  } else if (const std::string* text = value.as_string()) {
    seen += " (" + in_backticks(*text) + ")";
  }
  return fail(ErrorCode::WrongFieldType,
              "`" + field.name + "` holds " + seen + ", " + std::string(expected) + " is expected", std::move(help));
}

/// The text of a field that must be text. Errors: GLM-6003, 6005.
Result<const std::string*> text_of(const Field& field, const Json& value, std::string_view expected) {
  const std::string* text = value.as_string();
  if (text == nullptr) {
    const JsonNumber* number = value.as_number();
    return wrong_kind(field, value, expected,
                      number == nullptr ? std::string() : "write it in quotes: " + quote_json(number->text));
  }
  GLMAP_CHECK(check_text(field.name, *text));
  return text;
}

std::string list_in_words(const ValueList& list) {
  constexpr std::string_view kNext = "correct the event at its source, or add the value to the list in the book";
  std::string text;
  for (const std::string& value : list.values) text += (text.empty() ? "" : ", ") + value;
  if (list.values.size() > kShownValuesMax || text.size() > kShownBytesMax) return std::string(kNext);
  return "the list has " + text + "; " + std::string(kNext);
}

Result<FieldValue> read_list(const EventCatalog& catalog, const Field& field, const Json& value) {
  const ValueList& list = catalog.lists[field.list];
  GLMAP_TRY(text, text_of(field, value, "text of the list `" + list.name + "`"));
  if (const auto code = list.code_of(*text)) return Code{*code};
  return fail(ErrorCode::ValueNotInList,
              "`" + field.name + "` is " + in_backticks(*text) + ", which is not in the list `" + list.name + "`",
              list_in_words(list));
}

Result<FieldValue> read_entity(const EventCatalog& catalog, const Field& field, const Json& value) {
  GLMAP_TRY(text, text_of(field, value, "the code of a legal entity"));
  if (const auto code = catalog.entity_index(*text)) return Code{*code};
  return fail(ErrorCode::EntityNotKnown,
              "`" + field.name + "` is " + in_backticks(*text) + ", which is not a legal entity of the book");
}

Result<FieldValue> read_currency(const Field& field, const Json& value) {
  GLMAP_TRY(text, text_of(field, value, "a currency code"));
  if (const auto code = currency_position(*text)) return Code{*code};
  return fail(ErrorCode::ValueNotInList,
              "`" + field.name + "` is " + in_backticks(*text) + ", which is not in the list of currencies of ISO 4217",
              "write the three capital letters, such as EUR");
}

Result<Decimal> read_decimal(const Field& field, const Json& value) {
  const JsonNumber* number = value.as_number();
  const std::string* text = value.as_string();
  if (number == nullptr && text == nullptr) return wrong_kind(field, value, "a number");
  auto amount = number != nullptr ? Decimal::parse_json_number(number->text) : Decimal::parse(*text);
  if (amount) return *amount;
  if (amount.error().code == ErrorCode::AmountOutOfRange)
    return fail(ErrorCode::AmountOutOfRange, "`" + field.name + "`: " + amount.error().message);
  return wrong_kind(field, value, "a number", "write digits, with a point before decimals, such as 1250.00");
}

Result<FieldValue> read_money(const Field& field, const Json& value, const std::optional<Currency>& currency,
                              bool none) {
  if (!currency && none)
    return fail(ErrorCode::MissingField,
                "`" + field.name + "` is an amount, but the event does not say in which currency");
  GLMAP_TRY(amount, read_decimal(field, value));
  if (!currency) return FieldValue();
  auto money = Money::from_decimal(amount, *currency);
  if (money) return *money;
  Error& error = money.error();
  error.message = "`" + field.name + "`: " + error.message;
  return std::unexpected(std::move(error));
}

template <class T>
Result<FieldValue> read_calendar(const Field& field, const Json& value, std::string_view expected) {
  GLMAP_TRY(text, text_of(field, value, expected));
  auto read = T::parse(*text);
  if (read) return *read;
  return fail(ErrorCode::WrongFieldType, "`" + field.name + "`: " + read.error().message, read.error().help);
}

Result<FieldValue> read_yes_no(const Field& field, const Json& value) {
  if (const bool* truth = value.as_bool()) return *truth;
  return wrong_kind(field, value, "true or false", "write true or false, without quotes");
}

}  // namespace

Status check_text(std::string_view name, std::string_view text) {
  if (text.size() > kTextBytesMax)
    return fail(ErrorCode::LimitExceeded, "`" + std::string(name) + "` has " + std::to_string(text.size()) +
                                              " bytes, at most " + std::to_string(kTextBytesMax) + " are taken");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // C0, DEL, and C1 (U+0080 to U+009F, which UTF-8 writes as C2 80 to C2 9F).
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (byte >= 0x20 && byte != 0x7F && !c1) continue;
    return fail(ErrorCode::WrongFieldType, "`" + std::string(name) + "` holds a control character at byte " +
                                               std::to_string(i) + ", text without control characters is expected");
  }
  return {};
}

Result<FieldValue> read_field(const EventCatalog& catalog, const Field& field, const Json& value,
                              const AmountContext& context) {
  switch (field.kind) {
    case FieldKind::text: {
      GLMAP_TRY(text, text_of(field, value, "text"));
      return text->empty() ? FieldValue() : FieldValue(*text);
    }
    case FieldKind::list:
      return read_list(catalog, field, value);
    case FieldKind::entity:
      return read_entity(catalog, field, value);
    case FieldKind::currency:
      return read_currency(field, value);
    case FieldKind::money:
      return read_money(field, value, context.currency, context.no_currency);
    case FieldKind::money_functional:
      return read_money(field, value, context.functional, context.no_entity);
    case FieldKind::decimal: {
      GLMAP_TRY(number, read_decimal(field, value));
      return number;
    }
    case FieldKind::date:
      return read_calendar<Date>(field, value, "a date");
    case FieldKind::instant:
      return read_calendar<Instant>(field, value, "a point in time");
    case FieldKind::yes_no:
      return read_yes_no(field, value);
  }
  GLMAP_ASSERT(!"a field kind of the list");
  return FieldValue();
}

}  // namespace glmap::event_parts
