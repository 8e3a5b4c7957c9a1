// SPDX-License-Identifier: Apache-2.0
#include "gateway/delivery/lane.hpp"

#include <catch2/catch.hpp>

#include "gateway/delivery/worker.hpp"
#include "gateway/store/sqlite/backup.hpp"
#include "tests/unit/delivery/lane_fixture.hpp"

using namespace glmap;
using namespace glmap::testing;
using namespace glmap::gateway;
using delivery::LaneState;

TEST_CASE("an entry is sent, read back and posted, with what was read back as evidence", "[delivery]") {
  Fixture f;
  const std::string reference = f.add(german_invoice());
  CHECK(f.lane->run_round() == 1);
  const store::EntryRecord entry = f.entry(reference);
  CHECK(entry.state == EntryState::posted);
  CHECK(entry.document_id == "P-1");
  const auto journey = f.books->event_journey(entry.event);
  REQUIRE((journey.has_value() && journey->has_value()));
  CHECK((*journey)->event.state == engine::EventState::posted);
  std::string evidence;
  for (const store::HistoryRecord& change : (*journey)->history) evidence += change.evidence;
  CHECK(evidence.find(R"("account":"1200","functional":"119.00 EUR")") != std::string::npos);
  CHECK(f.lane->run_round() == 0);
  CHECK(f.lane->status().confirmed == 1);
}

TEST_CASE("the answer to the posting is lost: found in the ERP and confirmed, not sent again", "[delivery][E1]") {
  Fixture f;
  f.arm(kPost, FaultKind::commit_then_drop);
  const std::string reference = f.add(german_invoice());
  f.lane->run_round();
  CHECK(f.state(reference) == EntryState::unknown);
  f.settle_all();
  CHECK(f.state(reference) == EntryState::posted);
  CHECK(f.documents() == 1);
  CHECK(f.erp->tryton().calls("model.account.move.create") == 1);
  CHECK(f.erp->tryton().calls("model.account.move.post") == 1);
}

TEST_CASE("the answer to the creation is lost: the draft is found, compared and completed", "[delivery][E1][E7]") {
  Fixture f;
  f.arm(kCreate, FaultKind::commit_then_drop);
  const std::string reference = f.add(german_invoice());
  f.settle_all();
  CHECK(f.state(reference) == EntryState::posted);
  CHECK(f.documents() == 1);
  CHECK(f.erp->tryton().calls("model.account.move.create") == 1);
}

TEST_CASE("lost before it was stored: sent again, but not before the ERP's search must show it", "[delivery][E2]") {
  Fixture f;
  f.arm(kCreate, FaultKind::drop_before_commit);
  const std::string reference = f.add(german_invoice());
  f.lane->run_round();
  f.pass(5);
  f.lane->run_round();  // absent, within the horizon
  CHECK(f.state(reference) == EntryState::unknown);
  CHECK(f.erp->tryton().calls("model.account.move.create") == 0);
  f.pass(24);
  f.lane->run_round();
  CHECK(f.state(reference) == EntryState::unknown);
  f.pass(2);
  f.lane->run_round();  // absent, past the horizon
  CHECK(f.state(reference) == EntryState::ready);
  f.lane->run_round();
  CHECK(f.state(reference) == EntryState::posted);
  CHECK(f.documents() == 1);
}

