// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/audit.hpp"

#include "compiler/runtime/base/digest.hpp"

namespace glmap::gateway::store {

namespace {

/// Each part with its length before it: no two contents share their bytes.
class Content {
 public:
  explicit Content(std::string_view kind) { text(kind); }
  Content& text(std::string_view part) {
    bytes_ += std::to_string(part.size());
    bytes_ += ':';
    bytes_ += part;
    return *this;
  }
  Content& number(std::int64_t value) { return text(std::to_string(value)); }
  Content& entries(std::span<const LinkedEntry> entries) {
    for (const LinkedEntry& entry : entries) {
      text(entry.reference).text(entry.body_digest).text(entry.lane).text(entry.object);
    }
    return *this;
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace

void extend(ChainHead& head, std::string_view content) {
  const Sha256 digest = sha256(head.hash + std::string(content));
  head.hash.assign(reinterpret_cast<const char*>(digest.data()), digest.size());
  head.links += 1;
}

std::vector<LinkedEntry> linked(std::span<const NewEntry> entries) {
  std::vector<LinkedEntry> out;
  for (const NewEntry& entry : entries) out.push_back({entry.reference, entry.json_digest, entry.lane, entry.object});
  return out;
}

LinkedEvent linked(const NewEvent& event, std::int64_t number, std::string_view reason) {
  const EventIdentity& identity = event.identity;
  return {number,
          identity.source,
          identity.id,
          identity.revision,
          identity.type,
          identity.content_digest,
          event.received_at.micros,
          static_cast<std::int64_t>(event.decision.state),
          event.decision.bundle_digest,
          reason,
          event.raw_digest};
}

std::string content_of(const LinkedEvent& event, std::span<const LinkedEntry> entries) {
  Content content("event");
  content.number(event.number).text(event.source).text(event.id).text(event.revision).text(event.type);
  content.text(event.content_digest).number(event.received_at).number(event.first_state).text(event.bundle_digest);
  return content.text(event.first_reason).text(event.raw_digest).entries(entries).take();
}

std::string content_of(const Change& change, std::span<const LinkedEntry> entries) {
  Content content("change");
  content.number(change.event).number(change.entry.value_or(0)).number(change.at.micros).number(change.from);
  content.number(change.to).text(change.input).text(change.by).text(change.why).text(change.evidence);
  return content.entries(entries).take();
}

}  // namespace glmap::gateway::store
