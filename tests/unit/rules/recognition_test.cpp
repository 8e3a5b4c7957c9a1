// SPDX-License-Identifier: Apache-2.0
// Revenue schedules that post: ramp, changes, currencies, closed periods. Expected numbers by hand, from the domain
// catalogue §4 and §7 and docs/formats/schedules.md.
#include <catch2/catch.hpp>

#include "tests/support/contract_book.hpp"

namespace {

using namespace glmap;
using testing::ContractBook;
using testing::head;
using testing::InvoiceOf;
using testing::StateRun;
using Told = std::vector<std::string>;

InvoiceOf ramp(const char* number, const char* net, const char* date) {
  InvoiceOf made;
  made.invoice = number;
  made.net = net;
  made.date = date;
  made.price = "16800.00";
  made.from = "2026-01-01";
  made.until = "2028-12-31";
  return made;
}
InvoiceOf year(const char* number, const char* price, const char* date = "2026-01-01") {
  InvoiceOf made;
  made.invoice = number;
  made.net = made.price = price;
  made.date = date;
  made.from = "2026-01-01";
  made.until = "2026-12-31";
  return made;
}
Told take(StateRun& run, const InvoiceOf& what) {
  return run.event("invoice.issued", what.invoice, what.members());
}

}  // namespace

// 16,800 / 36 = 466.666...: cumulative rounding gives 466.67, 466.66, 466.67. Billed 4,800: deferred holds through
// month 10 (4,666.67), month 11 takes 133.33 of it and 333.33 (333.33 + 466.67 = 800 after month 12).
TEST_CASE("a ramp is earned in equal parts: contract asset in year one, cleared by the second invoice",
          "[recognition]") {
  StateRun run(ContractBook().book);
  CHECK(take(run, ramp("I-2", "4800.00", "2026-01-01")) ==
        Told{"US SALES 2026-01-01: Dr receivable 4800.00, Cr deferred_revenue 4800.00"});
  CHECK(run.through("2026-02-28") == Told{"US REVREC 2026-01-31: Dr deferred_revenue 466.67, Cr revenue 466.67",
                                          "US REVREC 2026-02-28: Dr deferred_revenue 466.66, Cr revenue 466.66"});
  const Told rest = run.through("2026-12-31");
  REQUIRE(rest.size() == 10);
  CHECK(rest[8] == "US REVREC 2026-11-30: Dr deferred_revenue 133.33, Dr contract_asset 333.33, Cr revenue 466.66");
  CHECK(rest[9] == "US REVREC 2026-12-31: Dr contract_asset 466.67, Cr revenue 466.67");
  CHECK(run.balance("contract_asset") == "800.00");
  CHECK(take(run, ramp("I-3", "6000.00", "2027-01-01")) ==
        Told{"US SALES 2027-01-01: Dr receivable 6000.00, Cr contract_asset 800.00, Cr deferred_revenue 5200.00"});
  take(run, ramp("I-4", "6000.00", "2028-01-01"));
  run.through("2029-12-31");
  CHECK(run.balance("revenue") == "-16800.00");
  CHECK(run.balance("deferred_revenue") == "0.00");
  CHECK(run.balance("contract_asset") == "0.00");
}

TEST_CASE("1,000.00 over three months is 333.33, 333.34, 333.33", "[recognition]") {
  StateRun run(ContractBook().book);
  InvoiceOf quarter = year("I-1", "1000.00");
  quarter.until = "2026-03-31";
  take(run, quarter);
  CHECK(run.through("2026-12-31") == Told{"US REVREC 2026-01-31: Dr deferred_revenue 333.33, Cr revenue 333.33",
                                          "US REVREC 2026-02-28: Dr deferred_revenue 333.34, Cr revenue 333.34",
                                          "US REVREC 2026-03-31: Dr deferred_revenue 333.33, Cr revenue 333.33"});
}

TEST_CASE("time does not run twice, and a late event does not turn it back", "[recognition]") {
  StateRun run(ContractBook().book);
  take(run, year("I-1", "1200.00"));
  CHECK(run.through("2026-03-31").size() == 3);
  CHECK(run.through("2026-03-31").empty());
  CHECK(run.through("2026-02-28").empty());
  InvoiceOf late;
  late.invoice = "I-9";
  late.net = "10.00";
  late.treatment = "usage";
  late.date = "2026-01-15";
  CHECK(take(run, late).size() == 1);
  CHECK(run.through("2026-04-30") == Told{"US REVREC 2026-04-30: Dr deferred_revenue 100.00, Cr revenue 100.00"});
}

