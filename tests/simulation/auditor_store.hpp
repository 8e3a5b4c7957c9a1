// SPDX-License-Identifier: Apache-2.0
// The gateway's store as an auditor reads it: with a connection of their own and SQL of their own, from the page that
// describes the tables (docs/formats/store.md). Nothing of gateway/store is used.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/own_money.hpp"

namespace glmap::simulation {

// States by their numbers in the store.
enum StoredEvent : int {
  kAccepted = 0,
  kEventPosted = 1,
  kNoEntry = 2,
  kEventHeld = 3,
  kEventRejected = 4,
  kWaiting = 5
};
enum StoredEntry : int {
  kReady = 0,
  kSending = 1,
  kUnknown = 2,
  kDraft = 3,
  kPosted = 4,
  kRejected = 5,
  kHeld = 6,
  kReversed = 7
};

struct AuditedEvent {
  std::int64_t number = 0;
  std::string source, id, revision, raw;
  int first_state = 0;
  std::string first_bundle;
  int state = 0;
  std::string bundle;
  std::int64_t first_entry = 0, entry_count = 0;
  bool has_reason = false, had_first_reason = false;
  std::string row_source, row_entity, row_currency;
  Minor amount = 0;
};

struct AuditedEntry {
  std::int64_t number = 0, event = 0;
  std::string reference, entity, body, lane, object, document_id;
  int state = 0;
  std::string reason;
  std::int64_t sends = 0;
};

struct AuditedChange {
  std::int64_t number = 0, event = 0;
  std::optional<std::int64_t> entry;
  std::int64_t at = 0;
  int from = 0, to = 0;
  std::string input, by, why;
};

struct AuditedConflict {
  std::int64_t first = 0;
  std::string raw;
};

struct AuditedStore {
  std::vector<AuditedEvent> events;  // by number
  std::vector<AuditedEntry> entries;
  std::vector<AuditedChange> history;
  std::vector<AuditedConflict> conflicts;
  std::vector<std::string> bundles_in_order;  // digests as they came into force
};

/// Throws std::runtime_error when the store cannot be read.
AuditedStore read_store(const char* vfs, const char* path);

}  // namespace glmap::simulation
