// SPDX-License-Identifier: Apache-2.0
// An operation that failed: `Error`, carried in `Result<T>`. Not for faults in a finance author's text (that is a
// diagnostics::Diagnostic) and not for our own mistakes (that is GLMAP_ASSERT). Values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace glmap {

/// Every code of error_codes.def; the numeric value is the dddd of GLM-dddd.
enum class ErrorCode : std::uint16_t {
#define GLMAP_CODE(number, name, title, retry) name = number,
#include "compiler/runtime/base/error_codes.def"
#undef GLMAP_CODE
};

/// "GLM-4003"
std::string code_text(ErrorCode code);
/// The registry's one-line title, lower case, no full stop.
std::string_view code_title(ErrorCode code);
/// Reads "GLM-4003", "glm-4003" or "4003"; nothing when there is no such code.
std::optional<ErrorCode> parse_code(std::string_view text);
/// True when trying again without any change may work.
bool is_transient(ErrorCode code);

/// Where in the user's material something was seen. `pointer` is a JSON pointer (RFC 6901) into an event, or empty;
/// `line`/`column` count from 1 and are 0 when unknown.
struct SourceRef {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string pointer;

  friend bool operator==(const SourceRef&, const SourceRef&) = default;
};

/// Message: lower case, no full stop, the user's text in back-ticks, what was seen before what is expected.
/// Help: what to do next; may be empty.
struct [[nodiscard]] Error {
  ErrorCode code;
  std::string message;
  std::string help;
  SourceRef where;

  bool transient() const { return is_transient(code); }
  bool permanent() const { return !transient(); }
  /// "GLM-6005: `amount` holds text ... (at /data/lines/0/net); write ..."
  std::string to_text() const;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string help = {}, SourceRef where = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(help), std::move(where)});
}

/// A user's text for a message: in back-ticks, cut between characters after `bytes_max`, control characters and bytes
/// that are not UTF-8 shown as `?`, so that a message is always one line of UTF-8.
std::string in_backticks(std::string_view text, std::size_t bytes_max = 60);

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

/// We are wrong, not the user: on in every build, stops the process.
#define GLMAP_ASSERT(expression)                                  \
  do {                                                            \
    if (!(expression)) [[unlikely]]                               \
      ::glmap::assertion_failed(#expression, __FILE__, __LINE__); \
  } while (false)

/// Returns the error of `expression` from the enclosing function, or binds its value to `name`.
#define GLMAP_TRY(name, expression)                                             \
  auto name##_result = (expression);                                            \
  if (!name##_result) return std::unexpected(std::move(name##_result).error()); \
  auto&& name = *name##_result

#define GLMAP_CHECK(expression)                                                                    \
  do {                                                                                             \
    if (auto status_ = (expression); !status_) return std::unexpected(std::move(status_).error()); \
  } while (false)

}  // namespace glmap
