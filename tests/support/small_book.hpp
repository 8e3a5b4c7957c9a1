// SPDX-License-Identifier: Apache-2.0
// A small, sound mapping book held in memory: two entities, one calendar, four event types that post or rest, every
// kind of table. Tests change one line of it and look at what the compiler says. Not an example for finance (samples/
// is).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace glmap::testing {

/// Path, as the user would write it, to text. "book.glmap" is the book; the rest is reference data.
using BookFiles = std::map<std::string, std::string>;

inline constexpr std::string_view kSmallBookHead = R"(-- Small Group: from billing to the general ledger.
mapping small "Small Group: from billing to the general ledger"
  language 1
  release 2026.11
  owner revenue-accounting
  unknown hold
  ledgers accrual

reference
  entities  "reference/entities.yaml"
  accounts  "reference/accounts.yaml"
  calendars "reference/calendars.yaml"
  events    "reference/events.yaml"

lists
  product     is PLATFORM, API, SETUP
  charge_kind is subscription, usage, one-off
  treatment   is ratable, usage, on_delivery
  region      is AMER, EMEA
  tax_code    is US, DE19, EU-RC, EXPORT
  department  is 200, 300

table treatment "How each product is earned"
  | product  | charge_kind    || treatment   |
  | PLATFORM | subscription   || ratable     |
  | API      | subscription   || ratable     |
  | API      | usage          || usage       |
  | SETUP    | one-off        || on_delivery |
  impossible
  | PLATFORM | usage, one-off || because "the platform is sold only as a subscription" |
  remaining 3 impossible because "not in the price book"

table department "Who earns what"
  | product       || department |
  | PLATFORM, API || 300        |
  | SETUP         || 200        |

table tax_code "Which tax code an invoice line may carry"
  | entity | region | business || tax_code    |
  | US     | AMER   | any      || US          |
  | US     | EMEA   | any      || EXPORT      |
  | DE     | EMEA   | no       || DE19        |
  | DE     | EMEA   | yes      || DE19, EU-RC |
  | DE     | AMER   | any      || EXPORT      |

accounts
  | role             | US                 | DE   | needs                         | forbids    |
  | receivable       | 1200               | 1200 | customer                      | department |
  | deferred_revenue | 2400               | 3900 | customer, product             |            |
  | revenue          | by revenue_account |      | customer, product, department |            |
  | output_tax       | by tax_account     |      |                               | department |
  | cash             | 1060               | 1800 |                               | department |
  | fx_gain          | 4450               | 4840 |                               |            |
  | fx_loss          | 6880               | 6880 |                               |            |
  | rounding         | 6990               | 6300 |                               |            |

table revenue_account "Where revenue goes"
  | role    | entity | product       || account | from       | until      |
  | revenue | US     | PLATFORM, API || 4010    | 2026-01-01 |            |
  | revenue | US     | SETUP         || 4100    | 2026-01-01 |            |
  | revenue | DE     | PLATFORM, API || 4200    | 2026-01-01 | 2026-12-31 |
  | revenue | DE     | PLATFORM, API || 4225    | 2027-01-01 |            |
  | revenue | DE     | SETUP         || 4210    | 2026-01-01 |            |

table tax_account "Where output tax goes"
  | entity | tax_code      || account |
  | US     | US            || 2150    |
  | DE     | DE19          || 3806    |
  | any    | EU-RC, EXPORT || no line |
  remaining 2 impossible because "not registered there"

dates
  posting date is document_date, else occurred_at in zone of entity
  closed hold

foreign_currency
  rate is rate
  rounding to rounding, at most 0.01 per line
  never in receivable, cash, output_tax
  round half_away_from_zero
)";

inline constexpr std::string_view kSmallBookRules = R"(
rule INV-DEFERRED "Billed before it is earned"
  because "Revenue policy 4.2; IFRS 15.31, 15.106"
  for each line of invoice.issued
  when treatment is ratable, on_delivery
  post in entity, journal SALES
    debit  receivable       line.gross
    credit deferred_revenue line.net
    credit output_tax       line.tax

rule INV-USAGE "Usage, billed in arrears"
  because "Revenue policy 4.5; IFRS 15.B16"
  for each line of invoice.issued
  when treatment is usage
  post in entity, journal SALES
    debit  receivable line.gross
    credit revenue    line.net
    credit output_tax line.tax

rule DELIVERED "Earned on delivery"
  because "Revenue policy 4.7"
  for delivery.completed
  post in entity, journal REVREC
    debit  deferred_revenue amount
    credit revenue          amount

