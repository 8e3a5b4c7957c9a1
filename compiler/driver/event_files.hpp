// SPDX-License-Identifier: Apache-2.0
// Billing events from files: one CloudEvent, an array of them, or one a line (NDJSON), read in pieces: a file of lines
// may have any size. Single-threaded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/files.hpp"
#include "compiler/runtime/base/json_document.hpp"

namespace glmap::driver {

/// Every event of a file in order; one that cannot be read is an error of its own and does not stop the others.
class EventFile {
 public:
  /// Errors: GLM-1009 the file, GLM-1003 a file that is not of lines above 512 MiB, GLM-6001 an array or object that
  /// cannot be read.
  static Result<EventFile> open(const std::string& path);

  /// Goes to the next event; false behind the last. Errors: GLM-1009.
  Result<bool> next();
  /// The event, until the next one is asked for. Errors: GLM-6001..6003.
  const Result<JsonView>& event();
  /// Its text, for who may not need to have it read; kJsonPadding bytes behind it can be read. Empty in a file that is
  /// not of lines.
  std::string_view text() const { return text_; }
  /// File and line of the event.
  SourceRef where() const;

 private:
  EventFile(std::string path, FileReader reader) : path_(std::move(path)), reader_(std::move(reader)) {}
  std::string_view unread() const { return std::string_view(buffer_).substr(begin_, end_ - begin_); }
  Result<bool> fill();
  Status look_at_the_front();
  Status read_whole();
  Result<bool> next_line();
  Result<bool> skip_long_line();

  std::string path_;
  FileReader reader_;
  std::string buffer_;  // [begin_, end_): read from the file and not yet used
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;  // of the file
  bool lines_ = false;
  std::uint32_t line_ = 0;
  JsonDocument document_;
  std::string_view text_;
  bool is_read_ = false;  // the text, into event_
  Result<JsonView> event_ = JsonView();
  // Of a file that is not of lines:
  std::vector<JsonView> elements_;
  std::size_t taken_ = 0;
  bool is_array_ = false;
};

}  // namespace glmap::driver
