// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/base/error.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "compiler/runtime/base/utf8.hpp"

namespace glmap {
namespace {

enum class Retry { permanent, transient };

struct CodeInfo {
  ErrorCode code;
  std::string_view title;
  Retry retry;
};

constexpr CodeInfo kCodes[] = {
#define GLMAP_CODE(number, name, title, retry) {ErrorCode::name, title, Retry::retry},
#include "compiler/runtime/base/error_codes.def"
#undef GLMAP_CODE
};

const CodeInfo* find(ErrorCode code) {
  for (const CodeInfo& info : kCodes)
    if (info.code == code) return &info;
  return nullptr;
}

}  // namespace

std::string code_text(ErrorCode code) {
  return "GLM-" + std::to_string(static_cast<unsigned>(code));
}

std::string_view code_title(ErrorCode code) {
  const CodeInfo* info = find(code);
  GLMAP_ASSERT(info != nullptr);
  return info->title;
}

std::optional<ErrorCode> parse_code(std::string_view text) {
  if (text.size() == 8 && (text.starts_with("GLM-") || text.starts_with("glm-"))) text.remove_prefix(4);
  unsigned number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > 9999) return std::nullopt;
  const auto code = static_cast<ErrorCode>(number);
  if (find(code) == nullptr) return std::nullopt;
  return code;
}

bool is_transient(ErrorCode code) {
  const CodeInfo* info = find(code);
  GLMAP_ASSERT(info != nullptr);
  return info->retry == Retry::transient;
}

std::string Error::to_text() const {
  std::string text = code_text(code) + ": " + message;
  if (!where.pointer.empty()) text += " (at " + where.pointer + ")";
  if (!where.file.empty()) {
    text += " (" + where.file;
    if (where.line != 0) text += ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
    text += ")";
  }
  if (!help.empty()) text += "; " + help;
  return text;
}

std::string in_backticks(std::string_view text, std::size_t bytes_max) {
  std::string shown = "`";
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = utf8_length(text, at);
    const std::size_t taken = length == 0 ? 1 : length;
    if (at + taken > bytes_max) break;
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool c1 = byte == 0xC2 && length == 2 && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    if (length == 0 || byte < 0x20 || byte == 0x7F || c1) {
      shown += '?';
    } else {
      shown += text.substr(at, length);
    }
    at += taken;
  }
  if (at < text.size()) shown += "...";
  return shown += '`';
}

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "glmap: internal fault: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace glmap
