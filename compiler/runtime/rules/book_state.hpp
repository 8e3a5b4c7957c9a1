// SPDX-License-Identifier: Apache-2.0
// What happened before, as far as some rule of the book asks for it: balances, open items, revenue schedules, posted
// entries, arrivals, waiting events, published rates, and how far time has come. A value without I/O and without a
// clock; it grows by apply(), one change an event, so that two runs over the same events hold the same state. It knows
// no book: an Evaluator reads it, works out a StateChange and hands that back. One thread at a time.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "compiler/runtime/accounting/event.hpp"
#include "compiler/runtime/accounting/journal.hpp"
#include "compiler/runtime/rules/published_rates.hpp"
#include "compiler/runtime/rules/schedule.hpp"

namespace glmap::rules {

// ---- balances -------------------------------------------------------------------------------------------------------

/// One account role of one entity in one currency, by the values of the keys that a limit of the book names.
struct BalanceKey {
  std::uint32_t watch = 0;  // which ledger, role, keys and item: index into the evaluator's list of watched balances
  std::uint32_t entity = 0;
  Currency currency;
  std::vector<std::string> values;  // by the watch's keys
  friend auto operator<=>(const BalanceKey&, const BalanceKey&) = default;
};

/// Debit positive. `since` is the document date of the first posting.
struct Balance {
  Money transaction;
  Money functional;
  Date since;
};

/// The balances behind one key by the value of the watch's item dimension; by "" when it has none.
struct ItemBalances {
  std::map<std::string, Balance> all;
  std::set<std::pair<Date, std::string>> open;  // those that are not zero, oldest first

  const Balance* find(const std::string& item) const;
};

struct BalanceMove {
  BalanceKey key;
  std::string item;
  Money transaction, functional;  // debit positive
  Date document_date;
};

// ---- posted entries -------------------------------------------------------------------------------------------------

/// A business object in one ledger: `field` is the name of the header field that holds it (invoice), `value` its value.
struct LedgerObject {
  std::uint32_t ledger = 0;
  std::string value;
  friend auto operator<=>(const LedgerObject&, const LedgerObject&) = default;
};

struct PostedEntry {
  LedgerObject object;
  std::string object_field;  // of the event type that posted it
  std::string reference;
  std::shared_ptr<const JournalEntry> entry;  // shared: states are copied, entries never change
  bool reversed = false;
};

/// Which of an event's entries comes next in an entity and ledger.
struct EntrySeries {
  std::string source, event_id, event_revision;
  std::uint32_t entity = 0, ledger = 0;
  friend auto operator<=>(const EntrySeries&, const EntrySeries&) = default;
};

// ---- revenue schedules ----------------------------------------------------------------------------------------------

/// An event that stated the terms of a schedule, and where the book says what follows from it.
struct ScheduleStatement {
  std::shared_ptr<const BillingEvent> event;  // shared: an event may state several schedules and wait elsewhere too
  std::uint32_t program = 0, rule = 0, recognition = 0;
  std::int32_t line = -1;       // of the event, from 0
  Date date;                    // the date that the book takes from the event
  std::optional<Decimal> rate;  // functional units for one unit of the event's currency; none when they are equal
};

/// What the schedule is for. Without values it is for nothing but its event.
struct ScheduleKey {
  std::uint32_t ledger = 0, entity = 0;
  std::vector<Dimension> values;
  friend auto operator<=>(const ScheduleKey&, const ScheduleKey&) = default;
};

struct RevenueSchedule {
  ScheduleKey key;
  ScheduleTerms terms;  // as last stated
  Schedule plan;
  Money functional_total;  // of the whole contract line at the rates of the events that stated it
  /// The first one's identity is that of the entries. The others stated the same terms later.
  std::vector<ScheduleStatement> statements;
  bool changed = false;  // the plan is not the one that the first terms made
};

/// How far a schedule is posted. A schedule whose entry could not be posted is blocked until a person decides.
struct ScheduleProgress {
  Posted posted;
  Money functional;
  bool blocked = false;
};

struct OpenSchedule {
  std::uint64_t id = 0;
  std::shared_ptr<const RevenueSchedule> schedule;  // shared: states are copied, a plan is replaced and never changed
  ScheduleProgress progress;

