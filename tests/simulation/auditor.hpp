// SPDX-License-Identifier: Apache-2.0
// Holds the gateway to its word: what senders were told, what the book says, what the ERP holds, what the statement
// shows. Recomputes all of it from the raw events. Finds the first thing that is not right and says under which id of
// the catalogue of failures.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/auditor_book.hpp"
#include "tests/simulation/auditor_store.hpp"
#include "tests/simulation/host.hpp"
#include "tests/simulation/people.hpp"
#include "tests/simulation/senders.hpp"
#include "tests/simulation/twin.hpp"

namespace glmap::simulation {

struct Finding {
  std::string id;  // of the catalogue
  std::string text;
};

enum class Moment : std::uint8_t {
  any,      // in the middle of things
  quiet,    // nothing goes wrong any more and nothing is under way: whatever is not posted has a reason
  settled,  // people have put everything right that can be: every entry is posted
};

class Auditor {
 public:
  /// `remembers`: the books keep state.
  Auditor(const Machine& machine, const Senders& senders, const Twin& twin, const People& people, bool remembers)
      : machine_(machine), senders_(senders), twin_(twin), people_(people), remembers_(remembers) {}

  /// Nothing when all is well.
  std::optional<Finding> audit(Host& host, Moment moment);

  std::uint64_t entries_seen() const { return entries_seen_; }
  std::uint64_t posted_seen() const { return posted_seen_; }

 private:
  using Found = std::optional<Finding>;

  void read_texts();
  Found complaints() const;
  Found check_events() const;
  Found check_acknowledged() const;
  Found check_acknowledgement(const Acknowledgement& told, const AuditedEvent& event) const;
  Found check_decisions() const;
  Found check_decision(const AuditedEvent& event) const;
  Found check_entry(const AuditedEvent& event, const AuditedEntry& entry, const OwnEntry& expected) const;
  Found check_states(Moment moment) const;
  // ---- auditor_waiting.cpp: what waits for what
  Found check_waiting(Moment moment) const;
  Found check_first_wait(const AuditedEvent& event) const;
  Found check_release(const AuditedEvent& event) const;
  bool needs_another(const AuditedEvent& event) const;
  const AuditedChange* last_change(const AuditedEvent& event, std::string_view input) const;
  std::vector<const AuditedEvent*> invoices_for(const AuditedEvent& event) const;
  Found check_history() const;
  Found check_order() const;
  Found check_people() const;
  Found check_ledger(Moment moment) const;
  Found check_statement(Host& host) const;
  Found check_trial_balance(Host& host) const;

  const AuditedEvent* event_of(std::int64_t number) const;
  /// What happened to the entry, in one line.
  std::string story_of(const AuditedEntry& entry) const;
  std::vector<const AuditedEntry*> entries_of(const AuditedEvent& event) const;

  const Machine& machine_;
  const Senders& senders_;
  const Twin& twin_;
  const People& people_;
  const bool remembers_;
  AuditedStore store_;
  // Read once for all checks.
  std::map<std::int64_t, OwnJson> said_;    // events by number
  std::map<std::int64_t, OwnJson> bodies_;  // entries by number
  std::map<std::int64_t, OwnEntry> made_;
  std::uint64_t entries_seen_ = 0, posted_seen_ = 0;
};

}  // namespace glmap::simulation
