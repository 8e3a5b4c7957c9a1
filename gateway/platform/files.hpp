// SPDX-License-Identifier: Apache-2.0
// What programs that must not lose a file do with descriptors and folders. No errors of its own: whoever calls knows
// what the failure means. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace glmap::gateway::platform {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

/// Makes the names in the folder of `path` durable: of a file that was created, renamed or removed. False and errno
/// when the disk does not.
bool sync_folder_of(const std::string& path);

/// Bytes that a user without privileges may still write on the disk of `path`; nothing when nobody can tell.
std::optional<std::uint64_t> free_bytes_at(const std::string& path);

}  // namespace glmap::gateway::platform
