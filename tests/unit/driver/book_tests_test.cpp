// SPDX-License-Identifier: Apache-2.0
// Tests written in a book, with state: what they find right, and what they say when it is not.
#include "compiler/driver/book_tests.hpp"

#include <catch2/catch.hpp>

#include "tests/support/compiled_book.hpp"

namespace {

using namespace glmap;

constexpr std::string_view kBook = R"(mapping kept "Subscriptions and voids"
  language 1
  release 2026.11
  owner revenue-accounting
  unknown hold

reference
  entities  "reference/entities.yaml"
  accounts  "reference/accounts.yaml"
  calendars "reference/calendars.yaml"
  events    "reference/events.yaml"

lists
  product is PLATFORM, API

table account_of "Where revenue goes"
  | product  || account |
  | PLATFORM || 4010    |
  | API      || 4020    |

accounts
  | role             | US            | needs              |
  | receivable       | 1200          | customer           |
  | deferred_revenue | 2400          | customer           |
  | revenue          | by account_of | product            |

dates
  posting date is document_date
  closed hold

order
  invoice.voided needs invoice.issued by invoice, wait 3 days, else hold for billing_ops

rule INV "Billed in advance"
  because "Revenue policy 4.2"
  for invoice.issued
  post in entity, journal SALES
    debit  receivable       net
    credit deferred_revenue net
  recognise net over service_from to service_until by equal_months, journal REVREC
    debit  deferred_revenue amount
    credit revenue          amount

rule VOID "The invoice was wrong"
  because "Billing policy 3.3"
  for invoice.voided
  reverse everything for invoice
)";

constexpr std::string_view kEvents = R"(events:
  invoice.issued:
    title: Invoice issued
    object: invoice
    fields:
      invoice: {type: text}
      entity: {type: entity}
      currency: {type: currency}
      document_date: {type: date}
      customer: {type: text}
      product: {type: list product}
      net: {type: money}
      service_from: {type: date}
      service_until: {type: date}
  invoice.voided:
    title: Invoice voided
    object: invoice
    fields:
      invoice: {type: text}
      entity: {type: entity}
      document_date: {type: date}
)";

constexpr std::string_view kInvoice = R"(
test "A year"
  event invoice.issued I-1
    invoice I-1, entity US, currency USD, document_date 2026-01-01, customer C1, product PLATFORM, net 1200.00,
    service_from 2026-01-01, service_until 2026-12-31
  expect US SALES 2026-01-01 USD
    debit  1200 receivable       1200.00
    credit 2400 deferred_revenue 1200.00
)";

struct Found {
  driver::BookTestSummary summary;
  std::vector<std::string> errors, warnings;  // messages
  std::string notes;
};

Found run(const std::string& tests, const char* style = "swap") {
  testing::BookFiles files;
  files["book.glmap"] = std::string(kBook) + tests;
  files["reference/entities.yaml"] = std::string(
                                         "entities:\n  - {code: US, name: Kept Inc., functional: USD, zone: UTC, "
                                         "calendar: months, chart: us, erp: x, reversal: ") +
                                     style + "}\n";
  files["reference/accounts.yaml"] =
      "charts:\n  us:\n    - {code: \"1200\", name: Receivables, type: asset}\n"
      "    - {code: \"2400\", name: Deferred revenue, type: liability}\n"
      "    - {code: \"4010\", name: Platform, type: income}\n    - {code: \"4020\", name: API, type: income}\n";
  files["reference/calendars.yaml"] = "calendars:\n  - name: months\n    months: {from: 2026-01, through: 2027-12}\n";
  files["reference/events.yaml"] = std::string(kEvents);
  const auto model = testing::resolved_book(files);
  diagnostics::Sink sink;
  Found found;
  found.summary = driver::run_book_tests(model, "sha256:test", sink);
  for (const diagnostics::Diagnostic& one : sink.sorted()) {
    const bool warning = one.severity == diagnostics::Severity::warning;
    (warning ? found.warnings : found.errors).push_back(one.message);
    for (const std::string& note : one.notes) found.notes += note + "\n";
  }
  return found;
}

std::vector<std::string> faults(const std::string& tests) {
  return run(tests).errors;
}
using Messages = std::vector<std::string>;

}  // namespace

TEST_CASE("a test lets time pass and looks at the entries it names, and at balances", "[book-tests]") {
  const Found found = run(std::string(kInvoice) + R"(
  through 2026-03-31
  expect US REVREC 2026-02-28 USD
    debit  2400 deferred_revenue 100.00 customer C1
    credit 4010 revenue          100.00
  expect balance of deferred_revenue on 2026-03-31 is -900.00 USD customer C1
  expect balance of deferred_revenue, revenue on 2026-03-31 is -1200.00 USD
  expect balance of deferred_revenue in US on 2026-12-31 is 0.00 USD
)");
  CHECK(found.errors.empty());
  CHECK(found.summary.passed == 1);
}

