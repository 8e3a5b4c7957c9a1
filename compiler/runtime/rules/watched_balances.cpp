// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/watched_balances.hpp"

#include <algorithm>

namespace glmap::rules {
namespace {

std::string value_of(const std::vector<Dimension>& dimensions, std::string_view dimension) {
  for (const Dimension& one : dimensions)
    if (one.name == dimension) return one.value;
  return {};
}

Status add_to(Money& sum, const Money& amount) {
  GLMAP_TRY(total, add(sum, amount));
  sum = total;
  return {};
}

}  // namespace

WatchedBalances::WatchedBalances(const RuleBook& book) : book_(book), of_role_(book.roles.size()) {
  for (const EventProgram& program : book.programs)
    for (const Rule& rule : program.rules) {
      for (const PostBlock& block : rule.blocks) add_block(block, program.ledger);
      for (const Recognition& recognition : rule.recognitions) add_block(recognition.block, program.ledger);
    }
}

void WatchedBalances::add_block(const PostBlock& block, std::uint32_t ledger) {
  for (const PostingLine& line : block.lines) {
    if (!line.limit) continue;
    const Watch watch{ledger, line.role, line.limit->keys, line.limit->item};
    auto found = std::find(watches_.begin(), watches_.end(), watch);
    const auto index = static_cast<std::uint32_t>(found - watches_.begin());
    of_line_[&line] = index;
    if (found != watches_.end()) continue;
    watches_.push_back(watch);
    of_role_[line.role].push_back(index);
    roles_[book_.roles[line.role].name] = line.role;
  }
}

std::uint32_t WatchedBalances::index_of(const PostingLine& line) const {
  return of_line_.at(&line);
}

std::vector<std::pair<BalanceKey, std::string>> WatchedBalances::balances_at(const Place& place) const {
  std::vector<std::pair<BalanceKey, std::string>> found;
  for (const std::uint32_t index : of_role_[place.role]) {
    const Watch& watch = watches_[index];
    if (watch.ledger != place.ledger) continue;
    BalanceKey key{index, place.entity, place.currency, {}};
    for (const std::string& name : watch.keys) key.values.push_back(value_of(place.dimensions, name));
    found.emplace_back(std::move(key), watch.item.empty() ? std::string() : value_of(place.dimensions, watch.item));
  }
  return found;
}

Status WatchedBalances::add_line(const JournalEntryDraft& entry, const Place& place, const JournalLine& line,
                                 Moves& moves) const {
  const bool adds = (line.side == Side::debit) != entry.storno;
  const Money transaction = adds ? line.transaction : line.transaction.negated();
  const Money functional = adds ? line.functional : line.functional.negated();
  for (auto& balance : balances_at(place)) {
    auto [at, added] =
        moves.try_emplace(balance, balance.first, balance.second, transaction, functional, entry.document_date);
    if (added) continue;
    GLMAP_CHECK(add_to(at->second.transaction, transaction));
    GLMAP_CHECK(add_to(at->second.functional, functional));
  }
  return {};
}

Result<std::vector<BalanceMove>> WatchedBalances::moves(const std::vector<JournalEntry>& entries,
                                                        const BookState& state) const {
  std::vector<BalanceMove> result;
  if (watches_.empty()) return result;
  Moves moves;
  for (const JournalEntry& entry : entries) {
    const auto entity = book_.catalog.entity_index(entry.data().entity);
    const auto ledger = std::find(book_.ledgers.begin(), book_.ledgers.end(), entry.data().ledger);
    GLMAP_ASSERT(entity.has_value());
    for (const JournalLine& line : entry.lines()) {
      const auto role = roles_.find(line.role);
      if (role == roles_.end()) continue;
      const Place place{static_cast<std::uint32_t>(ledger - book_.ledgers.begin()), role->second, *entity,
                        entry.data().currency, line.dimensions};
      GLMAP_CHECK(add_line(entry.data(), place, line, moves));
    }
  }
  for (auto& [key, move] : moves) {
    const ItemBalances* known = state.balances(move.key);
    const auto before = known == nullptr ? nullptr : known->find(move.item);
    if (before != nullptr) {
      GLMAP_CHECK(add(before->transaction, move.transaction));
      GLMAP_CHECK(add(before->functional, move.functional));
    }
    result.push_back(std::move(move));
  }
  return result;
}

}  // namespace glmap::rules
