// SPDX-License-Identifier: Apache-2.0
// The gateway's memory: events, journal entries, their states and every change of state, bundles and conflicts. Not
// where anything is decided. Invariants: each mutation is one transaction and is on disk (fsynced) when it returns
// success; after an error of disk or sync nothing is known, so every later write is refused with GLM-8002; events,
// entries, history and conflicts are never changed or deleted. Tables and columns: docs/formats/store.md.
// Threading: any thread may call any function, but a lane's hold, claims and outcomes belong to one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/event.hpp"
#include "compiler/runtime/accounting/journal.hpp"
#include "gateway/engine/intake_step.hpp"
#include "gateway/engine/states.hpp"

namespace glmap::gateway::store {

/// Our own numbering in order of arrival, from 1. Never reused.
using Sequence = std::int64_t;

/// First 128 bits of sha256 over the identity (source, id, revision). What repeats are recognised by.
using EventKey = std::array<std::uint8_t, 16>;
EventKey event_key(std::string_view source, std::string_view id, std::string_view revision);
/// The same of an entry's reference.
EventKey reference_key(std::string_view reference);

// ---- intake ---------------------------------------------------------------------------------------------------------

/// An entry to record. `json` is entry.to_json() as canonical text; it and its digest are made before the writer is
/// occupied.
struct NewEntry {
  JournalEntry entry;
  std::string json;
  std::string json_digest;  // sha256, hex
  std::string reference;    // entry.key().reference()
  EventKey key{};           // reference_key(reference)
  std::string lane;         // name of the ERP connection: LegalEntity::erp
  std::string object;       // business object whose entries keep their order, or ""
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
  std::string_view raw;    // as received; must outlive the call
  std::string raw_digest;  // sha256, hex
  Instant received_at;
  EventDecision decision;
};
/// With its key and the digest of its bytes, which are made before the writer is occupied.
NewEvent make_new_event(EventIdentity identity, std::string_view raw, Instant received_at, EventDecision decision);

/// What became of one event that was handed in.
struct IntakeAnswer {
  engine::Recognised recognised = engine::Recognised::fresh;
  Sequence sequence = 0;  // of the record; for a duplicate or a conflict that of the first, which stays
  engine::EventState state = engine::EventState::held;  // of the record, now
  std::vector<std::string> entries;                     // references of the record's entries, in order
};

// ---- books that keep state ------------------------------------------------------------------------------------------

/// One thing that happened to books that keep state. What they remember is a function of their turns in order, so the
/// turns are kept and nothing else: whoever plays them again remembers the same.
struct Turn {
  enum class Kind : std::uint8_t {
    event = 0,  // an event came that was not known before
    again = 1,  // a person had a held or rejected event decided again
    time = 2,   // time passed, to `detail`
    rate = 3,   // an exchange rate was published, `detail`
  };
  Kind kind = Kind::event;
  Sequence event = 0;  // event and again; of an event of the same batch the store fills it in
  std::size_t place = SIZE_MAX;
  std::string bundle_digest;  // the book that was in force
  Instant at;                 // by the gateway's clock
  std::string detail;         // canonical JSON, or ""
  std::string outcome;        // what it led to, in short: compared when it is played again
};
struct RecordedTurn {
  Sequence number = 0;  // from 1, without gaps, in the order in which they happened
  Turn turn;
  std::string raw;  // of the event
};

/// What a turn did to an event that was recorded before, or earlier in the same batch.
struct Settlement {
  enum class Kind : std::uint8_t {
    decided,  // it is decided (again): `decision` replaces the one before
    entries,  // `decision.entries` are added to what it has, nothing else changes
    noted,    // a line of the history only: something that a person has to look at
  };
  Kind kind = Kind::decided;
  EventKey key{};
  std::string source;
  std::size_t after = 0;  // how many of the batch's events were recorded before it
  std::string_view input;
  std::string by = "gateway", why;
  EventDecision decision;
  Instant at;
};

/// Everything that one commit of a book that keeps state records, in order.
struct TurnBatch {
  std::span<const NewEvent> events;
  std::span<const Settlement> settlements;  // by `after`, then in order
  std::span<const Turn> turns;
};
/// Decides what is to be recorded after the turn `last`, which is the last one as long as the call lasts. May be called
/// again when the commit has to be repeated: then what it gave before was not recorded. Nothing: nothing is recorded.
using DecideTurns = std::function<Result<std::optional<TurnBatch>>(Sequence last)>;

// ---- delivery -------------------------------------------------------------------------------------------------------

/// Who works a lane.
struct LaneHold {
  bool mine = false;
  std::int64_t token = 0;        // grows each time the lane is taken
  std::string holder;            // name of the gateway that has it, when it is not mine
  std::int64_t interrupted = 0;  // entries that were being sent when it was taken just now
};

struct ClaimRequest {
  std::string_view lane;
  Instant now;
  /// A claim that is not settled by then is due again (look-ups and completions; a send never is, see hold_lane).
  Instant lease_until;
  std::int32_t limit = 1;
  std::int64_t turn = 0;  // one more with every claim: who comes first when not all entities get something
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
  /// Reference of the entry that this one takes back, or "": it becomes reversed in the moment in which this one
  /// becomes posted, in the same transaction.
  std::string reverses, reference;
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

/// Something that a person has to look at and that is not a state of its event: what should have followed it has not
/// come, or a schedule of it stopped.
struct ExceptionRecord {
  Sequence number = 0;  // of the line of the history
  Sequence event = 0;
  EventIdentity identity;  // without its digest
  std::string entity;
  Instant at;
  std::string why;
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

/// Why a bundle is in force: what the gateway checked, as canonical JSON, and who asked for it. Nothing is recorded
/// beside the bundle when `evidence` is empty.
struct ReleaseEvidence {
  std::string by, why, evidence;
};

struct EntryCounts {
  std::array<std::int64_t, engine::kEntryStateCount> by_state{};
};

class Store {
 public:
  virtual ~Store() = default;

