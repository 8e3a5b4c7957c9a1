// SPDX-License-Identifier: Apache-2.0
// Bytes and characters of files that are not .glmap. Private to resolve. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace glmap::resolve {

/// Number of code points of well-formed UTF-8.
std::size_t count_characters(std::string_view bytes);

struct BadByte {
  std::size_t offset = 0;
  bool control = false;  // a control character other than tab and line break; else not UTF-8
};
/// The first byte that cannot stand in a file of the book.
std::optional<BadByte> find_bad_byte(std::string_view text);

}  // namespace glmap::resolve
