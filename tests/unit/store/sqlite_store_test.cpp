// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <sqlite3.h>

#include "gateway/posting/prepare.hpp"
#include "gateway/store/sqlite/open_store.hpp"
#include "gateway/store/store.hpp"
#include "tests/support/gateway_book.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace glmap;
using namespace glmap::gateway;
using engine::DeliveryInput;
using engine::EntryState;
using engine::EventState;
using testing::event_text;
using testing::EventText;
using testing::expect;
using testing::TemporaryFolder;

namespace {

constexpr Instant kNow{1'790'942'400'000'000};
Instant later(std::int64_t seconds) {
  return Instant{kNow.micros + seconds * 1'000'000};
}

/// A store in a folder of its own, with a book in force.
struct Fixture {
  TemporaryFolder folder;
  std::shared_ptr<const rules::Evaluator> evaluator = testing::gateway_evaluator();
  std::unique_ptr<store::Store> store;

  Fixture() { open(); }
  void open() {
    store = expect(store::open_sqlite_store(folder.file("gateway.db")));
    REQUIRE(store->activate_bundle(evaluator->digest(), "bundle bytes", kNow));
  }
  void reopen() {
    store.reset();
    open();
  }
  store::Sequence add(const EventText& text) {
    const std::string raw = event_text(text);
    const auto arrivals = expect(intake::read_events(intake::BodyKind::single, raw, {}));
    const posting::Prepared prepared = expect(posting::prepare(*evaluator, arrivals.front(), kNow));
    return expect(store->commit_intake(std::span(&prepared.event, 1), {})).front();
  }
  std::vector<store::ClaimedEntry> claim(std::string_view lane, Instant now, int limit = 10) {
    return expect(
        store->claim_due({.lane = lane, .now = now, .lease_until = Instant{now.micros + 60'000'000}, .limit = limit}));
  }
  store::OutcomeRecorded settle(const store::ClaimedEntry& entry, DeliveryInput input, EntryState to, Instant at,
                                const std::string& document = "") {
    store::DeliveryOutcome outcome;
    outcome.entry = entry.entry;
    outcome.claim = entry.claim;
    outcome.input = input;
    outcome.to = to;
    outcome.at = at;
    outcome.due_at = at;
    outcome.document_id = document;
    if (input != DeliveryInput::confirmed) outcome.reason = Error{ErrorCode::ErpUnclear, "connection lost", "", {}};
    return expect(store->record_delivery(std::span(&outcome, 1))).front();
  }
  EntryState state_of(const std::string& reference) { return expect(store->entry_by_reference(reference))->state; }
};

}  // namespace

TEST_CASE("an event is found again with its bytes, its entry and where it stands", "[store]") {
  Fixture f;
  const auto sequence = f.add({});
  CHECK(sequence == 1);
  f.reopen();
  const auto journey = expect(f.store->event_journey(sequence));
  REQUIRE(journey);
  CHECK(journey->event.raw == event_text());
  CHECK(journey->event.state == EventState::accepted);
  CHECK(journey->event.entity == "DE");
  CHECK(journey->event.control->to_text() == "119.00 EUR");
  CHECK(journey->event.bundle_digest == "sha256:test");
  REQUIRE(journey->entries.size() == 1);
  CHECK(journey->entries[0].state == EntryState::ready);
  CHECK(journey->entries[0].lane == "erp-de");
  CHECK(journey->entries[0].total_functional.to_text() == "119.00 EUR");
  CHECK(journey->entries[0].event_id == "E-1");
  REQUIRE(journey->history.size() == 1);
  CHECK(journey->history[0].to == "accepted");
  CHECK_FALSE(expect(f.store->event_journey(99)));
}

TEST_CASE("sequences go on after a restart, and so do the figures", "[store]") {
  Fixture f;
  CHECK(f.add({.id = "E-1"}) == 1);
  f.reopen();
  CHECK(f.add({.id = "E-2", .invoice = "I-2"}) == 2);
  const auto rows = expect(f.store->statement());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].accepted == store::CountAndAmount{2, 23'800});
  CHECK(rows[0].waiting == store::CountAndAmount{2, 23'800});
  CHECK(rows[0].agrees());
  const auto balance = expect(f.store->trial_balance("DE"));
  REQUIRE(balance.size() == 3);
  CHECK(balance[0].account == "1200");
  CHECK(balance[0].debit_minor == 23'800);
  CHECK(balance[2].account == "4200");
  CHECK(balance[2].credit_minor == 20'000);
}

TEST_CASE("the intent to send is on disk before the entry is handed out", "[store]") {
  Fixture f;
  f.add({});
  const auto claimed = f.claim("erp-de", later(1));
  REQUIRE(claimed.size() == 1);
  CHECK(claimed[0].state == EntryState::sending);
  CHECK(claimed[0].sends == 1);
  CHECK(claimed[0].last_sent_at == later(1));
  f.reopen();
  CHECK(f.state_of(claimed[0].reference) == EntryState::sending);
  CHECK(f.claim("erp-de", later(10'000)).empty());  // never handed out twice
}

TEST_CASE("a send ends when its answer is given up, not when its entry was claimed", "[store]") {
  Fixture f;
  f.add({});
  const auto sent = f.claim("erp-de", later(1));
  f.settle(sent[0], DeliveryInput::unclear, EntryState::unknown, later(61));
  const auto look = f.claim("erp-de", later(62));
  REQUIRE(look.size() == 1);
  CHECK(look[0].last_sent_at == later(61));
  f.settle(look[0], DeliveryInput::unclear, EntryState::unknown, later(70));
  CHECK(f.claim("erp-de", later(71))[0].last_sent_at == later(61));  // a look-up sends nothing
}

TEST_CASE("after a restart an interrupted send is unknown and is looked up, not sent", "[store]") {
  Fixture f;
  f.add({});
  const auto sent = f.claim("erp-de", later(1));
  f.reopen();
  CHECK(expect(f.store->recover(later(5))) == 1);
  CHECK(f.state_of(sent[0].reference) == EntryState::unknown);
  CHECK(f.settle(sent[0], DeliveryInput::confirmed, EntryState::posted, later(6)) == store::OutcomeRecorded::stale);
  const auto look = f.claim("erp-de", later(6));
  REQUIRE(look.size() == 1);
  CHECK(look[0].state == EntryState::unknown);
  CHECK(look[0].looks == 1);
  CHECK(look[0].last_sent_at == later(5));  // until then it may have been on its way
  CHECK(f.settle(look[0], DeliveryInput::confirmed, EntryState::posted, later(7), "DOC-1") ==
        store::OutcomeRecorded::recorded);
  const auto journey = expect(f.store->event_journey(1));
  CHECK(journey->event.state == EventState::posted);
  CHECK(journey->entries[0].document_id == "DOC-1");
  std::vector<std::string> path;
  for (const auto& change : journey->history) path.push_back(change.to);
  CHECK(path == std::vector<std::string>{"accepted", "sending", "unknown", "posted", "posted"});
  CHECK(expect(f.store->statement())[0].posted == store::CountAndAmount{1, 11'900});
}

TEST_CASE("a look-up cut off by a restart is done again at once, not when its lease ends", "[store]") {
  Fixture f;
  f.add({});
  f.settle(f.claim("erp-de", later(1))[0], DeliveryInput::unclear, EntryState::unknown, later(2));
  REQUIRE(f.claim("erp-de", later(3)).size() == 1);
  CHECK(f.claim("erp-de", later(4)).empty());  // somebody is looking
  f.reopen();
  CHECK(expect(f.store->recover(later(5))) == 0);
  CHECK(f.claim("erp-de", later(5)).size() == 1);
}

TEST_CASE("an outcome of an older claim changes nothing", "[store]") {
  Fixture f;
  f.add({});
  const auto first = f.claim("erp-de", later(1));
  CHECK(f.settle(first[0], DeliveryInput::unclear, EntryState::unknown, later(2)) == store::OutcomeRecorded::recorded);
  const auto second = f.claim("erp-de", later(3));
  REQUIRE(second.size() == 1);
  CHECK(f.settle(first[0], DeliveryInput::confirmed, EntryState::posted, later(4)) == store::OutcomeRecorded::stale);
  CHECK(f.settle(second[0], DeliveryInput::refused, EntryState::rejected, later(4)) == store::OutcomeRecorded::stale);
  CHECK(f.state_of(first[0].reference) == EntryState::unknown);
}

TEST_CASE("a try in which nothing left the gateway does not count as a send", "[store]") {
  Fixture f;
  f.add({});
  for (int i = 0; i < 3; ++i) {
    const auto claimed = f.claim("erp-de", later(i + 1));
    REQUIRE(claimed.size() == 1);
    CHECK(claimed[0].sends == 1);
    CHECK(claimed[0].waits == i);
    f.settle(claimed[0], DeliveryInput::not_sent, EntryState::ready, later(i + 1));
  }
}

TEST_CASE("entries of one business object are delivered in their order, others beside them", "[store]") {
  Fixture f;
  f.add({.id = "E-1", .invoice = "I-1"});
  f.add({.id = "E-2", .invoice = "I-1"});
  f.add({.id = "E-3", .invoice = "I-3"});
  f.add({.id = "E-4", .invoice = "I-4", .entity = "US", .currency = "USD"});
  const auto claimed = f.claim("erp-de", later(1));
  REQUIRE(claimed.size() == 2);  // not E-2, which waits for E-1; not US, which is another lane
  CHECK(claimed[0].entry == 1);
  CHECK(claimed[1].entry == 3);
  f.settle(claimed[0], DeliveryInput::confirmed, EntryState::posted, later(2));
  const auto next = f.claim("erp-de", later(3));
  REQUIRE(next.size() == 1);
  CHECK(next[0].entry == 2);
}

TEST_CASE("a refused entry does not block its neighbours and is tried again when a person asks", "[store]") {
  Fixture f;
  f.add({});
  const auto claimed = f.claim("erp-de", later(1));
  f.settle(claimed[0], DeliveryInput::refused, EntryState::rejected, later(2));
  const auto rejected = expect(f.store->statement());
  CHECK(rejected[0].rejected == store::CountAndAmount{1, 11'900});
  CHECK(rejected[0].waiting == store::CountAndAmount{0, 0});
  CHECK(rejected[0].agrees());
  CHECK(f.claim("erp-de", later(100)).empty());
  CHECK(f.store->retry_entry("NO-SUCH", "ann", "fixed", later(3)).error().code == ErrorCode::NotFound);
  REQUIRE(f.store->retry_entry(claimed[0].reference, "ann", "account opened", later(3)));
  CHECK(f.store->retry_entry(claimed[0].reference, "ann", "again", later(3)).error().code == ErrorCode::BadRequest);
  CHECK(f.claim("erp-de", later(4)).size() == 1);
  const auto history = expect(f.store->event_journey(1))->history;
  CHECK(history[3].by == "ann");
  CHECK(history[3].why == "account opened");
}

TEST_CASE("lists go page by page and filter by state, entity and source", "[store]") {
  Fixture f;
  for (int i = 1; i <= 5; ++i) f.add({.id = "E-" + std::to_string(i), .invoice = "I-" + std::to_string(i)});
  f.add({.id = "E-6", .type = "dispute.opened", .entity = "US", .currency = "USD"});
  auto page = expect(f.store->list_events({.after = 0, .limit = 4}));
  REQUIRE(page.size() == 4);
  page = expect(f.store->list_events({.after = page.back().sequence, .limit = 4}));
  REQUIRE(page.size() == 2);
  const auto held = expect(f.store->list_events({.state = EventState::held}));
  REQUIRE(held.size() == 1);
  CHECK(held[0].identity.id == "E-6");
  CHECK(held[0].reason->code == ErrorCode::HeldByRule);
  CHECK(expect(f.store->list_events({.entity = "DE"})).size() == 5);
  CHECK(expect(f.store->list_events({.source = "other"})).empty());
  CHECK(expect(f.store->list_entries({.state = EntryState::ready, .entity = "DE", .lane = "erp-de", .after = 3}))
            .size() == 2);
  CHECK(expect(f.store->count_entries()).by_state[0] == 5);
  CHECK(expect(f.store->next_due("erp-de")) == kNow);
  CHECK_FALSE(expect(f.store->next_due("erp-us")));
}

TEST_CASE("amounts beyond 64 bits add up", "[store]") {
  Fixture f;
  // 10^17 - 1 euro each: 999...9900 cents; three of them pass 9.2 * 10^18.
  for (int i = 0; i < 3; ++i) {
    f.add({.id = "E-" + std::to_string(i), .invoice = std::to_string(i), .net = "99999999999999999.00", .tax = "0.00"});
  }
  f.reopen();
  f.add({.id = "E-9", .invoice = "9", .net = "99999999999999999.00", .tax = "0.00"});
  const auto rows = expect(f.store->statement());
  CHECK(int128_text(rows[0].accepted.minor) == "39999999999999999600");
  CHECK(rows[0].agrees());
  CHECK(int128_text(expect(f.store->trial_balance(""))[0].debit_minor) == "39999999999999999600");
}

TEST_CASE("the same store is not opened by two processes", "[store]") {
  Fixture f;
  const auto second = store::open_sqlite_store(f.folder.file("gateway.db"));
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

TEST_CASE("a store written by a newer glmapd is left alone", "[store]") {
  TemporaryFolder folder;
  const std::string path = folder.file("gateway.db");
  expect(store::open_sqlite_store(path)).reset();
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, "INSERT INTO schema_versions VALUES (999)", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  CHECK(store::open_sqlite_store(path).error().code == ErrorCode::StoreVersion);
}
