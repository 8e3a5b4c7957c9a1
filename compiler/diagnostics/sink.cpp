// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <tuple>

#include "compiler/diagnostics/diagnostic.hpp"

namespace glmap::diagnostics {

std::string_view to_text(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  GLMAP_ASSERT(false);
}

void Sink::report(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::error) ++errors_;
  all_.push_back(std::move(diagnostic));
}

void Sink::error(ErrorCode code, Span primary, std::string message, std::string help) {
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.primary = std::move(primary);
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  report(std::move(diagnostic));
}

std::vector<Diagnostic> Sink::sorted() const {
  std::vector<Diagnostic> result;
  // Two checks may find the same fault at the same place; the reader needs it once.
  std::set<std::tuple<std::string, std::uint32_t, std::uint32_t, std::string, ErrorCode, std::string>> seen;
  for (const Diagnostic& diagnostic : all_) {
    const SourceRef& where = diagnostic.primary.where;
    if (seen.emplace(where.file, where.line, where.column, where.pointer, diagnostic.code, diagnostic.message).second) {
      result.push_back(diagnostic);
    }
  }
  std::stable_sort(result.begin(), result.end(), [](const Diagnostic& a, const Diagnostic& b) {
    const SourceRef& left = a.primary.where;
    const SourceRef& right = b.primary.where;
    return std::tie(left.file, left.line, left.column) < std::tie(right.file, right.line, right.column);
  });
  return result;
}

}  // namespace glmap::diagnostics
