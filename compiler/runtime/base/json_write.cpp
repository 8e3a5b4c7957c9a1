// SPDX-License-Identifier: Apache-2.0
// Writing JSON: as it is, for people, and canonically (one text for one value, for digests).
#include <algorithm>
#include <charconv>

#include "compiler/runtime/base/json.hpp"

namespace glmap {
namespace {

constexpr int kCanonicalExponentMax = 1000;

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;  // start of the run that needs no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
    }
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct NumberParts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  int exponent = 0;
};

/// False when the text is no number or its exponent is too large to write out.
bool take_apart(std::string_view text, NumberParts& parts) {
  if (text.starts_with('-')) {
    parts.negative = true;
    text.remove_prefix(1);
  }
  bool readable = true;
  if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view exponent = text.substr(e + 1);
    if (exponent.starts_with('+')) exponent.remove_prefix(1);
    const auto [end, error] = std::from_chars(exponent.data(), exponent.data() + exponent.size(), parts.exponent);
    if (end != exponent.data() + exponent.size() || exponent.empty()) return false;
    readable =
        error == std::errc{} && parts.exponent >= -kCanonicalExponentMax && parts.exponent <= kCanonicalExponentMax;
    text = text.substr(0, e);
  }
  const std::size_t point = text.find('.');
  parts.whole = text.substr(0, point);
  parts.fraction = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (parts.whole.empty() || !all_digits(parts.whole) || !all_digits(parts.fraction)) return false;
  const auto zero = [](std::string_view digits) { return digits.find_first_not_of('0') == std::string_view::npos; };
  if (zero(parts.whole) && zero(parts.fraction)) {
    parts = NumberParts{};  // zero has no sign and no size
    return true;
  }
  return readable;
}

void append_canonical_number(std::string& out, std::string_view text) {
  // Most numbers are short whole ones that are canonical already.
  if (!text.empty() && all_digits(text) && (text.front() != '0' || text.size() == 1)) {
    out += text;
    return;
  }
  NumberParts parts;
  if (!take_apart(text, parts)) {
    out += text;
    return;
  }
  std::string digits;
  digits.reserve(parts.whole.size() + parts.fraction.size());
  digits.append(parts.whole).append(parts.fraction);
  long point = static_cast<long>(parts.whole.size()) + parts.exponent;  // digits before the decimal point
  if (point <= 0) {
    digits.insert(0, static_cast<std::size_t>(1 - point), '0');
    point = 1;
  }
  if (point > static_cast<long>(digits.size())) digits.append(static_cast<std::size_t>(point) - digits.size(), '0');
  std::string_view whole = std::string_view(digits).substr(0, static_cast<std::size_t>(point));
  std::string_view fraction = std::string_view(digits).substr(static_cast<std::size_t>(point));
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  if (parts.negative) out += '-';
  out += whole;
  if (!fraction.empty()) (out += '.') += fraction;
}

struct Style {
  bool canonical = false;
  bool pretty = false;
};

void new_line(std::string& out, std::size_t level) {
  out += '\n';
  out.append(level * 2, ' ');
}

void append_value(std::string& out, const Json& value, Style style, std::size_t level);

void append_members(std::string& out, const Json::Object& object, Style style, std::size_t level) {
  std::vector<const Json::Member*> order;
  if (style.canonical) {
    const auto by_key = [](const Json::Member& a, const Json::Member& b) { return a.first < b.first; };
    if (!std::is_sorted(object.begin(), object.end(), by_key)) {
      order.reserve(object.size());
      for (const Json::Member& member : object) order.push_back(&member);
      std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    }
  }
  out += '{';
  for (std::size_t i = 0; i < object.size(); ++i) {
    const Json::Member& member = order.empty() ? object[i] : *order[i];
    if (i != 0) out += ',';
    if (style.pretty) new_line(out, level + 1);
    append_quoted(out, member.first);
    out += style.pretty ? ": " : ":";
    append_value(out, member.second, style, level + 1);
  }
  if (style.pretty && !object.empty()) new_line(out, level);
  out += '}';
}

void append_value(std::string& out, const Json& value, Style style, std::size_t level) {
  if (const std::string* text = value.as_string()) {
    append_quoted(out, *text);
  } else if (const JsonNumber* number = value.as_number()) {
    if (style.canonical) {
      append_canonical_number(out, number->text);
    } else {
      out += number->text;
    }
  } else if (const Json::Object* object = value.as_object()) {
    append_members(out, *object, style, level);
  } else if (const Json::Array* array = value.as_array()) {
    out += '[';
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i != 0) out += ',';
      if (style.pretty) new_line(out, level + 1);
      append_value(out, (*array)[i], style, level + 1);
    }
    if (style.pretty && !array->empty()) new_line(out, level);
    out += ']';
  } else if (const bool* truth = value.as_bool()) {
    out += *truth ? "true" : "false";
  } else {
    out += "null";
  }
}

std::string written(const Json& value, Style style) {
  std::string out;
  append_value(out, value, style, 0);
  return out;
}

}  // namespace

std::string write_json(const Json& value) {
  return written(value, {});
}
std::string write_json_pretty(const Json& value) {
  return written(value, {.pretty = true});
}
std::string canonical_json(const Json& value) {
  return written(value, {.canonical = true});
}

std::string quote_json(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

std::string pointer_step(std::string_view key) {
  std::string step = "/";
  for (const char c : key) {
    if (c == '~') {
      step += "~0";
    } else if (c == '/') {
      step += "~1";
    } else {
      step += c;
    }
  }
  return step;
}

}  // namespace glmap
