// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/runtime/base/digest.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::store {

EventKey event_key(std::string_view source, std::string_view id, std::string_view revision) {
  // Each part with its length before it: no two identities share their bytes.
  std::string bytes;
  bytes.reserve(source.size() + id.size() + revision.size() + 32);
  for (const std::string_view part : {source, id, revision}) {
    bytes += std::to_string(part.size());
    bytes += ':';
    bytes += part;
  }
  const Sha256 digest = sha256(bytes);
  EventKey key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

NewEntry make_new_entry(JournalEntry entry, std::string_view lane, std::string_view object) {
  std::string json = canonical_json(entry.to_json());
  std::string reference = entry.key().reference();
  return NewEntry{std::move(entry), std::move(json), std::move(reference), std::string(lane), std::string(object)};
}

bool StatementRow::agrees() const {
  const std::int64_t count = posted.count + waiting.count + held.count + rejected.count + no_entry.count;
  const Int128 minor = posted.minor + waiting.minor + held.minor + rejected.minor + no_entry.minor;
  return count == accepted.count && minor == accepted.minor;
}

}  // namespace glmap::gateway::store
