// SPDX-License-Identifier: Apache-2.0
// One file of entries in parts. A part that somebody took away to import (`<part>.taken` stands beside it) is closed
// for ever: what comes later goes to the next part, so that nobody imports a line twice or misses one. An entry is
// looked for in all parts. Threading: one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gateway/connectors/file/entry_file.hpp"
#include "gateway/connectors/file/format.hpp"

namespace glmap::gateway::connectors::file {

class EntrySeries {
 public:
  /// Opens the parts that are there; makes the first when there is none. Errors: those of EntryFile::open.
  static Result<EntrySeries> open(const std::string& path, const std::string& head, const Format& format);

  /// The entry's lines, in whichever part; nothing when it is in none. Errors: GLM-9009.
  Result<std::optional<std::string>> find(const std::string& reference) const;
  /// The number after the last of a series.
  std::uint64_t next_number(const std::string& series) const;
  /// Durable when this returns success. Errors: those of EntryFile::append and open.
  Status append(const std::string& reference, const std::string& series, const std::string& lines);

 private:
  EntrySeries(std::string path, std::string head) : path_(std::move(path)), head_(std::move(head)) {}
  std::string part_path(std::size_t part) const;
  Status add_part();
  Status count(const Format& format);

  std::string path_;
  std::string head_;
  std::vector<EntryFile> parts_;
  std::map<std::string, std::uint64_t> last_number_;
};

}  // namespace glmap::gateway::connectors::file
