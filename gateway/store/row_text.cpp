// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/row_text.hpp"

#include <charconv>

#include "compiler/runtime/base/json.hpp"

namespace glmap::gateway::store {

namespace {

std::string text_of(const Json& json, std::string_view key) {
  const Json* member = json.find(key);
  const std::string* text = member != nullptr ? member->as_string() : nullptr;
  return text != nullptr ? *text : std::string();
}

std::uint32_t number_of(const Json& json, std::string_view key) {
  const Json* member = json.find(key);
  const JsonNumber* number = member != nullptr ? member->as_number() : nullptr;
  std::uint32_t value = 0;
  if (number != nullptr) std::from_chars(number->text.data(), number->text.data() + number->text.size(), value);
  return value;
}

}  // namespace

std::string error_text(const Error& error) {
  Json json{Json::Object{}};
  json.set("code", code_text(error.code));
  json.set("message", error.message);
  if (!error.help.empty()) json.set("help", error.help);
  if (!error.where.pointer.empty()) json.set("pointer", error.where.pointer);
  if (!error.where.file.empty()) json.set("file", error.where.file);
  if (error.where.line != 0) json.set("line", Json::number(error.where.line));
  if (error.where.column != 0) json.set("column", Json::number(error.where.column));
  return write_json(json);
}

Result<Error> parse_error_text(std::string_view text) {
  GLMAP_TRY(json, parse_json(text));
  const auto code = parse_code(text_of(json, "code"));
  if (!code) return fail(ErrorCode::StoreCorrupt, "a stored reason has the code `" + text_of(json, "code") + "`");
  Error error{*code, text_of(json, "message"), text_of(json, "help"), {}};
  error.where.pointer = text_of(json, "pointer");
  error.where.file = text_of(json, "file");
  error.where.line = number_of(json, "line");
  error.where.column = number_of(json, "column");
  return error;
}

Int128 parse_int128(std::string_view digits) {
  Int128 value = 0;
  const bool negative = digits.starts_with('-');
  for (const char digit : digits.substr(negative ? 1 : 0)) value = value * 10 + (digit - '0');
  return negative ? -value : value;
}

Result<Money> parse_money_text(std::string_view text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos)
    return fail(ErrorCode::StoreCorrupt, "a stored amount is `" + std::string(text) + "`");
  GLMAP_TRY(amount, Decimal::parse(text.substr(0, blank)));
  GLMAP_TRY(currency, Currency::parse(text.substr(blank + 1)));
  return Money::from_decimal(amount, currency);
}

}  // namespace glmap::gateway::store
