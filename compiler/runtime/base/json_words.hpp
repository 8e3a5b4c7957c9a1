// SPDX-License-Identifier: Apache-2.0
// The words of a JSON text: brackets, commas, colons, and where each value or key begins. What finds them also checks
// UTF-8, that texts are closed and that no control character stands in one. For readers of JSON in this library, which
// walk the words by the grammar; not for others. One scan a thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace glmap {

struct JsonWords {
  const std::uint32_t* at = nullptr;  // where they begin in the text; behind the last stands the text's size
  std::size_t count = 0;
};

/// The words of `text`, until this thread scans another text. False: it is no JSON, or there is no memory.
bool find_json_words(std::string_view text, JsonWords& words);

/// What the text that begins at `from`, behind its opening quote, says without its escapes, written to `to`, which has
/// room for as many bytes as the text has and kJsonPadding more; so much can be read behind its end. `last`: its
/// closing quote. nullptr: it is not well-formed, or half of a surrogate pair stands in it.
char* unescape_json(const char* from, const char* last, char* to);

/// What readers may look at behind a text.
inline constexpr std::size_t kJsonPadding = 64;

}  // namespace glmap
