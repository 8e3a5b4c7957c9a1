// SPDX-License-Identifier: Apache-2.0
// Opening the SQLite store with everything that can be set; the plain form is open_sqlite_store() in store.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/store/sqlite/key_index.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::store {

struct SqliteOptions {
  std::string path;
  std::string vfs;  // name of a registered SQLite VFS; "" = the operating system's. Simulated disks come in here.
  /// Refuse a second process on the same file, notice when it is deleted or replaced, keep the mark of what was
  /// acknowledged, look at a small store as a whole before it is used. Not on simulated disks.
  bool lock = true;
  int checkpoint_pages = 4'096;  // of the write-ahead log, before they are brought into the database: 32 MB
  std::uint64_t free_bytes_min = std::uint64_t{8} << 20;       // left on the disk; below, no event is taken
  std::uint64_t verified_bytes_max = std::uint64_t{16} << 20;  // a store up to this size is verified when it is opened
  KeyIndexSettings keys;                                       // smaller in tests, so that few events make many runs
};

/// Errors: GLM-8001 cannot be opened or is in use by another process, GLM-8003 written by a newer version,
/// GLM-8004 not a store.
Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteOptions& options);

/// "3.40.1": the SQLite library in use. Only one connection writes and checkpoints, which also keeps the versions with
/// the WAL-reset fault (before 3.51.3) safe.
std::string sqlite_version();

}  // namespace glmap::gateway::store
