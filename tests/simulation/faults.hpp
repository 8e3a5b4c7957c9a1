// SPDX-License-Identifier: Apache-2.0
// Everything that goes wrong in a simulated history, with the id under which the catalogue of failures knows it, and
// how often each was injected. `FaultMix` says which of them a history has and how many of a thousand chances each
// takes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

#include "tests/simulation/chance.hpp"

namespace glmap::simulation {

enum class Fault : std::uint8_t {
  // senders and their network
  repeat,
  conflict,
  reorder,
  closed_period,
  request_lost,
  answer_lost,
  malformed,
  unknown_value,
  broken_amounts,
  queue_burst,
  // the gateway's own machine
  bundle_switch,
  kill,
  power_cut,
  cut_at_operation,
  graceful_stop,
  disk_full,
  disk_read_error,
  disk_write_error,
  disk_sync_error,
  clock_step,
  stale_worker,
  // the way to the ERP, and the ERP
  commit_then_lost,
  lost_before_commit,
  commit_late,
  slow,
  unreachable,
  outage,
  throttled,
  server_error,
  html_page,
  bad_credentials,
  false_success,
  altered,
  draft_left,
  visibility_lag,
  erp_period_closed,
  erp_account_closed,
  hand_edit,
  draft_removed,
  draft_posted_by_hand,
  wrong_company,
  // people
  person_retries,
  person_rejects,
  person_resumes,
  count,
};
inline constexpr std::size_t kFaultCount = static_cast<std::size_t>(Fault::count);

struct FaultName {
  std::string_view name;
  std::string_view id;  // of the catalogue
};
const FaultName& name_of(Fault fault);

using FaultCounts = std::array<std::uint64_t, kFaultCount>;

/// A swarm: each history has its own mix, so that faults meet in ever new company, and sometimes few of them.
class FaultMix {
 public:
  explicit FaultMix(Chance chance);
  /// Draws; counts when it hits.
  bool hits(Fault fault);
  /// Something happened without a draw.
  void note(Fault fault) {
    ++counts_[static_cast<std::size_t>(fault)];
    if (on_fault) on_fault(fault);
  }
  /// From now on nothing hits.
  void calm() { calm_ = true; }
  /// Every fault of the list may hit again, with what probability it ever had.
  void storm() { calm_ = false; }
  bool has(Fault fault) const { return !calm_ && permille_[static_cast<std::size_t>(fault)] > 0; }
  const FaultCounts& counts() const { return counts_; }
  std::uint64_t total() const;
  /// Told of each fault; for looking at one history.
  std::function<void(Fault)> on_fault;

 private:
  Chance chance_;
  bool calm_ = false;
  std::array<int, kFaultCount> permille_{};
  FaultCounts counts_{};
};

}  // namespace glmap::simulation
