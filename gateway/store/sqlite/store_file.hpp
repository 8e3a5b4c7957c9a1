// SPDX-License-Identifier: Apache-2.0
// The file of a SQLite store as the operating system knows it. Locked is the file itself, not its name: neither a link
// to it nor a lock file that somebody deletes lets a second process in. Watched is that it, and its log, still stand
// under their names: what is written into a deleted file is gone when the process ends. One thread at a time, but
// `still_in_place` and `has_space` from any.
#pragma once

#include <cstdint>
#include <string>

#include "compiler/runtime/base/error.hpp"
#include "gateway/platform/files.hpp"

namespace glmap::gateway::store {

class StoreFile {
 public:
  /// Creates the file if it is not there, and locks it. `free_bytes_min`: what the disk must have left.
  /// Errors: GLM-8001 no such folder, not allowed, another process has it, or the disk is full.
  static Result<StoreFile> take(const std::string& path, std::uint64_t free_bytes_min);

  /// Without links: where the log stands beside it.
  const std::string& path() const { return path_; }
  /// From now on the log is watched, too. To be called when SQLite has opened it.
  Status watch_log();
  /// Errors: GLM-8002 the file or its log was deleted or replaced under us.
  Status still_in_place() const;
  /// Errors: GLM-8001 less is free than was asked for.
  Status has_space() const;

 private:
  /// Which file it is, whatever its name.
  struct Identity {
    std::uint64_t device = 0, number = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
  };
  static bool identify(const std::string& path, Identity& into);
  Status same_file(const std::string& path, const Identity& expected) const;

  std::string path_;
  std::uint64_t free_bytes_min_ = 0;
  /// Open, and locked, for as long as SQLite has the file: closing it would drop SQLite's own locks.
  platform::Descriptor locked_;
  Identity file_, log_;
};

}  // namespace glmap::gateway::store
