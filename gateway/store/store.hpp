// SPDX-License-Identifier: Apache-2.0
// The gateway's memory: events, journal entries, their states and every change of state, bundles and conflicts. Not
// where anything is decided. Invariants: each mutation is one transaction and is on disk (fsynced) when it returns
// success; after an error of disk or sync nothing is known, so every later write is refused with GLM-8002; events,
// entries, history and conflicts are never changed or deleted. Tables and columns: docs/formats/store.md.
// Threading: any thread may call any function; writers queue behind one connection, readers do not block them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/event.hpp"
#include "compiler/runtime/accounting/journal.hpp"
#include "gateway/engine/states.hpp"

namespace glmap::gateway::store {

/// Our own numbering in order of arrival, from 1. Never reused.
using Sequence = std::int64_t;

/// First 128 bits of sha256 over the identity (source, id, revision). What repeats are recognised by.
using EventKey = std::array<std::uint8_t, 16>;
EventKey event_key(std::string_view source, std::string_view id, std::string_view revision);

// ---- intake ---------------------------------------------------------------------------------------------------------

/// An entry to record. `json` is entry.to_json() as canonical text, made before the writer is occupied.
struct NewEntry {
  JournalEntry entry;
  std::string json;
  std::string reference;  // entry.key().reference()
  std::string lane;       // name of the ERP connection: LegalEntity::erp
  std::string object;     // business object whose entries keep their order, or ""
};
NewEntry make_new_entry(JournalEntry entry, std::string_view lane, std::string_view object);

/// What was decided about an event, at acceptance or again by a retry.
struct EventDecision {
  engine::EventState state = engine::EventState::held;
  std::optional<Error> reason;  // held, rejected
  std::string rule, because;    // no_entry
  std::string bundle_digest;    // by which book
  std::string entity;           // as the event says, or "" when unreadable
  std::string object;
  std::optional<Money> control;  // the event's own amount (its total), for the statement
  std::vector<NewEntry> entries;
};

struct NewEvent {
  EventIdentity identity;
  EventKey key{};
  std::string_view raw;  // as received; must outlive the call
  Instant received_at;
  EventDecision decision;
};

/// The same identity came with other content.
struct NewConflict {
  Sequence first = 0;           // the event that stays; or, when 0:
  std::size_t first_place = 0;  // its place among the events of the same call
  EventIdentity identity;
  std::string_view raw;
  Instant received_at;
};

struct KnownEvent {
  Sequence sequence = 0;
  std::string content_digest;
  engine::EventState state = engine::EventState::held;
};

// ---- delivery -------------------------------------------------------------------------------------------------------

struct ClaimRequest {
  std::string_view lane;
  Instant now;
  /// A claim that is not settled by then is due again (look-ups and completions; a send never is, see recover()).
  Instant lease_until;
  std::int32_t limit = 1;
};

/// An entry taken by a worker. `state` says what to do: sending = send it now; unknown = look it up; draft_found =
/// complete the draft. An entry whose business object has an earlier entry in delivery is not claimed.
struct ClaimedEntry {
  Sequence entry = 0;
  std::int64_t claim = 0;  // fencing number; give it back with the outcome
  engine::EntryState state = engine::EntryState::sending;
  std::string reference, lane, entity;
  std::string json;                              // the journal entry
  std::string document_id;                       // what the ERP called it, if known
  std::int32_t sends = 0, looks = 0, waits = 0;  // including this claim
  std::optional<Instant> last_sent_at;
};

struct DeliveryOutcome {
  Sequence entry = 0;
  std::int64_t claim = 0;
  engine::DeliveryInput input = engine::DeliveryInput::unclear;
  engine::EntryState to = engine::EntryState::unknown;
  Instant at;
  Instant due_at;
  std::optional<Error> reason;  // refused, unclear, differs ...: shown to people
  std::string document_id;      // the ERP's number of the document; "" leaves what is known
  std::string evidence;         // what was read back, or the answer, for the auditor; JSON text or ""
};

enum class OutcomeRecorded : std::uint8_t {
  recorded,
  stale,  // another claim or a person was faster; nothing was changed
};

// ---- reading --------------------------------------------------------------------------------------------------------

struct EventRecord {
  Sequence sequence = 0;
  EventIdentity identity;
  Instant received_at;
  engine::EventState state = engine::EventState::held;
  std::optional<Error> reason;
  std::string rule, because;
  std::string bundle_digest;
  std::string entity, object;
  std::optional<Money> control;
  std::string raw;  // empty in lists
};

struct EntryRecord {
  Sequence sequence = 0;
  Sequence event = 0;
  std::string source, event_id;
  std::string reference, lane, entity, ledger, journal, period, object;
  engine::EntryState state = engine::EntryState::ready;
  std::optional<Error> reason;
  std::string document_id;
  std::int32_t sends = 0, looks = 0, waits = 0;
  Instant created_at, due_at;
  Money total_transaction, total_functional;
  std::string json;  // the journal entry
};

/// One change of state. `from` is empty for the first.
struct HistoryRecord {
  Instant at;
  std::optional<Sequence> entry;  // absent: the event itself
  std::string from, to, input;
  std::string by;   // "gateway" or the person
  std::string why;  // reason given by the person, or the error's text
  std::string evidence;
};

struct ConflictRecord {
  Sequence sequence = 0;
  Sequence first = 0;
  EventIdentity identity;
  Instant received_at;
  std::string raw;
};

struct EventJourney {
  EventRecord event;
  std::vector<EntryRecord> entries;
  std::vector<HistoryRecord> history;  // in order
  std::vector<ConflictRecord> conflicts;
};

struct EventQuery {
  std::optional<engine::EventState> state;
  std::string entity, source;  // "" = all
  Sequence after = 0;
  std::int32_t limit = 100;
};

struct EntryQuery {
  std::optional<engine::EntryState> state;
  std::string entity, lane;  // "" = all
  Sequence after = 0;
  std::int32_t limit = 100;
};

/// Count and exact amount in minor units of the row's currency.
struct CountAndAmount {
  std::int64_t count = 0;
  Int128 minor = 0;
  friend bool operator==(const CountAndAmount&, const CountAndAmount&) = default;
};

/// One line of the statement. An event stands in the row of its own entity and currency; the amount is the sum of its
/// entries' transaction totals once it is decided and its control amount before. `accepted` was counted when events
/// were taken in; the others are counted from the states as they are now, so that the two can be compared.
struct StatementRow {
  std::string source, entity, currency;  // currency "" when the event names none that can be read
  CountAndAmount accepted;
  CountAndAmount posted, waiting, held, rejected, no_entry;
  bool agrees() const;
};

struct TrialBalanceRow {
  std::string entity, ledger, account, currency;  // functional currency
  Int128 debit_minor = 0, credit_minor = 0;
};

struct BundleRecord {
  std::string digest;
  Instant activated_at;
  std::string bytes;  // empty in lists
};

struct EntryCounts {
  std::array<std::int64_t, engine::kEntryStateCount> by_state{};
};

class Store {
 public:
  virtual ~Store() = default;

