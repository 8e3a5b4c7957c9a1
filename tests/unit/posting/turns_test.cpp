// SPDX-License-Identifier: Apache-2.0
// Books that keep state, in the gateway, on both stores: what waits, for how long, and what a restart remembers.
#include <algorithm>
#include <thread>

#include <catch2/catch.hpp>

#include "compiler/runtime/rules/bundle.hpp"
#include "gateway/posting/posting_service.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/support/waiting_book.hpp"
#include "tests/unit/store/stores.hpp"

using namespace glmap;
using namespace glmap::gateway;
using engine::EventState;
using posting::Receipt;
using posting::ReceiptStatus;
using testing::EventText;
using testing::expect;
using testing::invoice_event;
using testing::payment_event;
using testing::PostgresPlace;
using testing::SqlitePlace;

namespace {

constexpr std::int64_t kHour = 3600, kDay = 24 * kHour;

/// One gateway on a store.
struct Running {
  Running(std::unique_ptr<store::Store> opened, testing::FixedClock& clock, const rules::RuleBook& rules)
      : store(std::move(opened)), book(nullptr), service(*store, clock, book) {
    put_in_force(rules);
    const Status remembered = service.remember();
    REQUIRE((remembered ? std::string() : remembered.error().to_text()) == "");
  }
  void put_in_force(const rules::RuleBook& rules) {
    const std::string bytes = rules::write_bundle(rules, {"test", {}});
    const std::string digest = expect(rules::read_bundle(bytes)).digest;
    const auto evaluator = testing::gateway_evaluator(rules, digest);
    REQUIRE(posting::check_follows(*store, posting::book_of_store(*store), *evaluator));
    REQUIRE(store->activate_bundle(digest, bytes, Instant{1}));
    book.put(evaluator);
  }
  std::unique_ptr<store::Store> store;
  posting::BookInForce book;
  posting::PostingService service;
};

template <class Place>
struct Fixture {
  Place place;
  testing::FixedClock clock;
  rules::RuleBook rules = testing::waiting_book();
  std::unique_ptr<Running> running;

  Fixture() { restart(); }
  void restart() {
    running.reset();
    running = std::make_unique<Running>(place.open(), clock, rules);
  }
  /// All of them in one commit, by `by` or the one that runs.
  std::vector<Receipt> post(const std::vector<EventText>& events, Running* by = nullptr) {
    Running& gateway = by != nullptr ? *by : *running;
    std::string lines;
    for (const EventText& event : events) lines += testing::event_text(event) + "\n";
    const auto arrivals = expect(intake::read_events(intake::BodyKind::lines, lines, {}));
    posting::PreparedList prepared;
    for (const auto& arrival : arrivals)
      prepared.push_back(posting::prepare(*gateway.book.get(), arrival, Instant{clock.utc_micros()}));
    return expect(gateway.service.record(prepared));
  }
  Receipt post_one(const EventText& event, Running* by = nullptr) { return post({event}, by).front(); }
  store::EventJourney journey(store::Sequence event) { return *expect(running->store->event_journey(event)); }
  EventState state(store::Sequence event) { return journey(event).event.state; }
  /// References in the order in which they will be delivered.
  std::vector<std::string> entries() {
    std::vector<std::string> found;
    for (const auto& entry : expect(running->store->list_entries({}))) found.push_back(entry.json);
    return found;
  }
  void check_statement(std::int64_t accepted, std::int64_t waiting) {
    std::int64_t count = 0, waits = 0;
    for (const auto& row : expect(running->store->statement())) {
      CHECK(row.agrees());
      count += row.accepted.count;
      waits += row.waiting.count;
    }
    CHECK(count == accepted);
    CHECK(waits == waiting);
  }
  void check_verifies() {
    running.reset();
    const auto report = place.verify();
    CHECK((report ? std::string() : report.error().to_text()) == "");
  }
};

}  // namespace

