// SPDX-License-Identifier: Apache-2.0
#include "gateway/posting/posting_service.hpp"

#include <catch2/catch.hpp>

#include "tests/support/fixed_clock.hpp"
#include "tests/support/gateway_book.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace glmap;
using namespace glmap::gateway;
using posting::Receipt;
using posting::ReceiptStatus;
using testing::event_text;
using testing::EventText;
using testing::expect;

namespace {

struct Fixture {
  testing::TemporaryFolder folder;
  testing::FixedClock clock;
  posting::BookInForce book{testing::gateway_evaluator()};
  std::unique_ptr<store::Store> store = expect(store::open_sqlite_store(folder.file("gateway.db")));
  posting::PostingService service{*store, clock, book};

  Fixture() { REQUIRE(store->activate_bundle("sha256:test", "bytes", Instant{1})); }

  void put_book(rules::RuleBook changed, const std::string& digest) {
    REQUIRE(store->activate_bundle(digest, digest, Instant{2}));
    book.put(testing::gateway_evaluator(std::move(changed), digest));
  }
  /// One line an event, as one call.
  std::vector<Receipt> post(const std::string& lines) {
    const auto arrivals = expect(intake::read_events(intake::BodyKind::lines, lines, {}));
    posting::PreparedList prepared;
    const auto evaluator = book.get();
    for (const auto& arrival : arrivals)
      prepared.push_back(posting::prepare(*evaluator, arrival, Instant{clock.utc_micros()}));
    return expect(service.record(prepared));
  }
  Receipt post_one(const EventText& text) { return post(event_text(text)).front(); }
  store::StatementRow row(const std::string& entity, const std::string& currency) {
    for (const auto& one : expect(store->statement())) {
      if (one.entity == entity && one.currency == currency) return one;
    }
    FAIL("no row " << entity << " " << currency);
    return {};
  }
};

}  // namespace

TEST_CASE("an event is accepted once; its repeat is answered with the first record", "[posting][I1]") {
  Fixture f;
  const Receipt first = f.post_one({});
  CHECK(first.status == ReceiptStatus::accepted);
  CHECK(first.sequence == 1);
  REQUIRE(first.entries.size() == 1);
  CHECK(first.entries[0].size() == 16);
  const Receipt again = f.post_one({});
  CHECK(again.status == ReceiptStatus::duplicate);
  CHECK(again.sequence == 1);
  CHECK(again.entries == first.entries);
  CHECK(expect(f.store->list_events({})).size() == 1);
}

