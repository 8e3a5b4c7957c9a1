// SPDX-License-Identifier: Apache-2.0
// Text of unknown origin made safe to show: one printable character for each code point, so that a file cannot steer
// the terminal and columns stay countable. Private to diagnostics. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace glmap::diagnostics {

/// Bytes of the well-formed UTF-8 sequence at the start of `text` (shortest form, no surrogates), or 0. `text` not
/// empty.
std::size_t utf8_sequence_length(std::string_view text);
/// The code points of `text`; each byte that is not UTF-8 counts as one U+FFFD.
std::u32string decode(std::string_view text);
void append_utf8(std::string& out, char32_t code_point);

/// As `text`, with tabs as one blank and control, direction and zero-width characters as U+FFFD. Line breaks are kept
/// when `keep_lines`, else shown as one blank.
std::u32string printable(std::string_view text, bool keep_lines);
std::string printable_utf8(std::string_view text, bool keep_lines);
std::string to_utf8(std::u32string_view text);

}  // namespace glmap::diagnostics
