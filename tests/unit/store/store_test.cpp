// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/store.hpp"

#include <catch2/catch.hpp>

#include "gateway/posting/prepare.hpp"
#include "gateway/store/fair_shares.hpp"
#include "tests/support/gateway_book.hpp"
#include "tests/unit/store/stores.hpp"

using namespace glmap;
using namespace glmap::gateway;
using engine::DeliveryInput;
using engine::EntryState;
using engine::EventState;
using testing::can_run;
using testing::event_text;
using testing::EventText;
using testing::expect;
using testing::PostgresPlace;
using testing::SqlitePlace;

namespace {

constexpr Instant kNow{1'790'942'400'000'000};
Instant later(std::int64_t seconds) {
  return Instant{kNow.micros + seconds * 1'000'000};
}

/// A store in a place of its own, with a book in force.
template <class Place>
struct Fixture {
  Place place;
  std::shared_ptr<const rules::Evaluator> evaluator = testing::gateway_evaluator();
  std::unique_ptr<store::Store> store;

  Fixture() { open(); }
  void open() {
    store = place.open();
    REQUIRE(store->activate_bundle(evaluator->digest(), "bundle bytes", kNow));
  }
  void reopen() {
    store.reset();
    open();
  }
  /// `lane`: behind another ERP connection than the book says.
  store::Sequence add(const EventText& text, const std::string& lane = "",
                      const std::function<void(store::NewEntry&)>& change = {}) {
    const std::string raw = event_text(text);
    const auto arrivals = expect(intake::read_events(intake::BodyKind::single, raw, {}));
    posting::Prepared prepared = expect(posting::prepare(*evaluator, arrivals.front(), kNow));
    for (store::NewEntry& entry : prepared.event.decision.entries) {
      if (!lane.empty()) entry.lane = lane;
      if (change) change(entry);
    }
    return expect(store->commit_intake(std::span(&prepared.event, 1))).front().sequence;
  }
  std::vector<store::ClaimedEntry> claim(std::string_view lane, Instant now, int limit = 10) {
    CHECK(expect(store->hold_lane(lane, now)).mine);
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

TEMPLATE_TEST_CASE("an event is found again with its bytes, its entry and where it stands", "[store]", SqlitePlace,
                   PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
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

TEMPLATE_TEST_CASE("why a bundle came into force stands in the history, over a restart, once for each time it is told",
                   "[store][release]", SqlitePlace, PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  CHECK(expect(f.store->release_history()).empty());  // activated without evidence
  f.add({});
  const store::ReleaseEvidence evidence{"erika", "asked for", R"({"release":"sha256:r1"})"};
  REQUIRE(f.store->activate_bundle("sha256:test", "bundle bytes", later(1), evidence));
  REQUIRE(
      f.store->activate_bundle("sha256:next", "next bytes", later(2), {"gateway", "", R"({"release":"sha256:r2"})"}));
  f.reopen();
  const auto lines = expect(f.store->release_history());
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].at == later(1));
  CHECK(lines[0].by == "erika");
  CHECK(lines[0].why == "asked for");
  CHECK(lines[0].evidence == R"({"release":"sha256:r1"})");
  CHECK(lines[1].evidence == R"({"release":"sha256:r2"})");
  CHECK_FALSE(lines[1].entry);
  // It belongs to no event, and disturbs none.
  CHECK(expect(f.store->event_journey(1))->history.size() == 1);
  CHECK_FALSE(expect(f.store->event_journey(0)));
  // And it is part of the chain.
  f.store.reset();
  CHECK(f.place.verify());
  const auto undo = f.place.tamper("UPDATE history SET why = 'nobody asked' WHERE event = 0");
  CHECK(f.place.verify().error().code == ErrorCode::StoreCorrupt);
  undo();
}

TEMPLATE_TEST_CASE("sequences go on after a restart, and so do the figures", "[store][M11]", SqlitePlace,
                   PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
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

TEMPLATE_TEST_CASE("the intent to send is on disk before the entry is handed out", "[store][M11]", SqlitePlace,
                   PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  f.add({});
  const auto claimed = f.claim("erp-de", later(1));
  REQUIRE(claimed.size() == 1);
  CHECK(claimed[0].state == EntryState::sending);
  CHECK(claimed[0].sends == 1);
  CHECK(claimed[0].last_sent_at == later(1));
  CHECK(f.claim("erp-de", later(10'000)).empty());  // never handed out twice
  f.reopen();
  CHECK(f.state_of(claimed[0].reference) == EntryState::sending);
}

TEMPLATE_TEST_CASE("a send ends when its answer is given up, not when its entry was claimed", "[store][E1]",
                   SqlitePlace, PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  f.add({});
  const auto sent = f.claim("erp-de", later(1));
  f.settle(sent[0], DeliveryInput::unclear, EntryState::unknown, later(61));
  const auto look = f.claim("erp-de", later(62));
  REQUIRE(look.size() == 1);
  CHECK(look[0].last_sent_at == later(61));
  f.settle(look[0], DeliveryInput::unclear, EntryState::unknown, later(70));
  CHECK(f.claim("erp-de", later(71))[0].last_sent_at == later(61));  // a look-up sends nothing
}

TEMPLATE_TEST_CASE("after a restart an interrupted send is unknown and is looked up, not sent", "[store][M11]",
                   SqlitePlace, PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  f.add({});
  const auto sent = f.claim("erp-de", later(1));
  f.reopen();
  CHECK(expect(f.store->hold_lane("erp-de", later(5))).interrupted == 1);
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

TEMPLATE_TEST_CASE("a look-up cut off by a restart is done again at once, not when its lease ends", "[store][M20]",
                   SqlitePlace, PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  f.add({});
  f.settle(f.claim("erp-de", later(1))[0], DeliveryInput::unclear, EntryState::unknown, later(2));
  REQUIRE(f.claim("erp-de", later(3)).size() == 1);
  CHECK(f.claim("erp-de", later(4)).empty());  // somebody is looking
  f.reopen();
  CHECK(expect(f.store->hold_lane("erp-de", later(5))).interrupted == 0);
  CHECK(f.claim("erp-de", later(5)).size() == 1);
}

TEMPLATE_TEST_CASE("an outcome of an older claim changes nothing", "[store][M16]", SqlitePlace, PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  f.add({});
  const auto first = f.claim("erp-de", later(1));
  CHECK(f.settle(first[0], DeliveryInput::unclear, EntryState::unknown, later(2)) == store::OutcomeRecorded::recorded);
  const auto second = f.claim("erp-de", later(3));
  REQUIRE(second.size() == 1);
  CHECK(f.settle(first[0], DeliveryInput::confirmed, EntryState::posted, later(4)) == store::OutcomeRecorded::stale);
  CHECK(f.settle(second[0], DeliveryInput::refused, EntryState::rejected, later(4)) == store::OutcomeRecorded::stale);
  CHECK(f.state_of(first[0].reference) == EntryState::unknown);
}

TEMPLATE_TEST_CASE("a try in which nothing left the gateway does not count as a send", "[store][E2]", SqlitePlace,
                   PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  f.add({});
  for (int i = 0; i < 3; ++i) {
    const auto claimed = f.claim("erp-de", later(i + 1));
    REQUIRE(claimed.size() == 1);
    CHECK(claimed[0].sends == 1);
    CHECK(claimed[0].waits == i);
    f.settle(claimed[0], DeliveryInput::not_sent, EntryState::ready, later(i + 1));
  }
}

TEMPLATE_TEST_CASE("entries of one business object are delivered in their order, others beside them", "[store][I3]",
                   SqlitePlace, PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
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

TEMPLATE_TEST_CASE("a refused entry does not block its neighbours and is tried again when a person asks",
                   "[store][E12]", SqlitePlace, PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
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

TEMPLATE_TEST_CASE("lists go page by page and filter by state, entity and source", "[store]", SqlitePlace,
                   PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
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

TEMPLATE_TEST_CASE("a storno takes its amounts out of the turnover of each side", "[store]", SqlitePlace,
                   PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  f.add({.id = "E-1"});
  const auto original = expect(f.store->list_entries({})).front();
  f.add({.id = "E-2", .invoice = "I-2"}, "", [&](store::NewEntry& entry) {
    JournalEntryDraft draft = entry.entry.data();
    draft.reverses = original.reference;
    draft.storno = true;
    entry = store::make_new_entry(expect(JournalEntry::make(std::move(draft))), entry.lane, entry.object);
  });
  for (const bool again : {false, true}) {
    if (again) f.reopen();
    for (const store::TrialBalanceRow& row : expect(f.store->trial_balance("DE"))) {
      CHECK(row.debit_minor == 0);
      CHECK(row.credit_minor == 0);
    }
  }
  f.store.reset();
  CHECK(f.place.verify());
}

TEMPLATE_TEST_CASE("amounts beyond 64 bits add up", "[store][M5]", SqlitePlace, PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
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

TEMPLATE_TEST_CASE("each event is told what it was: new, a duplicate or a conflict", "[store][I1][I2]", SqlitePlace,
                   PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  const auto record = [&](const std::vector<EventText>& texts) {
    std::vector<std::string> raws;
    for (const EventText& text : texts) raws.push_back(event_text(text));
    std::vector<store::NewEvent> events;
    for (const std::string& raw : raws) {
      const auto arrivals = expect(intake::read_events(intake::BodyKind::single, raw, {}));
      events.push_back(expect(posting::prepare(*f.evaluator, arrivals.front(), kNow)).event);
    }
    return expect(f.store->commit_intake(events));
  };
  const auto first =
      record({{.id = "E-1"}, {.id = "E-2", .invoice = "I-2"}, {.id = "E-1"}, {.id = "E-1", .net = "7.00"}});
  CHECK(first[0].recognised == engine::Recognised::fresh);
  CHECK(first[1].recognised == engine::Recognised::fresh);
  CHECK(first[2].recognised == engine::Recognised::duplicate);
  CHECK(first[2].sequence == first[0].sequence);
  REQUIRE(first[2].entries.size() == 1);
  CHECK(first[3].recognised == engine::Recognised::conflict);
  f.reopen();
  const auto again = record(
      {{.id = "E-2", .invoice = "I-2"}, {.id = "E-3"}, {.id = "E-1", .net = "7.00"}, {.id = "E-1", .net = "8.00"}});
  CHECK(again[0].recognised == engine::Recognised::duplicate);
  CHECK(again[0].sequence == first[1].sequence);
  CHECK(again[0].state == EventState::accepted);
  CHECK(again[1].recognised == engine::Recognised::fresh);
  CHECK(again[2].entries == first[2].entries);
  const auto journey = expect(f.store->event_journey(first[0].sequence));
  REQUIRE(journey->conflicts.size() == 2);  // 7.00 came twice and is kept once
  CHECK(journey->conflicts[0].raw == event_text({.id = "E-1", .net = "7.00"}));
  CHECK(expect(f.store->find_event(store::event_key("billing", "E-3", ""))) == again[1].sequence);
  CHECK_FALSE(expect(f.store->find_event(store::event_key("billing", "E-4", ""))));
  CHECK(expect(f.store->statement())[0].accepted.count == 3);
}

TEMPLATE_TEST_CASE("a held event is decided again, and its money moves to another row", "[store]", SqlitePlace,
                   PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  const auto sequence = f.add({.id = "E-1", .product = "VOICE"});  // not in the book's list
  CHECK(expect(f.store->statement())[0].held == store::CountAndAmount{1, 11'900});
  const std::string raw = event_text({.id = "E-1"});
  const auto arrivals = expect(intake::read_events(intake::BodyKind::single, raw, {}));
  const auto decision = expect(posting::prepare(*f.evaluator, arrivals.front(), kNow)).event.decision;
  CHECK(f.store->redecide(99, decision, "ann", "", later(1)).error().code == ErrorCode::NotFound);
  REQUIRE(f.store->redecide(sequence, decision, "ann", "product added", later(1)));
  CHECK(f.store->redecide(sequence, decision, "ann", "again", later(1)).error().code == ErrorCode::BadRequest);
  f.reopen();
  const auto journey = expect(f.store->event_journey(sequence));
  CHECK(journey->event.state == EventState::accepted);
  CHECK(journey->entries.size() == 1);
  REQUIRE(journey->history.size() == 2);
  CHECK(journey->history[1].by == "ann");
  CHECK(journey->history[1].why == "product added");
  const auto rows = expect(f.store->statement());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].waiting == store::CountAndAmount{1, 11'900});
  CHECK(rows[0].agrees());
  CHECK(f.claim("erp-de", later(2)).size() == 1);
}

TEMPLATE_TEST_CASE("a text with the character 0 in it is kept and holds up nobody", "[store][I11]", SqlitePlace,
                   PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  const std::string bad = event_text({.id = "E-1", .entity = "D\\u0000E"});
  const auto sequence = f.add({.id = "E-1", .entity = "D\\u0000E"});
  const auto journey = expect(f.store->event_journey(sequence));
  CHECK(journey->event.raw == bad);
  CHECK(journey->event.state == EventState::held);
}

TEMPLATE_TEST_CASE(
    "a flood of one company makes another one behind the same connection wait for a turn, not for its end",
    "[store][E8]", SqlitePlace, PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  for (int i = 1; i <= 30; ++i) f.add({.id = "E-" + std::to_string(i), .invoice = "I-" + std::to_string(i)});
  for (int i = 31; i <= 33; ++i) {
    f.add({.id = "E-" + std::to_string(i), .invoice = "I-" + std::to_string(i), .entity = "US", .currency = "USD"},
          "erp-de");
  }
  const auto of = [](const std::vector<store::ClaimedEntry>& claimed) {
    std::string entities;
    for (const store::ClaimedEntry& entry : claimed) entities += entry.entity == "US" ? 'u' : 'd';
    return entities;
  };
  CHECK(of(f.claim("erp-de", later(1), 4)) == "dduu");
  CHECK(of(f.claim("erp-de", later(2), 4)) == "dddu");
  CHECK(of(f.claim("erp-de", later(3), 4)) == "dddd");  // nobody else is there: all are theirs
  f.reopen();
  CHECK(f.claim("erp-de", later(4), 100).size() == 33);  // what was interrupted of either is looked up
}

TEST_CASE("what is to be had is dealt out in turns", "[store][E8]") {
  using Shares = std::vector<std::int32_t>;
  const auto deal = [](const Shares& available, std::int32_t limit, std::int64_t turn) {
    return store::fair_shares(available, limit, turn);
  };
  CHECK(deal({}, 8, 0).empty());
  CHECK(deal({100'000, 1, 2}, 8, 0) == Shares{5, 1, 2});
  CHECK(deal({9, 9, 9}, 1, 0) == Shares{1, 0, 0});
  CHECK(deal({9, 9, 9}, 1, 1) == Shares{0, 1, 0});
  CHECK(deal({9, 9, 9}, 1, 5) == Shares{0, 0, 1});
  CHECK(deal({9, 0, 9}, 4, 1) == Shares{2, 0, 2});
  CHECK(deal({1, 1}, 8, 7) == Shares{1, 1});
}

TEMPLATE_TEST_CASE("the requests of a day are taken once, also over a restart", "[store][E8]", SqlitePlace,
                   PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  const auto& store = f.store;
  const Date day = Date::from_days(20'000);
  CHECK(store->take_requests("erp", day, 60, 100).value() == 60);
  CHECK(store->take_requests("erp", day.plus_days(1), 60, 100).value() == 60);
  CHECK(store->take_requests("other", day, 60, 100).value() == 60);
  f.reopen();
  CHECK(store->take_requests("erp", day, 60, 100).value() == 40);
  CHECK(store->take_requests("erp", day, 1, 100).value() == 0);
  CHECK(store->take_requests("erp", day, -5, 100).value() == -5);
  CHECK(store->take_requests("erp", day, 60, 100).value() == 5);
  CHECK(store->take_requests("erp", day, 60, 50).value() == 0);  // the limit was lowered
}

TEMPLATE_TEST_CASE("nothing is claimed in a lane that is not held", "[store][M16]", SqlitePlace, PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  f.add({});
  const store::ClaimRequest request{.lane = "erp-de", .now = later(1), .lease_until = later(9)};
  CHECK(expect(f.store->claim_due(request)).empty());
  const auto hold = expect(f.store->hold_lane("erp-de", later(1)));
  CHECK(hold.mine);
  CHECK(f.store->still_held("erp-de", hold.token));
  CHECK_FALSE(f.store->still_held("erp-de", hold.token + 1));
  CHECK(expect(f.store->claim_due(request)).size() == 1);
  f.store->release_lane("erp-de");
  CHECK_FALSE(f.store->still_held("erp-de", hold.token));
  const auto anew = expect(f.store->hold_lane("erp-de", later(2)));
  CHECK(anew.mine);
  CHECK(anew.token > hold.token);
  CHECK(anew.interrupted == 1);
}

TEMPLATE_TEST_CASE("after a restore the ERP is asked about everything that is not final", "[store][M18]", SqlitePlace,
                   PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  for (int i = 1; i <= 4; ++i) f.add({.id = "E-" + std::to_string(i), .invoice = "I-" + std::to_string(i)});
  const auto claimed = f.claim("erp-de", later(1), 3);
  REQUIRE(claimed.size() == 3);  // the fourth stays ready, the third is being sent
  f.settle(claimed[0], DeliveryInput::confirmed, EntryState::posted, later(2));
  f.settle(claimed[1], DeliveryInput::refused, EntryState::rejected, later(2));
  f.reopen();
  CHECK(expect(f.store->declare_restored("ann", later(10))) == 3);
  CHECK(f.state_of(claimed[0].reference) == EntryState::posted);
  CHECK(f.state_of(claimed[1].reference) == EntryState::held);  // a retry looks first: it may have been retried since
  const auto looks = f.claim("erp-de", later(11));
  REQUIRE(looks.size() == 2);
  for (const auto& look : looks) {
    CHECK(look.state == EntryState::unknown);
    CHECK(look.last_sent_at >= later(10));  // missed only when the ERP's search has had its time from now on
  }
  const auto history = expect(f.store->event_journey(4))->history;
  CHECK(history.back().input == "restored");
  CHECK(history.back().by == "ann");
  // What comes again after the restore may be in the ERP already: it is looked up, too.
  f.reopen();
  f.add({.id = "E-5", .invoice = "I-5"});
  const auto again = f.claim("erp-de", later(12));
  REQUIRE(again.size() == 3);
  for (const auto& look : again) CHECK(look.state == EntryState::unknown);
  CHECK(f.place.verify());
}

TEMPLATE_TEST_CASE("a store of every kind of record verifies, and a changed one is named", "[store][verify][M13]",
                   SqlitePlace, PostgresPlace) {
  if (!can_run<TestType>()) return;
  Fixture<TestType> f;
  f.add({.id = "E-1", .invoice = "I-1"});
  f.add({.id = "E-1", .invoice = "I-1", .net = "7.00"});  // a conflict
  f.add({.id = "E-2", .product = "VOICE"});
  f.add({.id = "E-3", .type = "dispute.opened"});
  f.settle(f.claim("erp-de", later(1))[0], DeliveryInput::confirmed, EntryState::posted, later(2), "DOC-1");
  f.reopen();
  const std::string raw = event_text({.id = "E-2"});
  const auto arrivals = expect(intake::read_events(intake::BodyKind::single, raw, {}));
  const auto decision = expect(posting::prepare(*f.evaluator, arrivals.front(), kNow)).event.decision;
  REQUIRE(f.store->redecide(2, decision, "ann", "product added", later(3)));
  const auto report = expect(f.place.verify());
  CHECK(report.events == 3);
  CHECK(report.entries == 2);
  CHECK(report.changes == 4);  // sending, posted; the event posted; decided again
  CHECK(report.heads.size() >= 2);
  f.store.reset();
  const struct {
    std::string sql, named;
  } changes[] = {
      {"UPDATE events SET source = 'other' WHERE number = 1", "event 1"},
      {"UPDATE events SET type = 'x' WHERE number = 3", "event 3"},
      {"DELETE FROM events WHERE number = 3", "event"},
      {"UPDATE entries SET period = '2027-01' WHERE number = 1", "entry 1"},
      {"UPDATE history SET by = 'nobody' WHERE input = 'decided again'", "of the history"},
      {"DELETE FROM history WHERE number = (SELECT min(number) FROM history)", "of the history"},
      {"DELETE FROM history WHERE number = (SELECT max(number) FROM history)", ""},
      {"UPDATE entry_state SET state = 4 WHERE entry = 2", ""},
      {"UPDATE balances SET debit_minor = debit_minor + 1 WHERE account = '1200'", ""},
  };
  for (const auto& change : changes) {
    INFO(change.sql);
    const auto undo = f.place.tamper(change.sql);
    const auto seen = f.place.verify();
    CHECK_FALSE(seen);
    if (!seen) {
      CHECK(seen.error().code == ErrorCode::StoreCorrupt);
      INFO(seen.error().message);
      CHECK(seen.error().message.find(change.named) != std::string::npos);
    }
    undo();
  }
  CHECK(f.place.verify());
}