rule PAYMENT "Money received in the currency of the books"
  because "Treasury policy 2.1"
  for payment.received
  when currency is functional
  post in entity, journal CASH
    debit  cash       amount
    credit receivable amount

rule PAYMENT-FX "Money received in another currency"
  because "Treasury policy 2.2"
  for payment.received
  when currency is not functional
  post in entity, journal CASH
    debit  cash       amount worth settled_amount
    credit receivable amount at invoice_rate
    difference to fx_gain, fx_loss

no entry for invoice.drafted
  because "no right, obligation or cash has changed"

hold dispute.opened
  because "treasury decides case by case"
)";

// Expected amounts by hand: 5,950.00 USD x 0.95 = 5,652.50 EUR; 4,320 x 0.95 = 4,104; 680 x 0.95 = 646;
// 950 x 0.95 = 902.50; 5,652.50 - 5,593.00 settled = 59.50 lost.
inline constexpr std::string_view kSmallBookTests = R"(
test "German customer buys in dollars and pays"
  event invoice.issued I-1
    entity DE, currency USD, document_date 2026-10-01, invoice I-1, customer C1, region EMEA, business no, rate 0.95
    line product PLATFORM, charge_kind subscription, net 4320.00, tax 820.80, tax_code DE19
    line product API, charge_kind usage, net 680.00, tax 129.20, tax_code DE19
  expect DE SALES 2026-10-01 EUR
    debit  1200 receivable       5652.50 USD 5950.00 customer C1
    credit 3900 deferred_revenue 4104.00 USD 4320.00 product PLATFORM
    credit 3806 output_tax        902.50 USD  950.00
    credit 4200 revenue           646.00 USD  680.00 product API department 300
  event invoice.issued I-1 again
  expect duplicate
  event invoice.issued I-1 again, customer C2
  expect conflict
  event payment.received P-1
    entity DE, currency USD, document_date 2026-10-30, customer C1, amount 5950.00, rate 0.94, settled_amount 5593.00,
    invoice_rate 0.95
  expect DE CASH 2026-10-30 EUR
    debit  1800 cash       5593.00 USD 5950.00
    debit  6880 fx_loss      59.50 USD    0.00
    credit 1200 receivable 5652.50 USD 5950.00

test "American customer, setup delivered, paid in dollars"
  event invoice.issued I-2
    entity US, currency USD, document_date 2026-10-02, invoice I-2, customer C3, region AMER, business yes
    line product SETUP, charge_kind one-off, net 300.00, tax 24.00, tax_code US
  expect US SALES 2026-10-02 USD
    debit  1200 receivable       324.00
    credit 2400 deferred_revenue 300.00 product SETUP
    credit 2150 output_tax        24.00
  event delivery.completed D-1
    entity US, currency USD, document_date 2026-10-20, customer C3, product SETUP, amount 300.00
  expect US REVREC 2026-10-20 USD
    debit  2400 deferred_revenue 300.00
    credit 4100 revenue          300.00 department 200
  event payment.received P-2
    entity US, currency USD, document_date 2026-11-03, customer C3, amount 324.00, settled_amount 324.00, invoice_rate 1
  expect US CASH 2026-11-03 USD
    debit  1060 cash       324.00
    credit 1200 receivable 324.00

test "Nothing is guessed"
  event invoice.issued I-9
    entity DE, currency EUR, document_date 2026-10-09, invoice I-9, customer C8, region EMEA, business no
    line product VOICE, charge_kind subscription, net 10.00, tax 1.90, tax_code DE19
  expect held "product"
  event invoice.drafted I-10
    entity DE, document_date 2026-10-09
  expect no entry
  event dispute.opened Q-1
    entity DE, document_date 2026-10-09
  expect held "treasury"
)";

inline constexpr std::string_view kSmallEntities = R"(entities:
  - code: US
    name: Small Inc.
    functional: USD
    zone: America/New_York
    calendar: months
    chart: us
    erp: tryton-us
  - code: DE
    name: Small GmbH
    functional: EUR
    zone: Europe/Berlin
    calendar: months
    chart: de
    erp: tryton-eu
    closed_through: 2026-08-31
)";

