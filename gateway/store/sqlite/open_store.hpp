// SPDX-License-Identifier: Apache-2.0
// Opening the SQLite store with everything that can be set; the plain form is open_sqlite_store() in store.hpp.
#pragma once

#include <memory>
#include <string>

#include "gateway/store/sqlite/key_index.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::store {

struct SqliteOptions {
  std::string path;
  std::string vfs;   // name of a registered SQLite VFS; "" = the operating system's. Simulated disks come in here.
  bool lock = true;  // refuse a second process on the same file
  int checkpoint_pages = 4'096;  // of the write-ahead log, before they are brought into the database: 32 MB
  KeyIndexSettings keys;         // smaller in tests, so that few events make many runs
};

/// Errors: GLM-8001 cannot be opened or is in use by another process, GLM-8003 written by a newer version,
/// GLM-8004 not a store.
Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteOptions& options);

/// "3.40.1": the SQLite library in use. Only one connection writes and checkpoints, which also keeps the versions with
/// the WAL-reset fault (before 3.51.3) safe.
std::string sqlite_version();

}  // namespace glmap::gateway::store
