// SPDX-License-Identifier: Apache-2.0
// One JSON value of an event, checked against its field's schema.
#include "compiler/runtime/accounting/currency_table.hpp"
#include "compiler/runtime/accounting/event_parts.hpp"
#include "compiler/runtime/base/byte_scan.hpp"

namespace glmap::event_parts {
namespace {

// A list longer than this, in values or bytes, is not written out in a message.
constexpr std::size_t kShownValuesMax = 12;
constexpr std::size_t kShownBytesMax = 200;

std::unexpected<Error> wrong_kind(const Field& field, JsonView value, std::string_view expected,
                                  std::string help = {}) {
  std::string seen(value.kind_in_words());
  if (value.is_number() || value.is_text()) seen += " (" + in_backticks(value.text()) + ")";
  return fail(ErrorCode::WrongFieldType,
              "`" + field.name + "` holds " + seen + ", " + std::string(expected) + " is expected", std::move(help));
}

/// That a field which must be text is. Errors: GLM-6003, 6005.
Status expect_text(const Field& field, JsonView value, std::string_view expected) {
  if (value.is_text()) return check_text(field.name, value);
  return wrong_kind(field, value, expected,
                    value.is_number() ? "write it in quotes: " + quote_json(value.text()) : std::string());
}

std::string list_in_words(const ValueList& list) {
  constexpr std::string_view kNext = "correct the event at its source, or add the value to the list in the book";
  std::string text;
  for (const std::string& value : list.values) text += (text.empty() ? "" : ", ") + value;
  if (list.values.size() > kShownValuesMax || text.size() > kShownBytesMax) return std::string(kNext);
  return "the list has " + text + "; " + std::string(kNext);
}

Status read_list(const EventCatalog& catalog, const Field& field, JsonView value, FieldValue& out) {
  const ValueList& list = catalog.lists[field.list];
  if (!value.is_text()) return expect_text(field, value, "text of the list `" + list.name + "`");
  GLMAP_CHECK(check_text(field.name, value));
  if (const auto code = list.code_of(value.text())) {
    out = Code{*code};
    return {};
  }
  return fail(
      ErrorCode::ValueNotInList,
      "`" + field.name + "` is " + in_backticks(value.text()) + ", which is not in the list `" + list.name + "`",
      list_in_words(list));
}

Status read_entity(const EventCatalog& catalog, const Field& field, JsonView value, FieldValue& out) {
  GLMAP_CHECK(expect_text(field, value, "the code of a legal entity"));
  if (const auto code = catalog.entity_index(value.text())) {
    out = Code{*code};
    return {};
  }
  return fail(ErrorCode::EntityNotKnown,
              "`" + field.name + "` is " + in_backticks(value.text()) + ", which is not a legal entity of the book");
}

Status read_currency(const Field& field, JsonView value, FieldValue& out) {
  GLMAP_CHECK(expect_text(field, value, "a currency code"));
  if (const auto code = currency_position(value.text())) {
    out = Code{*code};
    return {};
  }
  return fail(
      ErrorCode::ValueNotInList,
      "`" + field.name + "` is " + in_backticks(value.text()) + ", which is not in the list of currencies of ISO 4217",
      "write the three capital letters, such as EUR");
}

Result<Decimal> read_decimal(const Field& field, JsonView value) {
  if (!value.is_number() && !value.is_text()) return wrong_kind(field, value, "a number");
  auto amount = value.is_number() ? Decimal::parse_json_number(value.text()) : Decimal::parse(value.text());
  if (amount) return amount;
  if (amount.error().code == ErrorCode::AmountOutOfRange)
    return fail(ErrorCode::AmountOutOfRange, "`" + field.name + "`: " + amount.error().message);
  return wrong_kind(field, value, "a number", "write digits, with a point before decimals, such as 1250.00");
}

Status read_money(const Field& field, JsonView value, const std::optional<Currency>& currency, bool none,
                  FieldValue& out) {
  if (!currency && none)
    return fail(ErrorCode::MissingField,
                "`" + field.name + "` is an amount, but the event does not say in which currency");
  GLMAP_TRY(amount, read_decimal(field, value));
  if (!currency) {
    out = std::monostate();
    return {};
  }
  auto money = Money::from_decimal(amount, *currency);
  if (money) {
    out = *money;
    return {};
  }
  Error& error = money.error();
  error.message = "`" + field.name + "`: " + error.message;
  return std::unexpected(std::move(error));
}

template <class T>
Status read_calendar(const Field& field, JsonView value, std::string_view expected, FieldValue& out) {
  GLMAP_CHECK(expect_text(field, value, expected));
  auto read = T::parse(value.text());
  if (read) {
    out = *read;
    return {};
  }
  return fail(ErrorCode::WrongFieldType, "`" + field.name + "`: " + read.error().message, read.error().help);
}

Status read_yes_no(const Field& field, JsonView value, FieldValue& out) {
  if (!value.is_truth()) return wrong_kind(field, value, "true or false", "write true or false, without quotes");
  out = value.is_true();
  return {};
}

Status read_text(const Field& field, JsonView value, FieldValue& out) {
  if (!value.is_plain_text() || value.text().size() > kTextBytesMax) GLMAP_CHECK(expect_text(field, value, "text"));
  if (value.text().empty()) {
    out = std::monostate();
  } else if (std::string* text = std::get_if<std::string>(&out)) {
    text->assign(value.text());
  } else {
    out.emplace<std::string>(value.text());
  }
  return {};
}

}  // namespace

std::size_t find_control(std::string_view text) {
  constexpr std::uint8_t kBlank = 0x20;
  constexpr std::uint8_t kDelete = 0x7F;
  constexpr std::uint8_t kBeforeC1 = 0xC2;  // U+0080 to U+009F, which UTF-8 writes as C2 80 to C2 9F
  if (!any_byte(text, [](const auto& bytes) { return (bytes < kBlank) | (bytes == kDelete) | (bytes == kBeforeC1); }))
    return text.size();
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 = byte == kBeforeC1 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (byte < kBlank || byte == kDelete || c1) break;
  }
  return i;
}

