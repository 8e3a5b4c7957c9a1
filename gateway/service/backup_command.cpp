// SPDX-License-Identifier: Apache-2.0
// glmapd backup: a copy of a SQLite store as of one moment, beside a running glmapd. PostgreSQL has pg_dump.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "gateway/service/command_line.hpp"
#include "gateway/service/commands.hpp"
#include "gateway/service/configured_store.hpp"
#include "gateway/store/sqlite/backup.hpp"
#include "gateway/store/verify.hpp"

namespace glmap::gateway::service {

namespace {

/// A copy that does not verify is no backup.
Status back_up(const std::string& store, const std::string& to) {
  if (names_postgres(store)) {
    return fail(ErrorCode::BadConfiguration, "a store on PostgreSQL is backed up by PostgreSQL",
                "run pg_dump --schema=glmap, see docs/operations/backup.md");
  }
  GLMAP_CHECK(store::backup_sqlite_store(store, to));
  GLMAP_TRY(report, store::verify_sqlite_store(to));
  std::printf("%s: %lld events, %lld entries, verified\n", to.c_str(), static_cast<long long>(report.events),
              static_cast<long long>(report.entries));
  return {};
}

}  // namespace

int run_backup(const std::vector<std::string>& arguments) {
  CLI::App app("Copies a SQLite store as of one moment, and verifies the copy", "glmapd backup");
  std::string store, to;
  app.add_option("--store", store, "SQLite file")->required();
  app.add_option("--to", to, "file to write; must not be there yet")->required();
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  if (Status done = back_up(store, to); !done) return tell(done.error());
  return kExitDone;
}

}  // namespace glmap::gateway::service
