// SPDX-License-Identifier: Apache-2.0
// Claims and outcomes on PostgreSQL. Every change of an entry is made under the lock of its row and names the claim it
// belongs to; claims skip rows that somebody else has locked. One thread at a time, inside its caller's transaction.
#pragma once

#include "gateway/store/entry_changes.hpp"
#include "gateway/store/postgres/session.hpp"

namespace glmap::gateway::store::postgres {

class Delivering {
 public:
  explicit Delivering(Session& session) : session_(session) {}

  /// The lane is held by the caller, who has locked the hold.
  Result<std::vector<ClaimedEntry>> claim_due(const ClaimRequest& request);
  Result<std::vector<OutcomeRecorded>> record(std::span<const DeliveryOutcome> outcomes);
  Status retry_entry(std::string_view reference, std::string_view by, std::string_view why, Instant now);
  Result<std::int64_t> declare_restored(std::string_view by, Instant now);
  Result<std::int64_t> take_requests(std::string_view lane, Date day, std::int64_t wanted, std::int64_t most);
  /// What was being sent in the lane becomes unknown. Returns how many.
  Result<std::int64_t> recover(std::string_view lane, Instant now);

 private:
  Result<OutcomeRecorded> record_one(const DeliveryOutcome& outcome);
  Result<std::optional<EntryNow>> lock_entry(std::int64_t entry);
  void queue_entry(std::int64_t entry, std::int64_t claim, const EntryNow& now);
  void queue_claims(std::span<const ClaimedEntry> entries, const ClaimRequest& request);
  Status settle_event(std::int64_t event, Instant at);
  Status take_back(const DeliveryOutcome& reversal);

  Session& session_;
};

}  // namespace glmap::gateway::store::postgres