TEMPLATE_TEST_CASE("a payment that overtakes its invoice waits for it, over a restart, and posts after it",
                   "[turns][I3]", SqlitePlace, PostgresPlace) {
  if (!testing::can_run<TestType>()) return;
  Fixture<TestType> f;
  const Receipt waits = f.post_one(payment_event("P-1", "I-1"));
  CHECK(waits.status == ReceiptStatus::waiting);
  CHECK(waits.entries.empty());
  REQUIRE(waits.reason);
  CHECK(waits.reason->message.find("invoice.issued with invoice I-1 until 2026-10-03T22:00:00Z") != std::string::npos);
  f.check_statement(1, 1);
  f.restart();
  CHECK(f.state(1) == EventState::waiting);
  CHECK(expect(f.running->store->list_events({.state = EventState::waiting})).size() == 1);
  const Receipt invoice = f.post_one(invoice_event("I-1"));
  CHECK(invoice.status == ReceiptStatus::accepted);
  const auto paid = f.journey(1);
  CHECK(paid.event.state == EventState::accepted);
  CHECK_FALSE(paid.event.reason);
  REQUIRE(paid.entries.size() == 1);
  CHECK(paid.entries.front().sequence > f.journey(2).entries.front().sequence);  // delivered after its invoice
  REQUIRE(paid.history.size() == 2);
  CHECK(paid.history[1].from == "waiting");
  CHECK(paid.history[1].to == "accepted");
  CHECK(paid.history[1].input == "released");
  f.check_statement(2, 2);  // both on their way
  f.check_verifies();
}

TEMPLATE_TEST_CASE("in one batch, too, the entries come in the order of the decisions", "[turns]", SqlitePlace,
                   PostgresPlace) {
  if (!testing::can_run<TestType>()) return;
  Fixture<TestType> f;
  const auto receipts = f.post({payment_event("P-1", "I-1"), payment_event("P-2", "I-2"), invoice_event("I-1"),
                                payment_event("P-1", "I-1"), invoice_event("I-3")});
  CHECK(receipts[0].status == ReceiptStatus::accepted);  // as it stands when the batch is answered
  CHECK(receipts[0].entries.size() == 1);
  CHECK(receipts[1].status == ReceiptStatus::waiting);
  CHECK(receipts[2].status == ReceiptStatus::accepted);
  CHECK(receipts[3].status == ReceiptStatus::duplicate);
  CHECK(receipts[3].sequence == receipts[0].sequence);
  std::vector<std::string> references;
  for (const auto& entry : expect(f.running->store->list_entries({}))) references.push_back(entry.reference);
  f.check_statement(4, 4);
  CHECK(references == std::vector<std::string>{receipts[2].entries[0], receipts[0].entries[0], receipts[4].entries[0]});
  f.check_verifies();
}

TEMPLATE_TEST_CASE("a repeat and a conflict of what waits are told as such, and change nothing", "[turns][I1][I2]",
                   SqlitePlace, PostgresPlace) {
  if (!testing::can_run<TestType>()) return;
  Fixture<TestType> f;
  f.post_one(payment_event("P-1", "I-1"));
  const Receipt repeat = f.post_one(payment_event("P-1", "I-1"));
  CHECK(repeat.status == ReceiptStatus::duplicate);
  CHECK(repeat.state == EventState::waiting);
  CHECK(f.post_one(payment_event("P-1", "I-1", "2026-10-01", "90.00")).status == ReceiptStatus::conflict);
  f.restart();
  f.post_one(invoice_event("I-1"));
  const Receipt after = f.post_one(payment_event("P-1", "I-1"));
  CHECK(after.status == ReceiptStatus::duplicate);
  CHECK(after.state == EventState::accepted);
  CHECK(after.entries.size() == 1);
  CHECK(f.entries().size() == 2);
  CHECK(f.journey(1).conflicts.size() == 1);
  f.check_verifies();
}

