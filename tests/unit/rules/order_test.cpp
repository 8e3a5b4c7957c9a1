// SPDX-License-Identifier: Apache-2.0
// What an event needs before it, what should follow it, who has to agree, which rate was published: domain catalogue
// §3, §10, §14.
#include <catch2/catch.hpp>

#include "tests/support/contract_book.hpp"

namespace {

using namespace glmap;
using testing::ContractBook;
using testing::head;
using testing::InvoiceOf;
using testing::StateRun;
using Told = std::vector<std::string>;

/// A credit note that takes back usage, and needs its invoice; a contract that should be invoiced within 15 minutes.
struct OrderedBook : ContractBook {
  std::uint32_t credit_note = 0, activated = 0;

  OrderedBook() {
    const auto text = [](const char* name) { return field(name, FieldKind::text); };
    credit_note = event("credit_note.issued", "credit_note",
                        {text("credit_note"), text("invoice"), text("customer"), field("amount", FieldKind::money)});
    activated = event("contract.activated", "", {text("contract")});
    rule(program(credit_note, false), "CREDIT",
         {block(credit_note, "SALES",
                {debit(credit_note, "revenue_usage", "amount"), credit(credit_note, "receivable", "amount")})});
    rules::Rule& nothing = rule(program(activated, false), "no entry (book.glmap:80)");
    nothing.outcome = rules::Rule::Outcome::no_entry;
    nothing.because = "no right has changed";
    const auto index = [&](std::uint32_t type, const char* name) {
      return *book.catalog.types[type].header_index(name);
    };
    book.order = {{credit_note,
                   invoice,
                   index(credit_note, "invoice"),
                   index(invoice, "invoice"),
                   3 * 24 * 60,
                   "billing_ops",
                   {"book.glmap", 70, 3, {}}}};
    book.expectations = {{invoice,
                          activated,
                          index(invoice, "contract"),
                          index(activated, "contract"),
                          15,
                          "billing_ops",
                          {"book.glmap", 71, 3, {}}}};
  }
};

Told credit(StateRun& run, const char* id, const char* invoice, const char* date) {
  return run.event("credit_note.issued", id,
                   head("US", "USD", date) + R"("credit_note":")" + id + R"(","invoice":")" + invoice +
                       R"(","customer":"C1","amount":"10.00")");
}
InvoiceOf usage(const char* number, const char* date, const char* net = "100.00") {
  InvoiceOf made;
  made.invoice = number;
  made.net = net;
  made.treatment = "usage";
  made.date = date;
  return made;
}
Told take(StateRun& run, const InvoiceOf& what, const std::string& time = {}) {
  return run.event("invoice.issued", what.invoice, what.members(), time);
}
std::string activation(const char* contract, const char* date) {
  return head("US", "USD", date) + R"("contract":")" + contract + "\"";
}

}  // namespace

TEST_CASE("a credit note waits for its invoice and is posted with it", "[order][I3]") {
  StateRun run(OrderedBook().book);
  CHECK(credit(run, "N-1", "I-1", "2026-05-04") == Told{"waiting for invoice.issued with invoice I-1"});
  CHECK(take(run, usage("I-2", "2026-05-04")).size() == 1);  // another invoice changes nothing
  CHECK(take(run, usage("I-1", "2026-05-05")) ==
        Told{"US SALES 2026-05-05: Dr receivable 100.00, Cr revenue_usage 100.00",
             "US SALES 2026-05-04: Dr revenue_usage 10.00, Cr receivable 10.00"});
  CHECK(credit(run, "N-2", "I-1", "2026-05-06").front().starts_with("US SALES"));
}

TEST_CASE("an invoice that is held does not release its credit note", "[order]") {
  StateRun run(OrderedBook().book);
  credit(run, "N-1", "I-1", "2026-05-04");
  CHECK(take(run, usage("I-1", "2031-05-05")) == Told{"held GLM-7007"});
  CHECK(run.run().state().waiting().size() == 1);
}

// Waits three days from 4 May 00:00 in New York: through 7 May 00:00.
TEST_CASE("a credit note whose invoice does not come is held for its owner, once", "[order][I3]") {
  StateRun run(OrderedBook().book);
  credit(run, "N-1", "I-1", "2026-05-04");
  CHECK(run.through("2026-05-06").empty());
  CHECK(run.through("2026-05-07") == Told{"held GLM-7023"});
  CHECK(run.reasons().back() ==
        "nothing came of what the event needs before it by 2026-05-07T04:00:00Z: invoice.issued with invoice I-1; held "
        "for billing_ops");
  CHECK(run.through("2026-06-30").empty());
  CHECK(take(run, usage("I-1", "2026-07-01")).size() == 1);
}