  /// GLM-8002 once the store has failed; then nothing is written any more.
  virtual Status health() const = 0;

  // -- bundles
  /// Records that the bundle is in force from now on (nothing is written when it already is and there is no evidence).
  /// The evidence becomes a line of the chained history that belongs to no event.
  virtual Status activate_bundle(std::string_view digest, std::string_view bytes, Instant now,
                                 const ReleaseEvidence& release = {}) = 0;
  /// The lines of the history about what came into force, in order.
  virtual Result<std::vector<HistoryRecord>> release_history() const = 0;
  virtual Result<std::optional<BundleRecord>> active_bundle() const = 0;

  // -- intake
  virtual Result<std::optional<Sequence>> find_event(const EventKey& key) const = 0;
  /// Records what is new, in the order given, and tells of each event what it was; one answer an event, same order.
  /// The unique key of the identity decides, also between gateways that record the same event at the same moment: one
  /// of them is told that it is a duplicate. Other content under a known identity is kept beside the first, once for
  /// each content. Of two events with one identity in the same call the earlier one counts.
  /// Errors: GLM-8001, GLM-8002: nothing of the call is recorded.
  virtual Result<std::vector<IntakeAnswer>> commit_intake(std::span<const NewEvent> events) = 0;
  /// Replaces the decision about a held or rejected event. `by` and `why` are the person's.
  /// Errors: GLM-6015 no such event, GLM-6014 the event is in a state that is not decided again.
  virtual Status redecide(Sequence event, const EventDecision& decision, std::string_view by, std::string_view why,
                          Instant now) = 0;

