// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/store_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace glmap::gateway::store {

Result<StoreFile> StoreFile::take(const std::string& path, std::uint64_t free_bytes_min) {
  StoreFile file;
  std::error_code unknown;
  const auto real = std::filesystem::weakly_canonical(path, unknown);
  file.path_ = unknown ? path : real.string();
  file.free_bytes_min_ = free_bytes_min;
  GLMAP_CHECK(file.has_space());
  file.locked_ = platform::Descriptor(::open(file.path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (file.locked_.get() < 0) {
    return fail(ErrorCode::StoreUnavailable, "the store `" + path + "` cannot be opened: " + std::strerror(errno),
                errno == ENOSPC || errno == EDQUOT ? "make space on the store's disk, then start glmapd again"
                                                   : "check that the directory exists and that glmapd may write to it");
  }
  if (::flock(file.locked_.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::StoreUnavailable, "the store `" + path + "` is in use by another process",
                "stop the other glmapd, or give this one another store");
  }
  struct stat info{};
  GLMAP_ASSERT(::fstat(file.locked_.get(), &info) == 0);
  file.file_ = {info.st_dev, info.st_ino};
  GLMAP_CHECK(file.still_in_place());  // it may have been replaced between opening and locking
  return file;
}

Status StoreFile::watch_log() {
  if (identify(path_ + "-wal", log_)) return {};
  return fail(ErrorCode::StoreFailed, "the store's log `" + path_ + "-wal` is not there: " + std::strerror(errno),
              "check who deletes files beside the store, then start glmapd again");
}

Status StoreFile::still_in_place() const {
  GLMAP_CHECK(same_file(path_, file_));
  if (log_ == Identity{}) return {};
  return same_file(path_ + "-wal", log_);
}

Status StoreFile::has_space() const {
  const auto free = platform::free_bytes_at(path_);
  if (!free || *free >= free_bytes_min_) return {};
  return fail(ErrorCode::StoreUnavailable,
              "the disk of the store `" + path_ + "` has " + std::to_string(*free >> 10) + " KiB left, " +
                  std::to_string(free_bytes_min_ >> 10) + " KiB are kept free",
              "make space on the store's disk: delete what does not belong to the store, or enlarge it; never delete "
              "`-wal` or `-shm`");
}

bool StoreFile::identify(const std::string& path, Identity& into) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return false;
  into = {info.st_dev, info.st_ino};
  return true;
}

Status StoreFile::same_file(const std::string& path, const Identity& expected) const {
  Identity seen;
  const bool there = identify(path, seen);
  if (there && seen == expected) return {};
  return fail(ErrorCode::StoreFailed,
              "`" + path + "` was " + (there ? "replaced" : "deleted") + " while glmapd had it open",
              "what was not acknowledged is not recorded; find out who touches the store's files, put back what was "
              "moved or restore the backup, then start glmapd again");
}

}  // namespace glmap::gateway::store
