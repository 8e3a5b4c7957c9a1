// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/durable_log.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include <sqlite3.h>

namespace glmap::gateway::store {

namespace {

// SQLite's VFS for UNIX takes the lowest 17 bits of a size only: 1 MiB would be nothing, and "the disk is full".
constexpr sqlite3_int64 kChunk = 1 << 16;

std::unexpected<Error> failed(const std::string& name, const char* doing, int code) {
  return fail(ErrorCode::StoreFailed,
              "the store's log `" + name + "` cannot be " + doing + " (SQLite " + std::to_string(code) + ")",
              "check the disk, then start glmapd again; nothing that was acknowledged is lost");
}

/// An open file of the VFS, closed at the end.
class LogFile {
 public:
  explicit LogFile(sqlite3_vfs* vfs) : memory_(static_cast<std::size_t>(vfs->szOsFile)) {}
  ~LogFile() {
    if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
  }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }
  const sqlite3_io_methods& methods() { return *file()->pMethods; }

 private:
  std::vector<std::max_align_t> memory_;  // zeroed, larger than needed
};

struct FreeName {
  void operator()(char* name) const { sqlite3_free_filename(name); }
};

}  // namespace

Status make_log_durable(const std::string& path, const std::string& vfs_name) {
  sqlite3_vfs* vfs = sqlite3_vfs_find(vfs_name.empty() ? nullptr : vfs_name.c_str());
  const std::string log = path + "-wal";
  int there = 0;
  if (vfs == nullptr || vfs->xAccess(vfs, log.c_str(), SQLITE_ACCESS_EXISTS, &there) != SQLITE_OK || there == 0)
    return {};
  // The form of name that a VFS expects: what stands behind the text belongs to it.
  const std::unique_ptr<char, FreeName> name(
      const_cast<char*>(sqlite3_create_filename(path.c_str(), "", log.c_str(), 0, nullptr)));
  LogFile wal(vfs);
  // CREATE, although it is there: so asked, a VFS makes the file's name durable with the first sync.
  int code = vfs->xOpen(vfs, sqlite3_filename_wal(name.get()), wal.file(),
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_WAL, nullptr);
  if (code != SQLITE_OK) return failed(log, "opened", code);
  sqlite3_int64 size = 0;
  code = wal.methods().xFileSize(wal.file(), &size);
  if (code != SQLITE_OK) return failed(log, "read", code);
  std::vector<char> bytes(static_cast<std::size_t>(std::min(size, kChunk)));
  for (sqlite3_int64 at = 0; at < size; at += kChunk) {
    const int count = static_cast<int>(std::min(size - at, kChunk));
    code = wal.methods().xRead(wal.file(), bytes.data(), count, at);
    if (code != SQLITE_OK) return failed(log, "read", code);
    code = wal.methods().xWrite(wal.file(), bytes.data(), count, at);
    if (code != SQLITE_OK) return failed(log, "written", code);
  }
  code = wal.methods().xSync(wal.file(), SQLITE_SYNC_FULL);
  if (code != SQLITE_OK) return failed(log, "synced", code);
  return {};
}

}  // namespace glmap::gateway::store
