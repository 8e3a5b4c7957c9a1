// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/backup.hpp"

#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "gateway/platform/files.hpp"
#include "gateway/store/sqlite/database.hpp"

namespace glmap::gateway::store {

namespace {

std::unexpected<Error> not_synced(const std::string& path) {
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
  const platform::Descriptor written(::open(half.c_str(), O_RDONLY | O_CLOEXEC));
  if (written.get() < 0 || ::fsync(written.get()) != 0) return not_synced(half);
  std::error_code failed;
  std::filesystem::rename(half, to, failed);
  if (failed) return fail(ErrorCode::StoreUnavailable, "`" + to + "` cannot be written: " + failed.message());
  if (!platform::sync_folder_of(to)) return not_synced(to);
  return {};
}

}  // namespace glmap::gateway::store
