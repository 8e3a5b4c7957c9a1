// SPDX-License-Identifier: Apache-2.0
// The people around the gateway: they look at what is held or rejected, retry, reject and resume through the API, with
// their name and a reason. What they were told was done is kept, for the auditor to find in the history.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/faults.hpp"
#include "tests/simulation/host.hpp"

namespace glmap::simulation {

struct PersonsAct {
  bool on_entry = false;
  std::int64_t event = 0;
  std::string reference;
  std::string by, why;
};

class People {
 public:
  People(Machine& machine, FaultMix& faults, Chance chance) : machine_(machine), faults_(faults), chance_(chance) {}

  /// Somebody looks, and perhaps does something. True when lanes were resumed.
  bool something_happens(Host& host);
  /// Everything that waits for a person is tried again. How many were.
  int retry_all(Host& host);
  void resume_all(Host& host);

  const std::vector<PersonsAct>& acts() const { return acts_; }

 private:
  void act_on_event(Host& host, std::int64_t sequence, const char* what);
  void act_on_entry(Host& host, const std::string& reference);
  std::vector<std::int64_t> events_in(Host& host, const char* state);
  std::vector<std::string> entries_in(Host& host, const char* state);
  std::string body(std::string& why);

  Machine& machine_;
  FaultMix& faults_;
  Chance chance_;
  int number_ = 0;
  std::vector<PersonsAct> acts_;
};

}  // namespace glmap::simulation
