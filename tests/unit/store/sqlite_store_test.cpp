// SPDX-License-Identifier: Apache-2.0
// What is SQLite's own: the file, its lock, its version.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include "gateway/posting/prepare.hpp"
#include "gateway/store/sqlite/backup.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store/verify.hpp"
#include "tests/support/gateway_book.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace glmap;
using namespace glmap::gateway;
using testing::expect;
using testing::TemporaryFolder;

TEST_CASE("the same store is not opened by two processes", "[store][M16]") {
  TemporaryFolder folder;
  const auto first = expect(store::open_sqlite_store(folder.file("gateway.db")));
  const auto second = store::open_sqlite_store(folder.file("gateway.db"));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::StoreUnavailable);
}

TEST_CASE("a folder that is not there and a file that is no store are told apart", "[store]") {
  TemporaryFolder folder;
  CHECK(store::open_sqlite_store(folder.file("no/such/gateway.db")).error().code == ErrorCode::StoreUnavailable);
  std::FILE* file = std::fopen(folder.file("gateway.db").c_str(), "w");
  REQUIRE(file != nullptr);
  std::fputs(std::string(8192, 'x').c_str(), file);
  std::fclose(file);
  CHECK(store::open_sqlite_store(folder.file("gateway.db")).error().code == ErrorCode::StoreCorrupt);
}

TEST_CASE("a store written by a newer glmapd is left alone", "[store][M17]") {
  TemporaryFolder folder;
  const std::string path = folder.file("gateway.db");
  expect(store::open_sqlite_store(path)).reset();
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, "INSERT INTO schema_versions VALUES (999)", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  CHECK(store::open_sqlite_store(path).error().code == ErrorCode::StoreVersion);
}

namespace {

/// A small store with every kind of record, closed.
void fill(const std::string& path) {
  const auto evaluator = testing::gateway_evaluator();
  const auto store = expect(store::open_sqlite_store(path));
  REQUIRE(store->activate_bundle(evaluator->digest(), "bundle bytes", Instant{1}));
  const std::vector<testing::EventText> texts = {
      {.id = "E-1"},
      {.id = "E-1", .net = "7.00"},
      {.id = "E-2", .product = "VOICE"},
      {.id = "E-3", .type = "dispute.opened", .entity = "US", .currency = "USD"}};
  for (const auto& text : texts) {
    const std::string raw = testing::event_text(text);
    const auto arrivals = expect(intake::read_events(intake::BodyKind::single, raw, {}));
    const auto prepared = expect(posting::prepare(*evaluator, arrivals.front(), Instant{1}));
    REQUIRE(store->commit_intake(std::span(&prepared.event, 1)));
  }
  REQUIRE(store->hold_lane("erp-de", Instant{2}));
  const auto claimed = expect(store->claim_due({.lane = "erp-de", .now = Instant{2}, .lease_until = Instant{3}}));
  store::DeliveryOutcome outcome;
  outcome.entry = claimed.at(0).entry;
  outcome.claim = claimed.at(0).claim;
  outcome.input = engine::DeliveryInput::confirmed;
  outcome.to = engine::EntryState::posted;
  outcome.document_id = "DOC-1";
  outcome.evidence = "{}";
  REQUIRE(store->record_delivery(std::span(&outcome, 1)));
}

std::string bytes_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// Everything that can be read from the tables, as text; or why it cannot.
std::string contents(const std::string& path) {
  sqlite3* database = nullptr;
  sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
  std::string out;
  const auto add = [](void* into, int count, char** values, char**) {
    for (int i = 0; i < count; ++i) *static_cast<std::string*>(into) += std::string(values[i] ? values[i] : "-") + "|";
    return 0;
  };
  for (const char* table :
       {"schema_versions", "bundles", "activations", "statement_rows", "events", "event_keys", "event_state", "lanes",
        "entries", "entry_state", "history", "conflicts", "balances", "chain_heads"}) {
    char* fault = nullptr;
    sqlite3_exec(database, (std::string("SELECT * FROM ") + table).c_str(), add, &out, &fault);
    if (fault != nullptr) out += fault;
    sqlite3_free(fault);
  }
  sqlite3_close(database);
  return out;
}

}  // namespace

TEST_CASE("a byte that rots anywhere in the store is noticed, or changes nothing", "[store][verify][M13]") {
  TemporaryFolder folder;
  const std::string whole = folder.file("gateway.db"), path = folder.file("rotten.db");
  fill(whole);
  REQUIRE(store::verify_sqlite_store(whole));
  const std::string good = bytes_of_file(whole), known = contents(whole);
  // Every byte in turn with GLMAP_EVERY_BYTE, which takes hours; else some hundreds, each time others.
  const bool every = std::getenv("GLMAP_EVERY_BYTE") != nullptr;
  const unsigned seed = std::random_device{}();
  std::mt19937 chance(seed);
  std::vector<std::size_t> used;  // empty parts of pages say nothing
  for (std::size_t at = 0; at < good.size(); ++at) {
    if (good[at] != 0) used.push_back(at);
  }
  if (!every) std::shuffle(used.begin(), used.end(), chance);
  if (!every) used.resize(std::min<std::size_t>(used.size(), 400));
  int noticed = 0, harmless = 0;
  for (const std::size_t at : used) {
    std::string rotten = good;
    rotten[at] = static_cast<char>(rotten[at] ^ (1 << chance() % 8));
    write_file(path, rotten);
    const auto seen = store::verify_sqlite_store(path);
    INFO("seed " << seed << ", byte " << at);
    if (!seen) {
      ++noticed;
    } else {
      CHECK(contents(path) == known);
      ++harmless;
    }
  }
  CHECK(noticed > harmless);
  write_file(path, good);
  CHECK(store::verify_sqlite_store(path));
}

TEST_CASE("a store whose log of some megabytes was left by a kill opens again", "[store][M11]") {
  TemporaryFolder folder;
  const std::string path = folder.file("gateway.db"), copy = folder.file("killed.db");
  const auto store = expect(store::open_sqlite_store(path));
  const std::string bytes(3'000'000, 'b');
  REQUIRE(store->activate_bundle("sha256:large", bytes, Instant{1}));
  for (const char* end : {"", "-wal"}) std::filesystem::copy_file(path + end, copy + end);  // as a kill leaves them
  REQUIRE(std::filesystem::file_size(copy + "-wal") > 2'000'000);
  const auto again = expect(store::open_sqlite_store(copy));
  CHECK(expect(again->active_bundle())->bytes == bytes);
}

TEST_CASE("a backup is made beside the open store, verifies, and opens again", "[store][M18]") {
  TemporaryFolder folder;
  const std::string path = folder.file("gateway.db"), copy = folder.file("copy.db");
  fill(path);
  const auto open = expect(store::open_sqlite_store(path));
  REQUIRE(store::backup_sqlite_store(path, copy));
  CHECK(contents(copy) == contents(path));
  CHECK(expect(store::verify_sqlite_store(copy)).events == 3);
  CHECK(store::backup_sqlite_store(path, copy).error().code == ErrorCode::StoreUnavailable);  // never over another
  CHECK(store::backup_sqlite_store(folder.file("none.db"), folder.file("x.db")).error().code ==
        ErrorCode::StoreUnavailable);
  const auto restored = expect(store::open_sqlite_store(copy));
  CHECK(expect(restored->statement())[0].agrees());
}
