// SPDX-License-Identifier: Apache-2.0
// The mapping book with every name resolved to a number: what the compiler proves things about and what a rules bundle
// holds. Closed: evaluating it needs nothing else but an event. Plain values, index-based; built by resolve (or read
// from a bundle), then never changed. docs/formats/bundle.md shows the file form.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "compiler/runtime/accounting/event.hpp"
#include "compiler/runtime/accounting/journal.hpp"
#include "compiler/runtime/accounting/ledger.hpp"
#include "compiler/runtime/rules/payload_map.hpp"
#include "compiler/runtime/rules/schedule.hpp"

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
    step,        // the amount that a revenue schedule recognises now (only inside a Recognition)
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
  enum class Kind : std::uint8_t { load, constant, add, subtract, multiply, negate, round, share };
  Kind kind = Kind::load;
  /// load: a money, functional money or decimal field, or a decimal attribute.
  /// share: a money field of the line; pops a header amount and pushes this line's part of it in proportion to that
  /// field over all lines, by largest remainder, ties to the lowest line (see accounting/share.hpp).
  Operand operand;
  Decimal constant;                               // constant
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

/// `at most its balance for contract`: the line takes no more than stands on the other side of its role's account, for
/// the entity, ledger and currency of the entry and the line's own values of `keys`. Of an amount that is zero or
/// negative nothing is taken.
struct BalanceLimit {
  std::vector<std::string> keys;  // dimensions that the role needs, sorted
  bool else_hold = false;         // more than the balance holds the event; else the line takes what is there
  /// `over its open items by invoice`: the balance is that of several items, one for each value of the dimension `item`
  /// (not in `keys`), and the line becomes one line an item. Empty: one balance.
  std::string item;
  enum class Order : std::uint8_t {
    oldest_first,  // by the document date of the item's first posting, then by its name
    same_amount,   // only an item whose balance is exactly the amount; the oldest of these
  };
  Order order = Order::oldest_first;
  friend bool operator==(const BalanceLimit&, const BalanceLimit&) = default;
};

struct PostingLine {
  Side side = Side::debit;
  std::uint32_t role = 0;
  /// What the line asks for; less than that is posted when `limit` says so.
  enum class Take : std::uint8_t {
    amount,   // `amount`
    rest_of,  // `amount` less what the lines `after` of the block have posted
    rest,     // what is missing to make the block's debits equal its credits; below zero the event is held
    same,     // what the line after.front() has posted
  };
  Take take = Take::amount;
  std::vector<std::uint32_t> after;   // rest_of, same: earlier lines of the block, ascending
  Amount amount;                      // in the event's currency; empty for rest and same
  std::optional<BalanceLimit> limit;  // only with take amount and rest_of
  std::optional<Operand> rate;        // `at`: functional units per transaction unit
  std::optional<Operand> functional;  // `worth`: the functional amount itself
  /// `at carrying rate`: the functional amount is the balance's own, pro rata; the last takes what is left. With limit.
  bool at_carrying_rate = false;
  std::vector<DimensionSource> dimensions;  // role needs + `with`, sorted by name
  /// Inputs of the account table, by its columns; empty when the role has fixed accounts everywhere. The column of
  /// domain role is answered by `role`, the column `entity` by the block's entity.
  std::vector<Operand> account_inputs;
  SourceRef where;
};

struct PostBlock {
  Operand entity;  // a field of kind entity
  std::string journal;
  std::vector<PostingLine> lines;
  std::optional<std::uint32_t> gain_role, loss_role;  // `difference to`
  SourceRef where;
};

// ---- rules ----------------------------------------------------------------------------------------------------------

/// `recognise AMOUNT over FROM to UNTIL by CONVENTION`: a revenue schedule (schedule.hpp) whose entries are posted on
/// their days. Dimensions are those of the event; accounts are asked for the day of each entry.
struct Recognition {
  Amount amount;        // in the event's currency; the total of the schedule
  Operand from, until;  // date fields; both days belong to the service
  Convention convention = Convention::by_day;
  std::optional<Operand> convention_from;  // a list field or attribute whose values are names of conventions
  ScheduleRounding rounding = ScheduleRounding::cumulative;
  /// What the schedule is for (contract, product): a second event with the same values is about the same schedule.
  /// Empty: every event (line) has a schedule of its own.
  std::vector<DimensionSource> keys;
  enum class Changed : std::uint8_t { hold, prospective, catch_up };
  Changed changed = Changed::hold;  // the same schedule again with other terms
  PostBlock block;                  // amounts are made of Operand::Kind::step and constants
  SourceRef where;
};

/// `reverse everything for invoice`: every entry of the ledger whose business object is the field's value and that is
/// not reversed yet, with its own accounts and amounts; their schedules end. Nothing to reverse holds the event.
struct Reversal {
  Operand object;
  SourceRef where;
};