Status check_text(std::string_view name, JsonView value) {
  const std::string_view text = value.text();
  if (text.size() > kTextBytesMax)
    return fail(ErrorCode::LimitExceeded, "`" + std::string(name) + "` has " + std::to_string(text.size()) +
                                              " bytes, at most " + std::to_string(kTextBytesMax) + " are taken");
  const std::size_t control = value.is_plain_text() ? text.size() : find_control(text);
  if (control == text.size()) return {};
  return fail(ErrorCode::WrongFieldType, "`" + std::string(name) + "` holds a control character at byte " +
                                             std::to_string(control) + ", text without control characters is expected");
}

Status read_field(const EventCatalog& catalog, const Field& field, JsonView value, const AmountContext& context,
                  FieldValue& out) {
  switch (field.kind) {
    case FieldKind::text:
      return read_text(field, value, out);
    case FieldKind::list:
      return read_list(catalog, field, value, out);
    case FieldKind::entity:
      return read_entity(catalog, field, value, out);
    case FieldKind::currency:
      return read_currency(field, value, out);
    case FieldKind::money:
      return read_money(field, value, context.currency, context.no_currency, out);
    case FieldKind::money_functional:
      return read_money(field, value, context.functional, context.no_entity, out);
    case FieldKind::decimal: {
      GLMAP_TRY(number, read_decimal(field, value));
      out = number;
      return {};
    }
    case FieldKind::date:
      return read_calendar<Date>(field, value, "a date", out);
    case FieldKind::instant:
      return read_calendar<Instant>(field, value, "a point in time", out);
    case FieldKind::yes_no:
      return read_yes_no(field, value, out);
  }
  GLMAP_ASSERT(!"a field kind of the list");
  return {};
}

}  // namespace glmap::event_parts
