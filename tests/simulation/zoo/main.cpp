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

constexpr std::uint64_t kWithoutAny = 200;  // histories in which no bug is in force and nothing may be found

/// Histories from seed 1 on until one shows the bug; bugs are numbered from 1.
Hunt hunt(std::size_t bug, std::uint64_t most) {
  zoo::planted = static_cast<int>(bug);
  for (std::uint64_t seed = 1; seed <= most; ++seed) {
    const simulation::ShortReport report = simulation::run_apart(seed);
    if (report.found) return {seed, report};
  }
  return {};
}

/// One line, as soon as it is known; the workers write them as they come.
void print(const zoo::Bug& bug, const Hunt& result, std::uint64_t most) {
  const std::string name(bug.name);
  const std::string failure(bug.failure);
  if (!bug.fits) {
    std::printf("%-52s %-5s DOES NOT FIT %s any more: mend tests/simulation/zoo/bugs.py\n", name.c_str(),
                failure.c_str(), std::string(bug.file).c_str());
  } else if (result.histories == 0) {
    std::printf("%-52s %-5s NOT FOUND in %llu histories\n", name.c_str(), failure.c_str(),
                static_cast<unsigned long long>(most));
  } else {
    std::printf("%-52s %-5s %9llu  %-5s %.90s\n", name.c_str(), failure.c_str(),
                static_cast<unsigned long long>(result.histories), result.report.id, result.report.text);
  }
  std::fflush(stdout);
}

/// Every `jobs`th of the wanted bugs, from `job` on; the first worker also looks at the product without any.
void work(const std::vector<std::size_t>& wanted, Hunt* results, unsigned job, unsigned jobs, std::uint64_t most) {
  const auto& bugs = zoo::bugs();
  for (std::size_t at = job; at < wanted.size(); at += jobs) {
    const std::size_t bug = wanted[at];
    if (bugs[bug].fits) results[bug + 1] = hunt(bug + 1, most);
    print(bugs[bug], results[bug + 1], most);
  }
  if (job == 0) results[0] = hunt(0, kWithoutAny);
}

}  // namespace

int main(int count, char** words) {
  std::uint64_t most = 5000;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  std::string only;
  for (int at = 1; at + 1 < count; at += 2) {
    if (std::strcmp(words[at], "--most") == 0) most = std::strtoull(words[at + 1], nullptr, 10);
    if (std::strcmp(words[at], "--jobs") == 0) jobs = static_cast<unsigned>(std::strtoul(words[at + 1], nullptr, 10));
    if (std::strcmp(words[at], "--bug") == 0) only = words[at + 1];
  }
  const auto& bugs = zoo::bugs();
  std::vector<std::size_t> wanted;
  for (std::size_t bug = 0; bug < bugs.size(); ++bug) {
    if (bugs[bug].name.find(only) != std::string_view::npos) wanted.push_back(bug);
  }
  std::printf("%-52s %-5s %9s  %-5s %s\n", "planted", "id", "histories", "found", "what was seen");
  std::fflush(stdout);
  Hunt* results = simulation::shared_results<Hunt>(bugs.size() + 1);
  std::vector<pid_t> workers;
  for (unsigned job = 0; job < jobs; ++job) {
    const pid_t worker = ::fork();
    if (worker == 0) {
      work(wanted, results, job, jobs, most);
      ::_exit(0);
    }
    workers.push_back(worker);
  }
  for (const pid_t worker : workers) ::waitpid(worker, nullptr, 0);

  std::size_t found = 0;
  std::uint64_t histories = 0;
  for (const std::size_t bug : wanted) {
    if (results[bug + 1].histories > 0) ++found;
    histories += results[bug + 1].histories;
  }
  if (results[0].histories != 0) {
    std::printf("\nWITHOUT ANY BUG, seed %llu: %s %s\n", static_cast<unsigned long long>(results[0].histories),
                results[0].report.id, results[0].report.text);
  }
  std::printf("\n%zu planted bugs, %zu found, in %llu histories\n", wanted.size(), found,
              static_cast<unsigned long long>(histories));
  return found == wanted.size() && results[0].histories == 0 ? 0 : 1;
}