struct Rule {
  enum class Outcome : std::uint8_t { post, no_entry, hold };
  Outcome outcome = Outcome::post;
  std::string name;  // for no entry and hold: "no entry (FILE:LINE)"
  std::string title;
  std::string because;
  std::vector<Condition> when;    // all must hold
  std::vector<PostBlock> blocks;  // several: one intercompany group, all of them or none
  std::vector<Recognition> recognitions;
  std::optional<Reversal> reversal;
  SourceRef where;
};

/// Everything the book says about one event type in one ledger. Exactly one rule must fit each line (each_line) or each
/// event. An event that one ledger holds posts in none.
struct EventProgram {
  std::uint32_t type = 0;    // index into EventCatalog::types
  std::uint32_t ledger = 0;  // index into RuleBook::ledgers
  bool each_line = false;
  std::vector<Lookup> lookups;  // in an order in which each rests on earlier ones only
  std::vector<Rule> rules;
};

/// `payment.received needs invoice.issued by invoice, wait 3 days, else hold for billing_ops`
struct Prerequisite {
  std::uint32_t type = 0;   // the event that waits
  std::uint32_t needs = 0;  // the type that must have come (and posted, or decided to post nothing) before
  std::uint32_t field = 0, needs_field = 0;  // header fields with the same value
  std::int64_t wait_minutes = 0;             // from the event's own time
  std::string owner;                         // who decides then
  SourceRef where;
};

/// `invoice.issued within 15 minutes after contract.activated by contract, else exception for billing_ops`
struct BusinessExpectation {
  std::uint32_t expected = 0, after = 0;
  std::uint32_t expected_field = 0, after_field = 0;
  std::int64_t within_minutes = 0;
  std::string owner;
  SourceRef where;
};

/// `invoice.voided over 25000.00 by controller`: an event whose entries exceed the limit is held until that role
/// agrees.
struct Approval {
  std::vector<std::uint32_t> types;     // empty: every event type (`late`)
  bool late = false;                    // only entries that a closed period has moved
  std::vector<std::uint32_t> entities;  // empty: all
  Decimal over;                         // functional currency; the total of one entry
  std::string by;
  SourceRef where;
};

struct ForeignCurrency {
  std::string rate_field;  // header field of kind decimal, looked up by name in each event type; or empty
  /// `rate from ECB on document_date, at most 3 days old`: published rates instead of a field.
  std::string rate_source;
  std::string rate_date;  // a date field, looked up by name in each event type
  std::int64_t rate_age_days_max = 0;
  std::uint32_t rounding_role = 0;
  Decimal cap_per_line;                 // functional currency, for each line of the entry
  std::vector<std::uint32_t> never_in;  // roles that never absorb a difference
  Rounding mode = Rounding::half_away_from_zero;
  SourceRef where;
};

/// `recognise` at rules.glmap:9
struct StateClause {
  std::string words;  // as the author wrote them: "at most its balance"
  SourceRef where;
};
/// "rules.glmap:9 `recognise`, rules.glmap:31 `at most its balance` and 2 more"
std::string in_words(const std::vector<StateClause>& clauses);

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
  std::vector<EventProgram> programs;            // at most one an event type and ledger; sorted by type, then ledger
  std::vector<std::string> posting_date_fields;  // in order of preference; "occurred_at" = in the entity's zone
  ClosedPolicy closed = ClosedPolicy::hold;
  /// `soft_closed allow schedules, reversals`: what may still post on or before LegalEntity::soft_closed_through.
  bool soft_closed_schedules = false, soft_closed_reversals = false;
  std::optional<ForeignCurrency> foreign_currency;
  std::vector<Prerequisite> order;
  std::vector<BusinessExpectation> expectations;
  std::vector<Approval> approvals;
  /// Pairs of roles that face each other between two entities: due_from, due_to. `partner` is the dimension naming the
  /// other.
  struct IntercompanyPair {
    std::uint32_t due_from = 0, due_to = 0;
    std::string partner;
    SourceRef where;
  };
  std::vector<IntercompanyPair> intercompany;
  std::vector<Intake> intakes;

  std::uint32_t domain_size(const Domain& domain) const;
  /// The text of a value: "PLATFORM", "DE", "EUR", "yes", "receivable".
  std::string value_text(const Domain& domain, std::uint32_t value) const;
  /// The programs of an event type, one a ledger; empty when the book says nothing about it.
  std::span<const EventProgram> programs_of(std::uint32_t type) const;
  const EventProgram* program_of(std::uint32_t type, std::uint32_t ledger = 0) const;
  /// True when some rule needs to know what happened before: balances, schedules, reversals, order, published rates.
  bool keeps_state() const;
  /// The clauses for which it does, and those by which an entry waits for a person's agreement: what a gateway that
  /// decides each event by itself cannot run.
  std::vector<StateClause> state_clauses() const;
  /// nullptr when there is none of that name.
  const Intake* find_intake(std::string_view intake) const;
  const FiscalCalendar* calendar_of(const LegalEntity& entity) const;
};

}  // namespace glmap::rules