  /// The entry that comes next; those of 0.00 are passed over. nullptr when all are posted.
  const ScheduleEntry* next(std::size_t* index = nullptr) const;
};

// ---- order and expectations -----------------------------------------------------------------------------------------

/// An event of `type` whose header field `field` has the value was decided.
struct Arrival {
  std::uint32_t type = 0, field = 0;
  std::string value;
  friend auto operator<=>(const Arrival&, const Arrival&) = default;
};

/// Something that ends at an instant; `zone` says on which day that is.
struct Deadline {
  Instant at;
  std::string zone;
};

struct WaitingEvent {
  std::uint64_t number = 0;  // in order of arrival
  std::shared_ptr<const BillingEvent> event;
  std::set<Arrival> missing;
  Deadline deadline;
  std::uint32_t prerequisite = 0;  // index into RuleBook::order: the one whose deadline it is
};

struct PendingExpectation {
  std::uint64_t number = 0;
  std::shared_ptr<const BillingEvent> after;
  Arrival expected;
  Deadline deadline;
  std::uint32_t expectation = 0;  // index into RuleBook::expectations
};

// ---- time -----------------------------------------------------------------------------------------------------------

/// How far time has come. Everything that is due on `day` or before is posted; every deadline before `now`, or with
/// `whole_day` on `day` or before, has passed.
struct Clock {
  Date day = Date::from_days(-100'000);
  Instant now{INT64_MIN};
  friend bool operator==(const Clock&, const Clock&) = default;
};

/// What an event (or the time that passes) changes. Made by an Evaluator for the state it was given, applied to that
/// one.
struct StateChange {
  std::optional<Clock> clock;
  std::vector<BalanceMove> balances;
  std::vector<PostedEntry> posted;
  std::vector<std::pair<LedgerObject, std::string>> reversed;  // object, reference
  std::vector<std::pair<EntrySeries, std::uint32_t>> series;   // the number that comes next
  std::vector<OpenSchedule> schedules;                         // begun or replaced
  std::vector<std::pair<std::uint64_t, ScheduleProgress>> progress;
  std::vector<std::uint64_t> ended;  // schedules
  std::vector<Arrival> arrived;
  std::optional<WaitingEvent> waits;
  std::optional<std::uint64_t> waits_no_more;  // number
  std::vector<PendingExpectation> expects;
  std::optional<std::uint64_t> missed;  // number of an expectation

  bool empty() const;
};

class BookState {
 public:
  void apply(StateChange change);
  void publish(const PublishedRate& rate);

  const Clock& clock() const { return clock_; }

  /// nullptr: nothing was ever posted there.
  const ItemBalances* balances(const BalanceKey& key) const;

  /// The last rate published on or before `day`, with its day.
  std::optional<std::pair<Date, Decimal>> rate(std::string_view source, Currency from, Currency to, Date day) const;

  const std::vector<PostedEntry>& posted(const LedgerObject& object) const;
  /// 0 when the event has posted nothing there.
  std::uint32_t next_entry(const EntrySeries& series) const;

  const OpenSchedule& schedule(std::uint64_t id) const;
  /// Ids, ascending.
  std::vector<std::uint64_t> schedules_for(const ScheduleKey& key) const;
  std::vector<std::uint64_t> schedules_of(const LedgerObject& object) const;
  std::uint64_t next_schedule_id() const { return next_schedule_; }
  /// The schedule whose next entry is the first of all, if that is due on `day` or before.
  std::optional<std::uint64_t> schedule_due(Date day) const;

  bool has_arrived(const Arrival& arrival) const { return arrived_.contains(arrival); }
  const std::map<std::uint64_t, WaitingEvent>& waiting() const { return waiting_; }
  std::uint64_t next_number() const { return next_number_; }
  /// A waiting event that has all it needs, the longest waiting one.
  const WaitingEvent* ready() const;
  /// A waiting event, an expectation whose deadline has passed: before `clock.now`, or on `clock.day` or before where
  /// `whole_day`. The first by deadline.
  const WaitingEvent* expired(const Clock& clock, bool whole_day) const;
  const PendingExpectation* missed(const Clock& clock, bool whole_day) const;

 private:
  using DueKey = std::pair<Date, std::uint64_t>;

  void move(const BalanceMove& move);
  void put_schedule(OpenSchedule open);
  void end_schedule(std::uint64_t id);
  void set_progress(std::uint64_t id, const ScheduleProgress& progress);
  void arrive(const Arrival& arrival);
  void stop_waiting(std::uint64_t number);
  void stop_expecting(std::uint64_t number);

  Clock clock_;
  std::map<BalanceKey, ItemBalances> balances_;
  std::map<std::tuple<std::string, Currency, Currency>, std::map<Date, Decimal>> rates_;
  std::map<LedgerObject, std::vector<PostedEntry>> posted_;
  std::map<EntrySeries, std::uint32_t> series_;

  std::uint64_t next_schedule_ = 0;
  std::map<std::uint64_t, OpenSchedule> schedules_;
  std::set<DueKey> due_;
  std::map<ScheduleKey, std::set<std::uint64_t>> by_key_;
  std::map<LedgerObject, std::set<std::uint64_t>> by_object_;

  std::set<Arrival> arrived_;
  std::uint64_t next_number_ = 0;  // of waiting events and expectations
  std::map<std::uint64_t, WaitingEvent> waiting_;
  std::map<Arrival, std::set<std::uint64_t>> waiting_for_;
  std::set<std::uint64_t> ready_;
  std::map<std::uint64_t, PendingExpectation> expected_;
  std::map<Arrival, std::set<std::uint64_t>> expecting_;
  std::set<std::pair<Instant, std::uint64_t>> waiting_until_, expected_until_;
};

}  // namespace glmap::rules
