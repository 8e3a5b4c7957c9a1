// SPDX-License-Identifier: Apache-2.0
// Text in the character sets that import files are read in. What a character set cannot carry is an error that names
// the character, or, where asked for, written in Latin letters by a table; never a question mark, never left out. Pure;
// any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::connectors::file {

enum class Charset : std::uint8_t { utf_8, utf_8_bom, windows_1252, iso_8859_15, ascii };

/// "utf-8", "utf-8-bom", "windows-1252", "iso-8859-15", "ascii".
std::optional<Charset> parse_charset(std::string_view name);
std::string_view to_text(Charset charset);
/// The bytes before the first character of a file: the byte order mark, or none.
std::string_view file_mark(Charset charset);

/// `text` is UTF-8. `transliterate`: a character that is not in the set is written by the table (Ł as L, “ as ", … as
/// ...) where the table has it. Errors: GLM-9003 naming the character.
Result<std::string> encode(std::string_view text, Charset charset, bool transliterate);

/// How many characters UTF-8 text has.
std::size_t characters(std::string_view text);
/// The first `count` characters.
std::string_view first_characters(std::string_view text, std::size_t count);

}  // namespace glmap::gateway::connectors::file