TEST_CASE("a wrong entry of a schedule, and one that is not there, are shown with what came", "[book-tests]") {
  const Found found = run(std::string(kInvoice) + R"(
  through 2026-02-28
  expect US REVREC 2026-02-28 USD
    debit  2400 deferred_revenue 200.00
    credit 4010 revenue          200.00
  expect US REVREC 2026-03-31 USD
    debit  2400 deferred_revenue 100.00
    credit 4010 revenue          100.00
  expect balance of revenue on 2026-02-28 is -100.00 USD
)");
  CHECK(found.errors ==
        Messages{"test \"A year\": no line of the entry is like this; the closest one has 100.00 instead of 200.00",
                 "test \"A year\": an entry of US in journal REVREC on 2026-03-31 is expected",
                 "test \"A year\": the balance is -200.00 USD, -100.00 is expected"});
  CHECK(found.notes.find("schedules post as time passes") != std::string::npos);
  CHECK(found.summary.failed == 1);
}

TEST_CASE("a reversal is expected by the event it takes back", "[book-tests]") {
  const std::string voided = R"(
  event invoice.voided V-1
    invoice I-1, entity US, document_date 2026-01-15
  expect US SALES 2026-01-15 USD reverses I-1
    credit 1200 receivable       1200.00
    debit  2400 deferred_revenue 1200.00
)";
  CHECK(faults(kInvoice.data() + voided).empty());
  CHECK(run(std::string(kInvoice) + voided, "storno").errors ==
        Messages{"test \"A year\": the entry is a storno, which the test does not say"});
  const std::string storno = R"(
  event invoice.voided V-1
    invoice I-1, entity US, document_date 2026-01-15
  expect US SALES 2026-01-15 USD storno reverses I-1
    debit  1200 receivable       -1200.00
    credit 2400 deferred_revenue -1200.00
)";
  CHECK(run(std::string(kInvoice) + storno, "storno").errors.empty());
  CHECK(faults(kInvoice.data() + storno) == Messages{"test \"A year\": the entry is no storno"});
}

TEST_CASE("waiting is expected by name, and what comes of it too", "[book-tests]") {
  const std::string early = R"(
test "Early"
  event invoice.voided V-1
    invoice I-1, entity US, document_date 2026-01-15
  expect waiting
)";
  CHECK(faults(early).empty());
  CHECK(faults(early + "  through 2026-01-17\n").empty());
  CHECK(faults(early + "  through 2026-01-18\n  expect exception \"billing_ops\"\n").empty());
  CHECK(faults(early + "  through 2026-01-18\n  expect held \"billing_ops\"\n").empty());
  CHECK(faults(early + "  through 2026-01-18\n") ==
        Messages{"test \"Early\": something happens that a person has to look at, and the test does not expect it"});
  CHECK(faults(early + "  through 2026-01-17\n  expect exception \"billing_ops\"\n") ==
        Messages{"test \"Early\": an exception is expected that says \"billing_ops\""});
  const Found wrong = run(testing::with_change(early, "expect waiting", "expect no entry"));
  CHECK(wrong.errors == Messages{"test \"Early\": no entry is expected"});
  CHECK(wrong.notes.find("the event waits for invoice.issued with invoice I-1, until 2026-01-18T00:00:00Z") !=
        std::string::npos);
}

TEST_CASE("an entry that the test does not expect is told, also one of an event that had waited", "[book-tests]") {
  const std::string both = R"(
test "Early"
  event invoice.voided V-1
    invoice I-1, entity US, document_date 2026-01-15
  expect waiting
)" + testing::with_change(std::string(kInvoice), "\ntest \"A year\"\n", "");
  CHECK(faults(both) == Messages{"test \"Early\": the event posts an entry that the test does not expect"});
}

TEST_CASE("rows and rules that no test reaches are named, a table in one warning", "[book-tests]") {
  CHECK(
      run(std::string(kInvoice) + "  through 2026-01-31\n").warnings ==
      Messages{"no test reaches 1 of the 2 rows of table `account_of`", "no test exercises `VOID` for invoice.voided"});
  const Found nothing =
      run(std::string(kInvoice));  // the schedule is not posted, so no account of revenue is asked for
  CHECK(nothing.warnings.front() == "no test reaches 2 of the 2 rows of table `account_of`");
  CHECK(nothing.notes.find("the rows stand in lines 18, 19 of book.glmap") != std::string::npos);
}
