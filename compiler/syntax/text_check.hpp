// SPDX-License-Identifier: Apache-2.0
// What a file must be before the parser sees it: UTF-8 of bounded size, line length, nesting and word count, closed
// quotation marks, and no character that a reader cannot see or mistakes for another. Pure function; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "compiler/diagnostics/diagnostic.hpp"

namespace glmap::syntax {

struct TextLimits {
  std::size_t bytes_max = std::size_t{16} << 20;
  std::size_t line_bytes_max = std::size_t{64} << 10;
  std::size_t nesting_max = 200;
  std::size_t words_max = 500'000;
  std::size_t findings_max = 20;
};

struct CheckedText {
  /// The text with every character reported here replaced by a plain one, so that it is reported once; places are kept.
  std::string text;
  /// False when the file must not be parsed; why is in the sink.
  bool readable = false;
};

/// Errors: GLM-1001 quotation marks, GLM-1002 not UTF-8, GLM-1003 a limit, GLM-1008 invisible or confusable characters.
CheckedText check_text(const std::string& file, std::string_view text, diagnostics::Sink& sink,
                       const TextLimits& limits = {});

}  // namespace glmap::syntax
