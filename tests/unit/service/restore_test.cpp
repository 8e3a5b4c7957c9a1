// SPDX-License-Identifier: Apache-2.0
// glmapd restore: the store has its name only when the restore is recorded in it.
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "gateway/service/commands.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store/verify.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace glmap;
using namespace glmap::gateway;

namespace {

/// A store with nothing in it, and its backup.
struct Backup {
  testing::TemporaryFolder folder;
  std::string file = folder.file("backup.db");
  std::string store = folder.file("gateway.db");

  Backup() {
    REQUIRE(store::open_sqlite_store(folder.file("old.db")));
    REQUIRE(service::run_backup({"--store", folder.file("old.db"), "--to", file}) == service::kExitDone);
  }
  int restore() const { return service::run_restore({"--store", store, "--backup", file, "--by", "anna"}); }
};

}  // namespace

TEST_CASE("a restore that cannot be recorded leaves no store behind", "[restore][M18]") {
  const Backup backup;
  // glmapd would take a copy without that record for an ordinary store, and send what the ERP may have.
  // It cannot be opened: what stands in the place of its mark is not removed either.
  std::filesystem::create_directories(backup.store + ".restoring.acknowledged/occupied");
  CHECK(backup.restore() != service::kExitDone);
  CHECK_FALSE(std::filesystem::exists(backup.store));
}

TEST_CASE("a restore that was killed is begun anew", "[restore][M18]") {
  const Backup backup;
  std::ofstream(backup.store + ".restoring") << "half a copy";
  CHECK(backup.restore() == service::kExitDone);
  CHECK(store::verify_sqlite_store(backup.store));
  for (const auto& entry : std::filesystem::directory_iterator(backup.folder.file(""))) {
    INFO(entry.path());
    CHECK(entry.path().string().find(".restoring") == std::string::npos);
  }
}

TEST_CASE("a restore does not replace a store", "[restore][M18]") {
  const Backup backup;
  CHECK(backup.restore() == service::kExitDone);
  CHECK(backup.restore() != service::kExitDone);
  CHECK(store::verify_sqlite_store(backup.store));
}
