// SPDX-License-Identifier: Apache-2.0
// Amounts as the auditor and the twin count them: whole minor units, read from text by a dozen lines of their own.
// Shares nothing with the product's Decimal and Money on purpose.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace glmap::simulation {

__extension__ using Minor = __int128;

/// Decimal places of the currencies that occur here; -1: none of them.
inline int places_of(std::string_view currency) {
  if (currency == "EUR" || currency == "USD") return 2;
  return currency == "JPY" ? 0 : -1;
}

/// "119.00" in EUR is 11900. Nothing when it is no amount of that currency.
inline std::optional<Minor> minor_of(std::string_view text, std::string_view currency) {
  const int places = places_of(currency);
  if (places < 0 || text.empty()) return std::nullopt;
  const bool negative = text.front() == '-';
  if (negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  std::string whole(text.substr(0, point));
  std::string rest(point == std::string_view::npos ? "" : text.substr(point + 1));
  if (whole.empty() || (point != std::string_view::npos && rest.empty())) return std::nullopt;
  while (rest.size() > static_cast<std::size_t>(places) && rest.back() == '0') rest.pop_back();
  if (rest.size() > static_cast<std::size_t>(places)) return std::nullopt;
  rest.resize(static_cast<std::size_t>(places), '0');
  Minor minor = 0;
  for (const char digit : whole + rest) {
    if (digit < '0' || digit > '9') return std::nullopt;
    minor = minor * 10 + (digit - '0');
  }
  return negative ? -minor : minor;
}

inline std::string digits_of(Minor value) {
  if (value < 0) return "-" + digits_of(-value);
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value > 0);
  std::reverse(text.begin(), text.end());
  return text;
}

/// 11900 in EUR is "119.00".
inline std::string text_of(Minor minor, std::string_view currency) {
  const int places = std::max(places_of(currency), 0);
  if (minor < 0) return "-" + text_of(-minor, currency);
  std::string digits = digits_of(minor);
  if (places == 0) return digits;
  const auto wanted = static_cast<std::size_t>(places) + 1;
  if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
  digits.insert(digits.size() - static_cast<std::size_t>(places), ".");
  return digits;
}

}  // namespace glmap::simulation