TEST_CASE("a search that lags behind does not lead to a second document", "[delivery][E3]") {
  Fixture f;
  f.erp->tryton().set_visibility_lag_ms(400);
  const std::string reference = f.add(german_invoice());
  f.lane->run_round();
  CHECK(f.state(reference) == EntryState::unknown);  // the ERP said posted, and does not show it
  f.pass(5);
  f.lane->run_round();
  CHECK(f.state(reference) == EntryState::unknown);
  ::usleep(450'000);
  f.settle_all();
  CHECK(f.state(reference) == EntryState::posted);
  CHECK(f.documents() == 1);
}

TEST_CASE("refused by the ERP: waits for a person, is not tried again, and does not block its neighbour",
          "[delivery][E10][E12]") {
  Fixture f;
  REQUIRE(f.erp->tryton().close_period("Acme GmbH", "2026-10"));
  const std::string refused = f.add(german_invoice());
  const std::string neighbour = f.add(yen_invoice());
  f.settle_all();
  CHECK(f.state(refused) == EntryState::rejected);
  CHECK(f.entry(refused).reason->code == ErrorCode::ErpClosedPeriod);
  CHECK(f.state(neighbour) == EntryState::posted);
  f.pass(100'000);
  CHECK(f.lane->run_round() == 0);
}

TEST_CASE("what the ERP stored differs: held, with the difference in words", "[delivery][E13]") {
  Fixture f;
  f.arm(kPost, FaultKind::alter);
  const std::string reference = f.add(german_invoice());
  f.settle_all();
  CHECK(f.state(reference) == EntryState::held);
  CHECK(f.entry(reference).reason->code == ErrorCode::ErpDiffers);
  CHECK(f.entry(reference).reason->message.find("lacks the line debit 1200 119.00 EUR") != std::string::npos);
}

TEST_CASE("the connection belongs to another company: nothing is sent until a person resumes it", "[delivery][E14]") {
  Fixture f;
  REQUIRE(f.erp->tryton().rename_company("Acme GmbH", "Other GmbH"));
  const std::string reference = f.add(german_invoice());
  f.lane->run_round();
  f.pass(1000);
  f.lane->run_round();
  CHECK(f.lane->status().state == LaneState::stopped);
  CHECK(f.lane->status().reason->code == ErrorCode::ErpWrongEntity);
  CHECK(f.state(reference) == EntryState::ready);
  CHECK(f.documents() == 0);
  REQUIRE(f.erp->tryton().rename_company("Other GmbH", "Acme GmbH"));
  f.lane->run_round();
  CHECK(f.state(reference) == EntryState::ready);
  f.lane->resume();
  f.settle_all();
  CHECK(f.state(reference) == EntryState::posted);
}

TEST_CASE("another company's database appears behind a working connection: it stops", "[delivery][E14]") {
  Fixture f;
  f.add(german_invoice("I-1"));
  f.settle_all();
  REQUIRE(f.erp->tryton().rename_company("Acme KK", "Other KK"));
  f.pass(16 * 60);
  const std::string reference = f.add(german_invoice("I-2"));
  f.lane->run_round();
  CHECK(f.lane->status().state == LaneState::stopped);
  CHECK(f.state(reference) == EntryState::ready);
  CHECK(f.documents() == 1);
}

TEST_CASE("swapped credentials: the same company name with books in another currency stops the lane",
          "[delivery][E14]") {
  Fixture f;
  REQUIRE(f.erp->tryton().rename_company("Acme GmbH", "Elsewhere"));
  REQUIRE(f.erp->tryton().rename_company("Acme KK", "Acme GmbH"));
  const std::string reference = f.add(german_invoice());
  f.lane->run_round();
  CHECK(f.lane->status().state == LaneState::stopped);
  CHECK(f.lane->status().reason->message ==
        "for entity `DE` the ERP shows the books of `Acme GmbH` in JPY; expected are those of `Acme GmbH` in EUR");
  CHECK(f.documents() == 0);
  CHECK(f.state(reference) == EntryState::ready);
}

TEST_CASE("throttled: the whole connection waits as long as the ERP asks, and the entries go back unsent",
          "[delivery][E8]") {
  Fixture f;
  sandbox::Fault fault;
  fault.on = kCreate;
  fault.kind = FaultKind::status;
  fault.status = 429;
  fault.retry_after = "60";
  f.erp->faults().add(fault);
  std::vector<std::string> references;
  for (int i = 0; i < 5; ++i) references.push_back(f.add(german_invoice("I-" + std::to_string(i))));
  f.lane->run_round();
  CHECK(f.lane->status().state == LaneState::paused);
  for (const std::string& reference : references) {
    CHECK(f.state(reference) == EntryState::ready);
    CHECK(f.entry(reference).sends == 0);  // nothing left us
  }
  const auto requests = f.erp->door().connections();
  f.pass(59);
  f.lane->run_round();
  CHECK(f.erp->door().connections() == requests);
  f.pass(2);
  f.settle_all();
  for (const std::string& reference : references) CHECK(f.state(reference) == EntryState::posted);
  CHECK(f.documents() == 5);
}

TEST_CASE("throttled while an entry is looked up: the connection waits as long as the ERP asks", "[delivery][E8]") {
  Fixture f;
  f.arm(kPost, FaultKind::commit_then_drop);
  const std::string reference = f.add(german_invoice());
  f.lane->run_round();
  REQUIRE(f.state(reference) == EntryState::unknown);
  sandbox::Fault fault;
  fault.on = "account.move.search_read";
  fault.kind = FaultKind::status;
  fault.status = 429;
  fault.retry_after = "600";
  f.erp->faults().add(fault);
  f.pass(5);
  f.lane->run_round();
  CHECK(f.lane->status().state == LaneState::paused);
  const auto requests = f.erp->door().connections();
  f.pass(590);
  f.lane->run_round();
  CHECK(f.erp->door().connections() == requests);
  f.pass(20);
  f.settle_all();
  CHECK(f.state(reference) == EntryState::posted);
  CHECK(f.documents() == 1);
}

TEST_CASE("the ERP is down for three days: nothing is lost, little is asked, and the backlog drains",
          "[delivery][E9]") {
  Fixture f;
  f.arm("", FaultKind::html_page, -1);
  std::vector<std::string> references;
  for (int i = 0; i < 20; ++i) references.push_back(f.add(german_invoice("I-" + std::to_string(i))));
  for (int minute = 0; minute < 72 * 60; ++minute) {
    f.lane->run_round();
    f.pass(60);
  }
  CHECK(f.erp->door().connections() < 1000);  // about one every five minutes
  CHECK(f.lane->status().state == LaneState::paused);
  f.erp->faults().clear();
  f.settle_all();
  for (const std::string& reference : references) CHECK(f.state(reference) == EntryState::posted);
  CHECK(f.documents() == 20);
}

TEST_CASE("a gateway that lost its lane writes nothing to the ERP, however late it notices", "[delivery][M16]") {
  Fixture f;
  const JournalEntry entry = german_invoice();
  const auto connector = f.connector();
  REQUIRE(connector->who_am_i("DE").has_value());
  bool ours = false;
  int asked = 0;
  connector->guard_sends([&] { return ++asked, ours; });
  const delivery::Outcome outcome = connector->submit(entry);
  CHECK(std::holds_alternative<delivery::NotSent>(outcome));
  CHECK(asked > 0);
  CHECK(f.documents() == 0);
  ours = true;
  CHECK(std::holds_alternative<delivery::Posted>(connector->submit(entry)));
  CHECK(f.documents() == 1);
}

TEST_CASE("the gateway dies between sending and recording: the next start looks before it sends", "[delivery][M11]") {
  Fixture f;
  const JournalEntry entry = german_invoice();
  const std::string reference = f.add(entry);
  // The worker claims (the intent is on disk), the ERP posts, and the process is gone.
  REQUIRE(f.books->hold_lane("erp", Instant{f.clock.micros}).has_value());
  const auto claimed = f.books->claim_due({"erp", Instant{f.clock.micros}, Instant{f.clock.micros + 60 * kSecond}, 1});
  REQUIRE((claimed.has_value() && claimed->size() == 1));
  REQUIRE(std::holds_alternative<delivery::Posted>(f.connector()->submit(entry)));
  f.open_store();
  f.open_lane();
  f.settle_all();
  CHECK(f.state(reference) == EntryState::posted);
  CHECK(f.documents() == 1);
}

TEST_CASE("the store goes back to a backup and the ERP is ahead: nothing is posted twice", "[delivery][M18]") {
  Fixture f;
  const std::string posted_before = f.add(german_invoice("I-1"));
  f.settle_all();
  const std::string ready = f.add(german_invoice("I-2"));
  REQUIRE(store::backup_sqlite_store(f.folder.file("gateway.db"), f.folder.file("backup.db")).has_value());
  f.add(german_invoice("I-3"));
  f.settle_all();  // I-2 and I-3 reach the ERP, and the store burns down
  REQUIRE(f.documents() == 3);
  f.lane.reset();
  f.books.reset();
  for (const char* end : {"", "-wal", "-shm", ".acknowledged"})
    std::filesystem::remove(f.folder.file(std::string("gateway.db") + end));
  REQUIRE(store::backup_sqlite_store(f.folder.file("backup.db"), f.folder.file("gateway.db")).has_value());
  f.open_store();
  REQUIRE(f.books->declare_restored("anna", Instant{f.clock.micros}).value() == 1);
  f.open_lane();
  CHECK(f.state(ready) == EntryState::unknown);
  const std::string again = f.add(german_invoice("I-3"));  // its sender repeats it
  f.settle_all();
  CHECK(f.state(ready) == EntryState::posted);
  CHECK(f.state(again) == EntryState::posted);
  CHECK(f.state(posted_before) == EntryState::posted);
  CHECK(f.documents() == 3);
}

TEST_CASE("an ERP that always drops before it commits: after a bounded number of sends a person must look",
          "[delivery][E2]") {
  Fixture f;
  f.arm(kCreate, FaultKind::drop_before_commit, -1);
  const std::string reference = f.add(german_invoice());
  f.settle_all();
  CHECK(f.state(reference) == EntryState::held);
  CHECK(f.entry(reference).sends == engine::DeliveryPolicy{}.sends_max);
  CHECK(f.documents() == 0);
  // A person asks for another try, and this time it works.
  f.erp->faults().clear();
  REQUIRE(f.books->retry_entry(reference, "anna", "the ERP is mended", Instant{f.clock.micros}).has_value());
  f.settle_all();
  CHECK(f.state(reference) == EntryState::posted);
  CHECK(f.documents() == 1);
}

TEST_CASE("someone deleted our draft in the ERP: a person decides", "[delivery][E13]") {
  Fixture f;
  f.arm(kPost, FaultKind::status);  // 503: unclear, the draft stands there
  const std::string reference = f.add(german_invoice());
  f.lane->run_round();
  f.pass(2);
  f.lane->run_round();
  REQUIRE(f.state(reference) == EntryState::draft_found);
  f.erp->tryton().delete_all_drafts();
  f.settle_all();
  CHECK(f.state(reference) == EntryState::held);
  CHECK(f.documents() == 0);
}

TEST_CASE("an entry for an entity that the connection does not serve is refused, not sent", "[delivery][E14]") {
  Fixture f;
  const std::string reference = f.add(entry_of(
      {.entity = "FR", .lines = {{Side::debit, "1000", "cash", "1.00"}, {Side::credit, "4000", "revenue", "1.00"}}}));
  f.settle_all();
  CHECK(f.state(reference) == EntryState::rejected);
  CHECK(f.entry(reference).reason->message == "connection `erp` serves no legal entity `FR`");
}

TEST_CASE("whatever goes wrong, each entry ends in the ERP exactly once", "[delivery][E1][E2][E4][E6]") {
  constexpr int kEntries = 25;
  for (const int random_seed : {1, 2, 3, 4}) {
    INFO("seed " << random_seed);
    Fixture f;
    const auto plan = parse_json(R"({"seed": )" + std::to_string(random_seed) + R"(, "faults": [
      {"on": "move.create", "kind": "commit_then_drop", "times": -1, "permille": 120},
      {"on": "move.create", "kind": "drop_before_commit", "times": -1, "permille": 120},
      {"on": "move.create", "kind": "commit_then_status", "status": 502, "times": -1, "permille": 60},
      {"on": "move.post", "kind": "commit_then_drop", "bytes": 20, "times": -1, "permille": 120},
      {"on": "move.post", "kind": "drop_before_commit", "times": -1, "permille": 120},
      {"on": "move.post", "kind": "status", "status": 429, "times": -1, "permille": 60},
      {"on": "move.search_read", "kind": "drop_before_commit", "times": -1, "permille": 120},
      {"on": "", "kind": "end_session", "times": -1, "permille": 60},
      {"on": "", "kind": "html_page", "times": -1, "permille": 40}]})");
    REQUIRE(plan.has_value());
    REQUIRE(f.erp->faults().replace(*plan).has_value());
    std::vector<std::string> references;
    for (int i = 0; i < kEntries; ++i) {
      references.push_back(
          f.add(i % 2 == 0 ? german_invoice("I-" + std::to_string(i)) : dollar_invoice("I-" + std::to_string(i))));
    }
    f.settle_all();
    int held = 0;
    for (const std::string& reference : references) {
      const EntryState state = f.state(reference);
      INFO(reference << ": " << (f.entry(reference).reason ? f.entry(reference).reason->to_text() : ""));
      CHECK((state == EntryState::posted || state == EntryState::held));
      held += state == EntryState::held ? 1 : 0;
    }
    CHECK(held <= 1);  // five sends in a row without luck are rare
    const Json documents = f.erp->tryton().documents();
    std::map<std::string, int> times;
    for (const Json& document : *documents.as_array()) ++times[*document.find("number")->as_string()];
    for (const auto& [number, count] : times) {
      INFO(number);
      CHECK(count == 1);
    }
    for (const std::string& reference : references) {
      if (f.state(reference) == EntryState::posted) CHECK(times[reference] == 1);
    }
  }
}

