// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/file/entry_series.hpp"

#include <unistd.h>

namespace glmap::gateway::connectors::file {

namespace {

bool is_there(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

}  // namespace

/// entries.csv, entries.2.csv, entries.3.csv ...
std::string EntrySeries::part_path(std::size_t part) const {
  if (part == 1) return path_;
  const std::size_t dot = path_.rfind('.');
  return path_.substr(0, dot) + "." + std::to_string(part) + path_.substr(dot);
}

Status EntrySeries::add_part() {
  GLMAP_TRY(part, EntryFile::open(part_path(parts_.size() + 1), head_));
  parts_.push_back(std::move(part));
  return {};
}

Result<EntrySeries> EntrySeries::open(const std::string& path, const std::string& head, const Format& format) {
  EntrySeries out(path, head);
  do {
    GLMAP_CHECK(out.add_part());
  } while (is_there(out.part_path(out.parts_.size() + 1)));
  if (format.series_in) GLMAP_CHECK(out.count(format));
  return out;
}

Status EntrySeries::count(const Format& format) {
  for (const EntryFile& part : parts_) {
    GLMAP_CHECK(part.each([&](std::string_view lines) {
      const auto stamp = format.stamp_of(lines);
      if (!stamp) return;
      std::uint64_t& last = last_number_[format.series_in(lines)];
      last = std::max(last, stamp->number);
    }));
  }
  return {};
}

Result<std::optional<std::string>> EntrySeries::find(const std::string& reference) const {
  for (const EntryFile& part : parts_) {
    if (const IndexedEntry* entry = part.find(reference)) {
      GLMAP_TRY(text, part.read(*entry));
      return std::optional(std::move(text));
    }
  }
  return std::optional<std::string>();
}

std::uint64_t EntrySeries::next_number(const std::string& series) const {
  const auto known = last_number_.find(series);
  return known == last_number_.end() ? 1 : known->second + 1;
}

Status EntrySeries::append(const std::string& reference, const std::string& series, const std::string& lines) {
  if (is_there(part_path(parts_.size()) + ".taken")) GLMAP_CHECK(add_part());
  GLMAP_CHECK(parts_.back().append(reference, lines));
  ++last_number_[series];
  return {};
}

}  // namespace glmap::gateway::connectors::file
