// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/acknowledged_mark.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "compiler/runtime/base/digest.hpp"
#include "gateway/store/sqlite/log_damage.hpp"

namespace glmap::gateway::store {

namespace {

constexpr std::size_t kDigits = 19, kSumDigits = 16;
constexpr std::string_view kEvents = "events ", kChanges = " changes ", kSum = " sum ";

std::string padded(std::int64_t value) {
  const std::string digits = std::to_string(value);
  return std::string(kDigits - digits.size(), '0') + digits;
}

/// Of one length always, so that it is overwritten in place and within one sector.
std::string text_of(const Acknowledged& mark) {
  const std::string text = std::string(kEvents) + padded(mark.events) + std::string(kChanges) + padded(mark.changes);
  return text + std::string(kSum) + sha256_hex(text).substr(0, kSumDigits) + "\n";
}

std::int64_t number_at(std::string_view text, std::size_t at) {
  std::int64_t value = -1;
  std::from_chars(text.data() + at, text.data() + at + kDigits, value);
  return value;
}

std::unexpected<Error> unreadable(const std::string& name) {
  return fail(ErrorCode::StoreCorrupt,
              "`" + name + "`, which says how much was acknowledged, does not match its own sum",
              "run glmapd verify; when the store holds, delete that file and start glmapd again");
}

}  // namespace

std::string acknowledged_name(const std::string& store) {
  return store + ".acknowledged";
}

Result<AcknowledgedMark> AcknowledgedMark::open(const std::string& path) {
  AcknowledgedMark mark;
  mark.store_ = path;
  mark.name_ = acknowledged_name(path);
  mark.file_ = platform::Descriptor(::open(mark.name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (mark.file_.get() < 0 || !platform::sync_folder_of(path)) {
    return fail(ErrorCode::StoreUnavailable, "`" + mark.name_ + "` cannot be opened: " + std::strerror(errno),
                "check that glmapd may write into the store's directory");
  }
  GLMAP_CHECK(mark.read());
  return mark;
}

Status AcknowledgedMark::read() {
  std::array<char, 256> bytes{};
  const ssize_t count = ::pread(file_.get(), bytes.data(), bytes.size(), 0);
  if (count < 0) return unreadable(name_);
  const std::string_view text(bytes.data(), static_cast<std::size_t>(count));
  // New; or the power went before the first mark was on the disk.
  if (std::all_of(text.begin(), text.end(), [](char byte) { return byte == '\0'; })) return {};
  if (text.size() != text_of({}).size()) return unreadable(name_);
  known_.events = number_at(text, kEvents.size());
  known_.changes = number_at(text, kEvents.size() + kDigits + kChanges.size());
  if (known_.events < 0 || known_.changes < 0 || text_of(known_) != text) return unreadable(name_);
  return {};
}

Status AcknowledgedMark::check(const Acknowledged& held) const {
  if (held.events >= known_.events && held.changes >= known_.changes) return {};
  std::string message = "the store holds " + std::to_string(held.events) + " events and " +
                        std::to_string(held.changes) + " changes of state, and " + std::to_string(known_.events) +
                        " and " + std::to_string(known_.changes) + " were acknowledged";
  const std::string damage = log_damage(store_ + "-wal");
  message += damage.empty() ? ": its log was removed, or the store was replaced by an older one" : ": " + damage;
  return fail(ErrorCode::StoreCorrupt, std::move(message),
              "do not start it without the missing commits: keep the files, restore the last backup with glmapd "
              "restore, and let the sources send again from then on");
}

Status AcknowledgedMark::write(const Acknowledged& now) {
  if (now == known_) return {};
  const std::string text = text_of(now);
  const ssize_t wrote = ::pwrite(file_.get(), text.data(), text.size(), 0);
  if (wrote != static_cast<ssize_t>(text.size()) && errno != ENOSPC && errno != EDQUOT) {
    return fail(ErrorCode::StoreFailed, "`" + name_ + "` cannot be written: " + std::strerror(errno),
                "check the disk, then start glmapd again; nothing that was acknowledged is lost");
  }
  known_ = now;
  return {};
}

}  // namespace glmap::gateway::store
