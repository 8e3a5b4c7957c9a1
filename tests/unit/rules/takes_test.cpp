// SPDX-License-Identifier: Apache-2.0
// Balances, open items and what lines take of them. Expected numbers by hand, from the domain catalogue §2.4 and §2.6.
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

StateRun run_of(const ContractBook& book) {
  return StateRun(book.book);
}

void invoice(StateRun& run, const InvoiceOf& what) {
  run.event("invoice.issued", what.invoice, what.members());
}
InvoiceOf usage(const char* number, const char* net, const char* date) {
  InvoiceOf made;
  made.invoice = number;
  made.net = net;
  made.treatment = "usage";
  made.date = date;
  return made;
}

}  // namespace

TEST_CASE("a payment takes no more than its invoice; what is over goes to unapplied cash", "[takes]") {
  StateRun run = run_of({});
  invoice(run, usage("I-1", "100.00", "2026-01-10"));
  CHECK(run.event("payment.received", "P-1", paid("P-1", "40.00", "I-1", "2026-02-01")) ==
        Told{"US CASH 2026-02-01: Dr cash 40.00, Cr receivable 40.00"});
  CHECK(run.balance("receivable", {{"invoice", "I-1"}}) == "60.00");
  CHECK(run.event("payment.received", "P-2", paid("P-2", "75.00", "I-1", "2026-02-02")) ==
        Told{"US CASH 2026-02-02: Dr cash 75.00, Cr receivable 60.00, Cr unapplied_cash 15.00"});
  CHECK(run.event("payment.received", "P-3", paid("P-3", "5.00", "I-1", "2026-02-03")) ==
        Told{"US CASH 2026-02-03: Dr cash 5.00, Cr unapplied_cash 5.00"});
}

TEST_CASE("a payment without an invoice settles the invoice of exactly its amount, else the oldest first", "[takes]") {
  StateRun run = run_of({});
  invoice(run, usage("I-1", "100.00", "2026-01-10"));
  invoice(run, usage("I-2", "70.00", "2026-01-20"));
  invoice(run, usage("I-3", "70.00", "2026-01-15"));
  run.event("payment.received", "P-1", paid("P-1", "70.00", "", "2026-02-01"));
  CHECK(run.balance("receivable", {{"invoice", "I-3"}}) == "0.00");  // the older of the two
  CHECK(run.balance("receivable", {{"invoice", "I-2"}}) == "70.00");
  CHECK(run.event("payment.received", "P-2", paid("P-2", "130.00", "", "2026-02-02")) ==
        Told{"US CASH 2026-02-02: Dr cash 130.00, Cr receivable 100.00, Cr receivable 30.00"});
  CHECK(run.balance("receivable", {{"invoice", "I-1"}}) == "0.00");
  CHECK(run.balance("receivable", {{"invoice", "I-2"}}) == "40.00");
}

TEST_CASE("the money of one customer pays no invoice of another", "[takes]") {
  StateRun run = run_of({});
  invoice(run, usage("I-1", "100.00", "2026-01-10"));
  CHECK(run.event("payment.received", "P-1", paid("P-1", "100.00", "", "2026-02-01", "C2")) ==
        Told{"US CASH 2026-02-01: Dr cash 100.00, Cr unapplied_cash 100.00"});
  CHECK(run.balance("receivable") == "100.00");
}

TEST_CASE("an invoice that was paid, bounced and is open again keeps its age", "[takes]") {
  StateRun run = run_of({});
  invoice(run, usage("I-1", "50.00", "2026-01-10"));
  invoice(run, usage("I-2", "50.00", "2026-01-20"));
  run.event("payment.received", "P-1", paid("P-1", "50.00", "I-1", "2026-02-01"));
  // A payment that comes back is a payment of a negative amount: nothing is taken, all of it is unapplied.
  CHECK(run.event("payment.received", "P-2", paid("P-2", "-50.00", "I-1", "2026-02-02")) ==
        Told{"US CASH 2026-02-02: Cr cash 50.00, Dr unapplied_cash 50.00"});
  invoice(run, usage("I-1", "50.00", "2026-02-03"));
  run.event("payment.received", "P-3", paid("P-3", "60.00", "", "2026-02-04"));
  CHECK(run.balance("receivable", {{"invoice", "I-1"}}) == "0.00");
  CHECK(run.balance("receivable", {{"invoice", "I-2"}}) == "40.00");
}

