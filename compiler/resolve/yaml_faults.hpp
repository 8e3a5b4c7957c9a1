// SPDX-License-Identifier: Apache-2.0
// What is wrong with a YAML text that its parser gave up on, in words an accountant can act on: a tab, a quotation mark
// or brace that is not closed, a missing comma, a line indented like none above it. Looks at the text only. Private to
// resolve. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace glmap::resolve {

struct YamlFault {
  std::size_t line = 0;  // from 0
  std::size_t byte = 0;  // in the line, from 0
  std::string message;
  std::string help;
};

/// `line`, from 0, is where the parser noticed; the cause stands there or above. Nothing when no cause is found.
std::optional<YamlFault> find_yaml_fault(std::string_view text, std::size_t line);

}  // namespace glmap::resolve
