// SPDX-License-Identifier: Apache-2.0
// `reverse everything for invoice`: domain catalogue §12 and its test "Poland voids by red storno".
#include <catch2/catch.hpp>

#include "tests/support/contract_book.hpp"

namespace {

using namespace glmap;
using testing::ContractBook;
using testing::head;
using testing::InvoiceOf;
using testing::paid;
using testing::StateRun;
using Told = std::vector<std::string>;

InvoiceOf polish() {
  InvoiceOf made;
  made.invoice = "I-6";
  made.net = "1000.00";
  made.tax = "230.00";
  made.treatment = "usage";
  made.entity = "PL";
  made.currency = "PLN";
  made.date = "2026-10-12";
  return made;
}
InvoiceOf year(const char* number, const char* net, const char* date = "2026-01-01") {
  InvoiceOf made;
  made.invoice = number;
  made.net = net;
  made.date = date;
  made.price = "1200.00";
  made.from = "2026-01-01";
  made.until = "2026-12-31";
  return made;
}
Told take(StateRun& run, const InvoiceOf& what) {
  return run.event("invoice.issued", what.invoice, what.members());
}
Told avoid(StateRun& run, const char* id, const char* invoice, const char* date, const char* entity = "US",
           const char* currency = "USD") {
  return run.event("invoice.voided", id, head(entity, currency, date) + R"("invoice":")" + invoice + "\"");
}

}  // namespace

TEST_CASE("Poland voids by red storno: the same sides, negative, naming what they take back", "[reversal]") {
  StateRun run(ContractBook().book);
  take(run, polish());
  CHECK(avoid(run, "V-6", "I-6", "2026-11-03", "PL", "PLN") ==
        Told{"PL SALES 2026-11-03 storno: Dr receivable 1230.00, Cr revenue_usage 1000.00, Cr output_tax 230.00"});
  const JournalEntryDraft& data = run.entries().back().data();
  CHECK(data.reverses == run.entries().front().key().reference());
  CHECK(data.period == "2026-11");
  CHECK(data.origin->rules == std::vector<std::string>{"VOID"});
  CHECK(run.balance("receivable") == "0.00");
  CHECK(run.balance("output_tax") == "0.00");
}

TEST_CASE("an invoice is voided once", "[reversal][E20]") {
  StateRun run(ContractBook().book);
  take(run, polish());
  avoid(run, "V-6", "I-6", "2026-11-03", "PL", "PLN");
  CHECK(avoid(run, "V-7", "I-6", "2026-11-04", "PL", "PLN") == Told{"held GLM-7022"});
  CHECK(
      run.reasons().back() ==
      "there is nothing to reverse for invoice `I-6` in ledger accrual: it posted nothing there, or all of it has been "
      "reversed");
  CHECK(avoid(run, "V-8", "I-unknown", "2026-11-04") == Told{"held GLM-7022"});
}

TEST_CASE("elsewhere the sides are swapped, and the original rate stays", "[reversal][E20]") {
  StateRun run(ContractBook().book);
  InvoiceOf german = polish();
  german.entity = "DE";
  german.currency = "USD";
  german.rate = "0.95";
  take(run, german);
  CHECK(avoid(run, "V-6", "I-6", "2026-11-03", "DE", "USD") ==
        Told{"DE SALES 2026-11-03: Cr receivable 1168.50 (1230.00), Dr revenue_usage 950.00 (1000.00), Dr output_tax "
             "218.50 (230.00)"});
  CHECK(run.entries().back().data().rate == *Decimal::parse("0.95"));
  CHECK_FALSE(run.entries().back().data().storno);
}

TEST_CASE("voiding a subscription takes back its revenue and ends its schedule", "[reversal]") {
  StateRun run(ContractBook().book);
  take(run, year("I-1", "1200.00"));
  run.through("2026-02-28");
  const Told told = avoid(run, "V-1", "I-1", "2026-03-10");
  CHECK(told == Told{"US SALES 2026-03-10: Cr receivable 1200.00, Dr deferred_revenue 1200.00",
                     "US REVREC 2026-03-10: Cr deferred_revenue 100.00, Dr revenue 100.00",
                     "US REVREC 2026-03-10: Cr deferred_revenue 100.00, Dr revenue 100.00"});
  CHECK(run.through("2029-12-31").empty());
  for (const char* role : {"receivable", "deferred_revenue", "revenue"}) CHECK(run.balance(role) == "0.00");
}

