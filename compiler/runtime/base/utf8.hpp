// SPDX-License-Identifier: Apache-2.0
// Where text stops being UTF-8. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace glmap {

/// Length of the well-formed UTF-8 sequence at `at`, 0 when there is none (RFC 3629).
std::size_t utf8_length(std::string_view text, std::size_t at);
/// Offset of the first byte that belongs to no well-formed sequence; the size of `text` when all is well.
std::size_t first_bad_utf8(std::string_view text);

}  // namespace glmap
