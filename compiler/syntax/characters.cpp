// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/characters.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "compiler/runtime/base/error.hpp"

namespace glmap::syntax {
namespace {

struct Range {
  char32_t from;
  char32_t until;
};

template <std::size_t N>
bool in_any(const std::array<Range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const Range& range) { return c >= range.from && c <= range.until; });
}

constexpr std::array<Range, 6> kBlanks = {
    {{0xA0, 0xA0}, {0x1680, 0x1680}, {0x2000, 0x200A}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}}};
constexpr std::array<Range, 4> kDirections = {{{0x61C, 0x61C}, {0x200E, 0x200F}, {0x202A, 0x202E}, {0x2066, 0x2069}}};
constexpr std::array<Range, 12> kZeroWidths = {{{0xAD, 0xAD},
                                                {0x34F, 0x34F},
                                                {0x115F, 0x1160},
                                                {0x180B, 0x180E},
                                                {0x200B, 0x200D},
                                                {0x2060, 0x206F},
                                                {0x3164, 0x3164},
                                                {0xFE00, 0xFE0F},
                                                {0xFEFF, 0xFEFF},
                                                {0xFFA0, 0xFFA0},
                                                {0xFFF9, 0xFFFB},
                                                {0xE0000, 0xE0FFF}}};
constexpr std::array<Range, 5> kLatin = {{{'A', 'Z'}, {'a', 'z'}, {0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x24F}}};
constexpr std::array<Range, 3> kCombining = {{{0x300, 0x36F}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}}};
constexpr std::array<Range, 3> kWide = {{{0xFF00, 0xFFEF}, {0x1D400, 0x1D7FF}, {0x1F100, 0x1F1FF}}};

// Left: Cyrillic and Greek; right: the Latin letter it looks like.
constexpr std::array<std::pair<char32_t, char32_t>, 58> kLookAlikes = {{
    {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'}, {0x0399, 'I'}, {0x039A, 'K'},
    {0x039C, 'M'}, {0x039D, 'N'}, {0x039F, 'O'}, {0x03A1, 'P'}, {0x03A4, 'T'}, {0x03A5, 'Y'}, {0x03A7, 'X'},
    {0x03B1, 'a'}, {0x03B3, 'y'}, {0x03B9, 'i'}, {0x03BA, 'k'}, {0x03BD, 'v'}, {0x03BF, 'o'}, {0x03C1, 'p'},
    {0x03C5, 'u'}, {0x03F2, 'c'}, {0x03F3, 'j'}, {0x0405, 'S'}, {0x0406, 'I'}, {0x0408, 'J'}, {0x0410, 'A'},
    {0x0412, 'B'}, {0x0415, 'E'}, {0x041A, 'K'}, {0x041C, 'M'}, {0x041D, 'H'}, {0x041E, 'O'}, {0x0420, 'P'},
    {0x0421, 'C'}, {0x0422, 'T'}, {0x0423, 'Y'}, {0x0425, 'X'}, {0x0430, 'a'}, {0x0435, 'e'}, {0x043E, 'o'},
    {0x0440, 'p'}, {0x0441, 'c'}, {0x0443, 'y'}, {0x0445, 'x'}, {0x0455, 's'}, {0x0456, 'i'}, {0x0458, 'j'},
    {0x04AE, 'Y'}, {0x04BB, 'h'}, {0x04C0, 'I'}, {0x04CF, 'l'}, {0x0501, 'd'}, {0x050C, 'G'}, {0x051A, 'Q'},
    {0x051B, 'q'}, {0x051D, 'w'},
}};

}  // namespace

Hidden hidden_kind(char32_t c) {
  if (c == U'\t' || c == U'\n' || c == U'\r' || (c >= 0x20 && c < 0x7F)) return Hidden::no;
  if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029) return Hidden::control;
  if (in_any(kDirections, c)) return Hidden::direction;
  if (in_any(kBlanks, c)) return Hidden::blank;
  return in_any(kZeroWidths, c) ? Hidden::zero_width : Hidden::no;
}

std::string_view hidden_in_words(Hidden kind) {
  switch (kind) {
    case Hidden::no:
      return "a visible character";
    case Hidden::blank:
      return "a special blank";
    case Hidden::zero_width:
      return "an invisible character";
    case Hidden::direction:
      return "a text direction control";
    case Hidden::control:
      return "a control character";
  }
  GLMAP_ASSERT(false);
}

Script script_of(char32_t c) {
  if (in_any(kLatin, c) || (c >= 0x1E00 && c <= 0x1EFF)) return Script::latin;
  if (c < 0x300) return Script::none;
  if (in_any(kCombining, c)) return Script::combining;
  if ((c >= 0x370 && c <= 0x3FF) || (c >= 0x1F00 && c <= 0x1FFF)) return Script::greek;
  if ((c >= 0x400 && c <= 0x52F) || (c >= 0x1C80 && c <= 0x1C8F)) return Script::cyrillic;
  return in_any(kWide, c) ? Script::wide : Script::other;
}

std::string_view script_in_words(Script script) {
  switch (script) {
    case Script::none:
      return "no letter";
    case Script::latin:
      return "a Latin letter";
    case Script::cyrillic:
      return "a Cyrillic letter";
    case Script::greek:
      return "a Greek letter";
    case Script::wide:
      return "a full-width or mathematical form";
    case Script::combining:
      return "an accent written as a character of its own";
    case Script::other:
      return "a letter of another script";
  }
  GLMAP_ASSERT(false);
}

char32_t latin_look_alike(char32_t c) {
  const auto found = std::lower_bound(kLookAlikes.begin(), kLookAlikes.end(), c,
                                      [](const auto& entry, char32_t wanted) { return entry.first < wanted; });
  return found != kLookAlikes.end() && found->first == c ? found->second : 0;
}

bool is_word_character(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  if (c < 0xC0 || c == 0xD7 || c == 0xF7) return false;
  const bool punctuation = (c >= 0x2000 && c <= 0x2BFF && !in_any(kCombining, c)) || (c >= 0x3000 && c <= 0x3004);
  return !punctuation && hidden_kind(c) == Hidden::no;
}

}  // namespace glmap::syntax