inline constexpr std::string_view kSmallAccounts = R"(charts:
  us:
    - {code: "1000", name: Current assets, type: asset, postable: false}
    - {code: "1060", name: Bank, type: asset}
    - {code: "1200", name: Trade receivables, type: asset}
    - {code: "2150", name: Sales tax payable, type: liability}
    - {code: "2400", name: Deferred revenue, type: liability}
    - {code: "4010", name: Subscription revenue, type: income}
    - {code: "4100", name: Services revenue, type: income}
    - {code: "4450", name: Exchange gains, type: income}
    - {code: "6880", name: Exchange losses, type: expense}
    - {code: "6990", name: Rounding differences, type: expense}
  de:
    - {code: "0400", name: Plant and machinery, type: asset}
    - {code: "1200", name: Forderungen aus Lieferungen und Leistungen, type: asset}
    - {code: "1800", name: Bank, type: asset}
    - {code: "3806", name: Umsatzsteuer 19 %, type: liability}
    - {code: "3900", name: Passive Rechnungsabgrenzung, type: liability}
    - {code: "4200", name: Erloese Plattform bis 2026, type: income, open_until: 2026-12-31}
    - {code: "4210", name: Erloese Dienstleistung, type: income}
    - {code: "4225", name: Erloese Plattform ab 2027, type: income, open_from: 2027-01-01}
    - {code: "4840", name: Ertraege aus Kursdifferenzen, type: income}
    - {code: "6300", name: Rundungsdifferenzen, type: expense}
    - {code: "6880", name: Aufwendungen aus Kursdifferenzen, type: expense}
)";

inline constexpr std::string_view kSmallCalendars = R"(calendars:
  - name: months
    months: {from: 2026-01, through: 2028-12}
)";

inline constexpr std::string_view kSmallEvents = R"(events:
  invoice.issued:
    title: Invoice issued
    object: invoice
    fields:
      entity: {type: entity}
      currency: {type: currency}
      document_date: {type: date}
      invoice: {type: text}
      customer: {type: text}
      region: {type: list region}
      business: {type: yes/no, title: the customer has a VAT id}
      rate: {type: decimal, optional: true}
      total: {type: money, is: sum of line.gross}
    lines:
      product: {type: list product}
      charge_kind: {type: list charge_kind}
      net: {type: money}
      tax: {type: money}
      gross: {type: money, is: net + tax}
      tax_code: {type: list tax_code}
  delivery.completed:
    title: Delivery completed
    fields:
      entity: {type: entity}
      currency: {type: currency}
      document_date: {type: date}
      customer: {type: text}
      product: {type: list product}
      amount: {type: money}
      rate: {type: decimal, optional: true}
  payment.received:
    title: Payment received
    fields:
      entity: {type: entity}
      currency: {type: currency}
      document_date: {type: date}
      customer: {type: text}
      amount: {type: money}
      rate: {type: decimal, optional: true}
      settled_amount: {type: functional money}
      invoice_rate: {type: decimal}
  invoice.drafted:
    title: Invoice drafted
    fields:
      entity: {type: entity}
      document_date: {type: date}
  dispute.opened:
    title: Dispute opened
    fields:
      entity: {type: entity}
      document_date: {type: date}
)";

/// The book in one file and its four files of reference data.
inline BookFiles small_book() {
  BookFiles files;
  files["book.glmap"] = std::string(kSmallBookHead) + std::string(kSmallBookRules) + std::string(kSmallBookTests);
  files["reference/entities.yaml"] = std::string(kSmallEntities);
  files["reference/accounts.yaml"] = std::string(kSmallAccounts);
  files["reference/calendars.yaml"] = std::string(kSmallCalendars);
  files["reference/events.yaml"] = std::string(kSmallEvents);
  return files;
}

/// `text` with its one occurrence of `from` replaced; throws when it occurs not exactly once, so that a test cannot
/// change nothing without noticing.
inline std::string with_change(const std::string& text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::logic_error("not in the text: " + std::string(from));
  if (text.find(from, at + 1) != std::string::npos) throw std::logic_error("twice in the text: " + std::string(from));
  return text.substr(0, at) + std::string(to) + text.substr(at + from.size());
}

/// The small book with one change in one file.
inline BookFiles small_book_with(const std::string& path, std::string_view from, std::string_view to) {
  BookFiles files = small_book();
  files.at(path) = with_change(files.at(path), from, to);
  return files;
}

/// The line, from 1, on which `needle` first stands in `text`; 0 when it does not.
inline std::uint32_t line_of(const std::string& text, std::string_view needle) {
  const std::size_t at = text.find(needle);
  if (at == std::string::npos) return 0;
  std::uint32_t line = 1;
  for (std::size_t i = 0; i < at; ++i) line += text[i] == '\n' ? 1 : 0;
  return line;
}

}  // namespace glmap::testing
