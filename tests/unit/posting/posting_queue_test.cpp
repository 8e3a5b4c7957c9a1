// SPDX-License-Identifier: Apache-2.0
#include "gateway/posting/posting_queue.hpp"

#include <atomic>
#include <future>

#include <catch2/catch.hpp>

#include "tests/support/fixed_clock.hpp"
#include "tests/support/gateway_book.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace glmap;
using namespace glmap::gateway;
using posting::Receipt;
using posting::ReceiptStatus;
using testing::event_text;
using testing::expect;

namespace {

struct Fixture {
  testing::TemporaryFolder folder;
  testing::FixedClock clock;
  posting::BookInForce book{testing::gateway_evaluator()};
  std::unique_ptr<store::Store> store = expect(store::open_sqlite_store(folder.file("gateway.db")));
  posting::PostingService service{*store, clock, book};
  Fixture() { REQUIRE(store->activate_bundle("sha256:test", "bytes", Instant{1})); }

  posting::Request request(const std::string& lines, std::function<void(Result<std::vector<Receipt>>)> answer) {
    posting::Request made;
    made.body = std::make_unique<const std::string>(lines);
    const auto arrivals = expect(intake::read_events(intake::BodyKind::lines, *made.body, {}));
    for (const auto& arrival : arrivals) made.events.push_back(posting::prepare(*book.get(), arrival, Instant{1}));
    made.answer = std::move(answer);
    return made;
  }
};

}  // namespace

TEST_CASE("32 senders of one event at the same time make one record", "[posting][I1]") {
  Fixture f;
  std::atomic<int> accepted = 0, duplicates = 0, woken = 0;
  {
    posting::PostingQueue queue(f.service, {}, [&] { ++woken; });
    std::vector<std::jthread> senders;
    for (int i = 0; i < 32; ++i) {
      senders.emplace_back([&] {
        std::promise<Receipt> done;
        auto answer = [&](Result<std::vector<Receipt>> receipts) {
          done.set_value(expect(std::move(receipts)).front());
        };
        if (!queue.submit(f.request(event_text(), answer))) return;
        const Receipt receipt = done.get_future().get();
        if (receipt.status == ReceiptStatus::accepted) ++accepted;
        if (receipt.status == ReceiptStatus::duplicate) ++duplicates;
      });
    }
  }
  CHECK(accepted == 1);
  CHECK(duplicates == 31);
  CHECK(woken == 1);
  CHECK(expect(f.store->list_events({})).size() == 1);
  CHECK(expect(f.store->list_entries({})).size() == 1);
}

TEST_CASE("a full queue refuses and what it took is answered, also when it stops", "[posting][I17]") {
  Fixture f;
  std::atomic<int> answered = 0;
  int taken = 0, refused = 0;
  {
    posting::PostingQueue queue(f.service, {.events_max = 8}, {});
    for (int i = 0; i < 500; ++i) {
      const std::string id = "E-" + std::to_string(i);
      const Status submitted =
          queue.submit(f.request(event_text({.id = id, .invoice = id}),
                                 [&](Result<std::vector<Receipt>> receipts) { answered += receipts ? 1 : 0; }));
      if (submitted) {
        ++taken;
      } else {
        CHECK(submitted.error().code == ErrorCode::Busy);
        ++refused;
      }
    }
  }
  CHECK(taken + refused == 500);
  CHECK(answered == taken);
  CHECK(expect(f.store->list_events({.limit = 1000})).size() == static_cast<std::size_t>(taken));
}

TEST_CASE("a stopped queue takes nothing", "[posting]") {
  Fixture f;
  posting::PostingQueue queue(f.service, {}, {});
  queue.stop();
  CHECK(queue.submit(f.request(event_text(), [](auto) {})).error().code == ErrorCode::Busy);
}