TEMPLATE_TEST_CASE("what does not come in time leaves the waiting event held, by the events' time", "[turns][I3]",
                   SqlitePlace, PostgresPlace) {
  if (!testing::can_run<TestType>()) return;
  Fixture<TestType> f;
  f.clock.advance_seconds(10 * kDay);  // the sender is ten days behind: nothing expires for that
  f.post_one(payment_event("P-1", "I-1", "2026-10-01"));
  f.post_one(invoice_event("I-2", "2026-10-03"));
  CHECK(f.state(1) == EventState::waiting);
  f.restart();
  f.post_one(invoice_event("I-3", "2026-10-05"));
  const auto expired = f.journey(1);
  CHECK(expired.event.state == EventState::held);
  REQUIRE(expired.event.reason);
  CHECK(expired.event.reason->code == ErrorCode::PrerequisiteMissing);
  CHECK(expired.history.back().input == "deadline passed");
  f.post_one(invoice_event("I-1", "2026-10-01"));
  CHECK(f.state(1) == EventState::held);  // a person has it
  const Receipt again = expect(f.running->service.decide_again(1, "ann", "the invoice is there"));
  CHECK(again.status == ReceiptStatus::accepted);
  CHECK(f.running->service.decide_again(1, "ann", "once more").error().code == ErrorCode::BadRequest);
  f.check_statement(4, 4);
  f.check_verifies();
}

TEMPLATE_TEST_CASE("a held payment that is tried too early waits, and goes on by itself", "[turns]", SqlitePlace,
                   PostgresPlace) {
  if (!testing::can_run<TestType>()) return;
  Fixture<TestType> f;
  EventText payment = payment_event("P-1", "I-1", "2026-12-01");
  payment.product = "VOICE";  // the book does not know it yet
  CHECK(f.post_one(payment).status == ReceiptStatus::held);
  f.rules.catalog.lists[0].values.push_back("VOICE");
  f.restart();
  CHECK(expect(f.running->service.decide_again(1, "ann", "VOICE is known")).status == ReceiptStatus::waiting);
  CHECK(f.running->service.decide_again(1, "ann", "again").error().code == ErrorCode::BadRequest);
  CHECK(f.running->service.reject(1, "ann", "no").error().code == ErrorCode::BadRequest);
  f.restart();
  f.post_one(invoice_event("I-1"));
  CHECK(f.state(1) == EventState::accepted);
  f.check_verifies();
}

TEMPLATE_TEST_CASE("in a silent night deadlines pass by the clock, and it remembers them over a restart",
                   "[turns][I3][I16]", SqlitePlace, PostgresPlace) {
  if (!testing::can_run<TestType>()) return;
  Fixture<TestType> f;
  f.post_one(payment_event("P-1", "I-1", "2026-10-02"));  // waits until 2026-10-04T22:00Z
  CHECK_FALSE(expect(f.running->service.let_time_pass()));
  f.clock.advance_seconds(2 * kDay);
  f.restart();
  CHECK_FALSE(expect(f.running->service.let_time_pass()));
  CHECK(f.state(1) == EventState::waiting);
  f.clock.advance_seconds(kDay + kHour);
  CHECK_FALSE(expect(f.running->service.let_time_pass()));  // no entries: held
  CHECK(f.state(1) == EventState::held);
  f.restart();
  CHECK(f.state(1) == EventState::held);
  CHECK(f.post_one(payment_event("P-2", "I-1", "2026-10-02")).status == ReceiptStatus::held);  // its time has passed
  f.check_verifies();
}

TEMPLATE_TEST_CASE("an event dated years ahead does not make what waits expire", "[turns]", SqlitePlace,
                   PostgresPlace) {
  if (!testing::can_run<TestType>()) return;
  Fixture<TestType> f;  // it is 2026-10-02
  f.post_one(payment_event("P-1", "I-1", "2026-10-02"));
  CHECK(f.post_one(invoice_event("I-9", "2027-11-30")).status == ReceiptStatus::accepted);
  CHECK(f.post_one(invoice_event("I-8", "2029-01-01")).status == ReceiptStatus::held);  // beyond the calendar
  CHECK(f.state(1) == EventState::waiting);
  f.post_one(invoice_event("I-1"));
  CHECK(f.state(1) == EventState::accepted);
}