TEST_CASE("the balances follow a void: a payment of the voided invoice is unapplied", "[reversal]") {
  StateRun run(ContractBook().book);
  take(run, year("I-1", "1200.00"));
  avoid(run, "V-1", "I-1", "2026-01-02");
  CHECK(run.event("payment.received", "P-1", paid("P-1", "1200.00", "I-1", "2026-01-03")) ==
        Told{"US CASH 2026-01-03: Dr cash 1200.00, Cr unapplied_cash 1200.00"});
}

TEST_CASE("a payment that bears the number of an invoice is not reversed with it", "[reversal]") {
  StateRun run(ContractBook().book);
  take(run, polish());
  run.event("payment.received", "P-1", paid("I-6", "5.00", "", "2026-10-20"));
  CHECK(avoid(run, "V-6", "I-6", "2026-11-03", "PL", "PLN").size() == 1);
  CHECK(run.balance("cash") == "5.00");
}

// The contract goes on with its second invoice: January and February are recognised again for that one.
TEST_CASE("when another invoice states the same terms, its schedule goes on after a void", "[reversal]") {
  StateRun run(ContractBook().book);
  take(run, year("I-1", "500.00"));
  take(run, year("I-2", "700.00", "2026-02-15"));
  run.through("2026-02-28");
  const Told told = avoid(run, "V-1", "I-1", "2026-03-10");
  REQUIRE(told.size() == 5);
  CHECK(told[0] == "US SALES 2026-03-10: Cr receivable 500.00, Dr deferred_revenue 500.00");
  CHECK(told[3] == "US REVREC 2026-01-31: Dr deferred_revenue 100.00, Cr revenue 100.00");
  CHECK(run.entries().back().key().event_id == "I-2");
  CHECK(run.entries().back().key().entry == 2);
  run.through("2026-12-31");
  CHECK(run.balance("revenue") == "-1200.00");
  CHECK(run.balance("deferred_revenue") == "0.00");
  CHECK(run.balance("contract_asset") == "500.00");  // recognised, not billed any more
}

TEST_CASE("voiding the second invoice leaves the first one's schedule as it is", "[reversal]") {
  StateRun run(ContractBook().book);
  take(run, year("I-1", "500.00"));
  take(run, year("I-2", "700.00", "2026-02-15"));
  CHECK(avoid(run, "V-2", "I-2", "2026-02-20") ==
        Told{"US SALES 2026-02-20: Cr receivable 700.00, Dr deferred_revenue 700.00"});
  run.through("2026-12-31");
  CHECK(run.balance("revenue") == "-1200.00");
}

TEST_CASE("a schedule that another invoice has changed is not ended by a void", "[reversal]") {
  ContractBook book;
  book.recognition().changed = rules::Recognition::Changed::prospective;
  StateRun run(book.book);
  take(run, year("I-1", "1200.00"));
  InvoiceOf more = year("I-2", "600.00", "2026-07-01");
  more.price = "1800.00";
  take(run, more);
  CHECK(avoid(run, "V-1", "I-1", "2026-07-02") == Told{"held GLM-7021"});
}

TEST_CASE("a void is dated in an open period, also a soft-closed one where the book allows reversals", "[reversal]") {
  ContractBook book;
  book.book.catalog.entities[2].soft_closed_through = *Date::parse("2026-11-30");
  StateRun refused(book.book);
  InvoiceOf later = polish();
  later.date = "2026-12-01";
  take(refused, later);
  CHECK(avoid(refused, "V-6", "I-6", "2026-11-30", "PL", "PLN") == Told{"held GLM-7006"});
  book.book.soft_closed_reversals = true;
  StateRun open(book.book);
  take(open, later);
  CHECK(avoid(open, "V-6", "I-6", "2026-11-30", "PL", "PLN").front().starts_with("PL SALES 2026-11-30 storno"));
}
