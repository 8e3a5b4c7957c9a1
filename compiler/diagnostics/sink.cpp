// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
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

void Sink::fold_names() {
  constexpr std::size_t kPlacesMax = 4;
  const auto is_name = [](ErrorCode code) {
    return code >= ErrorCode::UnknownName && code < ErrorCode::WrongType && code != ErrorCode::DuplicateName &&
           code != ErrorCode::AmbiguousName;
  };
  std::map<std::tuple<ErrorCode, std::string, std::string>, std::vector<std::size_t>> same;
  for (std::size_t i = 0; i < all_.size(); ++i)
    if (is_name(all_[i].code) && !all_[i].help.starts_with("did you mean"))
      same[{all_[i].code, all_[i].message, all_[i].help}].push_back(i);
  std::vector<bool> folded(all_.size(), false);
  for (const auto& [key, found] : same) {
    if (found.size() < 2) continue;
    std::string places;
    for (std::size_t i = 1; i < found.size(); ++i) {
      folded[found[i]] = true;
      const SourceRef& where = all_[found[i]].primary.where;
      if (i <= kPlacesMax) places += (i == 1 ? "" : ", ") + where.file + ":" + std::to_string(where.line);
    }
    if (found.size() - 1 > kPlacesMax) places += " and " + std::to_string(found.size() - 1 - kPlacesMax) + " more";
    Diagnostic& first = all_[found.front()];
    first.message += "; it is used in " + std::to_string(found.size()) + " places";
    first.notes.push_back("also in " + places);
  }
  std::vector<Diagnostic> kept;
  for (std::size_t i = 0; i < all_.size(); ++i)
    if (!folded[i]) kept.push_back(std::move(all_[i]));
  all_ = std::move(kept);
  errors_ = static_cast<std::size_t>(
      std::count_if(all_.begin(), all_.end(), [](const Diagnostic& one) { return one.severity == Severity::error; }));
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
