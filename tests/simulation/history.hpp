// SPDX-License-Identifier: Apache-2.0
// One simulated history: senders, gateway, disk, ERP and people for some simulated days, with whatever goes wrong drawn
// from one number. First the storm, in which nothing that was promised may be broken; then calm, in which everything
// must come to an end. The same seed is the same history, to the byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/simulation/auditor.hpp"

namespace glmap::simulation {

struct HistoryOptions {
  bool trace = false;  // tell what happens, on standard error
};

struct HistoryReport {
  std::uint64_t seed = 0;
  std::optional<Finding> finding;
  FaultCounts faults{};
  std::uint64_t faults_total = 0;
  std::uint64_t events = 0, entries = 0, posted = 0, documents = 0;
  std::uint64_t starts = 0, audits = 0, syncs = 0;
  std::int64_t simulated_micros = 0;
  std::uint64_t fingerprint = 0;  // of everything that was answered and posted
};

HistoryReport run_history(std::uint64_t seed, const HistoryOptions& options);

}  // namespace glmap::simulation
