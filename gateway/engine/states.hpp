// SPDX-License-Identifier: Apache-2.0
// The states of a billing event and of a journal entry, and every change of state that is allowed: one row of one table
// each. Not the place where changes are decided (intake_step, delivery_step) or recorded (store). Pure; any thread.
// Shown to people in docs/formats/store.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace glmap::gateway::engine {

/// A recorded billing event. Its numbers are stored: append only.
enum class EventState : std::uint8_t {
  accepted = 0,  // decided; its entries are on their way
  posted = 1,    // every entry is confirmed in its ERP
  no_entry = 2,  // decided: finance says that it posts nothing
  held = 3,      // waits for a person, with a reason
  rejected = 4,  // the book says `unknown reject`, or a person closed it; with a reason
  waiting = 5,   // for another event that the book wants before it, until its deadline
};
inline constexpr std::size_t kEventStateCount = 6;
std::string_view to_text(EventState state);
std::optional<EventState> parse_event_state(std::string_view text);

enum class EventInput : std::uint8_t {
  decided_entries,   // a retry found a rule, or what the event waited for has come
  decided_no_entry,  // ... and nothing is posted
  decided_hold,      // ... and there is (another) reason to hold it; or its deadline has passed
  decided_reject,    // a retry met `unknown reject`
  decided_wait,      // a retry found that it waits for another event
  all_posted,        // the last entry was confirmed
  more_entries,      // an entry of a revenue schedule that the event began was due
};

/// A journal entry on its way into the ERP. Its numbers are stored: append only.
enum class EntryState : std::uint8_t {
  ready = 0,        // may be sent when due
  sending = 1,      // the intent to send is durable; the ERP may or may not have it
  unknown = 2,      // the outcome is unclear: it is looked up in the ERP, never resent blindly
  draft_found = 3,  // the ERP has it, but not posted: it is completed, never sent again
  posted = 4,       // read back from the ERP and equal line by line
  rejected = 5,     // the ERP refused it and does not have it; waits for a person
  held = 6,         // a person must decide (differs, too many tries, a draft that cannot be posted)
  reversed = 7,     // a later entry reverses it in the ERP
};
inline constexpr std::size_t kEntryStateCount = 8;
std::string_view to_text(EntryState state);
std::optional<EntryState> parse_entry_state(std::string_view text);
/// Still being worked on by the gateway itself, without a person.
constexpr bool in_delivery(EntryState state) {
  return state == EntryState::ready || state == EntryState::sending || state == EntryState::unknown ||
         state == EntryState::draft_found;
}

enum class DeliveryInput : std::uint8_t {
  claimed,        // a worker takes it: to send (ready), to look up (unknown) or to complete (draft_found)
  confirmed,      // the ERP's posted document was read back and agrees line by line
  refused,        // the ERP said no and does not have it
  not_sent,       // nothing left the gateway, or the ERP asks to slow down before reading: certainly not there
  unclear,        // timeout, connection lost, an answer that proves nothing
  found_absent,   // a look-up, complete as of now, does not find it
  found_draft,    // it is in the ERP as a draft
  found_differs,  // it is in the ERP with other contents
  recovered,      // the gateway started and finds an attempt without an outcome
  gave_up,        // too many tries, or a person stops it
  retried,        // a person asks for another try
  reversed,       // its reversal was posted
  restored,       // the store went back to a backup: what happened since is not known
};
std::string_view to_text(DeliveryInput input);

struct EventTransition {
  EventState from;
  EventInput input;
  EventState to;
};
struct EntryTransition {
  EntryState from;
  DeliveryInput input;
  EntryState to;
};

// clang-format off
inline constexpr std::array kEventTransitions = {
    EventTransition{EventState::held,     EventInput::decided_entries,  EventState::accepted},
    EventTransition{EventState::held,     EventInput::decided_no_entry, EventState::no_entry},
    EventTransition{EventState::held,     EventInput::decided_hold,     EventState::held},
    EventTransition{EventState::held,     EventInput::decided_reject,   EventState::rejected},
    EventTransition{EventState::rejected, EventInput::decided_entries,  EventState::accepted},
    EventTransition{EventState::rejected, EventInput::decided_no_entry, EventState::no_entry},
    EventTransition{EventState::rejected, EventInput::decided_hold,     EventState::held},
    EventTransition{EventState::rejected, EventInput::decided_reject,   EventState::rejected},
    EventTransition{EventState::held,     EventInput::decided_wait,     EventState::waiting},
    EventTransition{EventState::rejected, EventInput::decided_wait,     EventState::waiting},
    EventTransition{EventState::waiting,  EventInput::decided_entries,  EventState::accepted},
    EventTransition{EventState::waiting,  EventInput::decided_no_entry, EventState::no_entry},
    EventTransition{EventState::waiting,  EventInput::decided_hold,     EventState::held},
    EventTransition{EventState::accepted, EventInput::all_posted,       EventState::posted},
    EventTransition{EventState::accepted, EventInput::more_entries,     EventState::accepted},
    EventTransition{EventState::posted,   EventInput::more_entries,     EventState::accepted},
    EventTransition{EventState::no_entry, EventInput::more_entries,     EventState::accepted},
};

