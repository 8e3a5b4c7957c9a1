// SPDX-License-Identifier: Apache-2.0
// The file that `glmapc simulate --report` writes: what became of every event, in the order in which it happened.
// Shape: docs/formats/simulation-report.md. Written as it goes, so that a million events need no memory.
// Single-threaded.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "compiler/runtime/accounting/event.hpp"
#include "compiler/runtime/accounting/journal.hpp"

namespace glmap::driver {

/// Counts by what became of the events, as the gateway's statement does.
struct Tally {
  std::size_t events = 0, with_entries = 0, no_entry = 0, held = 0, duplicate = 0, conflict = 0, unreadable = 0;
  std::size_t waiting = 0;  // still
  std::size_t entries = 0;  // of events
  std::size_t scheduled = 0, exceptions = 0;
};

/// One thing that happened; see the format for the words.
struct Happening {
  std::string_view cause;    // event, released, expired, schedule, missed
  std::string_view outcome;  // entries, no entry, held, waiting, duplicate, conflict, unreadable, exception
  EventIdentity event;
  std::string code, reason;  // empty: none
  const std::vector<JournalEntry>* entries = nullptr;
};

class SimulationReport {
 public:
  /// Errors: GLM-1009.
  static Result<SimulationReport> open(const std::string& path, const std::string& digest);

  void add(const Happening& happening);
  /// Errors: GLM-1009 when anything could not be written.
  Status finish(const Tally& tally);

 private:
  struct Close {
    void operator()(std::FILE* file) const;
  };
  SimulationReport(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  void write(const std::string& text);

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  bool first_ = true;
  bool failed_ = false;
};

}  // namespace glmap::driver
