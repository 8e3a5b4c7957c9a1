// SPDX-License-Identifier: Apache-2.0
// Events: what was told about them, what was decided, how they came to be where they are. Entries, ERP and figures:
// auditor_ledger.cpp.
#include "tests/simulation/auditor.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include "tests/simulation/disk.hpp"

namespace glmap::simulation {

namespace {

std::optional<Finding> finding(std::string id, std::string text) {
  return Finding{std::move(id), std::move(text)};
}

std::string name_of(const AuditedEvent& event) {
  return "event " + std::to_string(event.number) + " (" + event.source + " " + event.id + ")";
}

/// What an event says, without its blanks and without who says it.
std::string content_of(const std::string& text) {
  const OwnJson event = OwnJson::read(text);
  return event["type"].dump() + event["data"].dump();
}

int state_of(const std::string& status) {
  if (status == "accepted") return kAccepted;
  if (status == "no_entry") return kNoEntry;
  if (status == "waiting") return kWaiting;
  return status == "held" ? kEventHeld : kEventRejected;
}

struct Move {
  int from;
  std::string_view input;
  int to;
};

// The allowed changes, copied by hand from docs/formats/store.md and the catalogue of failures, not from the engine.
constexpr std::array kEntryMoves = {
    Move{kReady, "claimed", kSending},      Move{kReady, "gave_up", kHeld},
    Move{kSending, "confirmed", kPosted},   Move{kSending, "refused", kRejected},
    Move{kSending, "not_sent", kReady},     Move{kSending, "unclear", kUnknown},
    Move{kSending, "found_draft", kDraft},  Move{kSending, "found_differs", kHeld},
    Move{kSending, "recovered", kUnknown},  Move{kUnknown, "confirmed", kPosted},
    Move{kUnknown, "not_sent", kUnknown},   Move{kUnknown, "unclear", kUnknown},
    Move{kUnknown, "unclear", kHeld},       Move{kUnknown, "found_absent", kUnknown},
    Move{kUnknown, "found_absent", kReady}, Move{kUnknown, "found_absent", kHeld},
    Move{kUnknown, "found_draft", kDraft},  Move{kUnknown, "found_differs", kHeld},
    Move{kUnknown, "gave_up", kHeld},       Move{kDraft, "confirmed", kPosted},
    Move{kDraft, "refused", kHeld},         Move{kDraft, "not_sent", kDraft},
    Move{kDraft, "unclear", kUnknown},      Move{kDraft, "found_absent", kHeld},
    Move{kDraft, "found_draft", kDraft},    Move{kDraft, "found_draft", kHeld},
    Move{kDraft, "found_differs", kHeld},   Move{kDraft, "gave_up", kHeld},
    Move{kRejected, "retried", kReady},     Move{kHeld, "retried", kUnknown},
};

bool entry_may_move(const AuditedChange& change) {
  return std::any_of(kEntryMoves.begin(), kEntryMoves.end(), [&](const Move& move) {
    return move.from == change.from && move.to == change.to && move.input == change.input;
  });
}

bool event_may_move(const AuditedChange& change) {
  if (change.input == "all entries posted") return change.from == kAccepted && change.to == kEventPosted;
  if (change.input == "released")
    return change.from == kWaiting && (change.to == kAccepted || change.to == kNoEntry || change.to == kEventHeld);
  if (change.input == "deadline passed") return change.from == kWaiting && change.to == kEventHeld;
  const bool waits = change.from == kEventHeld || change.from == kEventRejected;
  return change.input == "decided again" && waits && change.to != kEventPosted && !change.by.empty() &&
         change.by != "gateway";
}

}  // namespace

const AuditedEvent* Auditor::event_of(std::int64_t number) const {
  const auto at =
      std::lower_bound(store_.events.begin(), store_.events.end(), number,
                       [](const AuditedEvent& event, std::int64_t wanted) { return event.number < wanted; });
  return at != store_.events.end() && at->number == number ? &*at : nullptr;
}

std::vector<const AuditedEntry*> Auditor::entries_of(const AuditedEvent& event) const {
  std::vector<const AuditedEntry*> found;
  for (const AuditedEntry& entry : store_.entries) {
    if (entry.number >= event.first_entry && entry.number < event.first_entry + event.entry_count)
      found.push_back(&entry);
  }
  return found;
}

std::string Auditor::story_of(const AuditedEntry& entry) const {
  std::string story = "; its story:";
  for (const AuditedChange& change : store_.history) {
    if (change.entry != entry.number) continue;
    story +=
        " " + change.input + ">" + std::to_string(change.to) + "@" + std::to_string(change.at / 1'000'000 % 100'000);
  }
  return story;
}

void Auditor::read_texts() {
  said_.clear();
  bodies_.clear();
  made_.clear();
  for (const AuditedEvent& event : store_.events) said_.emplace(event.number, OwnJson::read(event.raw));
  for (const AuditedEntry& entry : store_.entries) {
    const auto at = bodies_.emplace(entry.number, OwnJson::read(entry.body)).first;
    made_.emplace(entry.number, own_entry(at->second));
  }
}

std::optional<Finding> Auditor::audit(Host& host, Moment moment) {
  try {
    if (Found found = complaints()) return found;
    store_ = read_store(Disk::kName, kStore);
    read_texts();
    entries_seen_ = store_.entries.size();
    posted_seen_ = static_cast<std::uint64_t>(std::count_if(store_.entries.begin(), store_.entries.end(),
                                                            [](const AuditedEntry& e) { return e.state == kPosted; }));
    for (const auto check : {&Auditor::check_events, &Auditor::check_acknowledged, &Auditor::check_decisions,
                             &Auditor::check_history, &Auditor::check_order, &Auditor::check_people}) {
      if (Found found = (this->*check)()) return found;
    }
    if (Found found = check_ledger(moment)) return found;
    if (Found found = check_states(moment)) return found;
    if (Found found = check_waiting(moment)) return found;
    if (Found found = check_statement(host)) return found;
    return check_trial_balance(host);
  } catch (const std::exception& thrown) {
    return finding("M13", std::string("the auditor cannot read what it is shown: ") + thrown.what());
  }
}

Auditor::Found Auditor::complaints() const {
  for (const auto* list : {&senders_.complaints, &twin_.complaints}) {
    if (!list->empty()) return finding(list->front().first, list->front().second);
  }
  return std::nullopt;
}

/// Each event is there once, and somebody sent it so.
Auditor::Found Auditor::check_events() const {
  std::set<SentKey> seen;
  for (const AuditedEvent& event : store_.events) {
    const SentKey key{event.source, event.id};
    if (!seen.insert(key).second) return finding("I1", name_of(event) + " is recorded twice");
    const auto sent = senders_.sent().find(key);
    if (sent == senders_.sent().end()) return finding("I19", name_of(event) + " was sent by nobody");
    if (!sent->second.contains(event.raw))
      return finding("I2", name_of(event) + " is not kept byte for byte: " + event.raw);
    if (event.state < 0) return finding("I6", name_of(event) + " has no state");
  }
  return std::nullopt;
}

Auditor::Found Auditor::check_acknowledged() const {
  for (const Acknowledgement& told : senders_.acknowledged()) {
    const AuditedEvent* event = event_of(told.sequence);
    const std::string what =
        told.status + " " + told.key.first + " " + told.key.second + " as number " + std::to_string(told.sequence);
    if (event == nullptr) return finding("I6", "acknowledged and not there: " + what);
    if (SentKey{event->source, event->id} != told.key)
      return finding("I6", "another event stands where it was told: " + what);
    if (Found found = check_acknowledgement(told, *event)) return found;
  }
  return std::nullopt;
}

Auditor::Found Auditor::check_acknowledgement(const Acknowledgement& told, const AuditedEvent& event) const {
  const bool same = event.raw == told.text || content_of(event.raw) == content_of(told.text);
  if (told.status == "conflict") {
    if (same) return finding("I2", name_of(event) + ": called a conflict, and the content is the same");
    for (const AuditedConflict& conflict : store_.conflicts) {
      if (conflict.first == event.number && content_of(conflict.raw) == content_of(told.text)) return std::nullopt;
    }
    return finding("I2", name_of(event) + ": the other content of a conflict is not kept");
  }
  if (!same) return finding("I2", name_of(event) + ": told `" + told.status + "` about other content than is recorded");
  if (told.status == "duplicate") return std::nullopt;
  if (event.raw != told.text) return std::nullopt;  // the first was another spelling, whose answer was lost
  // What waited and went on within its own commit is told as it stands then.
  const bool went_on = event.first_state == kWaiting && told.status != "waiting" && told.status != "rejected" &&
                       (last_change(event, "released") || last_change(event, "deadline passed"));
  if (event.first_state != state_of(told.status) && !went_on) {
    return finding("I1", name_of(event) + ": told `" + told.status + "`, first recorded as state " +
                             std::to_string(event.first_state));
  }
  std::vector<std::string> references;
  for (const AuditedEntry* entry : entries_of(event)) references.push_back(entry->reference);
  if (told.status == "accepted" && references != told.references) {
    return finding("I1", name_of(event) + ": its entries are not those that were told");
  }
  return std::nullopt;
}

Auditor::Found Auditor::check_decisions() const {
  for (const AuditedEvent& event : store_.events) {
    if (Found found = check_decision(event)) return found;
  }
  return std::nullopt;
}

Auditor::Found Auditor::check_decision(const AuditedEvent& event) const {
  using Kind = OwnDecision::Kind;
  const OwnJson& said = said_.at(event.number);
  for (const std::string* digest : {&event.first_bundle, &event.bundle}) {
    if (release_of(*digest) == 0)
      return finding("M2", name_of(event) + ": decided by a book that never was: " + *digest);
  }
  const OwnDecision first = own_decision(release_of(event.first_bundle), remembers_, said);
  constexpr std::array kFirst = {kAccepted, kNoEntry, kEventHeld, kEventRejected};
  const bool waited = event.first_state == kWaiting && needs_another(event);  // for what it is: check_waiting
  if (event.first_state != kFirst.at(static_cast<std::size_t>(first.kind)) && !waited) {
    return finding("M1", name_of(event) + ": first decided as state " + std::to_string(event.first_state) +
                             ", the book says otherwise: " + event.raw);
  }
  const OwnDecision now = own_decision(release_of(event.bundle), remembers_, said);
  const bool posts = event.state == kAccepted || event.state == kEventPosted;
  const bool closed_by_person =
      event.state == kEventRejected && (now.kind == Kind::held || needs_another(event)) &&
      std::any_of(store_.history.begin(), store_.history.end(), [&](const AuditedChange& change) {
        return change.event == event.number && !change.entry && change.to == kEventRejected;
      });
  const int wanted = kFirst.at(static_cast<std::size_t>(now.kind));
  const bool expired = event.state == kEventHeld && last_change(event, "deadline passed") != nullptr;
  const bool waits = (event.state == kWaiting || expired) && needs_another(event);
  if (!closed_by_person && !waits && wanted != (posts ? kAccepted : event.state)) {
    return finding("M1", name_of(event) + ": is in state " + std::to_string(event.state) +
                             ", its book says otherwise: " + event.raw);
  }
  const auto entries = entries_of(event);
  if (!posts && !entries.empty()) return finding("M1", name_of(event) + " posts nothing and has entries");
  if (!posts) return std::nullopt;
  if (entries.size() != now.entries.size()) {
    return finding("I6", name_of(event) + " has " + std::to_string(entries.size()) + " entries, the book makes " +
                             std::to_string(now.entries.size()));
  }
  for (std::size_t index = 0; index < entries.size(); ++index) {
    if (Found found = check_entry(event, *entries[index], now.entries[index])) return found;
  }
  return std::nullopt;
}

/// Every change was allowed, starts where the one before it ended, and the last one ends where things stand.
Auditor::Found Auditor::check_history() const {
  std::map<std::int64_t, int> events, entries;
  for (const AuditedEvent& event : store_.events) events[event.number] = event.first_state;
  for (const AuditedEntry& entry : store_.entries) entries[entry.number] = kReady;
  for (const AuditedChange& change : store_.history) {
    int& state = change.entry ? entries[*change.entry] : events[change.event];
    const std::string what = "change " + std::to_string(change.number) + " `" + change.input + "` from " +
                             std::to_string(change.from) + " to " + std::to_string(change.to);
    if (change.from != state)
      return finding("M11", what + " does not start where the one before ended, at " + std::to_string(state));
    if (!(change.entry ? entry_may_move(change) : event_may_move(change)))
      return finding("M11", what + " is not allowed");
    state = change.to;
  }
  for (const AuditedEvent& event : store_.events) {
    if (events[event.number] != event.state)
      return finding("M11", name_of(event) + " came to its state without a trace");
  }
  for (const AuditedEntry& entry : store_.entries) {
    if (entries[entry.number] != entry.state)
      return finding("M11", "entry " + entry.reference + " came to its state without a trace");
  }
  return std::nullopt;
}

/// No entry is sent while an earlier one of its business object is under way; none more often than five times.
Auditor::Found Auditor::check_order() const {
  std::map<std::string, std::vector<std::int64_t>> objects;
  std::map<std::int64_t, std::string> object_of;
  for (const AuditedEntry& entry : store_.entries) {
    if (entry.object.empty()) continue;
    objects[entry.object].push_back(entry.number);
    object_of[entry.number] = entry.object;
  }
  std::map<std::int64_t, int> state, sends;
  for (const AuditedChange& change : store_.history) {
    if (!change.entry) continue;
    const std::int64_t entry = *change.entry;
    state[entry] = change.to;
    if (change.input == "not_sent" && change.from == kSending) sends[entry] -= 1;
    if (change.input == "retried") sends[entry] = 0;
    if (change.to != kSending) continue;
    sends[entry] += 1;
    if (sends[entry] > 5)
      return finding("E1", "entry " + std::to_string(entry) + " was sent more often than five times");
    for (const std::int64_t other : objects[object_of[entry]]) {
      if (other >= entry) break;
      if (state[other] <= kDraft) {
        return finding("I3", "entry " + std::to_string(entry) + " was sent while entry " + std::to_string(other) +
                                 " of the same object was under way");
      }
    }
  }
  return std::nullopt;
}

/// What people were told was done stands in the history, with their name and reason.
Auditor::Found Auditor::check_people() const {
  std::set<std::string> reasons;
  for (const AuditedChange& change : store_.history) {
    if (change.by != "gateway") reasons.insert(change.by + "|" + change.why);
  }
  for (const PersonsAct& act : people_.acts()) {
    if (!reasons.contains(act.by + "|" + act.why)) {
      return finding("E21", "what " + act.by + " did (" + act.why + ") is not in the history");
    }
  }
  return std::nullopt;
}

}  // namespace glmap::simulation
