// SPDX-License-Identifier: Apache-2.0
// What is to go wrong, and when. A fault names calls (part of a method's name), skips some, hits some, perhaps only
// with a probability drawn from a seeded generator, so that one seed is one history. Threading: any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/json.hpp"

namespace glmap::gateway::sandbox {

enum class FaultKind : std::uint8_t {
  delay,                  // only waits (delay_ms), then does its work
  drop_before_commit,     // the connection dies, nothing was done
  commit_then_drop,       // the work is done, the connection dies after `bytes` bytes of the answer
  status,                 // HTTP `status` with an HTML page, nothing was done
  commit_then_status,     // the work is done, the answer is HTTP `status` with an HTML page
  html_page,              // HTTP 200 with an HTML page, nothing was done
  commit_then_html,       // the same after the work was done
  error_200,              // HTTP 200 with JSON that says `error`, nothing was done
  commit_then_error_200,  // the same after the work was done
  leave_draft,            // the plain ledger's document is created and not posted
  end_session,            // every session is forgotten: HTTP 401
  drip,                   // the work is done, the answer comes byte by byte, `delay_ms` apart
  alter,                  // the work is done, and a debit and a credit of the newest document grow by a cent
  unbalance,              // the work is done, and one debit of the newest document grows by a cent
};
std::optional<FaultKind> parse_fault_kind(std::string_view text);

struct Fault {
  std::string on;  // part of the method's name: "account.move.create"; empty: every call
  FaultKind kind = FaultKind::delay;
  int skip = 0;         // lets so many pass first
  int times = 1;        // then hits so many; -1: for ever
  int permille = 1000;  // of the calls it could hit
  std::size_t bytes = 0;
  int delay_ms = 0;
  int status = 503;
  std::string retry_after;
};

class FaultPlan {
 public:
  /// {"seed": 7, "faults": [{"on": ..., "kind": ..., ...}]} replaces the plan. Errors: GLM-6014 what is wrong with it.
  Status replace(const Json& plan);
  void add(Fault fault);
  void clear();
  /// The fault that hits this call, if any; the first of the plan that fits.
  std::optional<Fault> take(std::string_view method);

 private:
  std::mutex mutex_;
  std::vector<Fault> faults_;
  std::mt19937_64 draw_{1};
};

}  // namespace glmap::gateway::sandbox