TEST_CASE("an event of ten years ago is still known, also after a restart", "[posting][M19]") {
  Fixture f;
  const Receipt first = f.post_one({});
  f.clock.advance_seconds(std::int64_t{10} * 366 * 86'400);
  f.store.reset();
  f.store = expect(store::open_sqlite_store(f.folder.file("gateway.db")));
  posting::PostingService service(*f.store, f.clock, f.book);
  const auto arrivals = expect(intake::read_events(intake::BodyKind::lines, event_text({}), {}));
  posting::PreparedList prepared;
  prepared.push_back(posting::prepare(*f.book.get(), arrivals.front(), Instant{f.clock.utc_micros()}));
  const Receipt again = expect(service.record(prepared)).front();
  CHECK(again.status == ReceiptStatus::duplicate);
  CHECK(again.entries == first.entries);
}

TEST_CASE("blanks and the order of members make no other event", "[posting][I2]") {
  Fixture f;
  f.post_one({});
  CHECK(
      f.post(
           R"({ "data" : {"tax":"19.00","net":"100.00","product":"PLATFORM","document_date":"2026-10-01","currency":"EUR",)"
           R"("entity":"DE","invoice":"I-1"}, "type":"invoice.issued","id":"E-1","source":"billing","specversion":"1.0"})")
          .front()
          .status == ReceiptStatus::duplicate);
}

TEST_CASE("the same id with other content is a conflict: both are kept, the first stays", "[posting][I2]") {
  Fixture f;
  f.post_one({});
  const Receipt other = f.post_one({.net = "200.00"});
  CHECK(other.status == ReceiptStatus::conflict);
  CHECK(other.sequence == 1);
  CHECK(other.reason->code == ErrorCode::Conflict);
  f.post_one({.net = "200.00"});  // the conflict again is kept once
  f.post_one({.net = "300.00"});
  const auto journey = expect(f.store->event_journey(1));
  CHECK(journey->event.raw == event_text());
  REQUIRE(journey->conflicts.size() == 2);
  CHECK(journey->conflicts[0].raw == event_text({.net = "200.00"}));
  CHECK(f.row("DE", "EUR").accepted == store::CountAndAmount{1, 11'900});
}

TEST_CASE("a higher revision or another source is another event", "[posting]") {
  Fixture f;
  f.post_one({});
  CHECK(f.post_one({.source = "other billing"}).status == ReceiptStatus::accepted);
  std::string revised = event_text();
  revised.insert(1, R"("revision":"2",)");
  CHECK(f.post(revised).front().status == ReceiptStatus::accepted);
}

TEST_CASE("repeats and conflicts inside one batch are recognised", "[posting][I1][I2]") {
  Fixture f;
  const auto receipts = f.post(event_text() + "\n" + event_text() + "\n" + event_text({.net = "5.00"}) + "\n" +
                               event_text({.id = "E-2", .invoice = "I-2"}));
  REQUIRE(receipts.size() == 4);
  CHECK(receipts[0].status == ReceiptStatus::accepted);
  CHECK(receipts[1].status == ReceiptStatus::duplicate);
  CHECK(receipts[1].sequence == receipts[0].sequence);
  CHECK(receipts[1].entries == receipts[0].entries);
  CHECK(receipts[2].status == ReceiptStatus::conflict);
  CHECK(receipts[2].sequence == receipts[0].sequence);
  CHECK(receipts[3].status == ReceiptStatus::accepted);
  CHECK(expect(f.store->event_journey(1))->conflicts.size() == 1);
}

TEST_CASE("what the book cannot decide is held with its reason, and stored", "[posting][M1]") {
  Fixture f;
  const struct {
    EventText text;
    ErrorCode code;
    std::string pointer;
  } cases[] = {
      {{.id = "1", .type = "invoice.unheard_of"}, ErrorCode::TypeNotKnown, "/type"},
      {{.id = "2", .entity = "FR"}, ErrorCode::EntityNotKnown, "/data/entity"},
      {{.id = "3", .product = "VOICE"}, ErrorCode::ValueNotInList, "/data/product"},
      {{.id = "4", .net = "100.005"}, ErrorCode::CurrencyDigits, "/data/net"},
      {{.id = "5", .date = "2026-08-31"}, ErrorCode::PeriodClosed, ""},
      {{.id = "6", .date = "2029-01-01"}, ErrorCode::PeriodUndefined, ""},
      {{.id = "7", .type = "dispute.opened"}, ErrorCode::HeldByRule, ""},
      {{.id = "8", .currency = "USD"}, ErrorCode::RateMissing, ""},
  };
  for (const auto& one : cases) {
    const Receipt receipt = f.post_one(one.text);
    INFO(one.text.id << ": " << (receipt.reason ? receipt.reason->to_text() : "no reason"));
    CHECK(receipt.status == ReceiptStatus::held);
    REQUIRE(receipt.reason);
    CHECK(receipt.reason->code == one.code);
    if (!one.pointer.empty()) CHECK(receipt.reason->where.pointer == one.pointer);
    CHECK(expect(f.store->event_journey(receipt.sequence))->event.reason->code == one.code);
  }
  CHECK(expect(f.store->list_entries({})).empty());
  CHECK(f.row("FR", "EUR").held == store::CountAndAmount{1, 11'900});  // net + tax, though the event did not decode
}

TEST_CASE("an amount out of range is held", "[posting][M5]") {
  Fixture f;
  std::string text = event_text({.id = "big"});
  text.replace(text.find("\"100.00\""), 8, "1e400");
  const Receipt receipt = f.post(text).front();
  CHECK(receipt.status == ReceiptStatus::held);
  CHECK(receipt.reason->code == ErrorCode::AmountOutOfRange);
  CHECK(receipt.reason->where.pointer == "/data/net");
}

TEST_CASE("a book that says `unknown reject` rejects what it does not know and holds what it does", "[posting][I18]") {
  Fixture f;
  rules::RuleBook strict = testing::gateway_book();
  strict.reject_unknown = true;
  f.put_book(strict, "sha256:strict");
  CHECK(f.post_one({.id = "1", .product = "VOICE"}).status == ReceiptStatus::rejected);
  CHECK(f.post_one({.id = "2", .net = "100.005"}).status == ReceiptStatus::held);
  CHECK(f.row("DE", "EUR").rejected.count == 1);
}

TEST_CASE("what has no identity is refused and nothing of it is stored, its neighbours are", "[posting][I11]") {
  Fixture f;
  const auto receipts =
      f.post("{\"id\":\n" + std::string(R"({"specversion":"1.0","type":"invoice.issued","source":"s"})") + "\n" +
             R"([1,2])" + "\n" + event_text());
  REQUIRE(receipts.size() == 4);
  CHECK(receipts[0].status == ReceiptStatus::refused);
  CHECK(receipts[0].reason->code == ErrorCode::NotJson);
  CHECK(receipts[1].status == ReceiptStatus::refused);
  CHECK(receipts[1].reason->where.pointer == "/id");
  CHECK(receipts[2].status == ReceiptStatus::refused);
  CHECK(receipts[3].status == ReceiptStatus::accepted);
  CHECK(expect(f.store->list_events({})).size() == 1);
}

TEST_CASE("a draft posts nothing, by decision of finance, and is counted", "[posting]") {
  Fixture f;
  const Receipt receipt = f.post_one({.type = "invoice.drafted"});
  CHECK(receipt.status == ReceiptStatus::no_entry);
  CHECK(receipt.because == "no right has changed");
  CHECK(f.row("DE", "EUR").no_entry == store::CountAndAmount{1, 11'900});
}

TEST_CASE("after a mixed batch the statement adds up, in count and to the cent", "[posting][M1]") {
  Fixture f;
  std::string lines;
  for (int i = 0; i < 10; ++i) {  // 10 x 119.00
    lines += event_text({.id = "A" + std::to_string(i), .invoice = std::to_string(i)}) + "\n";
  }
  lines += event_text({.id = "B", .type = "dispute.opened", .net = "50.00", .tax = "0.00"}) + "\n";    // held: 50.00
  lines += event_text({.id = "C", .type = "invoice.drafted", .net = "7.00", .tax = "0.33"}) + "\n";    // no entry: 7.33
  lines += event_text({.id = "A0", .invoice = "0"}) + "\n";                                            // duplicate
  lines += event_text({.id = "A1", .net = "1.00"}) + "\n";                                             // conflict
  lines += event_text({.id = "D", .entity = "US", .currency = "USD", .net = "20.00", .tax = "0.00"});  // another entity
  f.post(lines);
  const auto german = f.row("DE", "EUR");
  CHECK(german.accepted == store::CountAndAmount{12, 124'733});  // 1,190.00 + 50.00 + 7.33
  CHECK(german.waiting == store::CountAndAmount{10, 119'000});
  CHECK(german.held == store::CountAndAmount{1, 5'000});
  CHECK(german.no_entry == store::CountAndAmount{1, 733});
  CHECK(german.agrees());
  const auto american = f.row("US", "USD");
  CHECK(american.accepted == store::CountAndAmount{1, 2'000});
  CHECK(american.agrees());
}

TEST_CASE("a held event is decided again by the book then in force; the statement follows", "[posting][M2]") {
  Fixture f;
  const Receipt held = f.post_one({.product = "VOICE", .net = "10.00", .tax = "0.00"});
  REQUIRE(held.status == ReceiptStatus::held);
  CHECK(expect(f.service.decide_again(held.sequence, "ann", "let us see")).status == ReceiptStatus::held);
  rules::RuleBook grown = testing::gateway_book();
  grown.catalog.lists[0].values.push_back("VOICE");
  f.put_book(grown, "sha256:grown");
  const Receipt again = expect(f.service.decide_again(held.sequence, "ann", "VOICE is in the book now"));
  CHECK(again.status == ReceiptStatus::accepted);
  REQUIRE(again.entries.size() == 1);
  const auto journey = expect(f.store->event_journey(held.sequence));
  CHECK(journey->event.bundle_digest == "sha256:grown");
  CHECK_FALSE(journey->event.reason);
  REQUIRE(journey->history.size() == 3);
  CHECK(journey->history[0].evidence == "sha256:test");
  CHECK(journey->history[2].by == "ann");
  CHECK(journey->history[2].from == "held");
  CHECK(journey->history[2].to == "accepted");
  const auto row = f.row("DE", "EUR");
  CHECK(row.accepted == store::CountAndAmount{1, 1'000});
  CHECK(row.waiting == store::CountAndAmount{1, 1'000});
  CHECK(f.service.decide_again(held.sequence, "ann", "once more").error().code == ErrorCode::BadRequest);
  CHECK(f.service.decide_again(99, "ann", "?").error().code == ErrorCode::NotFound);
  CHECK(f.post_one({.product = "VOICE", .net = "10.00", .tax = "0.00"}).status == ReceiptStatus::duplicate);
}

TEST_CASE("a new book does not post an old event again", "[posting][M2]") {
  Fixture f;
  const Receipt first = f.post_one({});
  f.put_book(testing::gateway_book(), "sha256:new");
  const Receipt again = f.post_one({});
  CHECK(again.status == ReceiptStatus::duplicate);
  CHECK(again.entries == first.entries);
  CHECK(expect(f.store->event_journey(1))->event.bundle_digest == "sha256:test");
}
