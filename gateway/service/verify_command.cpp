// SPDX-License-Identifier: Apache-2.0
// glmapd verify: does everything that is recorded still stand as it was recorded? Beside a running glmapd, too.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "gateway/service/command_line.hpp"
#include "gateway/service/commands.hpp"
#include "gateway/service/configured_store.hpp"
#include "gateway/store/verify.hpp"

namespace glmap::gateway::service {

int run_verify(const std::vector<std::string>& arguments) {
  CLI::App app("Checks a store from end to end; names the first record that does not hold", "glmapd verify");
  std::string store;
  app.add_option("--store", store, "SQLite file, or postgresql://...")->required();
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  const auto report = names_postgres(store) ? store::verify_postgres_store(store) : store::verify_sqlite_store(store);
  if (!report) return tell(report.error());
  std::printf("%lld events, %lld entries, %lld changes of state: all as they were recorded\n",
              static_cast<long long>(report->events), static_cast<long long>(report->entries),
              static_cast<long long>(report->changes));
  for (const std::string& head : report->heads) std::printf("chain %s\n", head.c_str());
  return kExitDone;
}

}  // namespace glmap::gateway::service
