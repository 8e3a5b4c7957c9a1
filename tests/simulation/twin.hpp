// SPDX-License-Identifier: Apache-2.0
// The ERP twin: a ledger written from what ERPs promise, with no code of the connectors. It keeps every document it
// ever took, draws what goes wrong on the way to it, and remembers what nobody should have done to it. How a connector
// reaches it: twin_connector.hpp. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/faults.hpp"
#include "tests/simulation/machine.hpp"

namespace glmap::simulation {

struct TwinLine {
  std::string account;
  bool debit = true;
  std::string amount;  // digits, as sent
  std::string currency;
  friend bool operator==(const TwinLine&, const TwinLine&) = default;
};

struct TwinDocument {
  int number = 0;
  std::string company, reference, date;
  std::vector<TwinLine> lines;
  bool posted = false;
  bool removed = false;  // by a person, or by the gateway that made it
  std::int64_t visible_at = 0;
  std::optional<std::vector<TwinLine>> before_hand;  // its lines before a person or the ERP changed them
  bool shown_changed = false;                        // to the last who looked
};

/// What the ERP says to a document.
enum class TwinAnswer : std::uint8_t { taken, period_closed, account_closed, duplicate, unbalanced, absent };

class Twin {
 public:
  Twin(Machine& machine, FaultMix& faults, Chance chance);

  // -- how this ERP is
  bool unique_reference() const { return unique_reference_; }
  bool draft_step() const { return draft_step_; }

  // -- its books
  /// `posted` false leaves a draft. The document's number comes back in `document`.
  TwinAnswer take(TwinDocument& document);
  TwinAnswer post(int number);
  /// Takes a draft away; a posted document stays.
  bool remove(int number);
  /// What a search by reference shows in the company now.
  std::vector<TwinDocument*> search(const std::string& company, const std::string& reference);
  const std::vector<TwinDocument>& documents() const { return documents_; }
  /// Takes the document later, whatever the sender thinks by then.
  void take_later(TwinDocument document);
  /// The ERP rounds as it likes: the document it just took does not say what was sent.
  void change_newest() { change(documents_.back()); }

  // -- its connections, by lane
  struct Connection {
    std::int64_t down_until = 0;
    std::int64_t throttled_until = 0;
    bool session_lost = false;
  };
  Connection& connection(const std::string& lane) { return connections_[lane]; }
  /// What meets a call of the lane on its way; time passes. `asked` is the pause that a throttled one is asked for.
  enum class Way : std::uint8_t { open, refused, throttled, session_lost, bad_credentials };
  Way knock(const std::string& lane, std::int64_t& asked);
  /// Which company stands behind our entity's company now.
  std::string company_behind(const std::string& company) const { return stand_in_.empty() ? company : stand_in_; }

  // -- what happens to it, by its own people
  void something_happens();
  /// The network and the address are as they should be.
  void reconnect();
  /// Everything a person can put right is put right.
  void put_right();

  /// What was done to it against its rules: (id of the catalogue, in words).
  std::vector<std::pair<std::string, std::string>> complaints;
  /// Time during which nobody is told off for calling: the gateway was started anew, or a person said go on.
  void forget_throttling() {
    for (auto& [lane, connection] : connections_) connection.throttled_until = 0;
  }

  Machine& machine;
  FaultMix& faults;
  Chance chance;

 private:
  TwinAnswer verdict(const TwinDocument& document) const;
  TwinAnswer take_at(TwinDocument& document, std::int64_t when);
  void catch_up();
  void change(TwinDocument& document);
  void change_by_hand();
  void act_on_draft(bool post_it);
  void swap_company();

  bool unique_reference_ = false;
  bool draft_step_ = false;
  std::int64_t lag_max_ = 0;
  std::vector<TwinDocument> documents_;
  std::vector<std::pair<std::int64_t, TwinDocument>> late_;
  std::map<std::string, Connection> connections_;
  std::set<std::pair<std::string, std::string>> closed_periods_, closed_accounts_;
  std::string stand_in_;
};

}  // namespace glmap::simulation
