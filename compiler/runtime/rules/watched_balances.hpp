// SPDX-License-Identifier: Apache-2.0
// Which balances a book asks for: only those are kept. Built once from the limits of the book's lines; turns journal
// entries into moves of those balances. Private to rules; read by any thread after construction.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/runtime/rules/book_state.hpp"
#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::rules {

class WatchedBalances {
 public:
  struct Watch {
    std::uint32_t ledger = 0;
    std::uint32_t role = 0;
    std::vector<std::string> keys;
    std::string item;  // empty: one balance a key
    friend bool operator==(const Watch&, const Watch&) = default;
  };

  explicit WatchedBalances(const RuleBook& book);

  bool empty() const { return watches_.empty(); }
  std::uint32_t size() const { return static_cast<std::uint32_t>(watches_.size()); }
  const Watch& watch(std::uint32_t index) const { return watches_[index]; }
  /// Of a line of the book that has a limit.
  std::uint32_t index_of(const PostingLine& line) const;

  /// A line of a journal entry as far as balances are concerned.
  struct Place {
    std::uint32_t ledger = 0, role = 0, entity = 0;
    Currency currency;
    const std::vector<Dimension>& dimensions;
  };
  /// Every balance that a line at `place` moves, with its item.
  std::vector<std::pair<BalanceKey, std::string>> balances_at(const Place& place) const;

  /// What the entries move, one move a balance, in the order of BalanceKey and item.
  /// Errors: GLM-7008 when a balance of `state` would leave the exact range.
  Result<std::vector<BalanceMove>> moves(const std::vector<JournalEntry>& entries, const BookState& state) const;

 private:
  using Moves = std::map<std::pair<BalanceKey, std::string>, BalanceMove>;
  void add_block(const PostBlock& block, std::uint32_t ledger);
  Status add_line(const JournalEntryDraft& entry, const Place& place, const JournalLine& line, Moves& moves) const;

  const RuleBook& book_;
  std::vector<Watch> watches_;
  std::unordered_map<const PostingLine*, std::uint32_t> of_line_;
  std::vector<std::vector<std::uint32_t>> of_role_;          // by role: watches
  std::map<std::string, std::uint32_t, std::less<>> roles_;  // those that are watched, by name
};

}  // namespace glmap::rules
