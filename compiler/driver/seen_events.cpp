// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/seen_events.hpp"

#include <algorithm>
#include <limits>

#include "compiler/runtime/base/byte_scan.hpp"
#include "compiler/runtime/base/error.hpp"

namespace glmap::driver {

bool SeenEvents::is(const Record& record, const Key& key) const {
  const std::string_view texts = texts_;
  return record.source == key.source && record.id_size == key.id.size() &&
         record.revision_size == key.revision.size() && texts.substr(record.start, key.id.size()) == key.id &&
         texts.substr(record.start + key.id.size(), key.revision.size()) == key.revision;
}

std::uint32_t SeenEvents::number_of(std::string_view source) {
  if (source_ < sources_.size() && same_bytes(sources_[source_], source)) return source_;
  source_ = static_cast<std::uint32_t>(std::find(sources_.begin(), sources_.end(), source) - sources_.begin());
  if (source_ == sources_.size()) sources_.emplace_back(source);
  return source_;
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

SeenEvents::Key SeenEvents::key(std::string_view source, std::string_view id, std::string_view revision) {
  // An attribute of an envelope is not as long as that (event_parts::kTextBytesMax).
  constexpr std::size_t kSizeMax = std::numeric_limits<std::uint16_t>::max();
  GLMAP_ASSERT(id.size() <= kSizeMax && revision.size() <= kSizeMax);
  if (records_.size() * 2 >= slots_.size()) grow();
  Key key;
  key.id = id;
  key.revision = revision;
  key.source = number_of(source);
  const std::uint64_t mixed = hash_bytes(id) + (revision.empty() ? 0 : 3 * hash_bytes(revision)) +
                              std::uint64_t{key.source} * 0x9E3779B97F4A7C15u;
  key.hash = static_cast<std::uint32_t>(mixed >> 32);
  __builtin_prefetch(&slots_[key.hash >> (32 - bits_)], 1);
  return key;
}

SeenEvents::Answer SeenEvents::add(const Key& key, JsonMark content) {
  const std::size_t last = slots_.size() - 1;
  std::size_t at = key.hash >> (32 - bits_);
  for (; slots_[at].record != 0; at = (at + 1) & last) {
    if (slots_[at].hash != key.hash) continue;
    const Record& known = records_[slots_[at].record - 1];
    if (is(known, key)) return known.content == content ? Answer::same : Answer::conflict;
  }
  records_.push_back({texts_.size(), content, key.source, static_cast<std::uint16_t>(key.id.size()),
                      static_cast<std::uint16_t>(key.revision.size())});
  (texts_ += key.id) += key.revision;
  slots_[at] = {key.hash, static_cast<std::uint32_t>(records_.size())};
  return Answer::added;
}

}  // namespace glmap::driver
