// SPDX-License-Identifier: Apache-2.0
// A store that was damaged while nobody had it open, or whose files are taken away under it: it starts and is right, or
// it refuses and says where. Nothing damaged is sent, nothing acknowledged is forgotten without a word.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "gateway/posting/prepare.hpp"
#include "gateway/store/sqlite/open_store.hpp"
#include "gateway/store/verify.hpp"
#include "tests/support/gateway_book.hpp"
#include "tests/support/sqlite_script.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace glmap;
using namespace glmap::gateway;
using testing::expect;
using testing::TemporaryFolder;

namespace {

constexpr Instant kNow{1'790'942'400'000'000};

void add(store::Store& store, const testing::EventText& text) {
  const auto evaluator = testing::gateway_evaluator();
  const std::string raw = testing::event_text(text);
  const auto arrivals = expect(intake::read_events(intake::BodyKind::single, raw, {}));
  const auto prepared = expect(posting::prepare(*evaluator, arrivals.front(), kNow));
  (void)expect(store.commit_intake(std::span(&prepared.event, 1)));
}

/// One event a commit, of every kind, and one entry that was sent.
void fill(store::Store& store) {
  REQUIRE(store.activate_bundle("sha256:test", "bundle bytes", kNow));
  add(store, {.id = "E-1"});
  add(store, {.id = "E-1", .net = "7.00"});
  add(store, {.id = "E-2", .product = "VOICE"});
  add(store, {.id = "E-3", .invoice = "I-3"});
  add(store, {.id = "E-4", .invoice = "I-4", .net = "9.005"});
  REQUIRE(store.hold_lane("erp-de", kNow));
  const auto claimed =
      expect(store.claim_due({.lane = "erp-de", .now = kNow, .lease_until = Instant{kNow.micros + 1}, .limit = 1}));
  store::DeliveryOutcome outcome;
  outcome.entry = claimed.at(0).entry;
  outcome.claim = claimed.at(0).claim;
  outcome.input = engine::DeliveryInput::confirmed;
  outcome.to = engine::EntryState::posted;
  outcome.document_id = "DOC-1";
  outcome.evidence = "{}";
  REQUIRE(store.record_delivery(std::span(&outcome, 1)));
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// What a gateway and its users see of a store, and what it would send next; or why it does not.
std::string seen(const std::string& path) {
  auto opened = store::open_sqlite_store(path);
  if (!opened) return "refused: " + opened.error().message;
  store::Store& store = **opened;
  std::string out;
  for (store::Sequence number = 1; number <= 6; ++number) {
    const auto journey = store.event_journey(number);
    if (!journey) return "refused: " + journey.error().message;
    if (!*journey) continue;
    const store::EventRecord& event = (*journey)->event;
    out += event.identity.id + event.raw + event.identity.content_digest +
           std::to_string(static_cast<int>(event.state)) + event.object + event.entity + "\n";
    for (const auto& entry : (*journey)->entries)
      out += entry.reference + entry.json + entry.document_id + std::to_string(static_cast<int>(entry.state)) + "\n";
    for (const auto& change : (*journey)->history) out += change.to + change.by + change.why + "\n";
    out += std::to_string((*journey)->conflicts.size()) + "\n";
  }
  const auto statement = store.statement();
  if (!statement) return "refused: " + statement.error().message;
  for (const auto& row : *statement)
    out += row.source + row.entity + std::to_string(row.accepted.count) + (row.agrees() ? "=" : "!") + "\n";
  const auto held = store.hold_lane("erp-de", kNow);
  if (!held) return "refused: " + held.error().message;
  const auto claimed = store.claim_due({.lane = "erp-de", .now = kNow, .lease_until = kNow, .limit = 9});
  if (!claimed) return "refused: " + claimed.error().message;
  for (const auto& entry : *claimed) out += "sends " + entry.reference + entry.json + "\n";
  return out;
}

/// Thousands of copies are opened and synced: where nothing turns round.
std::filesystem::path memory_folder() {
  return std::filesystem::exists("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path();
}

/// A closed store as a kill leaves it: the log not yet brought into the database.
struct Stopped {
  TemporaryFolder folder{memory_folder()};
  std::string path = folder.file("copy.db");
  std::vector<std::pair<std::string, std::string>> files;

  explicit Stopped(bool killed) {
    const std::string original = folder.file("gateway.db");
    auto store = expect(store::open_sqlite_store(original));
    fill(*store);
    if (!killed) store.reset();
    for (const char* end : {"", "-wal", ".acknowledged"}) {
      if (std::filesystem::exists(original + end)) files.emplace_back(path + end, bytes_of(original + end));
    }
  }
  void put() const {
    for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(path + end);
    for (const auto& [name, bytes] : files) write_bytes(name, bytes);
  }
};

/// The bytes of a file that say something, and some of those that are empty, of every page.
std::vector<std::size_t> places_in(const std::string& bytes) {
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (bytes[at] != 0 || at % 1021 == 0) places.push_back(at);
  }
  return places;
}

/// A bit of these places in turn, each round at others, until the time is over.
void flip_bits(const Stopped& stopped, std::chrono::seconds time) {
  stopped.put();
  const std::string whole = seen(stopped.path);
  REQUIRE_FALSE(whole.starts_with("refused"));
  const auto end = std::chrono::steady_clock::now() + time;
  constexpr std::size_t kRounds = 101;
  int refused = 0, right = 0;
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (const auto& [name, bytes] : stopped.files) {
      const std::vector<std::size_t> places = places_in(bytes);
      for (std::size_t index = round * 37 % kRounds; index < places.size(); index += kRounds) {
        if (std::chrono::steady_clock::now() >= end) break;
        const std::size_t at = places[index], bit = (at + round) % 8;
        stopped.put();
        std::string rotten = bytes;
        rotten[at] = static_cast<char>(rotten[at] ^ (1 << bit));
        write_bytes(name, rotten);
        const std::string now = seen(stopped.path);
        INFO(name << ", byte " << at << ", bit " << bit);
        if (now.starts_with("refused: ")) {
          ++refused;
          CHECK(now.size() > 30);  // says what and where
        } else {
          ++right;
          CHECK(now == whole);
        }
      }
    }
  }
  std::printf("flipped %d bits: %d times refused, %d times nothing changed\n", refused + right, refused, right);
  CHECK(refused > 0);
  CHECK(right > 0);
}

}  // namespace

TEST_CASE("a bit that flips in a stopped store is refused, or changes nothing", "[store][M13]") {
  flip_bits(Stopped(false), std::chrono::seconds(12));
}

TEST_CASE("a bit that flips in the log of a killed store is refused, or changes nothing", "[store][M13][I6]") {
  flip_bits(Stopped(true), std::chrono::seconds(12));
}

TEST_CASE("events whose commits a damaged log hides are missed, with the frame that hides them", "[store][M13][I6]") {
  const Stopped stopped(true);
  stopped.put();
  const auto& log = stopped.files.at(1);
  REQUIRE(log.first.ends_with("-wal"));
  constexpr std::size_t kFrame = 24 + 8192;
  std::string rotten = log.second;
  const std::size_t frames = (rotten.size() - 32) / kFrame;
  rotten[32 + (frames / 2) * kFrame + 100] ^= 1;
  write_bytes(log.first, rotten);
  const auto opened = store::open_sqlite_store(stopped.path);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::StoreCorrupt);
  INFO(opened.error().message);
  CHECK(opened.error().message.contains("were acknowledged"));
  CHECK(opened.error().message.contains("frame " + std::to_string(frames / 2 + 1) + " of its log"));
  // What is left stays as it was, for whoever looks into it.
  CHECK(bytes_of(log.first) == rotten);
}

