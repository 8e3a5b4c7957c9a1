// SPDX-License-Identifier: Apache-2.0
// The stores that the suite runs over, each in a place of its own: SQLite always, PostgreSQL where it is installed.
#pragma once

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "gateway/platform/clock.hpp"
#include "gateway/store/postgres/open_store.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store/verify.hpp"
#include "tests/support/gateway_book.hpp"
#include "tests/support/postgres_cluster.hpp"
#include "tests/support/sqlite_script.hpp"
#include "tests/support/temporary_folder.hpp"

namespace glmap::testing {

struct SqlitePlace {
  std::unique_ptr<gateway::store::Store> open() const {
    return expect(gateway::store::open_sqlite_store(folder.file("gateway.db")));
  }
  Result<gateway::store::AuditReport> verify() const {
    return gateway::store::verify_sqlite_store(folder.file("gateway.db"));
  }
  /// Somebody changes the closed store behind its back; what is returned undoes it.
  std::function<void()> tamper(const std::string& sql) const {
    const std::string path = folder.file("gateway.db"), kept = folder.file("kept.db");
    std::filesystem::copy_file(path, kept, std::filesystem::copy_options::overwrite_existing);
    run_sqlite_script(path,
                      "DROP TRIGGER events_keep_u; DROP TRIGGER events_keep_d; DROP TRIGGER entries_keep_u; "
                      "DROP TRIGGER history_keep_u; DROP TRIGGER history_keep_d; " +
                          sql);
    return [path, kept] { std::filesystem::copy_file(kept, path, std::filesystem::copy_options::overwrite_existing); };
  }
  TemporaryFolder folder;
};

struct PostgresPlace {
  std::unique_ptr<gateway::store::Store> open(const std::string& gateway = "one") const {
    return expect(gateway::store::open_postgres_store({.url = url, .gateway = gateway}, clock));
  }
  Result<gateway::store::AuditReport> verify() const { return gateway::store::verify_postgres_store(url); }
  std::function<void()> tamper(const std::string& sql) {
    auto& cluster = PostgresCluster::shared();
    const std::string copy = cluster.copy_of(url);
    std::swap(copy_, url);
    url = copy;
    cluster.run(url, "SET search_path = glmap; SET session_replication_role = replica; " + sql);  // no triggers
    return [this] { std::swap(copy_, url); };
  }
  std::string copy_;
  gateway::platform::SystemClock clock;
  std::string url = PostgresCluster::shared().new_database();
};

/// False, and a line on standard error, where a test cannot run.
inline bool postgres_here() {
  if (PostgresCluster::installed()) return true;
  std::fprintf(stderr, "SKIPPED: the store on PostgreSQL, because PostgreSQL 15 is not installed\n");
  return false;
}

/// A place as a type for Catch2's templates, that is not made when it cannot be.
template <class Place>
bool can_run() {
  if constexpr (std::is_same_v<Place, PostgresPlace>) {
    return postgres_here();
  } else {
    return true;
  }
}

}  // namespace glmap::testing