TEST_CASE("the entries do not depend on the order in which events arrive within their deadlines", "[turns][I3]") {
  // Two invoices, a part payment and the rest, each order of the four: 24, each event a commit, a restart in the
  // middle.
  std::vector<EventText> events = {invoice_event("I-1"), invoice_event("I-2"), payment_event("P-1", "I-1"),
                                   payment_event("P-2", "I-2", "2026-10-02", "50.00", "0.00")};
  std::vector<std::size_t> order = {0, 1, 2, 3};
  std::vector<std::string> first;
  do {
    Fixture<SqlitePlace> f;
    for (std::size_t place = 0; place < order.size(); ++place) {
      if (place == 2) f.restart();
      f.post_one(events[order[place]]);
    }
    auto entries = f.entries();
    CHECK(entries.size() == 4);
    std::sort(entries.begin(), entries.end());
    if (first.empty()) first = entries;
    CHECK(entries == first);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEMPLATE_TEST_CASE("a balance is remembered: more than is owed is held, after a restart too", "[turns]", SqlitePlace,
                   PostgresPlace) {
  if (!testing::can_run<TestType>()) return;
  Fixture<TestType> f;
  f.post({invoice_event("I-1"), payment_event("P-1", "I-1", "2026-10-01", "60.00", "0.00")});
  f.restart();
  const Receipt more = f.post_one(payment_event("P-2", "I-1", "2026-10-01", "60.00", "0.00"));
  CHECK(more.status == ReceiptStatus::held);
  CHECK(more.reason->code == ErrorCode::BalanceExceeded);
  CHECK(f.post_one(payment_event("P-3", "I-1", "2026-10-01", "59.00", "0.00")).status == ReceiptStatus::accepted);
  f.restart();
  CHECK(f.post_one(payment_event("P-4", "I-1", "2026-10-01", "0.01", "0.00")).status == ReceiptStatus::held);
  f.check_verifies();
}

TEMPLATE_TEST_CASE("what should have followed an event and did not is noted in its history", "[turns]", SqlitePlace,
                   PostgresPlace) {
  if (!testing::can_run<TestType>()) return;
  Fixture<TestType> f;
  EventText draft = invoice_event("I-7", "2026-10-01");
  draft.type = "invoice.drafted";
  f.post_one(draft);
  f.restart();
  f.post_one(invoice_event("I-8", "2026-10-03"));
  const auto missed = f.journey(1);
  CHECK(missed.event.state == EventState::no_entry);
  REQUIRE(missed.history.size() == 2);
  CHECK(missed.history[1].input == "exception");
  CHECK(missed.history[1].why.find("no invoice.issued with invoice I-7") != std::string::npos);
  const auto exceptions = expect(f.running->store->list_exceptions(0, 10));
  REQUIRE(exceptions.size() == 1);
  CHECK(exceptions[0].event == 1);
  CHECK(exceptions[0].why == missed.history[1].why);
  CHECK(expect(f.running->store->list_exceptions(exceptions[0].number, 10)).empty());
  f.check_verifies();
}

TEST_CASE("two gateways on one store hold one memory between them", "[turns][M16]") {
  if (!testing::postgres_here()) return;
  Fixture<PostgresPlace> f;
  Running other(f.place.open("two"), f.clock, f.rules);
  CHECK(f.post_one(payment_event("P-1", "I-1")).status == ReceiptStatus::waiting);
  CHECK(f.post_one(invoice_event("I-1"), &other).status == ReceiptStatus::accepted);  // releases what the first took
  CHECK(f.state(1) == EventState::accepted);
  CHECK(f.post_one(payment_event("P-2", "I-1", "2026-10-01", "0.01", "0.00")).status == ReceiptStatus::held);
  CHECK(f.post_one(payment_event("P-1", "I-1"), &other).status == ReceiptStatus::duplicate);
  std::vector<std::thread> threads;
  for (Running* gateway : {f.running.get(), &other})
    threads.emplace_back([&f, gateway] {
      for (int i = 0; i < 20; ++i) {
        const std::string number = "R-" + std::to_string(i);
        f.post({payment_event("P-" + number, number), invoice_event(number)}, gateway);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(f.entries().size() == 2 + 40);  // each once, whichever gateway was faster
  for (const auto& event : expect(f.running->store->list_events({.state = EventState::waiting}))) FAIL(event.sequence);
  f.check_statement(43, 42);
  f.check_verifies();
}

TEST_CASE("a turn that was changed in the store is found", "[turns][M13]") {
  Fixture<SqlitePlace> f;
  f.post({invoice_event("I-1"), payment_event("P-1", "I-1")});
  f.running.reset();
  f.place.tamper("DROP TRIGGER turns_keep_u; UPDATE turns SET outcome = '1 1 11800' WHERE number = 1");
  CHECK(f.place.verify().error().code == ErrorCode::StoreCorrupt);
}

TEST_CASE("a memory that does not come out as it was recorded stops the start", "[turns]") {
  Fixture<SqlitePlace> f;
  f.post({invoice_event("I-1"), payment_event("P-1", "I-1")});
  f.running.reset();
  const auto store = f.place.open();
  const std::string digest = expect(store->active_bundle())->digest;
  f.rules.programs.clear();  // another book under the name of the one that decided
  posting::BookInForce book(testing::gateway_evaluator(f.rules, digest));
  posting::PostingService service(*store, f.clock, book);
  CHECK(service.remember().error().code == ErrorCode::TurnDiffers);
}

TEMPLATE_TEST_CASE("what waits goes on under the next release, and says which release decided it", "[turns]",
                   SqlitePlace, PostgresPlace) {
  if (!testing::can_run<TestType>()) return;
  Fixture<TestType> f;
  f.post({payment_event("P-1", "I-1"), payment_event("P-2", "I-2"), invoice_event("I-3")});
  const std::string before = f.running->book.get()->digest();
  f.rules.release = "2026.12";
  f.rules.catalog.lists[0].values.push_back("VOICE");
  f.rules.roles[3].by_entity[0].account = "1200";  // the bank, in the new release
  f.running->put_in_force(f.rules);
  f.post_one(invoice_event("I-1"));
  f.restart();  // plays the turns of both releases
  f.post_one(invoice_event("I-2"));
  for (const store::Sequence payment : {1, 2}) {
    const auto paid = f.journey(payment);
    CHECK(paid.event.state == EventState::accepted);
    CHECK(paid.event.bundle_digest == f.running->book.get()->digest());
    CHECK(paid.history.front().evidence == before);
    CHECK(paid.entries.at(0).json.find("\"1800\"") == std::string::npos);
  }
  f.check_verifies();
}

TEST_CASE("a release that asks for what was not remembered is not put in force", "[turns]") {
  Fixture<SqlitePlace> f;
  const auto refused = [&](const rules::RuleBook& book) {
    const auto& store = *f.running->store;
    const auto next = testing::gateway_evaluator(book, "sha256:next");
    const Status follows = posting::check_follows(store, posting::book_of_store(store), *next);
    if (follows) return std::string();
    CHECK(follows.error().code == ErrorCode::BundleNeedsState);
    return follows.error().to_text();
  };
  rules::RuleBook by_date = f.rules;
  by_date.order.push_back({0, 1, 0, 0, 60, "billing-ops", {"gateway.glmap", 30, 3, {}}});
  CHECK(refused(by_date) == "");  // nothing has been recorded yet
  f.post_one(payment_event("P-1", "I-1"));
  CHECK(refused(by_date).find("whether invoice.drafted has come was not remembered") != std::string::npos);
  rules::RuleBook balance = f.rules;
  balance.programs[0].rules[0].blocks[0].lines[1].limit = rules::BalanceLimit{{}, false, {}, {}};
  CHECK(refused(balance).find("balance of revenue") != std::string::npos);
  rules::RuleBook entities = f.rules;
  std::swap(entities.catalog.entities[0], entities.catalog.entities[1]);
  CHECK(refused(entities).find("entities") != std::string::npos);
  rules::RuleBook fields = f.rules;
  fields.catalog.types[testing::kPaymentType].header.pop_back();
  CHECK(refused(fields).find("payment.received") != std::string::npos);
  rules::RuleBook unordered = f.rules;
  unordered.order.clear();
  CHECK(refused(unordered).find("`order`") != std::string::npos);
  CHECK(refused(testing::gateway_book()).find("wait for ever") != std::string::npos);
  rules::RuleBook longer = f.rules;
  longer.order[0].wait_minutes = 60;
  longer.catalog.lists[0].values.push_back("VOICE");
  CHECK(refused(longer) == "");
}
