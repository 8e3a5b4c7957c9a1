// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/event_files.hpp"

#include "compiler/driver/files.hpp"

namespace glmap::driver {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// NDJSON: a first line that is a whole value, followed by another line with something on it.
bool looks_like_lines(const std::string& path, std::string_view text) {
  if (path.ends_with(".ndjson") || path.ends_with(".jsonl")) return true;
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || text[start] != '{') return false;
  const std::size_t end = text.find('\n', start);
  if (end == std::string_view::npos || is_blank(text.substr(end))) return false;
  return parse_json(text.substr(start, end - start)).has_value();
}

std::vector<FileEvent> read_lines(const std::string& path, std::string_view text) {
  std::vector<FileEvent> events;
  std::uint32_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (!is_blank(line)) events.push_back({parse_json(line), {path, number, 1, {}}});
  }
  return events;
}

}  // namespace

Result<std::vector<FileEvent>> read_event_file(const std::string& path) {
  GLMAP_TRY(text, read_file(path));
  if (looks_like_lines(path, text)) return read_lines(path, text);
  auto json = parse_json(text);
  if (!json) {
    Error error = std::move(json).error();
    error.where.file = path;
    return std::unexpected(std::move(error));
  }
  std::vector<FileEvent> events;
  if (Json::Array* array = json->as_array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      events.push_back({std::move((*array)[i]), {path, 1, 1, "/" + std::to_string(i)}});
  } else {
    events.push_back({std::move(*json), {path, 1, 1, {}}});
  }
  return events;
}

}  // namespace glmap::driver
