// SPDX-License-Identifier: Apache-2.0
// simulate_zoo: plants each bug in turn and runs histories until one of them shows it. Fails when a bug is not found,
// and when something is found without any.
//   simulate_zoo [--most N] [--bug PART-OF-NAME] [--jobs N]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/simulation/run.hpp"
#include "tests/simulation/zoo/zoo.hpp"

using namespace glmap;

namespace {

struct Hunt {
  std::uint64_t histories = 0;  // until it was found; 0: not found
  simulation::ShortReport report;
};

/// Histories from seed 1 on until one shows the bug.
Hunt hunt(std::size_t bug, std::uint64_t most) {
  zoo::planted = static_cast<int>(bug) + 1;
  for (std::uint64_t seed = 1; seed <= most; ++seed) {
    const simulation::ShortReport report = simulation::run_apart(seed);
    if (report.found) return {seed, report};
  }
  return {};
}

}  // namespace

int main(int count, char** words) {
  std::uint64_t most = 3000;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  std::string only;
  for (int at = 1; at + 1 < count; at += 2) {
    if (std::strcmp(words[at], "--most") == 0) most = std::strtoull(words[at + 1], nullptr, 10);
    if (std::strcmp(words[at], "--jobs") == 0) jobs = static_cast<unsigned>(std::strtoul(words[at + 1], nullptr, 10));
    if (std::strcmp(words[at], "--bug") == 0) only = words[at + 1];
  }
  const auto& bugs = zoo::bugs();
  Hunt* results = simulation::shared_results<Hunt>(bugs.size());
  std::vector<pid_t> workers;
  for (unsigned job = 0; job < jobs; ++job) {
    const pid_t worker = ::fork();
    if (worker == 0) {
      for (std::size_t bug = job; bug < bugs.size(); bug += jobs) {
        const bool wanted = bugs[bug].fits && bugs[bug].name.find(only) != std::string_view::npos;
        if (wanted) results[bug] = hunt(bug, most);
      }
      ::_exit(0);
    }
    workers.push_back(worker);
  }
  for (const pid_t worker : workers) ::waitpid(worker, nullptr, 0);

  int faults = 0;
  std::size_t looked_for = 0;
  std::printf("%-52s %-5s %9s  %-5s %s\n", "planted", "id", "histories", "found", "what was seen");
  for (std::size_t bug = 0; bug < bugs.size(); ++bug) {
    if (bugs[bug].name.find(only) == std::string_view::npos) continue;
    ++looked_for;
    const Hunt& result = results[bug];
    const std::string name(bugs[bug].name);
    const std::string failure(bugs[bug].failure);
    if (!bugs[bug].fits) {
      std::printf("%-52s %-5s DOES NOT FIT %s any more: mend tests/simulation/zoo/bugs.py\n", name.c_str(),
                  failure.c_str(), std::string(bugs[bug].file).c_str());
    } else if (result.histories == 0) {
      std::printf("%-52s %-5s NOT FOUND in %llu histories\n", name.c_str(), failure.c_str(),
                  static_cast<unsigned long long>(most));
    } else {
      std::printf("%-52s %-5s %9llu  %-5s %.90s\n", name.c_str(), failure.c_str(),
                  static_cast<unsigned long long>(result.histories), result.report.id, result.report.text);
    }
    if (!bugs[bug].fits || result.histories == 0) ++faults;
  }
  std::printf("\n%zu planted bugs, %d not found\n", looked_for, faults);
  return faults == 0 ? 0 : 1;
}
