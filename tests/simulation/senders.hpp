// SPDX-License-Identifier: Apache-2.0
// Billing systems that send events as bytes over a network that loses requests and answers. They repeat what was not
// acknowledged, sometimes what was, sometimes with other content or in another order, and after many tries they forget.
// They remember what they were told: that is what the auditor holds the gateway to.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/faults.hpp"
#include "tests/simulation/host.hpp"
#include "tests/simulation/own_json.hpp"

namespace glmap::simulation {

/// source, id
using SentKey = std::pair<std::string, std::string>;

/// What a sender was told about one event, and may rely on.
struct Acknowledgement {
  SentKey key;
  std::string status;  // accepted, no_entry, held, rejected, duplicate, conflict
  std::int64_t sequence = 0;
  std::string text;  // the event as it was sent
  std::vector<std::string> references;
};

class Senders {
 public:
  Senders(Machine& machine, FaultMix& faults, Chance chance);

  /// Something new to say, or the same again.
  void write_letter();
  /// Up to three letters on their way, then one commit for all that arrived.
  void deliver(Host& host);
  /// Far more at once than the queue takes.
  void deliver_burst(Host& host);
  bool all_said() const { return outbox_.empty(); }

  std::uint64_t events() const { return events_; }
  const std::map<SentKey, std::set<std::string>>& sent() const { return sent_; }
  const std::vector<Acknowledgement>& acknowledged() const { return acknowledged_; }
  std::vector<std::pair<std::string, std::string>> complaints;

 private:
  struct Letter {
    std::vector<std::string> events;
    std::vector<bool> bad;  // by event: cannot be taken at all
    std::string content_type;
    bool bad_as_a_whole = false;
    int tries = 0;
    std::string body() const;
  };

  std::string new_event(bool& bad);
  std::string event_text(const SentKey& key, const std::string& type, const std::map<std::string, std::string>& data);
  std::string changed(const std::string& text);
  std::string other_blanks(const std::string& text);
  void add_event(Letter& letter);
  std::size_t choose_letter();
  void collect(std::vector<std::pair<std::size_t, std::optional<gateway::platform::Answer>>>& answers);
  bool read_answer(const Letter& letter, const gateway::platform::Answer& answer);
  void read_single(const Letter& letter, const gateway::platform::Answer& answer);
  void read_batch(const Letter& letter, const gateway::platform::Answer& answer);
  void take_receipt(const std::string& text, const OwnJson& receipt, bool bad);
  void deliver_some(Host& host, std::size_t letters, bool may_lose);

  Machine& machine_;
  FaultMix& faults_;
  Chance chance_;
  std::uint64_t events_ = 0;
  std::deque<Letter> outbox_;
  std::map<SentKey, std::set<std::string>> sent_;
  std::vector<std::string> texts_;  // good ones, to repeat
  std::vector<Acknowledgement> acknowledged_;
};

}  // namespace glmap::simulation
