// SPDX-License-Identifier: Apache-2.0
// Collects the debit and credit lines of one event in one ledger into journal entries: one a legal entity and journal.
// Merges equal lines, turns negative amounts to the other side, converts into functional currency and settles the
// rounding difference where the book allows it. Private to rules; lives on the stack of one decision.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/runtime/rules/block_plan.hpp"
#include "compiler/runtime/rules/posting_day.hpp"
#include "compiler/runtime/rules/reused_list.hpp"
#include "compiler/runtime/rules/scope.hpp"
#include "compiler/runtime/rules/takes.hpp"

namespace glmap::rules {

/// By entity, ascending: the number of the entry that comes next there.
using EntryNumbers = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// What the entries are made for: an event, or one entry of its revenue schedule.
struct Occasion {
  PostingKind kind = PostingKind::event;
  Date day;                   // on which the entries are to stand, closed periods aside
  std::string period_served;  // schedule: said in the description
  /// schedule: what the step is worth, and the rate of the event that stated it.
  std::optional<Money> step_functional;
  std::optional<Decimal> rate;
  /// The number of the first entry in each entity; 0 where none is said.
  EntryNumbers first_numbers;
};

/// A line before it is converted and, when its amount is negative, turned.
struct PendingLine {
  enum class Value : std::uint8_t { by_rate, at, worth, carrying };
  Side side = Side::debit;
  std::uint32_t role = 0;
  const std::string* account = nullptr;  // in the book; an empty one: no line
  std::vector<Dimension> dimensions;
  Value value = Value::by_rate;
  std::optional<Decimal> rate;      // `at`
  Money transaction;                // signed, towards `side`
  std::optional<Money> functional;  // signed, towards `side`; set by `worth` and `at carrying rate`, else on finish
  const PostingLine* posting = nullptr;  // nullptr: a rounding difference
};

/// An entry while its lines are collected. What stands in the book is pointed to: the book outlives the decision.
struct PendingEntry {
  std::uint32_t entity = 0;
  Date day;
  const std::string* journal = nullptr;
  Currency currency;
  ReusedList<PendingLine> lines;
  std::optional<Decimal> rate;  // by which its lines were converted
  const PostBlock* difference = nullptr;
  /// Where it comes from: the one block that has made all of it, else every rule and line of the book.
  const BlockPlan* only = nullptr;
  std::vector<const std::string*> rules;
  std::vector<const SourceRef*> spec_lines;
  // Set on finish.
  std::uint32_t number = 0;
  std::uint32_t lines_not_zero = 0;
  bool is_worth = false;  // some line is, in the currency of the books
  const Period* period = nullptr;
};

/// What the account table of a line was asked, and what was found: the next line often asks the same.
struct AccountQuestion {
  const TableQuestion* question = nullptr;  // that `values` are the answers of; nullptr: nothing was asked yet
  std::vector<std::uint32_t> values;
  const TableMatcher* matcher = nullptr;
  std::int32_t row = -1;  // that the matcher found
};

/// What one decision leaves to the next: memory, nothing that is read again.
struct EntryMemory {
  ReusedList<PendingEntry> pending;
  EntryNumbers numbers;
  AccountQuestion asked;
  EntryMaker maker;
};

class EntryBuilder {
 public:
  /// Entries are made behind those that `memory.maker` has made since it began. All arguments outlive the builder.
  EntryBuilder(const EventContext& context, const BookState& state, BalanceView& balances, const Occasion& occasion,
               EntryMemory& memory);

  /// Adds what a block posts for the line in `scope`. Errors: GLM-4011-like holds as GLM-7xxx, GLM-7002 ...
  Status post(const BlockPlan& plan, Scope& scope);
  /// Adds an entry that is complete but for its key and group.
  void add_entry(JournalEntryDraft draft, std::uint32_t entity);

  /// Makes every entry, balanced; none when all amounts were zero.
  /// Errors: GLM-7003..7008, GLM-7011, GLM-7019, GLM-7020.
  Status finish();
  /// The number that comes next in each entity in which something was posted.
  const EntryNumbers& next_numbers() const { return memory_.numbers; }

 private:
  using Value = PendingLine::Value;

  Result<PendingEntry*> pending_for(const BlockPlan& plan, Scope& scope);
  Status post_plain(const BlockPlan& plan, PendingEntry& entry, Scope& scope);
  Status post_taken(const BlockPlan& plan, PendingEntry& entry, Scope& scope);
  PendingLine& add_line(const LinePlan& plan, const Money& amount, PendingEntry& entry) const;
  Status post_line(const LinePlan& plan, const TakenLine& taken, PendingEntry& entry, Scope& scope);
  /// Behind the account: the value of its own that the line has.
  Status value_line(const TakenLine& taken, PendingLine& line, Scope& scope) const;
  Status add_dimensions(const TakenLine& taken, PendingLine& line, Scope& scope) const;
  /// Sets the account of the line. Errors: also when it is none and there is an amount.
  Status find_account(const LinePlan& plan, const PendingEntry& entry, PendingLine& line, Scope& scope);
  /// Sees to it that memory_.asked holds the answer to the line's question.
  Status ask_table(const LinePlan& plan, std::uint32_t table, const PendingEntry& entry, Scope& scope);
  std::unexpected<Error> no_account(const LinePlan& plan, const RoleAccount& account, const PendingEntry& entry,
                                    const PendingLine& line) const;
  Status read_values(const LinePlan& plan, std::uint32_t table, Scope& scope);

  const LegalEntity& entity_of(const PendingEntry& entry) const { return context_.book.catalog.entities[entry.entity]; }
  Status convert_lines(PendingEntry& entry) const;
  Status convert_line(PendingEntry& entry, PendingLine& line) const;
  Status value_step(PendingEntry& entry) const;
  Status value_side(PendingEntry& entry, Side side, const Money& worth) const;
  Status settle_difference(PendingEntry& entry) const;
  Status add_difference_line(PendingEntry& entry, std::uint32_t role, Side side, Money functional) const;
  std::uint32_t next_number(std::uint32_t entity);
  /// All that can fail before the entry is written.
  Status settle(PendingEntry& entry);
  void write(PendingEntry& entry, bool is_group, JournalEntryDraft& draft) const;
  void write_lines(PendingEntry& entry, std::vector<JournalLine>& lines) const;
  void write_key(std::uint32_t entity, std::uint32_t number, IdempotencyKey& key) const;
  void write_origin(const PendingEntry& entry, SharedOrigin& written) const;
  bool is_group() const;
  Status check_worth(const JournalEntry& made) const;

  const EventContext& context_;
  const BookState& state_;
  BalanceView& balances_;
  const Occasion& occasion_;
  EntryMemory& memory_;
  std::vector<std::pair<JournalEntryDraft, std::uint32_t>> complete_;
};

/// The currency of the event, or the entity's where the event type has none.
Currency event_currency(const EventContext& context, const LegalEntity& entity);

/// What the entries of one event in several entities of a ledger have in common: the short reference of the JSON array
/// of source, id, revision and ledger.
std::string group_of(const BillingEvent& event, const std::string& ledger);

}  // namespace glmap::rules
