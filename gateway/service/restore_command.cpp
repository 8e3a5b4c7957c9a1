// SPDX-License-Identifier: Apache-2.0
// glmapd restore: a store goes back to a backup. The ERP may be ahead of it: whatever is not final becomes unknown and
// is looked up before anything is sent.
#include <cstdio>
#include <filesystem>

#include <CLI/CLI.hpp>

#include "gateway/service/command_line.hpp"
#include "gateway/service/commands.hpp"
#include "gateway/service/configured_store.hpp"
#include "gateway/store/sqlite/backup.hpp"
#include "gateway/store/verify.hpp"

namespace glmap::gateway::service {

namespace {

/// How many entries will be looked up.
Result<std::int64_t> declare_restored(const std::string& store, const std::string& by) {
  const platform::SystemClock clock;
  Configuration configuration;
  configuration.store = store;
  configuration.gateway = "restore";
  GLMAP_TRY(opened, open_configured_store(configuration, clock));
  return opened->declare_restored(by, Instant{clock.utc_micros()});
}

void remove_copy(const std::string& copy, std::initializer_list<const char*> endings) {
  std::error_code ignored;
  for (const char* ending : endings) std::filesystem::remove(copy + ending, ignored);
}

/// The store gets its name last: started from a copy in which the restore is not recorded, glmapd would send what the
/// ERP may have.
Result<std::int64_t> restore_sqlite(const std::string& store, const std::string& backup, const std::string& by) {
  if (backup.empty()) return fail(ErrorCode::BadConfiguration, "no backup is named", "give --backup FILE");
  GLMAP_CHECK(store::verify_sqlite_store(backup));
  const std::string copy = store + ".restoring";
  remove_copy(copy, {"", "-wal", "-shm", ".acknowledged"});  // of a restore that was killed
  GLMAP_CHECK(store::backup_sqlite_store(backup, copy));
  GLMAP_TRY(open, declare_restored(copy, by));
  GLMAP_CHECK(store::backup_sqlite_store(copy, store));
  remove_copy(copy, {"", "-wal", "-shm", ".acknowledged"});
  return open;
}

Result<std::int64_t> restore_postgres(const std::string& store, const std::string& backup, const std::string& by) {
  if (!backup.empty()) {
    return fail(ErrorCode::BadConfiguration, "a store on PostgreSQL is restored by PostgreSQL first",
                "run pg_restore, then glmapd restore without --backup");
  }
  GLMAP_CHECK(store::verify_postgres_store(store));
  return declare_restored(store, by);
}

Status restore(const std::string& store, const std::string& backup, const std::string& by) {
  GLMAP_TRY(open, names_postgres(store) ? restore_postgres(store, backup, by) : restore_sqlite(store, backup, by));
  std::printf("restored; %lld entries will be looked up in the ERP before anything is sent\n",
              static_cast<long long>(open));
  return {};
}

}  // namespace

int run_restore(const std::vector<std::string>& arguments) {
  CLI::App app("Goes back to a backup; whatever is not final is looked up in the ERP first", "glmapd restore");
  std::string store, backup, by;
  app.add_option("--store", store, "SQLite file to make, or the postgresql:// of a restored database")->required();
  app.add_option("--backup", backup, "the copy that glmapd backup made");
  app.add_option("--by", by, "who restores: stands in the history")->required();
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  if (Status done = restore(store, backup, by); !done) return tell(done.error());
  return kExitDone;
}

}  // namespace glmap::gateway::service
