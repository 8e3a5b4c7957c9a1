// SPDX-License-Identifier: Apache-2.0
// Files of the user: reading, listing, writing at once. The only place under compiler/ that touches a disk.
#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap::driver {

/// "-" is standard input. Errors: GLM-1009, GLM-1003 above 512 MiB.
Result<std::string> read_file(const std::string& path);

/// A file that is read from the front in pieces, so that its size does not matter.
class FileReader {
 public:
  /// "-" is standard input. Errors: GLM-1009.
  static Result<FileReader> open(const std::string& path);
  /// Reads up to `room` bytes to `to`; 0 at the end. Errors: GLM-1009.
  Result<std::size_t> read(char* to, std::size_t room);

 private:
  struct Close {
    void operator()(std::FILE* file) const;
  };
  FileReader(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
};

/// Names (not paths) of the regular files in `directory` that end in `suffix`, sorted by bytes. Errors: GLM-1009.
Result<std::vector<std::string>> list_files(const std::string& directory, std::string_view suffix);
/// Writes beside and renames, so that a reader never sees half a file. "-" is standard output. Errors: GLM-1009.
Status write_file(const std::string& path, std::string_view text);

/// The directory a book is in, whether the user gave the directory or its book.glmap.
std::string book_directory(const std::string& book);
/// A file that the book names, relative to its directory. Errors: GLM-1009, also for an absolute path or one with `..`.
Result<std::string> read_book_file(const std::string& directory, const std::string& path);

}  // namespace glmap::driver
