// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/backup.hpp"

#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "gateway/store/sqlite/database.hpp"

namespace glmap::gateway::store {

namespace {

Status sync_file(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (synced) return {};
  return fail(ErrorCode::StoreUnavailable, "`" + path + "` cannot be synced", "make the backup again on another disk");
}

}  // namespace

Status backup_sqlite_store(const std::string& path, const std::string& to) {
  if (!std::filesystem::exists(path)) return fail(ErrorCode::StoreUnavailable, "there is no store `" + path + "`");
  if (std::filesystem::exists(to)) {
    return fail(ErrorCode::StoreUnavailable, "`" + to + "` is there already", "name a file that is not there yet");
  }
  const std::string half = to + ".part";
  std::filesystem::remove(half);
  GLMAP_TRY(database, Database::open(path, "", OpenMode::reader));
  GLMAP_CHECK(database.execute("PRAGMA query_only = OFF"));  // of the copy it must write the file
  GLMAP_TRY(copy, database.prepare("VACUUM INTO ?1"));
  GLMAP_CHECK(copy.text(1, half).run());
  GLMAP_CHECK(sync_file(half, O_RDONLY));
  std::error_code failed;
  std::filesystem::rename(half, to, failed);
  if (failed) return fail(ErrorCode::StoreUnavailable, "`" + to + "` cannot be written: " + failed.message());
  const std::string folder = std::filesystem::path(to).parent_path().string();
  return sync_file(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
}

}  // namespace glmap::gateway::store