TEST_CASE("a reversal waits for its original, is sent once it is posted, and takes it back", "[delivery][E20]") {
  Fixture f;
  f.arm(kPost, FaultKind::commit_then_drop);
  const JournalEntry original = german_invoice("I-1");
  const std::string invoice = f.add(original);
  const std::string void_of_it = f.add(reversal_of(original, "V-1"));
  f.lane->run_round();
  REQUIRE(f.state(invoice) == EntryState::unknown);
  CHECK(f.state(void_of_it) == EntryState::ready);
  CHECK(f.entry(void_of_it).sends == 0);
  CHECK(f.entry(void_of_it).reason->message.find(", not posted") != std::string::npos);
  f.settle_all();
  CHECK(f.state(invoice) == EntryState::reversed);
  CHECK(f.state(void_of_it) == EntryState::posted);
  CHECK(f.documents() == 2);
  const auto history = (*f.books->event_journey(f.entry(invoice).event))->history;
  CHECK(history.back().why == "taken back by entry " + void_of_it);
  CHECK((*f.books->event_journey(f.entry(invoice).event))->event.state == engine::EventState::posted);
  // A second one is not sent: a person looks.
  const std::string again = f.add(reversal_of(original, "V-2"));
  f.settle_all();
  CHECK(f.state(again) == EntryState::rejected);
  CHECK(f.entry(again).reason->message.find("is taken back already") != std::string::npos);
  CHECK(f.documents() == 2);
}