TEST_CASE("a contract without an invoice is an exception after a quarter of an hour, once", "[order]") {
  StateRun run(OrderedBook().book);
  CHECK(run.event("contract.activated", "A-1", activation("K1", "2026-05-04"), "2026-05-04T10:00:00Z") ==
        Told{"no entry"});
  CHECK(run.event("contract.activated", "A-2", activation("K2", "2026-05-04"), "2026-05-04T10:05:00Z") ==
        Told{"no entry"});
  CHECK(take(run, usage("I-1", "2026-05-04"), "2026-05-04T10:15:00Z").size() == 1);  // K1, on the last second
  CHECK(run.event("contract.activated", "A-3", activation("K3", "2026-05-04"), "2026-05-04T10:30:00Z") ==
        Told{"exception GLM-7024", "no entry"});
  CHECK(run.reasons().back() ==
        "no invoice.issued with contract K2 came by 2026-05-04T10:20:00Z, after contract.activated A-2; exception for "
        "billing_ops");
  CHECK(run.through("2026-05-03").empty());
  CHECK(run.through("2026-05-04") == Told{"exception GLM-7024"});
  CHECK(run.through("2026-05-05").empty());
}

TEST_CASE("the end of a day is that of the entity's zone", "[order][M7]") {
  StateRun run(OrderedBook().book);
  run.event("contract.activated", "A-1", activation("K1", "2026-05-04"), "2026-05-05T03:30:00Z");  // 23:30 in New York
  CHECK(run.through("2026-05-04").size() == 1);
}

TEST_CASE("an invoice that came before its contract was activated is not missed", "[order][I3]") {
  StateRun run(OrderedBook().book);
  take(run, usage("I-1", "2026-05-03"));
  run.event("contract.activated", "A-1", activation("K1", "2026-05-04"), "2026-05-04T10:00:00Z");
  CHECK(run.through("2026-05-31").empty());
}

TEST_CASE("an entry above the limit needs the controller, in the entities named", "[approval]") {
  ContractBook book;
  book.book.approvals = {
      {{book.invoice}, false, {0}, *Decimal::parse("25000.00"), "controller", {"book.glmap", 75, 3, {}}}};
  StateRun run(book.book);
  CHECK(take(run, usage("I-1", "2026-05-04", "25000.00")).front().starts_with("US SALES"));
  CHECK(take(run, usage("I-2", "2026-05-04", "25000.01")) == Told{"held GLM-7017"});
  CHECK(run.reasons().back() == "needs approval by controller: 25000.01 USD in US exceeds 25000");
  InvoiceOf german = usage("I-3", "2026-05-04", "30000.00");
  german.entity = "DE";
  german.currency = "EUR";
  CHECK(take(run, german).front().starts_with("DE SALES"));
}

TEST_CASE("what a closed period has moved needs approval above its own limit", "[approval][I5]") {
  ContractBook book;
  book.book.closed = rules::ClosedPolicy::first_open_day;
  book.book.catalog.entities[0].closed_through = *Date::parse("2026-04-30");
  book.book.approvals = {{{}, true, {}, *Decimal::parse("500.00"), "controller", {}}};
  StateRun run(book.book);
  CHECK(take(run, usage("I-1", "2026-05-04", "9000.00")).size() == 1);
  CHECK(take(run, usage("I-2", "2026-04-04", "500.00")).front().starts_with("US SALES 2026-05-01"));
  CHECK(take(run, usage("I-3", "2026-04-04", "500.01")) == Told{"held GLM-7017"});
}

TEST_CASE("published rates are taken for each entity's books; missing and stale ones hold", "[rates][M6]") {
  ContractBook book;
  book.book.foreign_currency->rate_field.clear();
  book.book.foreign_currency->rate_source = "ECB";
  book.book.foreign_currency->rate_date = "document_date";
  book.book.foreign_currency->rate_age_days_max = 3;
  StateRun run(book.book);
  InvoiceOf german = usage("I-1", "2026-10-02");
  german.entity = "DE";
  CHECK(take(run, german) == Told{"held GLM-7004"});
  CHECK(
      run.reasons().back() ==
      "the event is in USD, DE keeps its books in EUR, and ECB has published no rate from USD to EUR for 2026-10-02 or "
      "before");
  run.rate("ECB", "USD", "EUR", "0.95", "2026-09-29");
  run.rate("ECB", "USD", "EUR", "0.97", "2026-10-03");
  run.rate("ECB", "USD", "PLN", "4.00", "2026-10-02");
  run.rate("other", "USD", "EUR", "0.10", "2026-10-02");
  CHECK(take(run, german) ==
        Told{"DE SALES 2026-10-02: Dr receivable 95.00 (100.00), Cr revenue_usage 95.00 (100.00)"});
  InvoiceOf polish = german;
  polish.entity = "PL";
  CHECK(take(run, polish) ==
        Told{"PL SALES 2026-10-02: Dr receivable 400.00 (100.00), Cr revenue_usage 400.00 (100.00)"});
  german.date = "2026-10-07";
  CHECK(take(run, german) == Told{"held GLM-7019"});
  CHECK(
      run.reasons().back() ==
      "the last rate of ECB from USD to EUR before 2026-10-07 was published for 2026-10-03; the book allows at most 3 "
      "days");
}

TEST_CASE("a rate that makes nothing of an amount is held", "[rates][M6]") {
  StateRun run(ContractBook().book);
  InvoiceOf german = usage("I-1", "2026-10-02");
  german.entity = "DE";
  german.rate = "0.00000000000000000000000000001";
  CHECK(take(run, german) == Told{"held GLM-7020"});
  CHECK(run.reasons().back() ==
        "100.00 USD at the rate 0.00000000000000000000000000001 is less than the smallest amount in EUR");
}
