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

namespace glmap::syntax {

using diagnostics::Span;

/// A word, a quoted text, or a literal kept as text, with its place. Quotes are already removed.
struct Word {
  std::string text;
  Span span;
  bool quoted = false;
  bool empty() const { return text.empty(); }
};

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

/// `posting date is document_date, else occurred_at in zone of entity`; `closed hold` | `closed first open day`.
struct DatesDecl {
  std::vector<Word>
      posting_date;            // in order of preference: field names; `occurred_at` = date of occurrence in the zone
  std::optional<Word> closed;  // "hold" or "first open day"
  Span span;
};

/// foreign_currency / rate is FIELD / rounding to ROLE, at most 0.01 per line / never in ROLE, ... / round MODE
struct ForeignCurrencyDecl {
  Word rate;  // a decimal header field: functional units for one unit of document currency
  Word rounding_role;
  Word cap_per_line;  // decimal text, in functional currency
  std::vector<Word> never_in;
  Word mode;  // half_away_from_zero ...
  Span span;
};

/// Amount expressions. Index-based tree: children are positions in AmountExpr::nodes.
struct AmountNode {
  enum class Kind : std::uint8_t { name, number, add, subtract, multiply, negate, percent_of, rounded };
  Kind kind = Kind::name;
  Word word;  // name: `line.net`, `applied`; number: its text; percent_of: the number's text; rounded: the mode
  std::uint32_t left = 0;  // add, subtract, multiply; the operand of negate, percent_of, rounded
  std::uint32_t right = 0;
};
struct AmountExpr {
  std::vector<AmountNode> nodes;
  std::uint32_t root = 0;
  Span span;
};

/// debit|credit ROLE AMOUNT [at RATE] [worth FUNCTIONAL] [with DIMENSION VALUE, ...]
struct PostingDecl {
  Word side;  // debit | credit
  Word role;
  AmountExpr amount;
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

/// post in ENTITY [, ledger NAME], journal CODE / lines / [difference to GAIN, LOSS]
struct PostBlock {
  Word entity;  // a field of kind entity
  Word ledger;  // empty: the book's first ledger
  Word journal;
  std::vector<PostingDecl> lines;
  std::optional<std::pair<Word, Word>> difference;  // roles: gain, loss
  Span span;
};

enum class OutcomeKind : std::uint8_t { post, no_entry, hold };

/// rule NAME "title" because "..." [for | for each line of] EVENT [, EVENT] [when ...] post blocks
/// `no entry for EVENT, ... [when ...] because "..."` and `hold EVENT, ... [when ...] because "..."` are rules without
/// blocks.
struct RuleDecl {
  OutcomeKind outcome = OutcomeKind::post;
  Word name;  // empty for no entry / hold
  Word title;
  Word because;
  bool each_line = false;
  std::vector<Word> events;
  std::vector<Condition> when;  // joined by `and`
  std::vector<PostBlock> blocks;
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
  enum class Kind : std::uint8_t { entry, no_entry, held, duplicate, conflict };
  Kind kind = Kind::entry;
  // entry: expect ENTITY JOURNAL DATE CURRENCY
  Word entity, journal, date, currency;
  std::vector<ExpectedLine> lines;
  Word reason;  // held: text that the reason must contain
  Span span;
};
/// Steps in order: an event, then what it must give. Entries of an event are all listed: an entry that is not expected
/// fails the test.
using TestStep = std::variant<TestEvent, Expectation>;
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
  std::vector<RuleDecl> rules;
  std::vector<TestDecl> tests;
};

}  // namespace glmap::syntax
