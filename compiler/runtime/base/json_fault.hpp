// SPDX-License-Identifier: Apache-2.0
// What is wrong with a text that is not strict JSON, and where. Private to base: JsonDocument asks when it has found
// that something is. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "compiler/runtime/base/json.hpp"

namespace glmap {

/// The first fault by reading from the front; see parse_json for the codes. Nothing when the text is strict JSON.
std::optional<Error> find_json_fault(std::string_view text, const JsonLimits& limits);

/// True when an escape between `at` and the next quote is half of a surrogate pair, which is no character.
bool has_lone_surrogate(const char* at, const char* end);
/// RFC 8259 section 6.
bool is_json_number(std::string_view text);

}  // namespace glmap
