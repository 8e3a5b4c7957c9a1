// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/tryton/wire.hpp"

#include <array>
#include <charconv>

namespace glmap::gateway::connectors::tryton {

Json decimal_to_json(std::string_view digits) {
  return Json::Object{{"__class__", "Decimal"}, {"decimal", digits}};
}

Json date_to_json(Date date) {
  return Json::Object{{"__class__", "date"},
                      {"year", Json::number(date.year())},
                      {"month", Json::number(date.month())},
                      {"day", Json::number(date.day())}};
}

namespace {

bool is_class(const Json* value, std::string_view name) {
  if (value == nullptr) return false;
  const Json* kind = value->find("__class__");
  return kind != nullptr && kind->as_string() != nullptr && *kind->as_string() == name;
}

std::optional<long long> whole(const Json* value) {
  if (value == nullptr || value->as_number() == nullptr) return std::nullopt;
  const std::string& text = value->as_number()->text;
  long long out = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

std::optional<Decimal> decimal_from_json(const Json* value) {
  if (!is_class(value, "Decimal")) return std::nullopt;
  const Json* digits = value->find("decimal");
  if (digits == nullptr || digits->as_string() == nullptr) return std::nullopt;
  // Python writes small decimals with an exponent ("0E-8"), which is the JSON number form.
  const Result<Decimal> parsed = Decimal::parse_json_number(*digits->as_string());
  if (!parsed) return std::nullopt;
  return *parsed;
}

std::optional<Date> date_from_json(const Json* value) {
  if (!is_class(value, "date")) return std::nullopt;
  const auto year = whole(value->find("year"));
  const auto month = whole(value->find("month"));
  const auto day = whole(value->find("day"));
  if (!year || !month || !day) return std::nullopt;
  const Result<Date> date = Date::from_ymd(static_cast<int>(*year), static_cast<int>(*month), static_cast<int>(*day));
  if (!date) return std::nullopt;
  return *date;
}

std::optional<long long> id_from_json(const Json* value) {
  const auto id = whole(value);
  if (!id || *id <= 0) return std::nullopt;
  return id;
}

bool yes_from_json(const Json* value) {
  if (value == nullptr) return false;
  if (const bool* yes = value->as_bool()) return *yes;
  return whole(value).value_or(0) != 0;
}

std::string text_from_json(const Json* value) {
  if (value == nullptr || value->as_string() == nullptr) return {};
  return *value->as_string();
}

const Json* dotted(const Json& record, std::string_view path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return record.find(path);
  const Json* inner = record.find(path.substr(0, dot + 1));
  return inner == nullptr ? nullptr : dotted(*inner, path.substr(dot + 1));
}

Json term(std::string_view field, std::string_view op, Json value) {
  return Json::Array{field, op, std::move(value)};
}

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k <= bytes.size() ? kLetters[group >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return out;
}

}  // namespace glmap::gateway::connectors::tryton
