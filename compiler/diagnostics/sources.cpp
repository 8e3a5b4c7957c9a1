// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/diagnostics/diagnostic.hpp"

namespace glmap::diagnostics {

void Sources::add(std::string file, std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::vector<std::size_t> starts{0};
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
    starts.push_back(at + 1);
  line_starts_.insert_or_assign(file, std::move(starts));
  files_.insert_or_assign(std::move(file), std::move(text));
}

const std::string* Sources::text(std::string_view file) const {
  auto found = files_.find(file);
  return found == files_.end() ? nullptr : &found->second;
}

std::string_view Sources::line(std::string_view file, std::uint32_t line) const {
  auto text = files_.find(file);
  if (text == files_.end() || line == 0) return {};
  const std::vector<std::size_t>& starts = line_starts_.find(file)->second;
  if (line > starts.size()) return {};
  const std::size_t from = starts[line - 1];
  const std::size_t until = line < starts.size() ? starts[line] - 1 : text->second.size();
  std::string_view content = std::string_view(text->second).substr(from, until - from);
  if (content.ends_with('\r')) content.remove_suffix(1);
  return content;
}

}  // namespace glmap::diagnostics
