// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/file/charset.hpp"

#include <array>
#include <cstdio>

namespace glmap::gateway::connectors::file {

namespace {

struct CharsetName {
  Charset charset;
  std::string_view name;
};
constexpr std::array kNames = {CharsetName{Charset::utf_8, "utf-8"}, CharsetName{Charset::utf_8_bom, "utf-8-bom"},
                               CharsetName{Charset::windows_1252, "windows-1252"},
                               CharsetName{Charset::iso_8859_15, "iso-8859-15"}, CharsetName{Charset::ascii, "ascii"}};

// 0x80..0x9F of Windows-1252; 0: no character. Source: unicode.org/Public/MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT
constexpr std::array<char32_t, 32> kWindows1252 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                                   0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

struct Exchange {
  char32_t character;
  unsigned char byte;
};
// Where ISO 8859-15 differs from ISO 8859-1. Source: unicode.org/Public/MAPPINGS/ISO8859/8859-15.TXT
constexpr std::array kLatin9 = {Exchange{0x20AC, 0xA4}, Exchange{0x0160, 0xA6}, Exchange{0x0161, 0xA8},
                                Exchange{0x017D, 0xB4}, Exchange{0x017E, 0xB8}, Exchange{0x0152, 0xBC},
                                Exchange{0x0153, 0xBD}, Exchange{0x0178, 0xBE}};

// U+0100..U+017F without their marks, two letters where one would mislead.
constexpr std::array<std::string_view, 128> kLatinExtended = {
    "A", "a", "A", "a", "A", "a", "C",  "c",  "C", "c", "C", "c", "C", "c", "D", "d", "D",  "d",  "E", "e", "E", "e",
    "E", "e", "E", "e", "E", "e", "G",  "g",  "G", "g", "G", "g", "G", "g", "H", "h", "H",  "h",  "I", "i", "I", "i",
    "I", "i", "I", "i", "I", "i", "IJ", "ij", "J", "j", "K", "k", "k", "L", "l", "L", "l",  "L",  "l", "L", "l", "L",
    "l", "N", "n", "N", "n", "N", "n",  "'n", "N", "n", "O", "o", "O", "o", "O", "o", "OE", "oe", "R", "r", "R", "r",
    "R", "r", "S", "s", "S", "s", "S",  "s",  "S", "s", "T", "t", "T", "t", "T", "t", "U",  "u",  "U", "u", "U", "u",
    "U", "u", "U", "u", "U", "u", "W",  "w",  "Y", "y", "Y", "Z", "z", "Z", "z", "Z", "z",  "s"};

// U+00C0..U+00FF, for ASCII.
constexpr std::array<std::string_view, 64> kLatin1 = {
    "A", "A", "A", "A", "Ae", "A", "AE", "C", "E", "E", "E", "E", "I",  "I", "I",  "I",
    "D", "N", "O", "O", "O",  "O", "Oe", "x", "O", "U", "U", "U", "Ue", "Y", "Th", "ss",
    "a", "a", "a", "a", "ae", "a", "ae", "c", "e", "e", "e", "e", "i",  "i", "i",  "i",
    "d", "n", "o", "o", "o",  "o", "oe", "/", "o", "u", "u", "u", "ue", "y", "th", "y"};

struct Sign {
  char32_t character;
  std::string_view text;
};
constexpr std::array kSigns = {
    Sign{0x00A0, " "},   Sign{0x2002, " "},   Sign{0x2003, " "},   Sign{0x2009, " "},   Sign{0x202F, " "},
    Sign{0x2010, "-"},   Sign{0x2011, "-"},   Sign{0x2012, "-"},   Sign{0x2013, "-"},   Sign{0x2014, "-"},
    Sign{0x2018, "'"},   Sign{0x2019, "'"},   Sign{0x201A, "'"},   Sign{0x201C, "\""},  Sign{0x201D, "\""},
    Sign{0x201E, "\""},  Sign{0x00AB, "\""},  Sign{0x00BB, "\""},  Sign{0x2026, "..."}, Sign{0x2022, "*"},
    Sign{0x20AC, "EUR"}, Sign{0x00A3, "GBP"}, Sign{0x00A5, "JPY"}, Sign{0x0218, "S"},   Sign{0x0219, "s"},
    Sign{0x021A, "T"},   Sign{0x021B, "t"},   Sign{0x1E9E, "SS"},  Sign{0x2212, "-"}};

struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;
};

/// The character at the front of valid UTF-8; a byte that is none stands for itself.
Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte(0);
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (bytes == 1 || lead < 0xC0 || bytes > text.size()) return {lead, 1};
  char32_t code = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6) | (byte(i) & 0x3FU);
  return {code, bytes};
}

/// The byte of `code` in a set of one byte a character; nothing when it is not there.
std::optional<char> byte_of(char32_t code, Charset charset) {
  if (code < 0x80) return static_cast<char>(code);
  if (charset == Charset::ascii) return std::nullopt;
  if (charset == Charset::windows_1252) {
    for (std::size_t i = 0; i < kWindows1252.size(); ++i) {
      if (kWindows1252[i] == code) return static_cast<char>(0x80 + i);
    }
  } else {
    for (const Exchange& each : kLatin9) {
      if (each.character == code) return static_cast<char>(each.byte);
      if (each.byte == code) return std::nullopt;  // the place is taken
    }
  }
  if (code >= 0xA0 && code <= 0xFF) return static_cast<char>(code);
  return std::nullopt;
}

std::string_view in_latin_letters(char32_t code) {
  if (code >= 0x100 && code < 0x180) return kLatinExtended[code - 0x100];
  if (code >= 0xC0 && code < 0x100) return kLatin1[code - 0xC0];
  for (const Sign& sign : kSigns) {
    if (sign.character == code) return sign.text;
  }
  return {};
}

}  // namespace

std::optional<Charset> parse_charset(std::string_view name) {
  for (const CharsetName& each : kNames) {
    if (each.name == name) return each.charset;
  }
  return std::nullopt;
}

std::string_view to_text(Charset charset) {
  return kNames[static_cast<std::size_t>(charset)].name;
}

std::string_view file_mark(Charset charset) {
  return charset == Charset::utf_8_bom ? "\xEF\xBB\xBF" : "";
}

Result<std::string> encode(std::string_view text, Charset charset, bool transliterate) {
  if (charset == Charset::utf_8 || charset == Charset::utf_8_bom) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const Character character = first_of(text);
    const std::string_view spelt = text.substr(0, character.bytes);
    text.remove_prefix(character.bytes);
    if (const auto byte = byte_of(character.code, charset)) {
      out += *byte;
      continue;
    }
    const std::string_view letters = transliterate ? in_latin_letters(character.code) : std::string_view();
    if (letters.empty()) {
      char name[16];
      std::snprintf(name, sizeof name, "U+%04X", static_cast<unsigned>(character.code));
      return fail(
          ErrorCode::ErpRefused,
          "the character `" + std::string(spelt) + "` (" + name + ") is not in " + std::string(to_text(charset)),
          "choose another `charset`, or `transliterate: yes`");
    }
    out += letters;
  }
  return out;
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size() && count > 0) {
    at += first_of(text.substr(at)).bytes;
    --count;
  }
  return text.substr(0, at);
}

}  // namespace glmap::gateway::connectors::file