/// Where two rows share (from, input), delivery_step chooses by time and number of tries.
inline constexpr std::array kEntryTransitions = {
    EntryTransition{EntryState::ready,       DeliveryInput::claimed,       EntryState::sending},
    EntryTransition{EntryState::ready,       DeliveryInput::gave_up,       EntryState::held},

    EntryTransition{EntryState::sending,     DeliveryInput::confirmed,     EntryState::posted},
    EntryTransition{EntryState::sending,     DeliveryInput::refused,       EntryState::rejected},
    EntryTransition{EntryState::sending,     DeliveryInput::not_sent,      EntryState::ready},
    EntryTransition{EntryState::sending,     DeliveryInput::unclear,       EntryState::unknown},
    EntryTransition{EntryState::sending,     DeliveryInput::found_draft,   EntryState::draft_found},
    EntryTransition{EntryState::sending,     DeliveryInput::found_differs, EntryState::held},
    EntryTransition{EntryState::sending,     DeliveryInput::recovered,     EntryState::unknown},

    EntryTransition{EntryState::unknown,     DeliveryInput::claimed,       EntryState::unknown},
    EntryTransition{EntryState::unknown,     DeliveryInput::confirmed,     EntryState::posted},
    EntryTransition{EntryState::unknown,     DeliveryInput::not_sent,      EntryState::unknown},   // ERP unreachable: look again
    EntryTransition{EntryState::unknown,     DeliveryInput::unclear,       EntryState::unknown},
    EntryTransition{EntryState::unknown,     DeliveryInput::unclear,       EntryState::held},      // looked too often
    EntryTransition{EntryState::unknown,     DeliveryInput::found_absent,  EntryState::unknown},   // within the visibility horizon
    EntryTransition{EntryState::unknown,     DeliveryInput::found_absent,  EntryState::ready},     // past it
    EntryTransition{EntryState::unknown,     DeliveryInput::found_absent,  EntryState::held},      // sent too often
    EntryTransition{EntryState::unknown,     DeliveryInput::found_draft,   EntryState::draft_found},
    EntryTransition{EntryState::unknown,     DeliveryInput::found_differs, EntryState::held},
    EntryTransition{EntryState::unknown,     DeliveryInput::gave_up,       EntryState::held},

    EntryTransition{EntryState::draft_found, DeliveryInput::claimed,       EntryState::draft_found},
    EntryTransition{EntryState::draft_found, DeliveryInput::confirmed,     EntryState::posted},
    EntryTransition{EntryState::draft_found, DeliveryInput::refused,       EntryState::held},      // the draft stays in the ERP
    EntryTransition{EntryState::draft_found, DeliveryInput::not_sent,      EntryState::draft_found},
    EntryTransition{EntryState::draft_found, DeliveryInput::unclear,       EntryState::unknown},
    EntryTransition{EntryState::draft_found, DeliveryInput::found_absent,  EntryState::held},      // someone deleted the draft
    EntryTransition{EntryState::draft_found, DeliveryInput::found_draft,   EntryState::draft_found},
    EntryTransition{EntryState::draft_found, DeliveryInput::found_draft,   EntryState::held},      // completed in vain too often
    EntryTransition{EntryState::draft_found, DeliveryInput::found_differs, EntryState::held},
    EntryTransition{EntryState::draft_found, DeliveryInput::gave_up,       EntryState::held},

    EntryTransition{EntryState::rejected,    DeliveryInput::retried,       EntryState::ready},
    EntryTransition{EntryState::held,        DeliveryInput::retried,       EntryState::unknown},   // look first: it may be there
    EntryTransition{EntryState::posted,      DeliveryInput::reversed,      EntryState::reversed},

    EntryTransition{EntryState::ready,       DeliveryInput::restored,      EntryState::unknown},
    EntryTransition{EntryState::sending,     DeliveryInput::restored,      EntryState::unknown},
    EntryTransition{EntryState::unknown,     DeliveryInput::restored,      EntryState::unknown},
    EntryTransition{EntryState::draft_found, DeliveryInput::restored,      EntryState::unknown},
    EntryTransition{EntryState::rejected,    DeliveryInput::restored,      EntryState::held},      // retried since? look first
};
// clang-format on

constexpr bool allowed(EntryState from, DeliveryInput input, EntryState to) {
  for (const EntryTransition& row : kEntryTransitions) {
    if (row.from == from && row.input == input && row.to == to) return true;
  }
  return false;
}

/// The entry's next state where the table leaves no choice; the first row where it does. Nothing when the input has no
/// meaning in that state.
constexpr std::optional<EntryState> next_state(EntryState from, DeliveryInput input) {
  for (const EntryTransition& row : kEntryTransitions) {
    if (row.from == from && row.input == input) return row.to;
  }
  return std::nullopt;
}

/// The event's next state; nothing when the input has no meaning in that state.
constexpr std::optional<EventState> next_state(EventState from, EventInput input) {
  for (const EventTransition& row : kEventTransitions) {
    if (row.from == from && row.input == input) return row.to;
  }
  return std::nullopt;
}

}  // namespace glmap::gateway::engine