TEST_CASE("what is due before an event is posted before it", "[recognition]") {
  StateRun run(ContractBook().book);
  take(run, year("I-1", "1200.00"));
  InvoiceOf usage;
  usage.invoice = "I-9";
  usage.net = "10.00";
  usage.treatment = "usage";
  usage.date = "2026-02-28";
  CHECK(take(run, usage) == Told{"US REVREC 2026-01-31: Dr deferred_revenue 100.00, Cr revenue 100.00",
                                 "US SALES 2026-02-28: Dr receivable 10.00, Cr revenue_usage 10.00"});
}

TEST_CASE("an invoice that comes after its service has begun recognises the days that are past", "[recognition]") {
  StateRun run(ContractBook().book);
  CHECK(take(run, year("I-1", "1200.00", "2026-03-15")) ==
        Told{"US SALES 2026-03-15: Dr receivable 1200.00, Cr deferred_revenue 1200.00",
             "US REVREC 2026-01-31: Dr deferred_revenue 100.00, Cr revenue 100.00",
             "US REVREC 2026-02-28: Dr deferred_revenue 100.00, Cr revenue 100.00"});
}

TEST_CASE("entries of a schedule go on counting where the event's own entries end", "[recognition]") {
  StateRun run(ContractBook().book);
  take(run, year("I-1", "1200.00"));
  run.through("2026-01-31");
  run.through("2026-03-31");
  std::vector<std::uint32_t> numbers;
  for (const JournalEntry& entry : run.entries()) {
    CHECK(entry.key().event_id == "I-1");
    numbers.push_back(entry.key().entry);
  }
  CHECK(numbers == std::vector<std::uint32_t>{0, 1, 2, 3});
  CHECK(run.entries()[2].data().document == "I-1");
  CHECK(run.entries()[2].data().description == "invoice.issued I-1, 2026-02-01 to 2026-02-28");
}

TEST_CASE("other terms for the same contract and product wait for a person", "[recognition]") {
  StateRun run(ContractBook().book);
  take(run, year("I-1", "1200.00"));
  CHECK(take(run, year("I-2", "1800.00", "2026-07-01")).back() == "held GLM-7021");
  CHECK(run.reasons().back() ==
        "the revenue schedule for contract K1, product PLATFORM is 1200.00 USD over 2026-01-01 to 2026-12-31 "
        "equal_months, the event states 1800.00 USD over 2026-01-01 to 2026-12-31 equal_months");
  run.through("2026-12-31");
  CHECK(run.balance("revenue") == "-1200.00");
}

// schedules.md: 1,200 for the year, 600 posted, from 1 July 1,800: 6 x 200.00.
TEST_CASE("a prospective change spreads what is left over the months that are left", "[recognition]") {
  ContractBook book;
  book.recognition().changed = rules::Recognition::Changed::prospective;
  StateRun run(book.book);
  take(run, year("I-1", "1200.00"));
  InvoiceOf more = year("I-2", "1800.00", "2026-07-01");
  more.net = "600.00";
  take(run, more);
  CHECK(run.balance("revenue") == "-600.00");
  const Told later = run.through("2026-12-31");
  REQUIRE(later.size() == 6);
  CHECK(later.front() == "US REVREC 2026-07-31: Dr deferred_revenue 200.00, Cr revenue 200.00");
  CHECK(later.back() == "US REVREC 2026-12-31: Dr deferred_revenue 200.00, Cr revenue 200.00");
  CHECK(run.balance("deferred_revenue") == "0.00");
  CHECK(run.entries().back().key().event_id == "I-2");
  CHECK(run.entries().back().key().entry == 6);  // 0 is the invoice, then July to December
}

TEST_CASE("new terms that begin later follow on what was earned until then", "[recognition]") {
  ContractBook book;
  book.recognition().changed = rules::Recognition::Changed::prospective;
  StateRun run(book.book);
  take(run, year("I-1", "1200.00"));
  InvoiceOf from_july = year("I-2", "900.00", "2026-06-10");  // 900.00 for July to December instead of 600.00
  from_july.net = "300.00";
  from_july.from = "2026-07-01";
  take(run, from_july);
  const Told later = run.through("2026-12-31");
  REQUIRE(later.size() == 7);
  CHECK(later[0] == "US REVREC 2026-06-30: Dr deferred_revenue 100.00, Cr revenue 100.00");
  CHECK(later[1] == "US REVREC 2026-07-31: Dr deferred_revenue 150.00, Cr revenue 150.00");
  CHECK(run.balance("revenue") == "-1500.00");
  CHECK(run.balance("deferred_revenue") == "0.00");
  from_july.invoice = "I-3";
  from_july.net = "0.00";
  CHECK(take(run, from_july).back() == "no entry");  // the same terms again
  CHECK(run.through("2029-12-31").empty());
}

