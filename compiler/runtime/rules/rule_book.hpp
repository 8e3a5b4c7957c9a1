// SPDX-License-Identifier: Apache-2.0
// The mapping book with every name resolved to a number: what the compiler proves things about and what a rules bundle
// holds. Closed: evaluating it needs nothing else but an event. Plain values, index-based; built by resolve (or read
// from a bundle), then never changed. docs/formats/bundle.md shows the file form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/runtime/accounting/event.hpp"
#include "compiler/runtime/accounting/journal.hpp"
#include "compiler/runtime/accounting/ledger.hpp"

namespace glmap::rules {

/// What a table column or a condition can be asked about: a closed set of values numbered 0..size-1.
struct Domain {
  enum class Kind : std::uint8_t { list, entity, currency, yes_no, role };
  Kind kind = Kind::list;
  std::uint32_t list = 0;  // kind list: index into EventCatalog::lists
  friend bool operator==(const Domain&, const Domain&) = default;
};

/// A set of values of one domain; `any` covers all of them, also when the list grows.
struct ValueSet {
  bool any = false;
  std::vector<std::uint32_t> values;  // sorted, distinct; empty when any
  bool contains(std::uint32_t value) const;
  friend bool operator==(const ValueSet&, const ValueSet&) = default;
};

// ---- tables -------------------------------------------------------------------------------------------------------

struct TableColumn {
  std::string name;
  Domain domain;
};

/// What stands right of || for one answer column.
struct Answer {
  ValueSet values;       // AnswerColumn::Kind::list: one value, or several that the event may carry
  std::string account;   // Kind::account: an account code
  bool no_line = false;  // Kind::account: the words `no line`; a non-zero amount on it is held
  Decimal number;        // Kind::decimal (a percentage is stored as its fraction)
};

struct AnswerColumn {
  enum class Kind : std::uint8_t { list, account, decimal };
  std::string name;
  Kind kind = Kind::list;
  std::uint32_t list = 0;
};

struct TableRow {
  std::vector<ValueSet> cells;      // by Table::columns
  std::optional<Date> from, until;  // both days belong to the row; the posting date decides
  std::vector<Answer> answers;      // by Table::answers; empty when impossible
  bool impossible = false;
  std::string because;  // impossible rows
  SourceRef where;
};

struct Table {
  std::string name;
  std::string title;
  std::vector<TableColumn> columns;
  std::vector<AnswerColumn> answers;
  std::vector<TableRow> rows;
  struct Remaining {
    std::int64_t count = 0;
    std::string because;
    SourceRef where;
  };
  std::optional<Remaining> remaining;  // combinations that no row covers, stated and counted: impossible
  SourceRef where;
};

// ---- what rules speak about -----------------------------------------------------------------------------------------

/// Something with a value for one event (or one line of it).
struct Operand {
  enum class Kind : std::uint8_t {
    header,      // index into EventType::header
    line,        // index into EventType::line
    attribute,   // a table's answer: index into EventProgram::lookups, `answer` its column
    functional,  // the functional currency of the event's entity
    constant,    // code `index` of `domain`, or `text`
  };
  Kind kind = Kind::header;
  std::uint32_t index = 0;
  std::uint32_t answer = 0;
  std::string text;
  friend bool operator==(const Operand&, const Operand&) = default;
};

/// A table asked with the values of one event type. An attribute operand may only name an earlier lookup.
struct Lookup {
  std::uint32_t table = 0;
  std::vector<Operand> inputs;  // by Table::columns; a column of domain role has no input here (see AccountRule)
  bool on_line = false;         // some input (or an attribute it rests on) is a line's
  /// The event itself carries a field named like the answer: its value must be among the row's answers (GLM-7014).
  std::optional<Operand> must_agree;
};

struct Condition {
  enum class Kind : std::uint8_t { in, same, given };
  Kind kind = Kind::in;
  Operand subject;
  Domain domain;         // of subject (kind in)
  ValueSet values;       // in
  Operand other;         // same
  bool negated = false;  // `is not`; for in: the complement
  SourceRef where;
};

// ---- accounts -------------------------------------------------------------------------------------------------------

struct RoleAccount {
  enum class Kind : std::uint8_t { none, fixed, table };
  Kind kind = Kind::none;   // none: "-", the entity may not use the role
  std::string account;      // fixed
  std::uint32_t table = 0;  // table
};

struct Role {
  std::string name;
  std::vector<RoleAccount> by_entity;  // by EventCatalog::entities
  std::vector<std::string> needs;      // dimensions every line of this role carries
  std::vector<std::string> forbids;
  SourceRef where;
};

// ---- amounts --------------------------------------------------------------------------------------------------------

/// One step of a postfix program over a stack of exact decimals.
struct AmountStep {
  enum class Kind : std::uint8_t { load, constant, add, subtract, multiply, negate, round };
  Kind kind = Kind::load;
  Operand operand;   // load: a money, functional money or decimal field, or a decimal attribute
  Decimal constant;  // constant
  Rounding mode = Rounding::half_away_from_zero;  // round: to the currency's minor unit
};
struct Amount {
  std::vector<AmountStep> steps;
  std::string text;  // as written, for messages and traces
};

struct DimensionSource {
  std::string name;
  Operand value;
};

struct PostingLine {
  Side side = Side::debit;
  std::uint32_t role = 0;
  Amount amount;                            // in the event's currency
  std::optional<Operand> rate;              // `at`: functional units per transaction unit
  std::optional<Operand> functional;        // `worth`: the functional amount itself
  std::vector<DimensionSource> dimensions;  // role needs + `with`, sorted by name
  /// Inputs of the account table, by its columns; empty when the role has fixed accounts everywhere. The column of
  /// domain role is answered by `role`, the column `entity` by the block's entity.
  std::vector<Operand> account_inputs;
  SourceRef where;
};

struct PostBlock {
  Operand entity;  // a field of kind entity
  std::uint32_t ledger = 0;
  std::string journal;
  std::vector<PostingLine> lines;
  std::optional<std::uint32_t> gain_role, loss_role;  // `difference to`
  SourceRef where;
};

// ---- rules ----------------------------------------------------------------------------------------------------------

struct Rule {
  enum class Outcome : std::uint8_t { post, no_entry, hold };
  Outcome outcome = Outcome::post;
  std::string name;  // for no entry and hold: "no entry (FILE:LINE)"
  std::string title;
  std::string because;
  std::vector<Condition> when;  // all must hold
  std::vector<PostBlock> blocks;
  SourceRef where;
};

/// Everything the book says about one event type. Exactly one rule must fit each line (each_line) or each event.
struct EventProgram {
  std::uint32_t type = 0;  // index into EventCatalog::types
  bool each_line = false;
  std::vector<Lookup> lookups;  // in an order in which each rests on earlier ones only
  std::vector<Rule> rules;
};

struct ForeignCurrency {
  std::string rate_field;  // header field of kind decimal, looked up by name in each event type
  std::uint32_t rounding_role = 0;
  Decimal cap_per_line;                 // functional currency, for each line of the entry
  std::vector<std::uint32_t> never_in;  // roles that never absorb a difference
  Rounding mode = Rounding::half_away_from_zero;
  SourceRef where;
};

enum class ClosedPolicy : std::uint8_t { hold, first_open_day };

struct RuleBook {
  std::string name;  // acme-billing
  std::string title;
  std::string release;  // 2026.11
  std::string owner;
  bool reject_unknown = false;       // `unknown reject`; default: hold
  std::vector<std::string> ledgers;  // at least one
  EventCatalog catalog;
  std::vector<FiscalCalendar> calendars;
  std::vector<Table> tables;
  std::vector<Role> roles;
  std::vector<EventProgram> programs;            // at most one an event type; sorted by type
  std::vector<std::string> posting_date_fields;  // in order of preference; "occurred_at" = in the entity's zone
  ClosedPolicy closed = ClosedPolicy::hold;
  std::optional<ForeignCurrency> foreign_currency;

  std::uint32_t domain_size(const Domain& domain) const;
  /// The text of a value: "PLATFORM", "DE", "EUR", "yes", "receivable".
  std::string value_text(const Domain& domain, std::uint32_t value) const;
  const EventProgram* program_of(std::uint32_t type) const;
  const FiscalCalendar* calendar_of(const LegalEntity& entity) const;
};

}  // namespace glmap::rules
