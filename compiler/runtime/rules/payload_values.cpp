// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/payload_values.hpp"

#include <algorithm>
#include <charconv>

namespace glmap::rules {
namespace {

bool is_whole(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<Decimal> decimal_of(Result<Decimal> read) {
  if (!read) return std::nullopt;
  return *read;
}

/// A whole number of 10^-places.
std::optional<PayloadLeaf> units(std::string_view text, int places) {
  if (!is_whole(text)) return std::nullopt;
  const auto count = decimal_of(Decimal::parse(text));
  if (!count) return std::nullopt;
  const auto amount = decimal_of(multiply(*count, Decimal::from_parts(1, places)));
  if (!amount) return std::nullopt;
  return *amount;
}

std::optional<PayloadLeaf> units_of(JsonView value, bool as_text, int places) {
  if (as_text ? !value.is_text() : !value.is_number()) return std::nullopt;
  return units(value.text(), places);
}

std::optional<PayloadLeaf> decimal_from(JsonView value, bool number, bool text) {
  std::optional<Decimal> read;
  if (number && value.is_number()) read = decimal_of(Decimal::parse_json_number(value.text()));
  if (text && value.is_text()) read = decimal_of(Decimal::parse(value.text()));
  if (!read) return std::nullopt;
  return *read;
}

std::optional<Instant> unix_time(JsonView value, std::int64_t micros) {
  if (!value.is_number() || !is_whole(value.text())) return std::nullopt;
  std::int64_t count = 0;
  const char* end = value.text().data() + value.text().size();
  if (const auto [stop, status] = std::from_chars(value.text().data(), end, count);
      status != std::errc{} || stop != end)
    return std::nullopt;
  // The years that a date of ours may have.
  constexpr std::int64_t kSecondsMax = 32'503'680'000;
  if (count > kSecondsMax * (1'000'000 / micros) || count < -2'208'988'800 * (1'000'000 / micros)) return std::nullopt;
  return Instant{count * micros};
}

std::optional<Instant> instant_of(PayloadReading reading, JsonView value) {
  if (reading == PayloadReading::unix_seconds) return unix_time(value, 1'000'000);
  if (reading == PayloadReading::unix_milliseconds) return unix_time(value, 1'000);
  if (!value.is_text()) return std::nullopt;
  auto read = Instant::parse(value.text());
  if (!read) return std::nullopt;
  return *read;
}

std::optional<PayloadLeaf> time_of(const PayloadField& field, JsonView value, const PayloadContext& context) {
  const auto instant = instant_of(field.reading, value);
  if (!instant) return std::nullopt;
  if (field.day == PayloadDay::none) return instant->to_text();
  if (field.day == PayloadDay::as_written) {
    auto date = Date::parse(value.text().substr(0, 10));
    if (!date) return std::nullopt;
    return date->to_text();
  }
  auto date = civil_date(*instant, field.day == PayloadDay::zone ? std::string_view(field.zone) : context.zone);
  if (!date) return std::nullopt;
  return date->to_text();
}

/// The other case of a code; nullopt when a letter is not in the case it should be in.
std::optional<PayloadLeaf> recased(JsonView value, bool to_upper) {
  if (!value.is_text()) return std::nullopt;
  std::string text(value.text());
  for (char& c : text) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_lower = c >= 'a' && c <= 'z';
    if (to_upper ? is_upper : is_lower) return std::nullopt;
    if (to_upper ? is_lower : is_upper) c = static_cast<char>(to_upper ? c - 'a' + 'A' : c - 'A' + 'a');
  }
  return text;
}

std::string_view words_of(PayloadReading reading) {
  switch (reading) {
    case PayloadReading::constant:
      return "nothing";
    case PayloadReading::text:
      return "text";
    case PayloadReading::number_text:
      return "a whole number";
    case PayloadReading::code:
      return "a code as text";
    case PayloadReading::code_lower:
      return "a code in small letters";
    case PayloadReading::code_upper:
      return "a code in capitals";
    case PayloadReading::table:
      return "a code";
    case PayloadReading::minor_units:
      return "a whole number of minor units";
    case PayloadReading::minor_units_text:
      return "a whole number of minor units as text";
    case PayloadReading::hundredths:
      return "a whole number of hundredths";
    case PayloadReading::hundredths_text:
      return "a whole number of hundredths as text";
    case PayloadReading::decimal_number:
      return "a number";
    case PayloadReading::decimal_text:
      return "a number as text";
    case PayloadReading::decimal:
      return "a number, perhaps as text";
    case PayloadReading::date:
      return "a date YYYY-MM-DD";
    case PayloadReading::instant:
      return "a date and time with its offset";
    case PayloadReading::unix_seconds:
      return "a whole number of seconds since 1970";
    case PayloadReading::unix_milliseconds:
      return "a whole number of milliseconds since 1970";
    case PayloadReading::truth:
      return "true or false";
    case PayloadReading::truth_text:
      return "the text true or false";
  }
  GLMAP_ASSERT(!"a reading of the list");
  return {};
}

}  // namespace

bool reads_number(PayloadReading reading) {
  return reading >= PayloadReading::minor_units && reading <= PayloadReading::decimal;
}

bool counts_minor_units(PayloadReading reading) {
  return reading == PayloadReading::minor_units || reading == PayloadReading::minor_units_text;
}

std::string in_words(const PayloadField& field) {
  return std::string(words_of(field.reading));
}

std::optional<PayloadLeaf> read_leaf(const PayloadField& field, JsonView value, const PayloadContext& context) {
  using Reading = PayloadReading;
  const Reading reading = field.reading;
  switch (reading) {
    case Reading::constant:
      return std::nullopt;
    case Reading::text:
    case Reading::code:
      if (!value.is_text()) return std::nullopt;
      return std::string(value.text());
    case Reading::number_text:
      if (!value.is_number() || !is_whole(value.text())) return std::nullopt;
      return std::string(value.text());
    case Reading::code_lower:
    case Reading::code_upper:
      return recased(value, reading == Reading::code_lower);
    case Reading::table:
      if (value.is_truth()) return std::string(value.is_true() ? "yes" : "no");
      if (!value.is_text() && !value.is_number()) return std::nullopt;
      return std::string(value.text());
    case Reading::minor_units:
    case Reading::minor_units_text:
      GLMAP_ASSERT(context.currency);
      return units_of(value, reading == Reading::minor_units_text, context.currency->digits());
    case Reading::hundredths:
    case Reading::hundredths_text:
      return units_of(value, reading == Reading::hundredths_text, 2);
    case Reading::decimal_number:
    case Reading::decimal_text:
    case Reading::decimal:
      return decimal_from(value, reading != Reading::decimal_text, reading != Reading::decimal_number);
    case Reading::date: {
      if (!value.is_text()) return std::nullopt;
      auto date = Date::parse(value.text());
      if (!date) return std::nullopt;
      return date->to_text();
    }
    case Reading::instant:
    case Reading::unix_seconds:
    case Reading::unix_milliseconds:
      return time_of(field, value, context);
    case Reading::truth:
      if (!value.is_truth()) return std::nullopt;
      return value.is_true();
    case Reading::truth_text:
      if (!value.is_text() || (value.text() != "true" && value.text() != "false")) return std::nullopt;
      return value.text() == "true";
  }
  GLMAP_ASSERT(!"a reading of the list");
  return std::nullopt;
}

}  // namespace glmap::rules
