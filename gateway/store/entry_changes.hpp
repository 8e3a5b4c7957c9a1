// SPDX-License-Identifier: Apache-2.0
// What a claim and an outcome make of an entry's row, alike in both stores. Not the decision what becomes of an entry
// (engine/delivery_step), and no database. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "gateway/store/store.hpp"

namespace glmap::gateway::store {

/// `input` of the history where no delivery is concerned.
inline constexpr std::string_view kAllPosted = "all entries posted";
inline constexpr std::string_view kDecidedAgain = "decided again";
inline constexpr std::string_view kReleased = "released";             // what it waited for has come
inline constexpr std::string_view kExpired = "deadline passed";       // ... has not
inline constexpr std::string_view kScheduleEntry = "schedule entry";  // of the revenue schedule that the event began
inline constexpr std::string_view kException = "exception";           // for a person to look at
inline constexpr std::string_view kInForce = "release in force";      // of no event

/// One change of state, as it is written into the history.
struct Change {
  std::int64_t event = 0;
  std::optional<std::int64_t> entry;
  Instant at;
  std::int64_t from = 0, to = 0;
  std::string_view input, by;
  std::string why, evidence;
};
Change entry_change(std::int64_t event, std::int64_t entry, Instant at, engine::EntryState from, engine::EntryState to,
                    engine::DeliveryInput input);
Change event_change(std::int64_t event, Instant at, engine::EventState from, engine::EventState to,
                    std::string_view input);

/// The movable columns of an entry.
struct EntryNow {
  std::int64_t event = 0;
  engine::EntryState state = engine::EntryState::ready;
  std::int64_t claim = 0, sends = 0, looks = 0, waits = 0;
  std::string document_id;
  std::optional<Instant> last_sent_at;
  Instant due_at;
  std::string reason;  // JSON text, or ""
};

/// A line of the history that belongs to no event.
Change release_change(const ReleaseEvidence& release, Instant at);

/// Counts the claim and moves a ready entry to sending. Returns the state it came from.
engine::EntryState take_claim(ClaimedEntry& entry, Instant now);

/// The entry after the outcome; nothing when the outcome names an older claim or has no meaning in its state.
std::optional<EntryNow> settled(const EntryNow& now, const DeliveryOutcome& outcome);
Change change_of(const EntryNow& before, const DeliveryOutcome& outcome);

/// The entry after a person asked for another try. Errors: GLM-6014.
Result<EntryNow> retried(const EntryNow& now, Instant at);
Change retry_change(const EntryNow& before, const EntryNow& after, std::int64_t entry, std::string_view by,
                    std::string_view why);

/// The entry after its reversal was posted; nothing when it is not posted.
std::optional<EntryNow> taken_back(const EntryNow& now, Instant at);
Change taken_back_change(const EntryNow& before, std::int64_t entry, const DeliveryOutcome& reversal);

/// The entry of an attempt that nobody finished: it is to be looked up, and late answers of the attempt are void.
Change recovered_change(std::int64_t event, std::int64_t entry, Instant at);

/// For so long after a restore new entries are looked up before they are sent, too: their events come again, and the
/// ERP may have had them already.
inline constexpr std::int64_t kLookFirstMicros = 30LL * 24 * 3600 * 1'000'000;
/// After a restore the ERP may be ahead of the store.
engine::EntryState restored_state(engine::EntryState state);
Change restored_change(std::int64_t event, std::int64_t entry, engine::EntryState from, std::string_view by,
                       Instant at);

}  // namespace glmap::gateway::store
