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
#include "gateway/store/sqlite/open_store.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store/verify.hpp"
#include "tests/support/gateway_book.hpp"
#include "tests/support/sqlite_script.hpp"
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
  testing::run_sqlite_script(path, "INSERT INTO schema_versions VALUES (999)");
  CHECK(store::open_sqlite_store(path).error().code == ErrorCode::StoreVersion);
}

namespace {

/// A small store with every kind of record, closed.
void fill(const std::string& path) {
  const auto evaluator = testing::gateway_evaluator();
  // Small runs of keys, so that there are some.
  const auto store =
      expect(store::open_sqlite_store({.path = path, .keys = {.run_bits = 1, .part_bits = 0, .fan_bits = 1}}));
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
       {"schema_versions", "bundles",     "activations",    "statement_rows",  "events",     "event_keys",
        "event_state",     "lanes",       "entries",        "entry_state",     "history",    "conflicts",
        "balances",        "chain_heads", "event_key_runs", "event_key_parts", "entry_keys", "entry_key_runs",
        "entry_key_parts", "turns",       "later_entries"}) {
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

namespace {

/// Makes of a store what version 1 of the schema would have kept.
void turn_into_version_1(const std::string& path) {
  const char* script = R"sql(
    DROP TABLE turns; DROP TABLE later_entries; DROP INDEX history_exceptions;
    DROP TABLE event_key_runs; DROP TABLE event_key_parts; DROP TABLE entry_key_runs; DROP TABLE entry_key_parts;
    CREATE TABLE old_keys (key BLOB PRIMARY KEY, event INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO old_keys SELECT substr(k.keys, 1 + 16 * (e.number - k.first), 16), e.number FROM events e JOIN event_keys k
      ON k.first = (SELECT max(first) FROM event_keys WHERE first <= e.number);
    DROP TABLE event_keys; DROP TABLE entry_keys; ALTER TABLE old_keys RENAME TO event_keys;
    CREATE TABLE old_entries (number INTEGER PRIMARY KEY, event INTEGER NOT NULL, reference TEXT NOT NULL UNIQUE,
      entity TEXT NOT NULL, ledger TEXT NOT NULL, period TEXT NOT NULL, created_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    INSERT INTO old_entries SELECT number, event, reference, entity, ledger, period, created_at, body FROM entries;
    DROP TABLE entries; ALTER TABLE old_entries RENAME TO entries;
    CREATE TRIGGER entries_keep_u BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'no'); END;
    CREATE TRIGGER entries_keep_d BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'no'); END;
    DROP TABLE lane_days;
    CREATE TABLE old_lanes (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, row_check INTEGER NOT NULL) STRICT;
    INSERT INTO old_lanes SELECT min(number), name, 0 FROM lanes GROUP BY name;
    UPDATE entry_state SET lane = (SELECT o.number FROM old_lanes o JOIN lanes l ON l.name = o.name WHERE l.number = entry_state.lane);
    DROP TABLE lanes; ALTER TABLE old_lanes RENAME TO lanes;
    DROP INDEX entry_due; DROP INDEX entry_in_delivery_by_object;
    CREATE INDEX entry_due ON entry_state (lane, due_at, entry) WHERE state IN (0, 2, 3);
    CREATE INDEX entry_in_delivery_by_object ON entry_state (object, entry) WHERE object IS NOT NULL AND state IN (0, 1, 2, 3);
    UPDATE event_state SET row_check = 0; UPDATE entry_state SET row_check = 0; UPDATE balances SET row_check = 0;
    DELETE FROM schema_versions WHERE version > 1)sql";
  testing::run_sqlite_script(path, script);
}

}  // namespace

TEST_CASE("a store of the first schema goes on in the present one", "[store]") {
  TemporaryFolder folder;
  const std::string path = folder.file("gateway.db");
  fill(path);
  const auto before = expect(store::verify_sqlite_store(path));
  turn_into_version_1(path);
  CHECK_FALSE(store::verify_sqlite_store(path));
  expect(store::open_sqlite_store(path)).reset();
  const auto after = expect(store::verify_sqlite_store(path));
  CHECK(after.events == before.events);
  CHECK(after.heads == before.heads);

  const auto store = expect(store::open_sqlite_store(path));
  const auto entries = expect(store->list_entries({}));
  REQUIRE_FALSE(entries.empty());
  for (const auto& entry : entries) CHECK(entry.lane == (entry.entity == "DE" ? "erp-de" : "erp-us"));
  for (const auto& entry : entries)
    CHECK(expect(store->entry_by_reference(entry.reference))->sequence == entry.sequence);
  const auto evaluator = testing::gateway_evaluator();
  const std::string raw = testing::event_text({.id = "E-1"});
  const auto arrivals = expect(intake::read_events(intake::BodyKind::single, raw, {}));
  const auto again = expect(posting::prepare(*evaluator, arrivals.front(), Instant{9}));
  const auto answers = expect(store->commit_intake(std::span(&again.event, 1)));
  CHECK(answers.front().recognised == engine::Recognised::duplicate);
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