// Domain catalogue, "German customer pays": 5,950.00 x 0.95 = 5,652.50; x 0.94 = 5,593.00; loss 59.50.
TEST_CASE("a dollar invoice settled at a lower rate leaves its carrying amount and a loss", "[takes]") {
  StateRun run = run_of({});
  InvoiceOf german = usage("I-1", "5000.00", "2026-10-01");
  german.tax = "950.00";
  german.entity = "DE";
  german.rate = "0.95";
  invoice(run, german);
  CHECK(run.balance("receivable") == "5652.50");
  CHECK(
      run.event("payment.received", "P-1",
                R"("entity":"DE","currency":"USD","document_date":"2026-10-30","rate":"0.94","payment":"P-1",)"
                R"("customer":"C1","invoice":"I-1","amount":"5950.00")") ==
      Told{"DE CASH 2026-10-30: Dr cash 5593.00 (5950.00), Cr receivable 5652.50 (5950.00), Dr fx_loss 59.50 (0.00)"});
  CHECK(run.balance("receivable") == "0.00");
}

// 100.00 at 0.33 = 33.00; a third: 33.33/100.00 x 33.00 = 10.9989 -> 11.00; 66.67 left carry 22.00: 33.33/66.67 x 22.00
// = 10.998 -> 11.00; the last 33.34 takes what is left, 11.00.
TEST_CASE("part payments carry their part, and the last one what is left", "[takes]") {
  StateRun run = run_of({});
  InvoiceOf german = usage("I-1", "100.00", "2026-10-01");
  german.entity = "DE";
  german.rate = "0.33";
  invoice(run, german);
  const auto pay = [&](const char* id, const char* amount) {
    run.event("payment.received", id,
              std::string(R"("entity":"DE","currency":"USD","document_date":"2026-10-30","rate":"0.33","payment":"X",)"
                          R"("customer":"C1","invoice":"I-1","amount":")") +
                  amount + "\"");
  };
  pay("P-1", "33.33");
  CHECK(run.balance("receivable") == "22.00");
  pay("P-2", "33.33");
  CHECK(run.balance("receivable") == "11.00");
  pay("P-3", "33.34");
  CHECK(run.balance("receivable") == "0.00");
}

TEST_CASE("paid credits are a liability until used; more than there is holds, expiry takes the rest", "[takes]") {
  StateRun run = run_of({});
  InvoiceOf credits = usage("I-8", "500.00", "2026-10-02");
  credits.treatment = "wallet";
  credits.customer = "C7";
  invoice(run, credits);
  const auto wallet = [](const char* date, const char* amount) {
    return head("US", "USD", date) + R"("customer":"C7","amount":")" + amount + "\"";
  };
  CHECK(run.event("wallet.consumed", "W-1", wallet("2026-10-20", "120.00")) ==
        Told{"US REVREC 2026-10-20: Dr wallet_liability 120.00, Cr revenue_usage 120.00"});
  CHECK(run.event("wallet.consumed", "W-2", wallet("2026-10-21", "400.00")) == Told{"held GLM-7018"});
  CHECK(run.reasons().back() ==
        "wallet_liability for customer C7: the balance is 380.00 USD, the event asks for 400.00");
  CHECK(run.balance("wallet_liability") == "-380.00");
  CHECK(run.event("wallet.expired", "W-3", wallet("2027-10-02", "500.00")) ==
        Told{"US REVREC 2027-10-02: Dr wallet_liability 380.00, Cr revenue_breakage 380.00"});
  CHECK(run.balance("wallet_liability") == "0.00");
  CHECK(run.event("wallet.expired", "W-4", wallet("2027-10-03", "1.00")) == Told{"no entry"});
}

