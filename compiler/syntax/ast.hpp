// SPDX-License-Identifier: Apache-2.0
// The book as written: one node per construct of the grammar (grammar/README.md), names not yet looked up. Every node
// carries the span it came from. Plain values; built only by syntax::parse_book. Reference: docs/language/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/runtime/accounting/calendar.hpp"
#include "compiler/runtime/accounting/decimal.hpp"
#include "compiler/syntax/ast_intake.hpp"

namespace glmap::syntax {

/// `owner revenue-accounting`, `release 2026.11` inside `mapping`.
struct Property {
  Word key;
  std::vector<Word> values;
};

/// mapping acme-billing "Acme Group" + properties: language, release, owner, unknown (hold | reject) ...
struct MappingDecl {
  Word name;
  Word title;
  std::vector<Property> properties;
  Span span;
};

/// `entities "reference/entities.yaml"` inside `reference`; kind: entities, accounts, calendars, events.
struct ReferenceDecl {
  Word kind;
  Word path;
};

/// `product is PLATFORM, API, SETUP` inside `lists`.
struct ListDecl {
  Word name;
  std::vector<Word> values;
};

/// One cell of a table row, read by the cell grammar (Boost.Spirit).
struct Cell {
  enum class Kind : std::uint8_t {
    blank,     // nothing between the bars
    any,       // the word any
    not_used,  // a single -
    values,    // one or more words or quoted texts, comma-separated
    range,     // a..b, or a.. or ..b (dates, decimals)
    by_table,  // by NAME
  };
  Kind kind = Kind::blank;
  std::vector<Word> values;  // values: all; range: low, high (either may be empty); by_table: the name
  Span span;
};

struct TableRow {
  std::vector<Cell> asked;     // left of ||
  std::vector<Cell> answered;  // right of ||; for rows under `impossible`, empty
  Word because;                // rows under `impossible`
  bool impossible = false;
  Span span;  // the whole row
};

/// table NAME "title" / header row / rows / impossible rows / remaining N impossible because "..."
struct TableDecl {
  Word name;
  Word title;
  std::vector<Word> asked;
  std::vector<Word> answered;  // may include `from` and `until`
  std::vector<TableRow> rows;
  struct Remaining {
    std::int64_t count = 0;
    Word because;
    Span span;
  };
  std::optional<Remaining> remaining;
  Word csv;  // `rows from "big.csv"`: the file that holds the rows; else empty
  Span header_span;
  Span span;  // `table NAME`
};

/// accounts / | role | ENTITY ... | needs | forbids | / rows. Columns are kept in the order written.
struct AccountsDecl {
  std::vector<Word> columns;  // first is `role`
  std::vector<std::vector<Cell>> rows;
  std::vector<Span> row_spans;
  Span span;
};

/// `posting date is document_date, else occurred_at in zone of entity`; `closed hold` | `closed first open day`;
/// `soft_closed allow schedules, reversals`.
struct DatesDecl {
  std::vector<Word>
      posting_date;            // in order of preference: field names; `occurred_at` = date of occurrence in the zone
  std::optional<Word> closed;  // "hold" or "first open day"
  std::vector<Word> soft_closed_allow;  // schedules, reversals
  Span span;
};

/// foreign_currency / rate is FIELD / rounding to ROLE, at most 0.01 per line / never in ROLE, ... / round MODE
/// or `rate from ECB on document_date, at most 3 days old` instead of `rate is FIELD`.
struct ForeignCurrencyDecl {
  Word rate;  // a decimal header field: functional units for one unit of document currency
  Word rate_source, rate_date;
  Word rate_age_days_max;
  Word rounding_role;
  Word cap_per_line;  // decimal text, in functional currency
  std::vector<Word> never_in;
  Word mode;  // half_away_from_zero ...
  Span span;
};

/// `credit_note.issued needs invoice.issued by invoice, wait 3 days, else hold for billing_ops` inside `order`.
struct OrderDecl {
  Word event, needs, by;
  Word wait, unit;  // 3 days; unit: minutes, hours or days
  Word owner;
  Span span;
};

/// `invoice.issued within 15 minutes after contract.activated by contract, else exception for billing_ops` inside
/// `expectations`.
struct ExpectationDecl {
  Word event, after, by;
  Word within, unit;
  Word owner;
  Span span;
};

/// `invoice.voided, credit_note.issued over 25000.00 in DE, US by controller`, `late over 50000.00 by controller`
/// inside `approvals`.
struct ApprovalDecl {
  std::vector<Word> events;  // empty when late
  bool late = false;
  Word over;
  std::vector<Word> entities;
  Word by;
  Span span;
};

/// `pair due_from, due_to by partner` inside `intercompany`.
struct IntercompanyPairDecl {
  Word due_from, due_to, partner;
  Span span;
};

/// Amount expressions. Index-based tree: children are positions in AmountExpr::nodes.
struct AmountNode {
  enum class Kind : std::uint8_t { name, number, add, subtract, multiply, negate, percent_of, rounded, share };
  Kind kind = Kind::name;
  /// name: `line.net`, `applied`; number: its text; percent_of: the number's text; rounded: the mode; share: the field
  /// of the lines (`share of event.discount by line.net`)
  Word word;
  std::uint32_t left = 0;  // add, subtract, multiply; the operand of negate, percent_of, rounded, share
  std::uint32_t right = 0;
};
struct AmountExpr {
  std::vector<AmountNode> nodes;
  std::uint32_t root = 0;
  Span span;
};

/// `, at most its balance for contract [else hold]`, `, over its open items by invoice for customer, oldest first`
/// (or `with the same amount`).
struct LimitDecl {
  std::vector<Word> keys;
  bool else_hold = false;
  Word item;                 // `by invoice`; empty: one balance
  bool same_amount = false;  // else oldest first
  Span span;
};

/// debit|credit ROLE TAKE [LIMIT] [at RATE | at carrying rate] [worth FUNCTIONAL] [with DIMENSION VALUE, ...]
/// TAKE: AMOUNT | rest of AMOUNT | rest | same
struct PostingDecl {
  Word side;  // debit | credit
  Word role;
  enum class Take : std::uint8_t { amount, rest_of, rest, same };
  Take take = Take::amount;
  Span take_span;
  AmountExpr amount;  // amount, rest_of
  std::optional<LimitDecl> limit;
  bool at_carrying_rate = false;
  Span carrying_span;         // `at carrying rate`
  std::optional<Word> at;     // a rate field of the event
  std::optional<Word> worth;  // a functional-currency amount field of the event
  struct With {
    Word dimension;
    Word value;  // quoted or a list value: a constant; otherwise a field or attribute
  };
  std::vector<With> with;
  Span span;
};

/// A single test: `treatment is ratable`, `region is AMER, EMEA`, `principal is not entity`, `vat_id is given`.
struct Condition {
  Word subject;
  bool negated = false;
  std::vector<Word> values;  // values of the subject's list, or one other field's name, or `functional`
  Span span;
};

/// post in ENTITY, journal CODE / lines / [difference to GAIN, LOSS]
struct PostBlock {
  Word entity;  // a field of kind entity
  Word journal;
  std::vector<PostingDecl> lines;
  std::optional<std::pair<Word, Word>> difference;  // roles: gain, loss
  Span span;
};

/// recognise AMOUNT over FROM to UNTIL by CONVENTION [in ENTITY], journal REVREC [for contract, product [when changed
/// prospective]] [rounding cumulative | rounding rest_in_last] and lines as in a PostBlock, in which `amount` is what
/// is recognised now.
struct RecogniseDecl {
  AmountExpr amount;
  Word from, until;
  Word convention;
  std::vector<Word> keys;
  Word changed;   // prospective | catch_up | hold; empty: not stated
  Word rounding;  // cumulative | rest_in_last; empty: not stated
  PostBlock block;
  Span span;
};

/// `reverse everything for invoice`
struct ReverseDecl {
  Word object;
  Span span;
};

enum class OutcomeKind : std::uint8_t { post, no_entry, hold };

/// rule NAME "title" [in ledger NAME] because "..." [for | for each line of] EVENT [, EVENT] [when ...] post blocks,
/// recognise blocks, or one reverse clause.
/// `no entry for EVENT, ... [when ...] because "..."` and `hold EVENT, ... [when ...] because "..."` are rules without
/// blocks.
struct RuleDecl {
  OutcomeKind outcome = OutcomeKind::post;
  Word name;  // empty for no entry / hold
  Word title;
  Word because;
  Word ledger;  // empty: the book's first
  bool each_line = false;
  std::vector<Word> events;
  std::vector<Condition> when;  // joined by `and`
  std::vector<PostBlock> blocks;
  std::vector<RecogniseDecl> recognitions;
  std::optional<ReverseDecl> reversal;
  Span span;  // the head line
};

// ---- tests --------------------------------------------------------------------------------------------------------

/// `entity DE`, `net 4320.00` ... a field and its value in an event of a test.
struct TestField {
  Word name;
  Word value;
};
struct TestEvent {
  Word type;
  Word id;
  bool again = false;  // `event invoice.issued I-4 again`: the same event, with `fields` replaced
  std::vector<TestField> fields;
  std::vector<std::vector<TestField>> lines;
  Span span;
};
/// debit 1200 receivable 5652.50 [USD 5950.00] [DIMENSION VALUE ...]
struct ExpectedLine {
  Word side;
  Word account;
  Word role;
  Word amount;                // functional currency
  Word transaction_currency;  // empty when equal to functional
  Word transaction_amount;
  std::vector<TestField> dimensions;  // only those stated are compared
  Span span;
};
struct Expectation {
  /// balance: `expect balance of deferred_revenue, contract_asset on 2028-12-31 is 0.00 USD [contract K2, ...]`;
  /// waiting: `expect waiting`; exception: `expect exception "part of the text"`.
  enum class Kind : std::uint8_t { entry, no_entry, held, duplicate, conflict, waiting, exception, balance };
  Kind kind = Kind::entry;
  // entry: expect ENTITY JOURNAL DATE CURRENCY [in ledger NAME] [storno] [reverses ID]
  Word entity, journal, date, currency;
  Word ledger;  // empty: the book's first
  bool storno = false;
  Word reverses;  // id of the event whose entry it reverses; empty: not stated
  std::vector<ExpectedLine> lines;
  Word reason;  // held, exception: text that the reason must contain
  // balance: date and currency as above, entity optional (`in DE`)
  std::vector<Word> roles;
  Word balance;  // debit positive, in functional currency
  std::vector<TestField> dimensions;
  Span span;
};
/// `rate ECB USD EUR 0.95 on 2026-10-01`: a published rate, units of the second currency for one of the first.
struct TestRate {
  Word source, from, to, rate, date;
  Span span;
};
/// `through 2026-12-31`: time passes; schedules are posted, waiting ends, what did not happen is noticed.
struct TestThrough {
  Word date;
  Span span;
};
/// Steps in order: an event (a payload, `through`), then what it must give. Entries of an event are all listed: an
/// entry that is not expected fails the test. Behind `through` only what is stated is compared.
using TestStep = std::variant<TestEvent, Expectation, TestRate, TestThrough, TestPayload>;
struct TestDecl {
  Word title;
  std::vector<TestStep> steps;
  Span span;
};

struct Spec {
  std::optional<MappingDecl> mapping;
  std::vector<ReferenceDecl> references;
  std::vector<ListDecl> lists;
  std::vector<TableDecl> tables;
  std::optional<AccountsDecl> accounts;
  std::optional<DatesDecl> dates;
  std::optional<ForeignCurrencyDecl> foreign_currency;
  std::vector<OrderDecl> order;
  std::vector<ExpectationDecl> expectations;
  std::vector<ApprovalDecl> approvals;
  std::vector<IntercompanyPairDecl> intercompany;
  std::vector<RuleDecl> rules;
  std::vector<IntakeDecl> intakes;
  std::vector<TestDecl> tests;
  // False when a fault was reported there: names that are missing may only not have been read.
  bool lists_whole = true, tables_whole = true, accounts_whole = true, foreign_currency_whole = true;
  bool sections_whole = true;  // no section whose first word is none
};

}  // namespace glmap::syntax
