// SPDX-License-Identifier: Apache-2.0
// The auditor's own mapping of the simulation's book: from an event's text to what must be posted about it, in whole
// minor units. Written from the book's description, with no code of the runtime; the two can only agree by both being
// right.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/own_json.hpp"
#include "tests/simulation/own_money.hpp"

namespace glmap::simulation {

struct OwnLine {
  std::string account;
  bool debit = true;
  Minor minor = 0;
  friend bool operator==(const OwnLine&, const OwnLine&) = default;
  friend auto operator<=>(const OwnLine&, const OwnLine&) = default;
};

struct OwnEntry {
  std::string entity, currency, date, period, lane;
  std::vector<OwnLine> lines;  // sorted
  Minor total = 0;             // of the debits
};

struct OwnDecision {
  enum class Kind { entries, no_entry, held, rejected };
  Kind kind = Kind::held;
  std::vector<OwnEntry> entries;
};

/// What release 1, 2 or 3 of the book says about the event.
/// `remembers`: all products are known in every release. Whether the event waits is not asked here.
OwnDecision own_decision(int release, bool remembers, const OwnJson& event);
/// "sim:2" is 2; 0: no release of the simulation.
int release_of(const std::string& digest);

/// What the event stands for in the statement while it has no entries.
struct OwnControl {
  std::string entity, currency;
  Minor minor = 0;
};
OwnControl own_control(const OwnJson& event);

/// The stored body of an entry. Throws std::runtime_error.
OwnEntry own_entry(const OwnJson& body);

}  // namespace glmap::simulation