TEST_CASE("what is delivered is earned up to what was billed for that contract and product", "[takes]") {
  StateRun run = run_of({});
  InvoiceOf setup = usage("I-1", "300.00", "2026-03-01");
  setup.treatment = "delivery";
  setup.product = "SETUP";
  invoice(run, setup);
  const auto delivered = [](const char* product, const char* amount) {
    return head("US", "USD", "2026-03-20") + R"("customer":"C1","contract":"K1","product":")" + product +
           R"(","amount":")" + amount + "\"";
  };
  CHECK(run.event("delivery.completed", "D-1", delivered("TRAINING", "1.00")) == Told{"held GLM-7018"});
  CHECK(run.event("delivery.completed", "D-2", delivered("SETUP", "300.00")) ==
        Told{"US REVREC 2026-03-20: Dr deferred_revenue 300.00, Cr revenue 300.00"});
}

TEST_CASE("a negative amount is not taken from a balance, and does not vanish", "[takes]") {
  StateRun run = run_of({});
  InvoiceOf setup = usage("I-1", "300.00", "2026-03-01");
  setup.treatment = "delivery";
  setup.product = "SETUP";
  invoice(run, setup);
  CHECK(run.event("delivery.completed", "D-1",
                  head("US", "USD", "2026-03-20") +
                      R"("customer":"C1","contract":"K1","product":"SETUP","amount":"-1.00")") ==
        Told{"held GLM-7018"});
}

TEST_CASE("lines of one event see what the lines before them took", "[takes]") {
  StateRun run = run_of({});
  // 500.00 of contract asset: recognised before anything was billed.
  InvoiceOf first;
  first.invoice = "I-0";
  first.net = "0.00";
  first.price = "500.00";
  first.from = "2026-01-01";
  first.until = "2026-01-31";
  invoice(run, first);
  run.through("2026-01-31");
  CHECK(run.balance("contract_asset") == "500.00");
  const std::string line = R"({"product":"PLATFORM","treatment":"ratable","net":"300.00","tax":"0.00","price":"0.00",)"
                           R"("price_from":"2026-02-01","price_until":"2026-02-28"})";
  CHECK(run.event("invoice.issued", "I-1",
                  head("US", "USD", "2026-02-01") + R"("invoice":"I-1","customer":"C1","contract":"K1","lines":[)" +
                      line + "," + line + "]") ==
        Told{"US SALES 2026-02-01: Dr receivable 600.00, Cr contract_asset 500.00, Cr deferred_revenue 100.00"});
}

TEST_CASE("a held event takes nothing", "[takes]") {
  StateRun run = run_of({});
  InvoiceOf setup = usage("I-1", "300.00", "2026-03-01");
  setup.treatment = "delivery";
  invoice(run, setup);
  InvoiceOf wrong = usage("I-2", "300.00", "2031-03-01");  // no such period
  CHECK(run.event("invoice.issued", "I-2", wrong.members()) == Told{"held GLM-7007"});
  CHECK(run.run().state().clock().day.to_text() == "2026-02-28");
  CHECK(run.event("payment.received", "P-1", paid("P-1", "300.00", "I-2", "2026-03-02")) ==
        Told{"US CASH 2026-03-02: Dr cash 300.00, Cr receivable 300.00"});  // I-1, by amount
}

TEST_CASE("the rest of an entry below zero is held", "[takes]") {
  ContractBook book;
  rules::Rule& rule = book.rule_of(book.payment, "PAYMENT");
  rule.blocks = {book.block(book.payment, "CASH",
                            {book.debit(book.payment, "cash", "amount"), book.credit(book.payment, "fees", "rate"),
                             book.credit(book.payment, "unapplied_cash").rest()})};
  StateRun run(book.book);
  const auto with_fee = [](const char* amount) {
    return head("US", "USD", "2026-03-20") + R"("rate":"5.00","payment":"P","customer":"C1","amount":")" + amount +
           "\"";
  };
  CHECK(run.event("payment.received", "P-1", with_fee("20.00")) ==
        Told{"US CASH 2026-03-20: Dr cash 20.00, Cr fees 5.00, Cr unapplied_cash 15.00"});
  CHECK(run.event("payment.received", "P-2", with_fee("4.00")) == Told{"held GLM-7018"});
  CHECK(run.reasons().back() == "the other lines of the entry leave -1.00 for the rest in `unapplied_cash`");
}
