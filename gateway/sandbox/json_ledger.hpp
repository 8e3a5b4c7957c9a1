// SPDX-License-Identifier: Apache-2.0
// A plain ledger behind HTTP and JSON, for senders that speak no particular ERP's language:
//   POST /ledger/v1/entries        the journal entry's own JSON; needs `Idempotency-Key`; 201, or 200 for the same
//   again GET  /ledger/v1/entries/KEY    200 with the entry, or 404
// It refuses what does not balance and answers 422 to a key that comes back with other contents.
// Threading: any thread.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "gateway/sandbox/door.hpp"
#include "gateway/sandbox/faults.hpp"

namespace glmap::gateway::sandbox {

class JsonLedger {
 public:
  DoorReply handle(const DoorRequest& request, FaultPlan& faults);
  std::size_t count() const;

 private:
  DoorReply post(const DoorRequest& request);
  DoorReply get(const std::string& key) const;

  mutable std::mutex mutex_;
  std::map<std::string, std::string> entries_;  // canonical JSON by key
};

}  // namespace glmap::gateway::sandbox
