// SPDX-License-Identifier: Apache-2.0
// A strict JSON value (RFC 8259, UTF-8) whose numbers stay text, so that no amount ever passes through binary floating
// point. Objects keep their order; a duplicate key, a lone surrogate, a NUL in a key or trailing text is an error.
// `canonical` writes one form per value: keys sorted by bytes, no blanks. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap {

struct JsonNumber {
  std::string text;  // as written, e.g. "119.00"
  friend bool operator==(const JsonNumber&, const JsonNumber&) = default;
};

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() : value_(nullptr) {}
  Json(std::nullptr_t) : value_(nullptr) {}
  Json(bool value) : value_(value) {}
  Json(JsonNumber value) : value_(std::move(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::in_place_type<std::string>, value) {}
  Json(const char* value) : value_(std::in_place_type<std::string>, value) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}
  static Json number(long long value) { return Json(JsonNumber{std::to_string(value)}); }

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  const bool* as_bool() const { return std::get_if<bool>(&value_); }
  const JsonNumber* as_number() const { return std::get_if<JsonNumber>(&value_); }
  const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  const Array* as_array() const { return std::get_if<Array>(&value_); }
  const Object* as_object() const { return std::get_if<Object>(&value_); }
  Array* as_array() { return std::get_if<Array>(&value_); }
  Object* as_object() { return std::get_if<Object>(&value_); }

  /// The member's value, or nullptr when this is no object or has no such key.
  const Json* find(std::string_view key) const;
  /// Adds or replaces a member; this must be an object or null.
  void set(std::string_view key, Json value);

  /// "an object", "text", "a number" ... for messages.
  std::string_view kind_in_words() const;

  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<std::nullptr_t, bool, JsonNumber, std::string, Array, Object> value_;
};

struct JsonLimits {
  std::size_t bytes_max = std::size_t{64} << 20;
  std::size_t depth_max = 64;
  std::size_t nodes_max = 5'000'000;
};

/// Errors: GLM-6001 not strict JSON, GLM-6002 duplicate key, GLM-6003 a limit; `where.pointer` names the place, and
/// `where.line`/`column` when the text as a whole cannot be read.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});
/// What parse_json says of a text of `bytes` that is longer than the limit.
Error json_too_long(std::size_t bytes, const JsonLimits& limits);

/// Compact, keys in the order of the value.
std::string write_json(const Json& value);
/// Two blanks of indentation a level, one member a line; for people.
std::string write_json_pretty(const Json& value);
/// Compact, keys sorted by their UTF-8 bytes, numbers in canonical decimal form (no exponent, no trailing zeros, "0"
/// for every zero), so that equal values have equal bytes. Numbers whose exponent exceeds 1000 are kept as written.
std::string canonical_json(const Json& value);
/// `text` between quotes, escaped.
std::string quote_json(std::string_view text);
/// The same behind what stands in `to`.
void append_quoted_json(std::string& to, std::string_view text);
/// One RFC 6901 step: "/" + key with ~ and / escaped.
std::string pointer_step(std::string_view key);

}  // namespace glmap