  // -- books that keep state
  /// As commit_intake, with what the turns did beside it. Turns come one after the other, whichever gateway's: `decide`
  /// is called when it is this one's, with the events, and may read the store. Errors: those of `decide`, too.
  virtual Result<std::vector<IntakeAnswer>> commit_turns(const DecideTurns& decide) = 0;
  /// The turns after number `after`, in order, at most `limit`.
  virtual Result<std::vector<RecordedTurn>> turns(Sequence after, std::int32_t limit) const = 0;
  /// A bundle that was once in force.
  virtual Result<std::optional<BundleRecord>> bundle(std::string_view digest) const = 0;

  // -- delivery: a lane is worked by one gateway at a time
  /// Takes the lane for this gateway, or keeps it. Whoever takes it anew (also after a restart, or release_lane) finds
  /// what was being sent `unknown`, to be looked up, and everything in delivery due at once. With several gateways on
  /// one store another one may have it; it is taken over when its holder gave no sign of life for a lease.
  virtual Result<LaneHold> hold_lane(std::string_view lane, Instant now) = 0;
  /// True while it is certain that no other gateway has taken the lane since `token`. Asks memory and the monotonic
  /// clock only, so that it can be asked right before a request is written.
  virtual bool still_held(std::string_view lane, std::int64_t token) const = 0;
  /// What is being sent in the lane will not be settled by us: hold_lane begins anew.
  virtual void release_lane(std::string_view lane) = 0;
  /// Takes up to `wanted` of the `most` requests that the lane may make on that day, for whoever works it now or later;
  /// returns how many there were. A negative number gives back so many that were not made.
  virtual Result<std::int64_t> take_requests(std::string_view lane, Date day, std::int64_t wanted,
                                             std::int64_t most) = 0;
  /// Takes up to `limit` due entries of the lane, from each of its legal entities in turn, of one entity in order of
  /// arrival; the intent to send is durable on return. Nothing
  /// when this gateway does not hold the lane.
  virtual Result<std::vector<ClaimedEntry>> claim_due(const ClaimRequest& request) = 0;
  /// One answer an outcome, same order. When an event's last entry becomes posted, so does the event.
  virtual Result<std::vector<OutcomeRecorded>> record_delivery(std::span<const DeliveryOutcome> outcomes) = 0;
  /// When the lane's next entry is due, if any is in delivery.
  virtual Result<std::optional<Instant>> next_due(std::string_view lane) const = 0;
  /// A person asks for another try of a rejected or held entry. Errors: GLM-6015, GLM-6014 (state does not allow it).
  virtual Status retry_entry(std::string_view reference, std::string_view by, std::string_view why, Instant now) = 0;

  /// The store was restored from a backup, and the ERP may be ahead of it: every entry that is not final becomes
  /// unknown (a rejected one held), to be looked up before anything is sent. Returns how many. To be called before any
  /// lane is held.
  virtual Result<std::int64_t> declare_restored(std::string_view by, Instant now) = 0;

  // -- reading
  virtual Result<std::optional<EventJourney>> event_journey(Sequence event) const = 0;
  virtual Result<std::optional<EntryRecord>> entry_by_reference(std::string_view reference) const = 0;
  virtual Result<std::vector<EventRecord>> list_events(const EventQuery& query) const = 0;
  virtual Result<std::vector<EntryRecord>> list_entries(const EntryQuery& query) const = 0;
  /// In order, those after number `after`, at most `limit`.
  virtual Result<std::vector<ExceptionRecord>> list_exceptions(Sequence after, std::int32_t limit) const = 0;
  virtual Result<std::vector<StatementRow>> statement() const = 0;
  /// Debits and credits by account of all recorded entries; `entity` "" = all.
  virtual Result<std::vector<TrialBalanceRow>> trial_balance(std::string_view entity) const = 0;
  virtual Result<EntryCounts> count_entries() const = 0;
};

/// Opens or creates the SQLite store at `path` (a file; its -wal and -shm stand beside it).
/// Errors: GLM-8001 cannot be opened, GLM-8003 written by a newer version, GLM-8004 is no store.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path);

}  // namespace glmap::gateway::store