TEST_CASE("the worker's threads deliver, are woken, and stop at once", "[delivery]") {
  Fixture f;
  const std::string first = f.add(german_invoice("I-1"));
  std::vector<std::unique_ptr<delivery::Lane>> lanes;
  lanes.push_back(std::move(f.lane));
  delivery::DeliveryWorker worker(std::move(lanes));
  worker.start();
  auto wait_for = [&](std::int64_t confirmed) {
    for (int i = 0; i < 500 && worker.status().front().confirmed < confirmed; ++i) ::usleep(10'000);
    return worker.status().front().confirmed;
  };
  CHECK(wait_for(1) == 1);
  const std::string second = f.add(german_invoice("I-2"));
  worker.wake();
  CHECK(wait_for(2) == 2);
  CHECK(worker.resume("erp"));
  CHECK_FALSE(worker.resume("other"));
  worker.stop();
  CHECK(f.state(first) == EntryState::posted);
  CHECK(f.state(second) == EntryState::posted);
}

TEST_CASE("a stop lets what is under way finish and puts the rest back unsent", "[delivery][M22]") {
  Fixture f;
  std::vector<std::string> references;
  for (int i = 0; i < 3; ++i) references.push_back(f.add(german_invoice("I-" + std::to_string(i))));
  f.lane->run_round();  // learns who the ERP is, posts all three
  for (int i = 3; i < 6; ++i) references.push_back(f.add(german_invoice("I-" + std::to_string(i))));
  std::stop_source stop;
  stop.request_stop();
  CHECK(f.lane->run_round(stop.get_token()) == 3);
  for (int i = 3; i < 6; ++i) {
    CHECK(f.state(references[static_cast<std::size_t>(i)]) == EntryState::ready);
    CHECK(f.entry(references[static_cast<std::size_t>(i)]).sends == 0);
  }
  CHECK(f.documents() == 3);
}
