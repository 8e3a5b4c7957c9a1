// SPDX-License-Identifier: Apache-2.0
// simulate: histories by the thousand, in as many processes as there are cores; or one, to look at. README.md says how.
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "tests/simulation/run.hpp"

using namespace glmap::simulation;

namespace {

int usage() {
  std::fprintf(stderr,
               "simulate [--count N] [--minutes N] [--from SEED] [--jobs N]   many histories\n"
               "simulate --seed N [--trace]                                   one of them again\n");
  return 2;
}

}  // namespace

int main(int count, char** words) {
  RunSettings settings;
  const bool ci = std::getenv("CI") != nullptr && std::strcmp(std::getenv("CI"), "true") == 0;
  settings.count = ci ? 5000 : 500;
  settings.jobs = std::max(1U, std::thread::hardware_concurrency());
  for (int at = 1; at < count; ++at) {
    const std::string word = words[at];
    if (word == "--trace") {
      settings.trace = true;
      continue;
    }
    if (at + 1 >= count) return usage();
    const std::uint64_t value = std::strtoull(words[++at], nullptr, 10);
    if (word == "--seed") {
      settings.only_seed = value;
    } else if (word == "--count") {
      settings.count = value;
    } else if (word == "--minutes") {
      settings.seconds = value * 60;
    } else if (word == "--from") {
      settings.first_seed = value;
    } else if (word == "--jobs") {
      settings.jobs = static_cast<unsigned>(value);
    } else {
      return usage();
    }
  }
  return settings.only_seed ? run_one(settings) : run_many(settings);
}
