// SPDX-License-Identifier: Apache-2.0
// Collects the debit and credit lines of one event in one ledger into journal entries: one a legal entity and journal.
// Merges equal lines, turns negative amounts to the other side, converts into functional currency and settles the
// rounding difference where the book allows it. Private to rules; lives on the stack of one decision.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/runtime/rules/posting_day.hpp"
#include "compiler/runtime/rules/scope.hpp"
#include "compiler/runtime/rules/takes.hpp"

namespace glmap::rules {

/// What the entries are made for: an event, or one entry of its revenue schedule.
struct Occasion {
  PostingKind kind = PostingKind::event;
  Date day;                   // on which the entries are to stand, closed periods aside
  std::string period_served;  // schedule: said in the description
  /// schedule: what the step is worth, and the rate of the event that stated it.
  std::optional<Money> step_functional;
  std::optional<Decimal> rate;
  /// The number of the first entry in each entity; 0 where none is said.
  std::map<std::uint32_t, std::uint32_t> first_number;
};

class EntryBuilder {
 public:
  EntryBuilder(const EventContext& context, const BookState& state, BalanceView& balances, Occasion occasion,
               const std::string& bundle_digest);

  /// Adds what `block` of `rule` posts for the line in `scope`. Errors: GLM-4011-like holds as GLM-7xxx, GLM-7002 ...
  Status post(const Rule& rule, const PostBlock& block, Scope& scope);
  /// Adds an entry that is complete but for its key and group.
  void add_entry(JournalEntryDraft draft, std::uint32_t entity);

  /// Every entry, balanced; empty when all amounts were zero.
  /// Errors: GLM-7003..7008, GLM-7011, GLM-7019, GLM-7020.
  Result<std::vector<JournalEntry>> finish();
  /// The number that comes next in each entity in which something was posted.
  const std::map<std::uint32_t, std::uint32_t>& next_numbers() const { return numbers_; }

 private:
  enum class Value : std::uint8_t { by_rate, at, worth, carrying };
  struct Line {
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
  /// What stands in the book is pointed to: the book outlives the decision.
  struct Pending {
    std::uint32_t entity = 0;
    Date day;
    const std::string* journal = nullptr;
    Currency currency;
    std::vector<Line> lines;
    std::optional<Decimal> rate;  // by which its lines were converted
    const PostBlock* difference = nullptr;
    std::vector<const std::string*> rules;
    std::vector<const SourceRef*> spec_lines;
  };

  Result<Pending*> pending_for(const PostBlock& block, Scope& scope);
  Status post_line(const TakenLine& taken, Pending& entry, Scope& scope) const;
  Result<Line> make_line(const TakenLine& taken, const Pending& entry, Scope& scope) const;
  Status add_dimensions(const TakenLine& taken, Line& line, Scope& scope) const;
  Result<const std::string*> account_of(const PostingLine& posting, const Pending& entry, Scope& scope) const;
  static void merge(std::vector<Line>& lines, Line&& line);

  const LegalEntity& entity_of(const Pending& entry) const { return context_.book.catalog.entities[entry.entity]; }
  Status convert_lines(Pending& entry) const;
  Status convert_line(Pending& entry, Line& line) const;
  Status value_step(Pending& entry) const;
  Status value_side(Pending& entry, Side side, const Money& worth) const;
  Status settle_difference(Pending& entry) const;
  Status add_difference_line(Pending& entry, std::uint32_t role, Side side, Money functional) const;
  void seal_lines(Pending& entry, std::vector<JournalLine>& sealed) const;
  /// False: every amount is zero, there is no entry.
  Result<bool> seal(Pending& entry, JournalEntryDraft& draft);
  void write_key(std::uint32_t entity, IdempotencyKey& key);

  const EventContext& context_;
  const BookState& state_;
  BalanceView& balances_;
  Occasion occasion_;
  const std::string& bundle_digest_;
  std::vector<Pending> pending_;
  std::vector<std::pair<JournalEntryDraft, std::uint32_t>> complete_;
  std::map<std::uint32_t, std::uint32_t> numbers_;
};

/// The currency of the event, or the entity's where the event type has none.
Currency event_currency(const EventContext& context, const LegalEntity& entity);

/// What the entries of one event in several entities of a ledger have in common: the short reference of the JSON array
/// of source, id, revision and ledger.
std::string group_of(const BillingEvent& event, const std::string& ledger);

}  // namespace glmap::rules