// schedules.md: 1,200 for the year, 600 posted, from 1 July 900: -150.00, then 6 x 75.00.
TEST_CASE("a cumulative catch-up takes back what the new line would not have earned", "[recognition]") {
  ContractBook book;
  book.recognition().changed = rules::Recognition::Changed::catch_up;
  StateRun run(book.book);
  take(run, year("I-1", "1200.00"));
  InvoiceOf less = year("I-2", "900.00", "2026-07-01");
  less.net = "-300.00";
  CHECK(take(run, less).back() == "US SALES 2026-07-01: Cr receivable 300.00, Dr deferred_revenue 300.00");
  const Told later = run.through("2026-12-31");
  REQUIRE(later.size() == 7);
  CHECK(later[0] == "US REVREC 2026-07-01: Cr contract_asset 150.00, Dr revenue 150.00");
  CHECK(later[1] == "US REVREC 2026-07-31: Dr deferred_revenue 75.00, Cr revenue 75.00");
  CHECK(run.balance("revenue") == "-900.00");
  // Nothing is taken of a negative amount: the contract asset is paid back by the last months.
  CHECK(run.balance("deferred_revenue") == "0.00");
  CHECK(run.balance("contract_asset") == "0.00");
}

TEST_CASE("a renewal is a schedule of its own, also when it is billed before the old one ends", "[recognition]") {
  StateRun run(ContractBook().book);
  take(run, year("I-1", "1200.00"));
  InvoiceOf renewal = year("I-2", "1320.00", "2026-12-15");
  renewal.from = "2027-01-01";
  renewal.until = "2027-12-31";
  CHECK(take(run, renewal).back() == "US SALES 2026-12-15: Dr receivable 1320.00, Cr deferred_revenue 1320.00");
  run.through("2027-12-31");
  CHECK(run.balance("revenue", {}, "2026-12-31") == "-1200.00");
  CHECK(run.balance("revenue") == "-2520.00");
}

TEST_CASE("two lines of one event about one schedule wait for a person", "[recognition]") {
  StateRun run(ContractBook().book);
  std::string members = year("I-1", "1200.00").members();
  const std::string line = members.substr(members.find("[{") + 1, members.size() - members.find("[{") - 2);
  members.insert(members.size() - 1, "," + line);
  CHECK(run.event("invoice.issued", "I-1", members) == Told{"held GLM-7021"});
}

TEST_CASE("without `for`, every line has a schedule of its own", "[recognition]") {
  ContractBook book;
  book.recognition().keys.clear();
  StateRun run(book.book);
  std::string members = year("I-1", "1200.00").members();
  const std::string line = members.substr(members.find("[{") + 1, members.size() - members.find("[{") - 2);
  members.insert(members.size() - 1, "," + line);
  run.event("invoice.issued", "I-1", members);
  CHECK(run.through("2026-01-31").size() == 2);
  run.through("2026-12-31");
  CHECK(run.balance("revenue") == "-2400.00");
  CHECK(run.entries().back().key().entry == 24);
}

// 4,320.00 at 0.95 = 4,104.00; / 36 = 114.00 a month (domain catalogue, "German customer").
TEST_CASE("deferred revenue of a dollar invoice is earned at the invoice's rate", "[recognition]") {
  StateRun run(ContractBook().book);
  InvoiceOf german = ramp("I-1", "4320.00", "2026-10-01");
  german.entity = "DE";
  german.rate = "0.95";
  german.price = "4320.00";
  german.from = "2026-10-01";
  german.until = "2029-09-30";
  take(run, german);
  CHECK(run.through("2026-10-31") ==
        Told{"DE REVREC 2026-10-31: Dr deferred_revenue 114.00 (120.00), Cr revenue 114.00 (120.00)"});
  CHECK(run.entries().back().data().rate == Decimal::parse("0.95").value());
  run.through("2029-12-31");
  CHECK(run.balance("revenue") == "-4104.00");
  CHECK(run.balance("deferred_revenue") == "0.00");
}

