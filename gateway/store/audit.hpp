// SPDX-License-Identifier: Apache-2.0
// The chain that makes the evidence tamper-evident: each event and each line of the history carries
// sha256(hash of the one before it, its own content). An event's content names the digests of its raw bytes and of the
// entries made from it; that of a decision taken again names its entries. Whoever changes, removes or inserts a record
// has to change every later one, and the last hash with them, which an auditor may have noted. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "gateway/store/entry_changes.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::store {

/// The end of a chain: how many links it has and the hash of the last one (32 bytes, or "" when there is none).
struct ChainHead {
  std::int64_t links = 0;
  std::string hash;
};
/// Adds a link; `content` as below.
void extend(ChainHead& head, std::string_view content);

/// An entry as the chain knows it.
struct LinkedEntry {
  std::string_view reference;
  std::string body_digest;  // sha256 of the body, hex
  std::string_view lane, object;
};
std::vector<LinkedEntry> linked(std::span<const NewEntry> entries);

struct LinkedEvent {
  std::int64_t number = 0;
  std::string_view source, id, revision, type, content_digest;
  std::int64_t received_at = 0, first_state = 0;
  std::string_view bundle_digest, first_reason;
  std::string raw_digest;  // sha256 of the raw bytes, hex
};
std::string content_of(const LinkedEvent& event, std::span<const LinkedEntry> entries);
LinkedEvent linked(const NewEvent& event, std::int64_t number, std::string_view reason);

/// `entries`: those a decision taken again made; empty for every other change.
std::string content_of(const Change& change, std::span<const LinkedEntry> entries);

}  // namespace glmap::gateway::store
