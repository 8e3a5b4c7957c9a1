// SPDX-License-Identifier: Apache-2.0
// How much each line of a block posts: the amount it asks for, what its balance or open items give, what the lines
// above left, what the block lacks. Balances are those before the event, less what earlier lines of the same event took
// from them. Private to rules; lives on the stack of one decision.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/runtime/rules/scope.hpp"
#include "compiler/runtime/rules/watched_balances.hpp"

namespace glmap::rules {

/// The balances of a state as the lines of one event see them.
class BalanceView {
 public:
  BalanceView(const BookState& state, const WatchedBalances& watched) : state_(state), watched_(watched) {}

  const WatchedBalances& watched() const { return watched_; }
  /// What a line on `side` can take: what stands on the other side, zero when nothing does. Both amounts >= 0, save
  /// that a balance may carry a functional amount against its own sign.
  Balance available(const BalanceKey& key, const std::string& item, Side side) const;
  /// The items with something to take, oldest first.
  std::vector<std::pair<std::string, Balance>> open_items(const BalanceKey& key, Side side) const;
  /// A line at `place` takes: every balance that is kept of it sees that.
  void take(const WatchedBalances::Place& place, Side side, const Money& transaction, const Money& functional);

 private:
  const BookState& state_;
  const WatchedBalances& watched_;
  std::map<std::pair<BalanceKey, std::string>, std::pair<Int128, Int128>> taken_;  // minor units, debit positive
};

struct TakenLine {
  const PostingLine* posting = nullptr;
  Money asked;
  Money amount;                     // in the currency of the entry, towards the line's side
  std::optional<Money> functional;  // at carrying rate
  std::string item;                 // value of limit->item
};

class BlockTaker {
 public:
  BlockTaker(const PostBlock& block, std::uint32_t entity, Currency currency, Scope& scope, BalanceView& balances);

  /// In the order of the block. A line with a limit that takes nothing is left out; one without stands there with zero.
  /// Errors: GLM-7018 more than the balance where the book holds, or `rest` below zero; those of amounts and look-ups.
  Result<std::vector<TakenLine>> take();

 private:
  bool waits_for(const PostingLine& line, const std::vector<bool>& done) const;
  Status take_line(std::size_t index);
  Result<Money> asked(const PostingLine& line);
  Status take_rest(std::size_t index);
  Status take_same(std::size_t index);
  Status take_limited(std::size_t index, const Money& wanted);
  Result<std::optional<BalanceKey>> key_of(const PostingLine& line);
  Result<std::vector<Dimension>> dimensions_of(const PostingLine& line, const std::string& item);
  Result<Money> take_from(std::size_t index, const BalanceKey& key, const std::string& item, const Balance& available,
                          const Money& wanted);
  Result<Money> posted_by(const std::vector<std::uint32_t>& lines) const;
  std::string key_text(const PostingLine& line, const BalanceKey& key) const;
  std::unexpected<Error> too_much(const PostingLine& line, const std::string& what, const Money& wanted,
                                  const Money& there) const;

  const PostBlock& block_;
  std::uint32_t entity_;
  Currency currency_;
  Scope& scope_;
  BalanceView& balances_;
  Money asked_;                                // by the limited line that is taken now
  std::vector<std::vector<TakenLine>> taken_;  // by line of the block
};

}  // namespace glmap::rules