TEST_CASE("a large store does not send what was damaged, and not once more what was posted", "[store][M13]") {
  // Large: too large to be verified as a whole when it is opened.
  const auto open = [](const std::string& path) {
    return store::open_sqlite_store(store::SqliteOptions{.path = path, .verified_bytes_max = 0});
  };
  const Stopped stopped(false);
  const auto claim = [&]() -> Result<std::vector<store::ClaimedEntry>> {
    const auto store = expect(open(stopped.path));
    if (auto held = store->hold_lane("erp-de", kNow); !held) return std::unexpected(held.error());
    auto claimed = store->claim_due({.lane = "erp-de", .now = kNow, .lease_until = kNow, .limit = 9});
    if (!claimed) CHECK(store->health().error().code == ErrorCode::StoreFailed);
    return claimed;
  };
  stopped.put();
  CHECK(claim()->size() == 1);  // the one that is not posted
  stopped.put();
  testing::run_sqlite_script(
      stopped.path, "DROP TRIGGER entries_keep_u; UPDATE entries SET body = replace(body, '119.00', '119.01')");
  REQUIRE_FALSE(claim());
  CHECK(claim().error().code == ErrorCode::StoreCorrupt);
  stopped.put();
  testing::run_sqlite_script(stopped.path, "UPDATE entry_state SET state = 0");  // posted becomes ready
  REQUIRE_FALSE(claim());
  stopped.put();
  testing::run_sqlite_script(stopped.path, "UPDATE lanes SET name = 'erp-fr'");
  CHECK(open(stopped.path).error().code == ErrorCode::StoreCorrupt);
}

TEST_CASE("a store is locked whatever name it is reached by", "[store][M16]") {
  TemporaryFolder folder;
  const std::string path = folder.file("gateway.db"), link = folder.file("link.db"), hard = folder.file("hard.db");
  const auto first = expect(store::open_sqlite_store(path));
  std::filesystem::create_symlink(path, link);
  std::filesystem::create_hard_link(path, hard);
  for (const std::string& name : {path, link, hard}) {
    const auto second = store::open_sqlite_store(name);
    INFO(name);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::StoreUnavailable);
  }
}

TEST_CASE("a store that is deleted or replaced under the process acknowledges nothing more", "[store][M12]") {
  for (const char* end : {"", "-wal"}) {
    for (const bool replaced : {false, true}) {
      TemporaryFolder folder;
      const std::string path = folder.file("gateway.db");
      const auto store = expect(store::open_sqlite_store(path));
      fill(*store);
      std::filesystem::rename(path + end, path + end + ".away");
      if (replaced) std::filesystem::copy_file(path + end + ".away", path + end);
      INFO(end << (replaced ? " replaced" : " deleted"));
      const auto answer = store->activate_bundle("sha256:other", "bytes", kNow);
      REQUIRE_FALSE(answer);
      CHECK(answer.error().code == ErrorCode::StoreFailed);
      CHECK(store->health().error().code == ErrorCode::StoreFailed);
    }
  }
}

TEST_CASE("a disk that is nearly full takes no events, and says so before harm", "[store][M12]") {
  TemporaryFolder folder;
  const std::string path = folder.file("gateway.db");
  constexpr std::uint64_t kMoreThanAnyDisk = std::uint64_t{1} << 62;
  const auto refused = store::open_sqlite_store(store::SqliteOptions{.path = path, .free_bytes_min = kMoreThanAnyDisk});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::StoreUnavailable);
  CHECK(refused.error().help.contains("make space"));
  CHECK_FALSE(std::filesystem::exists(path));
}
