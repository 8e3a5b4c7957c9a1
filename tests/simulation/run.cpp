// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/run.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace glmap::simulation {

namespace {

constexpr std::size_t kFindingsMax = 20;

/// What one worker process tells; in memory shared with the process that started it.
struct Tally {
  std::uint64_t seed = 0;  // under way
  std::uint64_t histories = 0, events = 0, entries = 0, posted = 0, documents = 0, starts = 0, audits = 0, syncs = 0;
  std::uint64_t faults_min = ~0ULL;
  std::int64_t simulated_micros = 0;
  FaultCounts faults{};
  std::uint64_t findings = 0;
  struct Found {
    std::uint64_t seed = 0;
    char id[8] = "";
    char text[1000] = "";
  };
  std::array<Found, kFindingsMax> found{};
};

template <std::size_t N>
void put(char (&to)[N], const std::string& text) {
  const std::size_t length = std::min(text.size(), N - 1);
  std::memcpy(to, text.data(), length);
  to[length] = '\0';
}

void add_finding(Tally& tally, std::uint64_t seed, const std::string& id, const std::string& text) {
  if (tally.findings < kFindingsMax) {
    Tally::Found& found = tally.found[tally.findings];
    found.seed = seed;
    put(found.id, id);
    put(found.text, text);
  }
  tally.findings += 1;
}

void add(Tally& tally, const HistoryReport& report) {
  tally.histories += 1;
  tally.events += report.events;
  tally.entries += report.entries;
  tally.posted += report.posted;
  tally.documents += report.documents;
  tally.starts += report.starts;
  tally.audits += report.audits;
  tally.syncs += report.syncs;
  tally.simulated_micros += report.simulated_micros;
  tally.faults_min = std::min(tally.faults_min, report.faults_total);
  for (std::size_t index = 0; index < kFaultCount; ++index) tally.faults[index] += report.faults[index];
  if (report.finding) add_finding(tally, report.seed, report.finding->id, report.finding->text);
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void work(const RunSettings& settings, Tally& tally, std::uint64_t first, std::int64_t until_ms) {
  for (std::uint64_t seed = first; settings.seconds > 0 || seed < settings.first_seed + settings.count;
       seed += settings.jobs) {
    if (settings.seconds > 0 && now_ms() >= until_ms) return;
    tally.seed = seed;
    add(tally, run_history(seed, {}));
    if (tally.findings >= kFindingsMax) return;
  }
}

/// Starts a worker; one that dies goes on behind the seed that killed it.
void run_worker(const RunSettings& settings, Tally& tally, std::uint64_t first, std::int64_t until_ms) {
  while (true) {
    const pid_t child = ::fork();
    if (child == 0) {
      work(settings, tally, first, until_ms);
      std::fflush(nullptr);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    add_finding(tally, tally.seed, "M10",
                "the process died (status " + std::to_string(status) + "); its last words are on standard error");
    if (tally.findings >= kFindingsMax) return;
    first = tally.seed + settings.jobs;
  }
}

void print_faults(const FaultCounts& faults) {
  std::map<std::string, std::uint64_t> by_id;
  std::printf("\n  %-42s %-5s %12s\n", "fault", "id", "injected");
  for (std::size_t index = 0; index < kFaultCount; ++index) {
    const FaultName& name = name_of(static_cast<Fault>(index));
    std::printf("  %-42.*s %-5.*s %12llu\n", static_cast<int>(name.name.size()), name.name.data(),
                static_cast<int>(name.id.size()), name.id.data(), static_cast<unsigned long long>(faults[index]));
    by_id[std::string(name.id)] += faults[index];
  }
  std::printf("\n  by id of the catalogue:");
  for (const auto& [id, number] : by_id) std::printf(" %s %llu", id.c_str(), static_cast<unsigned long long>(number));
  std::printf("\n");
}

}  // namespace

void* shared_memory(std::size_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  GLMAP_ASSERT(memory != MAP_FAILED);
  return memory;
}

int run_one(const RunSettings& settings) {
  const HistoryReport report = run_history(*settings.only_seed, {.trace = settings.trace});
  print_faults(report.faults);
  std::printf(
      "\nseed %llu: %llu events, %llu entries, %llu posted, %llu documents, %llu faults, %llu starts, %.1f simulated "
      "hours, fingerprint %016llx\n",
      static_cast<unsigned long long>(report.seed), static_cast<unsigned long long>(report.events),
      static_cast<unsigned long long>(report.entries), static_cast<unsigned long long>(report.posted),
      static_cast<unsigned long long>(report.documents), static_cast<unsigned long long>(report.faults_total),
      static_cast<unsigned long long>(report.starts), static_cast<double>(report.simulated_micros) / 3.6e9,
      static_cast<unsigned long long>(report.fingerprint));
  if (!report.finding) {
    std::printf("nothing found\n");
    return 0;
  }
  std::printf("FOUND %s: %s\n", report.finding->id.c_str(), report.finding->text.c_str());
  return 1;
}

int run_many(const RunSettings& settings) {
  const std::int64_t began = now_ms();
  const std::int64_t until = began + static_cast<std::int64_t>(settings.seconds) * 1000;
  Tally* tallies = shared_results<Tally>(settings.jobs);
  std::vector<pid_t> keepers;
  for (unsigned job = 0; job < settings.jobs; ++job) {
    const pid_t keeper = ::fork();
    if (keeper == 0) {
      run_worker(settings, tallies[job], settings.first_seed + job, until);
      ::_exit(0);
    }
    keepers.push_back(keeper);
  }
  for (const pid_t keeper : keepers) ::waitpid(keeper, nullptr, 0);

  Tally all;
  for (unsigned job = 0; job < settings.jobs; ++job) {
    const Tally& each = tallies[job];
    for (const auto member : {&Tally::histories, &Tally::events, &Tally::entries, &Tally::posted, &Tally::documents,
                              &Tally::starts, &Tally::audits, &Tally::syncs, &Tally::findings}) {
      all.*member += each.*member;
    }
    all.simulated_micros += each.simulated_micros;
    all.faults_min = std::min(all.faults_min, each.faults_min);
    for (std::size_t index = 0; index < kFaultCount; ++index) all.faults[index] += each.faults[index];
  }
  const double seconds = static_cast<double>(now_ms() - began) / 1000;
  std::uint64_t faults = 0;
  for (const std::uint64_t number : all.faults) faults += number;
  print_faults(all.faults);
  const auto print = [](const char* what, std::uint64_t number) {
    std::printf("  %-28s %12llu\n", what, static_cast<unsigned long long>(number));
  };
  std::printf("\n");
  print("histories", all.histories);
  print("events", all.events);
  print("entries", all.entries);
  print("posted", all.posted);
  print("ERP documents", all.documents);
  print("faults injected", faults);
  print("fewest faults in a history", all.faults_min);
  print("starts of the gateway", all.starts);
  print("audits", all.audits);
  print("syncs", all.syncs);
  std::printf("  %-28s %12.1f\n  %-28s %12.1f\n  %-28s %12.0f\n", "seconds", seconds, "histories a second",
              static_cast<double>(all.histories) / seconds, "simulated days",
              static_cast<double>(all.simulated_micros) / 8.64e10);
  for (unsigned job = 0; job < settings.jobs; ++job) {
    for (std::size_t index = 0; index < std::min<std::size_t>(tallies[job].findings, kFindingsMax); ++index) {
      const Tally::Found& found = tallies[job].found[index];
      std::printf("\nFOUND %s: %s\n  again: simulate --seed %llu\n", found.id, found.text,
                  static_cast<unsigned long long>(found.seed));
    }
  }
  std::printf("\n%llu histories, %llu found\n", static_cast<unsigned long long>(all.histories),
              static_cast<unsigned long long>(all.findings));
  return all.findings == 0 ? 0 : 1;
}

ShortReport run_apart(std::uint64_t seed) {
  static ShortReport* report = shared_results<ShortReport>(1);
  *report = ShortReport{};
  const pid_t child = ::fork();
  if (child == 0) {
    const HistoryReport full = run_history(seed, {});
    if (full.finding) {
      report->found = true;
      put(report->id, full.finding->id);
      put(report->text, full.finding->text);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    report->found = true;
    put(report->id, "M10");
    put(report->text, "the process died");
  }
  return *report;
}

}  // namespace glmap::simulation
