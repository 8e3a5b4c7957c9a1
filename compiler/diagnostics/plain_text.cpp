// SPDX-License-Identifier: Apache-2.0
#include "compiler/diagnostics/plain_text.hpp"

#include <cstdint>

#include "compiler/runtime/base/error.hpp"

namespace glmap::diagnostics {
namespace {

constexpr char32_t kReplacement = U'\uFFFD';

bool is_unprintable(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x00AD || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
         (c >= 0xE0000 && c <= 0xE007F);
}

}  // namespace

std::size_t utf8_sequence_length(std::string_view text) {
  GLMAP_ASSERT(!text.empty());
  const auto byte = [&](std::size_t index) { return static_cast<std::uint8_t>(text[index]); };
  const auto continues = [&](std::size_t index) { return index < text.size() && (byte(index) & 0xC0) == 0x80; };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!continues(1) || !continues(2)) return 0;
    if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F)) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if ((lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) return 0;
    return 4;
  }
  return 0;
}

std::u32string decode(std::string_view text) {
  std::u32string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) {
      result.push_back(kReplacement);
      text.remove_prefix(1);
      continue;
    }
    char32_t code_point = static_cast<std::uint8_t>(text[0]);
    if (length > 1) code_point &= 0xFFU >> (length + 1);
    for (std::size_t index = 1; index < length; ++index) {
      code_point = (code_point << 6) | (static_cast<std::uint8_t>(text[index]) & 0x3FU);
    }
    result.push_back(code_point);
    text.remove_prefix(length);
  }
  return result;
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto put = [&](char32_t value) { out.push_back(static_cast<char>(value)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3F));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

std::u32string printable(std::string_view text, bool keep_lines) {
  std::u32string result = decode(text);
  for (char32_t& c : result) {
    if (c == U'\t') {
      c = U' ';
    } else if (c == U'\n') {
      if (!keep_lines) c = U' ';
    } else if (is_unprintable(c)) {
      c = kReplacement;
    }
  }
  return result;
}

std::string to_utf8(std::u32string_view text) {
  std::string result;
  result.reserve(text.size());
  for (char32_t c : text) append_utf8(result, c);
  return result;
}

std::string printable_utf8(std::string_view text, bool keep_lines) {
  return to_utf8(printable(text, keep_lines));
}

}  // namespace glmap::diagnostics
