// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/faults.hpp"

#include <algorithm>
#include <numeric>

namespace glmap::simulation {

namespace {

struct Row {
  FaultName name;
  int permille_max;  // of the chances it gets, in a history that has it
};

// In the order of the enumeration.
constexpr std::array<Row, kFaultCount> kRows = {{
    {{"event repeated", "I1"}, 300},
    {{"same id, other content", "I2"}, 120},
    {{"events out of order", "I3"}, 300},
    {{"event of a closed period", "I5"}, 80},
    {{"request lost", "I7"}, 120},
    {{"answer to the sender lost", "I6"}, 150},
    {{"malformed body", "I11"}, 60},
    {{"unknown type, company or value", "I18"}, 80},
    {{"amounts that do not add up", "M5"}, 60},
    {{"burst over the queue's limit", "I17"}, 40},
    {{"another book in force", "M2"}, 40},
    {{"process killed", "M11"}, 25},
    {{"power cut", "M11"}, 25},
    {{"cut at the nth operation", "M11"}, 25},
    {{"orderly stop and start", "M22"}, 20},
    {{"disk full for a while", "M12"}, 15},
    {{"disk read error", "M12"}, 2},
    {{"disk write error", "M12"}, 2},
    {{"sync fails", "M12"}, 4},
    {{"clock steps back", "M20"}, 15},
    {{"second worker with an old claim", "M16"}, 60},
    {{"ERP committed, answer lost", "E1"}, 120},
    {{"lost before the ERP committed", "E2"}, 200},
    {{"ERP commits after the time-out", "E19"}, 150},
    {{"slow answer", "E18"}, 200},
    {{"connection refused", "E9"}, 60},
    {{"outage of hours", "E9"}, 8},
    {{"429 with Retry-After", "E8"}, 60},
    {{"503 after or before the commit", "E6"}, 60},
    {{"HTML page with 200", "E6"}, 40},
    {{"credentials refused", "E11"}, 10},
    {{"ERP says posted and has nothing", "E6"}, 30},
    {{"ERP changes the amounts", "E13"}, 20},
    {{"draft left unposted", "E7"}, 60},
    {{"search lags behind", "E3"}, 500},
    {{"ERP period closed", "E10"}, 8},
    {{"ERP account closed", "E12"}, 8},
    {{"document changed by hand", "E13"}, 30},
    {{"draft removed by hand", "E13"}, 60},
    {{"draft posted by hand", "E13"}, 60},
    {{"another company behind the connection", "E14"}, 8},
    {{"a person retries", "E21"}, 60},
    {{"a person rejects", "E21"}, 20},
    {{"a person resumes a lane", "E9"}, 60},
}};

}  // namespace

const FaultName& name_of(Fault fault) {
  return kRows.at(static_cast<std::size_t>(fault)).name;
}

FaultMix::FaultMix(Chance chance) : chance_(chance) {
  const int present = static_cast<int>(chance_.between(200, 900));
  for (std::size_t index = 0; index < kFaultCount; ++index) {
    if (!chance_.permille(present)) continue;
    // Now and then one of them is everywhere.
    const int most = kRows[index].permille_max;
    const bool everywhere = chance_.permille(100);
    permille_[index] =
        static_cast<int>(everywhere ? chance_.between(most, std::min(700, most * 6)) : chance_.between(1, most));
  }
}

bool FaultMix::hits(Fault fault) {
  const int permille = permille_.at(static_cast<std::size_t>(fault));
  if (calm_ || permille == 0 || !chance_.permille(permille)) return false;
  note(fault);
  return true;
}

std::uint64_t FaultMix::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

}  // namespace glmap::simulation
