// SPDX-License-Identifier: Apache-2.0
// Many histories in several processes, added up; a process that dies of an assertion is a finding like any other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>

#include "tests/simulation/history.hpp"

namespace glmap::simulation {

struct RunSettings {
  std::uint64_t first_seed = 1;
  std::uint64_t count = 500;
  std::uint64_t seconds = 0;  // instead of a count
  unsigned jobs = 1;
  std::optional<std::uint64_t> only_seed;
  bool trace = false;
};

/// Prints what happened. The exit status: 0 when nothing was found.
int run_one(const RunSettings& settings);
int run_many(const RunSettings& settings);

/// Room for `count` values that processes forked from this one share with it.
void* shared_memory(std::size_t bytes);
template <class T>
T* shared_results(std::size_t count) {
  T* made = static_cast<T*>(shared_memory(sizeof(T) * count));
  for (std::size_t index = 0; index < count; ++index) new (made + index) T();
  return made;
}

/// Runs one history in a process of its own and tells what was found; dying is a finding.
struct ShortReport {
  bool found = false;
  char id[8] = "";
  char text[400] = "";
};
ShortReport run_apart(std::uint64_t seed);

}  // namespace glmap::simulation
