// SPDX-License-Identifier: Apache-2.0
#include "gateway/platform/files.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace glmap::gateway::platform {

namespace {

std::string folder_of(const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  return folder.empty() ? "." : folder;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.fd_;
    other.fd_ = -1;
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

bool sync_folder_of(const std::string& path) {
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.get() >= 0 && ::fsync(folder.get()) == 0;
}

std::optional<std::uint64_t> free_bytes_at(const std::string& path) {
  struct statvfs disk{};
  if (::statvfs(folder_of(path).c_str(), &disk) != 0) return std::nullopt;
  return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

}  // namespace glmap::gateway::platform
