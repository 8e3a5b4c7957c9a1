// SPDX-License-Identifier: Apache-2.0
// A text file to which whole entries are appended and never changed, beside an index that says what is whole:
// `<path>` holds the text, `<path>.index` one line an entry (reference, offset, length, digest), written after the text
// is on disk. The index line is the commit. Bytes behind the last indexed entry are the half of an entry that a crash
// left; opening moves them to `<path>.cut` and shortens the file. An entry that was edited by hand no longer matches
// its digest and is reported, not repaired. Threading: one thread; a lock keeps a second process out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/runtime/base/error.hpp"
#include "gateway/platform/files.hpp"

namespace glmap::gateway::connectors::file {

using platform::Descriptor;

struct IndexedEntry {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::string digest;  // sha256 of the text, hex
};

class EntryFile {
 public:
  /// Creates the file with `head` as its first text, or opens it and repairs its tail.
  /// Errors: GLM-9001 the disk does not let us, GLM-9012 the text stands there without its index or is shorter than the
  /// index says, or another process holds it.
  static Result<EntryFile> open(const std::string& path, std::string_view head);

  const IndexedEntry* find(const std::string& reference) const;
  /// The entry's text, on disk when this returns success. After an error the file must be opened again.
  /// Errors: GLM-9002: whether it was written is not known.
  Status append(const std::string& reference, std::string_view text);
  /// The text of an entry as it stands in the file now. Errors: GLM-9009 it no longer matches its digest.
  Result<std::string> read(const IndexedEntry& entry) const;
  /// The text of each entry, in no order. Errors: those of read.
  Status each(const std::function<void(std::string_view)>& use) const;

 private:
  EntryFile() = default;
  Status read_index(const std::string& index_path);
  Status repair_tail();

  std::string path_;
  Descriptor text_;
  Descriptor index_;
  std::uint64_t end_ = 0;  // of the last indexed entry
  std::map<std::string, IndexedEntry, std::less<>> entries_;
};

/// Writes a whole small file by way of a temporary one, so that it is never seen half. Errors: GLM-9001.
Status write_whole_file(const std::string& path, std::string_view content);
/// Errors: GLM-9001; nothing when there is no such file.
Result<std::optional<std::string>> read_whole_file(const std::string& path);

}  // namespace glmap::gateway::connectors::file
