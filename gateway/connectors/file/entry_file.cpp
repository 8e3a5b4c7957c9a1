// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/file/entry_file.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/runtime/base/digest.hpp"

namespace glmap::gateway::connectors::file {

namespace {

std::unexpected<Error> disk_error(const std::string& path, std::string_view doing) {
  return fail(ErrorCode::ErpUnreachable,
              "file `" + path + "` cannot be " + std::string(doing) + ": " + std::strerror(errno));
}

bool write_at(int fd, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
    offset += static_cast<std::uint64_t>(wrote);
  }
  return true;
}

std::optional<std::string> read_at(int fd, std::uint64_t offset, std::uint64_t length) {
  std::string out(length, '\0');
  std::size_t done = 0;
  while (done < length) {
    const ssize_t got = ::pread(fd, out.data() + done, length - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    done += static_cast<std::size_t>(got);
  }
  return out;
}

std::optional<std::uint64_t> size_of(int fd) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(info.st_size);
}

/// Takes the next word of `line`.
std::string_view next_word(std::string_view& line) {
  const std::size_t blank = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, blank);
  line.remove_prefix(std::min(blank + 1, line.size()));
  return word;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t out = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

constexpr std::string_view kHeadName = "-";  // the reference under which the head of the file is indexed

}  // namespace

Result<EntryFile> EntryFile::open(const std::string& path, std::string_view head) {
  EntryFile out;
  out.path_ = path;
  const std::string index_path = path + ".index";
  out.text_ = Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (out.text_.get() < 0) return disk_error(path, "opened");
  out.index_ = Descriptor(::open(index_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (out.index_.get() < 0) return disk_error(index_path, "opened");
  if (::flock(out.index_.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::ErpUnreachable, "file `" + path + "` is being written by another process");
  }
  if (!platform::sync_folder_of(path)) return disk_error(path, "synced in its folder");
  GLMAP_CHECK(out.read_index(index_path));
  GLMAP_CHECK(out.repair_tail());
  if (out.entries_.empty() && !head.empty()) {
    if (Status written = out.append(std::string(kHeadName), head); !written) {
      return fail(ErrorCode::ErpUnreachable, written.error().message);
    }
  }
  return out;
}

Status EntryFile::read_index(const std::string& index_path) {
  const auto size = size_of(index_.get());
  const auto content = size ? read_at(index_.get(), 0, *size) : std::nullopt;
  if (!content) return disk_error(index_path, "read");
  std::string_view rest = *content;
  std::uint64_t kept = 0;
  while (true) {
    const std::size_t newline = rest.find('\n');
    if (newline == std::string_view::npos) break;  // a half line: its entry was not committed
    std::string_view line = rest.substr(0, newline);
    const std::string reference(next_word(line));
    const auto offset = number(next_word(line));
    const auto length = number(next_word(line));
    if (!offset || !length || *offset != end_ || line.size() != 64) {
      return fail(ErrorCode::BadConfiguration, "file `" + index_path + "` is not an index this program wrote");
    }
    entries_[reference] = IndexedEntry{*offset, *length, std::string(line)};
    end_ = *offset + *length;
    rest.remove_prefix(newline + 1);
    kept += newline + 1;
  }
  if (kept != *size && ::ftruncate(index_.get(), static_cast<off_t>(kept)) != 0) {
    return disk_error(index_path, "shortened");
  }
  return {};
}

Status EntryFile::repair_tail() {
  const auto size = size_of(text_.get());
  if (!size) return disk_error(path_, "read");
  if (*size < end_) {
    return fail(ErrorCode::BadConfiguration,
                "file `" + path_ + "` is shorter than its index says: entries are missing at its end",
                "restore the file from its backup");
  }
  if (*size == end_) return {};
  if (entries_.empty() && *size > (std::uint64_t{1} << 20)) {
    return fail(ErrorCode::BadConfiguration, "file `" + path_ + "` holds entries but its index is gone",
                "restore `" + path_ + ".index` from its backup");
  }
  const auto tail = read_at(text_.get(), end_, *size - end_);
  if (!tail) return disk_error(path_, "read");
  const std::string cut_path = path_ + ".cut";
  const Descriptor cut(::open(cut_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640));
  if (cut.get() < 0 || ::write(cut.get(), tail->data(), tail->size()) != static_cast<ssize_t>(tail->size()) ||
      ::fsync(cut.get()) != 0) {
    return disk_error(cut_path, "written");
  }
  if (::ftruncate(text_.get(), static_cast<off_t>(end_)) != 0 || ::fsync(text_.get()) != 0) {
    return disk_error(path_, "shortened");
  }
  return {};
}

const IndexedEntry* EntryFile::find(const std::string& reference) const {
  const auto found = entries_.find(reference);
  return found == entries_.end() ? nullptr : &found->second;
}

Status EntryFile::append(const std::string& reference, std::string_view text) {
  const IndexedEntry entry{end_, text.size(), sha256_hex(text)};
  const std::string line =
      reference + " " + std::to_string(entry.offset) + " " + std::to_string(entry.length) + " " + entry.digest + "\n";
  const auto index_end = size_of(index_.get());
  if (!index_end || !write_at(text_.get(), text, end_) || ::fdatasync(text_.get()) != 0 ||
      !write_at(index_.get(), line, *index_end) || ::fdatasync(index_.get()) != 0) {
    return fail(ErrorCode::ErpUnclear, "file `" + path_ + "` cannot be written: " + std::strerror(errno));
  }
  entries_[reference] = entry;
  end_ += text.size();
  return {};
}

Result<std::string> EntryFile::read(const IndexedEntry& entry) const {
  auto text = read_at(text_.get(), entry.offset, entry.length);
  if (!text || sha256_hex(*text) != entry.digest) {
    return fail(ErrorCode::ErpDiffers, "file `" + path_ + "` was changed at byte " + std::to_string(entry.offset) +
                                           " after the entry was written");
  }
  return std::move(*text);
}

Status EntryFile::each(const std::function<void(std::string_view)>& use) const {
  for (const auto& [reference, entry] : entries_) {
    if (reference == kHeadName) continue;
    GLMAP_TRY(text, read(entry));
    use(text);
  }
  return {};
}

Status write_whole_file(const std::string& path, std::string_view content) {
  const std::string temporary = path + ".new";
  const Descriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
  if (fd.get() < 0 || !write_at(fd.get(), content, 0) || ::fsync(fd.get()) != 0) {
    return disk_error(temporary, "written");
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return disk_error(path, "replaced");
  if (!platform::sync_folder_of(path)) return disk_error(path, "synced in its folder");
  return {};
}

Result<std::optional<std::string>> read_whole_file(const std::string& path) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0 && errno == ENOENT) return std::optional<std::string>();
  const auto size = fd.get() < 0 ? std::nullopt : size_of(fd.get());
  auto content = size ? read_at(fd.get(), 0, *size) : std::nullopt;
  if (!content) return disk_error(path, "read");
  return content;
}

}  // namespace glmap::gateway::connectors::file
