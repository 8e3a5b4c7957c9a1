// SPDX-License-Identifier: Apache-2.0
// Writing JSON: as it is, for people, and canonically (one text for one value, for digests).
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "compiler/runtime/base/byte_scan.hpp"
#include "compiler/runtime/base/json_document.hpp"
#include "compiler/runtime/base/text_output.hpp"

namespace glmap {
namespace {

constexpr int kCanonicalExponentMax = 1000;

/// What stands behind the backslash; 0: no escape is needed, u: as a number.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> escapes{};
  for (std::size_t i = 0; i < 0x20; ++i) escapes[i] = 'u';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  return escapes;
}
constexpr auto kEscapes = make_escapes();

bool needs_escapes(std::string_view text) {
  return any_byte(text, [](const auto& bytes) {
    constexpr std::uint8_t kBlank = 0x20;
    return (bytes < kBlank) | (bytes == std::uint8_t{'"'}) | (bytes == std::uint8_t{'\\'});
  });
}

void append_quoted(TextOutput& out, std::string_view text) {
  if (!needs_escapes(text)) {
    char* at = out.room(text.size() + 2);
    *at++ = '"';
    at = std::copy(text.begin(), text.end(), at);
    *at++ = '"';
    return out.written(at);
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::size_t kLongestEscape = 6;
  constexpr std::size_t kPiece = 256;  // room is made for a piece, were it all escapes
  out.add('"');
  for (; !text.empty(); text.remove_prefix(std::min(kPiece, text.size()))) {
    const std::string_view piece = text.substr(0, kPiece);
    char* at = out.room(piece.size() * kLongestEscape);
    for (const char c : piece) {
      const auto byte = static_cast<unsigned char>(c);
      const char escape = kEscapes[byte];
      if (escape == 0) {
        *at++ = c;
        continue;
      }
      *at++ = '\\';
      *at++ = escape;
      if (escape != 'u') continue;
      *at++ = '0';
      *at++ = '0';
      *at++ = kHex[byte >> 4];
      *at++ = kHex[byte & 15];
    }
    out.written(at);
  }
  out.add('"');
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
    parts = NumberParts{.whole = "0"};  // zero has no sign and no size
    return true;
  }
  return readable;
}

void append_canonical_number(TextOutput& out, std::string_view text) {
  NumberParts parts;
  if (!take_apart(text, parts)) return out.add(text);
  std::string moved;  // the digits, when an exponent moves the point
  if (parts.exponent != 0) {
    moved.append(parts.whole).append(parts.fraction);
    long point = static_cast<long>(parts.whole.size()) + parts.exponent;  // digits before the decimal point
    if (point <= 0) {
      moved.insert(0, static_cast<std::size_t>(1 - point), '0');
      point = 1;
    }
    if (point > static_cast<long>(moved.size())) moved.append(static_cast<std::size_t>(point) - moved.size(), '0');
    parts.whole = std::string_view(moved).substr(0, static_cast<std::size_t>(point));
    parts.fraction = std::string_view(moved).substr(static_cast<std::size_t>(point));
  }
  while (parts.whole.size() > 1 && parts.whole.front() == '0') parts.whole.remove_prefix(1);
  while (!parts.fraction.empty() && parts.fraction.back() == '0') parts.fraction.remove_suffix(1);
  if (parts.negative) out.add('-');
  out.add(parts.whole);
  if (parts.fraction.empty()) return;
  out.add('.');
  out.add(parts.fraction);
}

void new_line(TextOutput& out, std::size_t level) {
  out.add('\n');
  out.add(level * 2, ' ');
}

void append_value(TextOutput& out, const Json& value, bool pretty, std::size_t level);

void append_object(TextOutput& out, const Json::Object& object, bool pretty, std::size_t level) {
  out.add('{');
  bool first = true;
  for (const auto& [key, value] : object) {
    if (!first) out.add(',');
    first = false;
    if (pretty) new_line(out, level + 1);
    append_quoted(out, key);
    out.add(pretty ? std::string_view(": ") : std::string_view(":"));
    append_value(out, value, pretty, level + 1);
  }
  if (pretty && !object.empty()) new_line(out, level);
  out.add('}');
}

void append_array(TextOutput& out, const Json::Array& array, bool pretty, std::size_t level) {
  out.add('[');
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i != 0) out.add(',');
    if (pretty) new_line(out, level + 1);
    append_value(out, array[i], pretty, level + 1);
  }
  if (pretty && !array.empty()) new_line(out, level);
  out.add(']');
}

