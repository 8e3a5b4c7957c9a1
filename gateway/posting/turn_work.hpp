// SPDX-License-Identifier: Apache-2.0
// The turns of one commit: plays them with the book keeper and collects everything that is to be recorded with them.
// Does not record. After a commit that did not happen the keeper is to forget. One thread at a time.
#pragma once

#include <set>
#include <vector>

#include "gateway/posting/book_keeper.hpp"
#include "gateway/posting/prepare.hpp"

namespace glmap::gateway::posting {

class TurnWork {
 public:
  /// The keeper has caught up.
  TurnWork(BookKeeper& keeper, const store::Store& store, Instant now) : keeper_(keeper), store_(store), now_(now) {}

  /// The next event of the batch, `place` from 0: when it is new it has its turn, and its decision.
  Status take(store::NewEvent& event, std::size_t place, const std::shared_ptr<const BillingEvent>& undecided);
  /// A held or rejected event is decided again.
  void decide_again(store::Sequence event, const std::shared_ptr<const BillingEvent>& read, std::string_view by,
                    std::string_view why);
  void publish(const rules::PublishedRate& rate);
  /// Lets time pass; false when nothing was due.
  bool let_time_pass();

  store::TurnBatch batch(std::span<const store::NewEvent> events) const { return {events, settlements_, turns_}; }
  const std::vector<store::Settlement>& settlements() const { return settlements_; }
  bool has_turns() const { return !turns_.empty(); }

 private:
  store::Turn next_turn(store::Turn::Kind kind) const;
  /// What happened to an event that was there before; `after`: how many of the batch's events were.
  void settle(rules::Step step, std::size_t after);
  store::Settlement& settlement_of(const rules::Step& step, std::size_t after, std::string_view input);

  BookKeeper& keeper_;
  const store::Store& store_;
  const Instant now_;
  std::set<store::EventKey> seen_;
  std::vector<store::Settlement> settlements_;
  std::vector<store::Turn> turns_;
};

}  // namespace glmap::gateway::posting