  // -- start
  /// To be called once before work: every entry found `sending` becomes `unknown`, and everything in delivery is due at
  /// once. Returns how many were `sending`.
  virtual Result<std::int64_t> recover(Instant now) = 0;
  /// GLM-8002 once the store has failed; then nothing is written any more.
  virtual Status health() const = 0;

  // -- bundles
  /// Records that the bundle is in force from now on (nothing is written when it already is).
  virtual Status activate_bundle(std::string_view digest, std::string_view bytes, Instant now) = 0;
  virtual Result<std::optional<BundleRecord>> active_bundle() const = 0;

  // -- intake
  /// One answer a key, same order.
  virtual Result<std::vector<std::optional<KnownEvent>>> find_known(std::span<const EventKey> keys) const = 0;
  /// Events get consecutive sequences in the order given, returned in the same order. Keys must be new and distinct:
  /// the caller (the one posting thread) has looked them up. Errors: GLM-8001, GLM-8002.
  virtual Result<std::vector<Sequence>> commit_intake(std::span<const NewEvent> events,
                                                      std::span<const NewConflict> conflicts) = 0;
  /// Replaces the decision about a held or rejected event. `by` and `why` are the person's.
  /// Errors: GLM-6015 no such event, GLM-6014 the event is in a state that is not decided again.
  virtual Status redecide(Sequence event, const EventDecision& decision, std::string_view by, std::string_view why,
                          Instant now) = 0;

  // -- delivery
  /// Takes up to `limit` due entries of the lane in order of arrival; the intent to send is durable on return.
  virtual Result<std::vector<ClaimedEntry>> claim_due(const ClaimRequest& request) = 0;
  /// One answer an outcome, same order. When an event's last entry becomes posted, so does the event.
  virtual Result<std::vector<OutcomeRecorded>> record_delivery(std::span<const DeliveryOutcome> outcomes) = 0;
  /// When the lane's next entry is due, if any is in delivery.
  virtual Result<std::optional<Instant>> next_due(std::string_view lane) const = 0;
  /// A person asks for another try of a rejected or held entry. Errors: GLM-6015, GLM-6014 (state does not allow it).
  virtual Status retry_entry(std::string_view reference, std::string_view by, std::string_view why, Instant now) = 0;

  // -- reading
  virtual Result<std::optional<EventJourney>> event_journey(Sequence event) const = 0;
  virtual Result<std::optional<EntryRecord>> entry_by_reference(std::string_view reference) const = 0;
  virtual Result<std::vector<EventRecord>> list_events(const EventQuery& query) const = 0;
  virtual Result<std::vector<EntryRecord>> list_entries(const EntryQuery& query) const = 0;
  /// References of the event's entries, in order.
  virtual Result<std::vector<std::string>> entry_references(Sequence event) const = 0;
  virtual Result<std::vector<StatementRow>> statement() const = 0;
  /// Debits and credits by account of all recorded entries; `entity` "" = all.
  virtual Result<std::vector<TrialBalanceRow>> trial_balance(std::string_view entity) const = 0;
  virtual Result<EntryCounts> count_entries() const = 0;
};

/// Opens or creates the SQLite store at `path` (a file; its -wal and -shm stand beside it).
/// Errors: GLM-8001 cannot be opened, GLM-8003 written by a newer version, GLM-8004 is no store.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path);

}  // namespace glmap::gateway::store
