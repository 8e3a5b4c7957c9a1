// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/seen_events.hpp"

#include "compiler/runtime/base/byte_scan.hpp"

namespace glmap::driver {
namespace {

/// A line break can stand in none of the parts.
void write_key(std::string& key, const EventIdentity& identity) {
  key.assign(identity.source);
  (key += '\n') += identity.id;
  (key += '\n') += identity.revision;
}

}  // namespace

bool SeenEvents::is_identity(const Record& record) const {
  return std::string_view(texts_).substr(record.start, record.length) == key_;
}

void SeenEvents::grow() {
  const std::vector<Slot> before = std::move(slots_);
  bits_ = bits_ == 0 ? 12 : bits_ + 2;
  slots_.assign(std::size_t{1} << bits_, Slot{});
  const std::size_t last = slots_.size() - 1;
  for (const Slot& slot : before) {
    if (slot.record == 0) continue;
    std::size_t at = slot.hash >> (32 - bits_);
    while (slots_[at].record != 0) at = (at + 1) & last;
    slots_[at] = slot;
  }
}

SeenEvents::Answer SeenEvents::add(const EventIdentity& identity, const JsonMark& content) {
  if (records_.size() * 2 >= slots_.size()) grow();
  write_key(key_, identity);
  const auto hash = static_cast<std::uint32_t>(hash_bytes(key_) >> 32);
  const std::size_t last = slots_.size() - 1;
  std::size_t at = hash >> (32 - bits_);
  for (; slots_[at].record != 0; at = (at + 1) & last) {
    if (slots_[at].hash != hash) continue;
    const Record& known = records_[slots_[at].record - 1];
    if (is_identity(known)) return known.content == content ? Answer::same : Answer::conflict;
  }
  records_.push_back({texts_.size(), static_cast<std::uint32_t>(key_.size()), content});
  texts_ += key_;
  slots_[at] = {hash, static_cast<std::uint32_t>(records_.size())};
  return Answer::added;
}

}  // namespace glmap::driver