void append_value(TextOutput& out, const Json& value, bool pretty, std::size_t level) {
  if (const std::string* text = value.as_string()) {
    append_quoted(out, *text);
  } else if (const JsonNumber* number = value.as_number()) {
    out.add(number->text);
  } else if (const Json::Object* object = value.as_object()) {
    append_object(out, *object, pretty, level);
  } else if (const Json::Array* array = value.as_array()) {
    append_array(out, *array, pretty, level);
  } else if (const bool* truth = value.as_bool()) {
    out.add(*truth ? std::string_view("true") : std::string_view("false"));
  } else {
    out.add(std::string_view("null"));
  }
}

void append_canonical_value(TextOutput& out, JsonView value);

void append_canonical_object(TextOutput& out, JsonView object) {
  constexpr std::size_t kFew = 64;
  std::array<JsonView, kFew> few;
  std::vector<JsonView> many(object.size() > kFew ? object.size() : 0);
  JsonView* const order = many.empty() ? few.data() : many.data();
  std::size_t count = 0;
  for (const JsonView member : object) order[count++] = member;
  const auto before = [](JsonView a, JsonView b) { return a.key() < b.key(); };
  if (!std::is_sorted(order, order + object.size(), before)) std::sort(order, order + object.size(), before);
  out.add('{');
  for (std::size_t i = 0; i < object.size(); ++i) {
    if (i != 0) out.add(',');
    append_quoted(out, order[i].key());
    out.add(':');
    append_canonical_value(out, order[i]);
  }
  out.add('}');
}

void append_canonical_value(TextOutput& out, JsonView value) {
  switch (value.kind()) {
    case JsonView::Kind::null:
      return out.add("null");
    case JsonView::Kind::truth:
      return out.add(value.is_true() ? std::string_view("true") : std::string_view("false"));
    case JsonView::Kind::number:
      return append_canonical_number(out, value.text());
    case JsonView::Kind::text:
      return append_quoted(out, value.text());
    case JsonView::Kind::object:
      return append_canonical_object(out, value);
    case JsonView::Kind::array:
      break;
  }
  out.add('[');
  bool first = true;
  for (const JsonView element : value) {
    if (!first) out.add(',');
    first = false;
    append_canonical_value(out, element);
  }
  out.add(']');
}

template <class Write>
std::string written(Write write) {
  std::string text;
  {
    TextOutput out(text);  // the text is whole when it is gone
    write(out);
  }
  return text;
}

}  // namespace

std::string write_json(const Json& value) {
  return written([&](TextOutput& out) { append_value(out, value, false, 0); });
}
std::string write_json_pretty(const Json& value) {
  return written([&](TextOutput& out) { append_value(out, value, true, 0); });
}

void append_canonical(std::string& text, JsonView value) {
  TextOutput out(text);
  append_canonical_value(out, value);
}
std::string canonical_json(const Json& value) {
  const JsonDocument document(value);
  std::string text;
  append_canonical(text, document.root());
  return text;
}

void append_canonical_number(std::string& text, std::string_view number) {
  TextOutput out(text);
  append_canonical_number(out, number);
}

std::string quote_json(std::string_view text) {
  return written([&](TextOutput& out) { append_quoted(out, text); });
}
void append_quoted_json(std::string& to, std::string_view text) {
  if (needs_escapes(text)) {
    TextOutput out(to);
    return append_quoted(out, text);
  }
  const std::size_t before = to.size();
  const std::size_t after = before + text.size() + 2;
  to.resize_and_overwrite(after, [&](char* at, std::size_t) {
    at[before] = '"';
    *copy_bytes(at + before + 1, text) = '"';
    return after;
  });
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
