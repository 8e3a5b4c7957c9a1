// SPDX-License-Identifier: Apache-2.0
// What the store's chained history says about what came into force: each line holds the release's statement, policy and
// approvals, so that everything can be checked again from the store alone. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/runtime/approval/check.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::service {

struct LiveRelease {
  approval::Release release;  // without the bundle's bytes: the store keeps them
  approval::Approved approved;
  Instant since;
  std::string by, why;

  approval::InForce in_force() const { return {&release.policy, &release.statement, release.digest}; }
};

/// What runs: digests, for the auditor. `bundle` is what is in force.
struct Running {
  std::string bundle, program, configuration;
};

/// Canonical JSON. `release`: nullptr where no approval is demanded.
std::string write_evidence(const Running& running, const approval::Release* release,
                           const approval::Approved* approved);

/// What is in force by these lines: each release checked again, by the policy of the one before it, for the day on
/// which it came into force. Lines without a release are passed over. Errors: of check_trusted and check_release;
/// GLM-8004 a line cannot be read.
Result<std::optional<LiveRelease>> replay_releases(std::span<const store::HistoryRecord> lines,
                                                   const std::string& trust);

/// The day of an instant, in UTC.
Date utc_day(Instant at);

}  // namespace glmap::gateway::service