// 1,000.00 x 0.91237 = 912.37 over 7 months; parts of 142.857 USD: both currencies end exactly.
TEST_CASE("the parts in both currencies add up to the whole", "[recognition]") {
  for (const bool carrying : {true, false}) {
    ContractBook book;
    book.recognition().block.lines.front().at_carrying_rate = carrying;
    StateRun run(book.book);
    InvoiceOf german = year("I-1", "1000.00");
    german.entity = "DE";
    german.rate = "0.91237";
    german.until = "2026-07-31";
    take(run, german);
    run.through("2026-12-31");
    CHECK(run.balance("revenue") == "-912.37");
    CHECK(run.balance("deferred_revenue") == "0.00");
    for (const JournalEntry& entry : run.entries()) CHECK(entry.lines().size() == 2);  // no rounding line
  }
}

// Billed 400.00 at 0.90 (360.00) and 800.00 at 1.10 (880.00) of 1,200.00: revenue is what was billed for it, 1,240.00.
TEST_CASE("revenue of invoices at several rates is worth what was deferred", "[recognition]") {
  StateRun run(ContractBook().book);
  InvoiceOf first = year("I-1", "1200.00");
  first.entity = "DE";
  first.rate = "0.90";
  first.net = "400.00";
  take(run, first);
  InvoiceOf second = first;
  second.invoice = "I-2";
  second.rate = "1.10";
  second.net = "800.00";
  take(run, second);
  run.through("2026-12-31");
  CHECK(run.balance("revenue") == "-1240.00");
  CHECK(run.balance("deferred_revenue") == "0.00");
}

TEST_CASE("the revenue of a closed month is posted on the first open day, or stops the schedule", "[recognition]") {
  for (const bool moves : {true, false}) {
    ContractBook book;
    book.book.closed = moves ? rules::ClosedPolicy::first_open_day : rules::ClosedPolicy::hold;
    book.book.catalog.entities[0].closed_through = *Date::parse("2026-02-28");
    StateRun run(book.book);
    const Told told = take(run, year("I-1", "1200.00", "2026-03-15"));
    REQUIRE(told.size() == (moves ? 3U : 2U));
    if (moves) {
      CHECK(told[1] == "US REVREC 2026-03-01: Dr deferred_revenue 100.00, Cr revenue 100.00");
      CHECK(told[2] == "US REVREC 2026-03-01: Dr deferred_revenue 100.00, Cr revenue 100.00");
    } else {
      CHECK(told[1] == "held GLM-7006");
      CHECK(run.reasons().back() ==
            "the revenue of 2026-01-31 (100.00 USD) is not posted and the schedule stops: the posting date 2026-01-31 "
            "lies in a closed period of US (closed through 2026-02-28)");
      CHECK(run.through("2026-12-31").empty());
    }
  }
}

TEST_CASE("a soft-closed month is open to schedules only where the book says so", "[recognition]") {
  ContractBook book;
  book.book.catalog.entities[0].soft_closed_through = *Date::parse("2026-02-28");
  StateRun refused(book.book);
  CHECK(take(refused, year("I-1", "1200.00", "2026-03-15")).back() == "held GLM-7006");
  CHECK(refused.reasons().back().ends_with("lies in a soft-closed period of US (soft-closed through 2026-02-28)"));
  book.book.soft_closed_schedules = true;
  StateRun open(book.book);
  CHECK(take(open, year("I-1", "1200.00", "2026-03-15")).size() == 3);
  CHECK(take(open, year("I-2", "1200.00", "2026-02-15")) == Told{"held GLM-7006"});
}

TEST_CASE("a service longer than the calendar, or without an end, is held with the invoice", "[recognition]") {
  StateRun run(ContractBook().book);
  InvoiceOf endless = year("I-1", "1200.00");
  endless.until = "2031-12-31";
  CHECK(take(run, endless) == Told{"held GLM-7007"});
  InvoiceOf open = year("I-2", "1200.00");
  std::string members = open.members();
  members.erase(members.find(R"("price_until")") - 1, std::string(R"("price_until":"2026-12-31",)").size());
  CHECK(run.event("invoice.issued", "I-2", members) == Told{"held GLM-7015"});
  CHECK(run.reasons().back() == "a revenue schedule needs `price_until` and the event carries none");
}

TEST_CASE("a line with nothing to spread needs no dates and begins no schedule", "[recognition]") {
  StateRun run(ContractBook().book);
  InvoiceOf open;
  open.invoice = "I-2";
  open.net = "10.00";
  CHECK(take(run, open) == Told{"US SALES 2026-01-01: Dr receivable 10.00, Cr deferred_revenue 10.00"});
  CHECK(run.through("2029-12-31").empty());
}
