// SPDX-License-Identifier: Apache-2.0
// The index of keys against a map: with small runs, so that a few hundred keys are sorted, merged and merged again.
#include "gateway/store/sqlite/key_index.hpp"

#include <map>
#include <random>

#include <catch2/catch.hpp>

#include "gateway/store/sqlite/reader.hpp"
#include "gateway/store/sqlite/schema.hpp"
#include "gateway/store/sqlite/verify_keys.hpp"
#include "tests/support/gateway_book.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace glmap;
using namespace glmap::gateway;
using store::EventKey;
using testing::expect;
using testing::TemporaryFolder;

namespace {

EventKey key_of(std::int64_t number) {
  return store::reference_key("key " + std::to_string(number));
}

std::int64_t one_number(const store::Database& database, const std::string& sql) {
  store::Statement row = expect(database.prepare(sql));
  REQUIRE(expect(row.step()));
  return row.integer(0);
}

/// An index in a file of its own, closed and opened again at will.
struct Place {
  explicit Place(store::KeyIndexSettings with) : settings(with) { open(); }
  void open() {
    index.reset();
    database.reset();
    database = std::make_unique<store::Database>(
        expect(store::Database::open(folder.file("keys.db"), "", store::OpenMode::writer, 100)));
    REQUIRE(database->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF"));
    REQUIRE(store::migrate(*database));
    index = std::make_unique<store::KeyIndex>(expect(store::KeyIndex::open(*database, "event", settings)));
  }
  /// Adds so many in one transaction, which is undone when `commit` is false.
  void add(std::int64_t count, bool commit) {
    REQUIRE(database->execute("BEGIN IMMEDIATE"));
    for (std::int64_t number = next; number < next + count; ++number) {
      REQUIRE_FALSE(expect(index->find(key_of(number))));
      index->add(key_of(number), number);
      REQUIRE(expect(index->find(key_of(number))) == number);
    }
    REQUIRE(index->write());
    REQUIRE(database->execute(commit ? "COMMIT" : "ROLLBACK"));
    if (commit) {
      index->keep();
      next += count;
    } else {
      index->forget();
    }
  }
  void check_all() {
    store::Reader reader(expect(store::Database::open(folder.file("keys.db"), "", store::OpenMode::reader)));
    for (std::int64_t number = 1; number < next; ++number) {
      CHECK(expect(index->find(key_of(number))) == number);
      CHECK(expect(reader.find_event(key_of(number))) == number);
    }
    for (std::int64_t number = next; number < next + 200; ++number) {
      CHECK_FALSE(expect(index->find(key_of(number))));
      CHECK_FALSE(expect(reader.find_event(key_of(number))));
    }
  }
  Status verify() const {
    // The records whose keys these are: numbers with the keys they were given.
    std::string records = "SELECT column1, column2 FROM (VALUES ";
    for (std::int64_t number = 1; number < next; ++number) {
      const EventKey key = key_of(number);
      records += (number > 1 ? "," : "") + std::string("(") + std::to_string(number) + ",x'";
      for (const std::uint8_t byte : key) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        records += kDigits[byte >> 4];
        records += kDigits[byte & 15];
      }
      records += "')";
    }
    return store::verify_keys(*database, "event", records + ")");
  }

  TemporaryFolder folder;
  store::KeyIndexSettings settings;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<store::KeyIndex> index;
  std::int64_t next = 1;
};

}  // namespace

TEST_CASE("every key is found, and no other, whatever runs and merges there are", "[store][keys][I1]") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 chance(seed);
  for (const store::KeyIndexSettings settings :
       {store::KeyIndexSettings{.run_bits = 3, .part_bits = 1, .fan_bits = 1},
        store::KeyIndexSettings{.run_bits = 5, .part_bits = 2, .fan_bits = 2},
        store::KeyIndexSettings{.run_bits = 0, .part_bits = 0, .fan_bits = 1}}) {
    Place place(settings);
    for (int round = 0; round < 120; ++round) {
      place.add(1 + static_cast<std::int64_t>(chance() % 12), chance() % 5 != 0);
      if (chance() % 17 == 0) place.open();
    }
    place.check_all();
    REQUIRE(place.verify());
    CHECK(one_number(*place.database, "SELECT max(bits) FROM event_key_runs") >= 3);  // merged at least once
    place.open();
    place.check_all();
  }
}

TEST_CASE("a key that leads nowhere, and one that is missing, is found by verify", "[store][keys][I1]") {
  Place place({.run_bits = 4, .part_bits = 1, .fan_bits = 1});
  while (place.next < 200) place.add(7, true);
  REQUIRE(place.verify());
  for (const char* damage :
       {"DELETE FROM event_key_parts WHERE place = (SELECT max(place) FROM event_key_parts)",
        "UPDATE event_key_parts SET entries = substr(entries, 25) WHERE length(entries) > 24",
        "UPDATE event_key_parts SET entries = zeroblob(24) WHERE place = (SELECT min(place) FROM event_key_parts)",
        "UPDATE event_key_parts SET place = place + 1 WHERE place = (SELECT max(place) FROM event_key_parts)",
        "UPDATE event_key_runs SET last = last - 1 WHERE last = (SELECT max(last) FROM event_key_runs)",
        "DROP TRIGGER event_keys_keep_d; DELETE FROM event_keys WHERE first = 1"}) {
    INFO(damage);
    REQUIRE(place.database->execute("SAVEPOINT damage"));
    REQUIRE(place.database->execute(damage));
    CHECK(place.verify().error().code == ErrorCode::StoreCorrupt);
    REQUIRE(place.database->execute("ROLLBACK TO damage; RELEASE damage"));
  }
  REQUIRE(place.verify());
}

TEST_CASE("a filter lets no key be missed and stops nearly all others", "[store][keys][I1]") {
  store::KeyFilter filter(20'000);
  for (int number = 0; number < 20'000; ++number) filter.add(key_of(number));
  int missed = 0, passed = 0;
  for (int number = 0; number < 20'000; ++number) missed += filter.may_hold(key_of(number)) ? 0 : 1;
  for (int number = 20'000; number < 120'000; ++number) passed += filter.may_hold(key_of(number)) ? 1 : 0;
  CHECK(missed == 0);
  CHECK(passed < 1'000);  // of 100,000
  CHECK_FALSE(store::KeyFilter().may_hold(key_of(1)));
}
