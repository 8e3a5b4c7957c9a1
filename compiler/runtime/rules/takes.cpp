// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/takes.hpp"

#include <algorithm>

#include "compiler/runtime/rules/amounts.hpp"
#include "compiler/runtime/rules/rates.hpp"

namespace glmap::rules {
namespace {

Money towards(Side side, const Money& debit_positive) {
  return side == Side::debit ? debit_positive : debit_positive.negated();
}

Money plus(const Money& balance, Int128 minor) {
  return Money::from_minor(balance.minor() + minor, balance.currency());
}

}  // namespace

// ---- the balances that the lines of an event see --------------------------------------------------------------------

Balance BalanceView::available(const BalanceKey& key, const std::string& item, Side side) const {
  const ItemBalances* items = state_.balances(key);
  const Balance* known = items == nullptr ? nullptr : items->find(item);
  if (known == nullptr) return {Money::zero(key.currency), Money::zero(key.currency), {}};
  Balance balance = *known;
  if (const auto taken = taken_.find({key, item}); taken != taken_.end()) {
    balance.transaction = plus(balance.transaction, taken->second.first);
    balance.functional = plus(balance.functional, taken->second.second);
  }
  const Money there = towards(opposite(side), balance.transaction);
  if (there.is_negative() || there.is_zero())
    return {Money::zero(key.currency), Money::zero(balance.functional.currency()), balance.since};
  return {there, towards(opposite(side), balance.functional), balance.since};
}

std::vector<std::pair<std::string, Balance>> BalanceView::open_items(const BalanceKey& key, Side side) const {
  std::vector<std::pair<std::string, Balance>> found;
  const ItemBalances* items = state_.balances(key);
  if (items == nullptr) return found;
  for (const auto& [since, item] : items->open)
    if (Balance balance = available(key, item, side); !balance.transaction.is_zero())
      found.emplace_back(item, std::move(balance));
  return found;
}

void BalanceView::take(const WatchedBalances::Place& place, Side side, const Money& transaction,
                       const Money& functional) {
  for (auto& balance : watched_.balances_at(place)) {
    auto& [taken, carried] = taken_[std::move(balance)];
    taken += towards(side, transaction).minor();
    carried += towards(side, functional).minor();
  }
}

// ---- one block ------------------------------------------------------------------------------------------------------

BlockTaker::BlockTaker(const PostBlock& block, std::uint32_t entity, Currency currency, Scope& scope,
                       BalanceView& balances)
    : block_(block),
      entity_(entity),
      currency_(currency),
      scope_(scope),
      balances_(balances),
      taken_(block.lines.size()) {}

/// `rest` is what the others leave; lines that look at it come after it.
bool BlockTaker::waits_for(const PostingLine& line, const std::vector<bool>& done) const {
  return std::any_of(line.after.begin(), line.after.end(), [&](std::uint32_t before) { return !done[before]; });
}

Result<std::vector<TakenLine>> BlockTaker::take() {
  std::vector<bool> done(block_.lines.size(), false);
  for (const bool rest : {false, true, false})
    for (std::size_t i = 0; i < block_.lines.size(); ++i) {
      const PostingLine& line = block_.lines[i];
      if (done[i] || (line.take == PostingLine::Take::rest) != rest || waits_for(line, done)) continue;
      GLMAP_CHECK(take_line(i));
      done[i] = true;
    }
  std::vector<TakenLine> all;
  for (std::vector<TakenLine>& lines : taken_) std::move(lines.begin(), lines.end(), std::back_inserter(all));
  return all;
}

Status BlockTaker::take_line(std::size_t index) {
  const PostingLine& line = block_.lines[index];
  if (line.take == PostingLine::Take::rest) return take_rest(index);
  if (line.take == PostingLine::Take::same) return take_same(index);
  GLMAP_TRY(wanted, asked(line));
  if (line.limit) return take_limited(index, wanted);
  taken_[index].push_back({&line, wanted, wanted, std::nullopt, {}});
  return {};
}

Result<Money> BlockTaker::asked(const PostingLine& line) {
  GLMAP_TRY(amount, evaluate(line.amount, scope_, currency_));
  if (line.take != PostingLine::Take::rest_of) return amount;
  GLMAP_TRY(before, posted_by(line.after));
  return subtract(amount, before);
}

Result<Money> BlockTaker::posted_by(const std::vector<std::uint32_t>& lines) const {
  Money sum = Money::zero(currency_);
  for (const std::uint32_t before : lines)
    for (const TakenLine& taken : taken_[before]) {
      GLMAP_TRY(more, add(sum, taken.amount));
      sum = more;
    }
  return sum;
}

Status BlockTaker::take_rest(std::size_t index) {
  const PostingLine& line = block_.lines[index];
  Money missing = Money::zero(currency_);
  for (const std::vector<TakenLine>& lines : taken_)
    for (const TakenLine& taken : lines) {
      GLMAP_TRY(next, add(missing, taken.posting->side == line.side ? taken.amount.negated() : taken.amount));
      missing = next;
    }
  if (missing.is_negative())
    return fail(ErrorCode::BalanceExceeded,
                "the other lines of the entry leave " + missing.amount_text() + " for the rest in `" +
                    scope_.context().book.roles[line.role].name + "`",
                "correct the amounts of the event at its source", line.where);
  taken_[index].push_back({&line, missing, missing, std::nullopt, {}});
  return {};
}

Status BlockTaker::take_same(std::size_t index) {
  const PostingLine& line = block_.lines[index];
  TakenLine same{&line, Money::zero(currency_), Money::zero(currency_), std::nullopt, {}};
  for (const TakenLine& taken : taken_[line.after.front()]) {
    GLMAP_TRY(sum, add(same.amount, taken.amount));
    same.amount = same.asked = sum;
    if (!taken.functional) continue;
    GLMAP_TRY(worth, same.functional ? add(*same.functional, *taken.functional) : Result<Money>(*taken.functional));
    same.functional = worth;
  }
  taken_[index].push_back(std::move(same));
  return {};
}

/// nullopt: the event carries no value for one of the keys, so there is no such balance.
Result<std::optional<BalanceKey>> BlockTaker::key_of(const PostingLine& line) {
  BalanceKey key{balances_.watched().index_of(line), entity_, currency_, {}};
  for (const std::string& name : line.limit->keys) {
    const auto source = std::ranges::find(line.dimensions, name, &DimensionSource::name);
    GLMAP_ASSERT(source != line.dimensions.end());
    GLMAP_TRY(value, scope_.text(source->value));
    if (value.empty()) return std::optional<BalanceKey>();
    key.values.push_back(std::move(value));
  }
  return std::optional<BalanceKey>(std::move(key));
}

Status BlockTaker::take_limited(std::size_t index, const Money& wanted) {
  const PostingLine& line = block_.lines[index];
  const BalanceLimit& limit = *line.limit;
  if (wanted.is_negative() && limit.else_hold)
    return fail(ErrorCode::BalanceExceeded,
                "nothing is taken from `" + scope_.context().book.roles[line.role].name +
                    "` for a negative amount, the event asks for " + wanted.amount_text(),
                "correct the amount of the event at its source, or reverse what it corrects", line.where);
  if (wanted.is_zero() || wanted.is_negative()) return {};
  asked_ = wanted;
  GLMAP_TRY(found, key_of(line));
  if (!found && limit.else_hold)
    return too_much(line, "the event does not say whose balance is meant", wanted, Money::zero(currency_));
  if (!found) return {};
  const BalanceKey& key = *found;
  Money left = wanted;
  if (limit.item.empty()) {
    GLMAP_TRY(rest, take_from(index, key, {}, balances_.available(key, {}, line.side), left));
    left = rest;
  } else {
    for (const auto& [item, there] : balances_.open_items(key, line.side)) {
      if (left.is_zero()) break;
      if (limit.order == BalanceLimit::Order::same_amount && there.transaction != wanted) continue;
      GLMAP_TRY(rest, take_from(index, key, item, there, left));
      left = rest;
    }
  }
  if (left.is_zero() || !limit.else_hold) return {};
  GLMAP_TRY(there, subtract(wanted, left));
  return too_much(line, key_text(line, key), wanted, there);
}

/// What of `wanted` is left.
Result<Money> BlockTaker::take_from(std::size_t index, const BalanceKey& key, const std::string& item,
                                    const Balance& available, const Money& wanted) {
  const PostingLine& line = block_.lines[index];
  const EventContext& context = scope_.context();
  const Money amount = available.transaction.minor() < wanted.minor() ? available.transaction : wanted;
  if (context.trace != nullptr)
    context.trace->push_back({scope_.line(), std::string(to_text(line.side)) + " " + context.book.roles[line.role].name,
                              "took " + amount.amount_text() + " of the balance " +
                                  available.transaction.amount_text() + " of " + key_text(line, key) +
                                  (item.empty() ? "" : ", " + line.limit->item + " " + item),
                              line.where, !amount.is_zero()});
  if (amount.is_zero()) return wanted;
  GLMAP_TRY(functional, pro_rata(available.functional, amount.minor(), available.transaction.minor(),
                                 conversion_mode(context.book)));
  GLMAP_TRY(dimensions, dimensions_of(line, item));
  balances_.take({context.program.ledger, line.role, entity_, currency_, dimensions}, line.side, amount, functional);
  taken_[index].push_back({&line, asked_, amount, std::nullopt, item});
  if (line.at_carrying_rate) taken_[index].back().functional = functional;
  return subtract(wanted, amount);
}

Result<std::vector<Dimension>> BlockTaker::dimensions_of(const PostingLine& line, const std::string& item) {
  std::vector<Dimension> dimensions;
  for (const DimensionSource& source : line.dimensions) {
    if (source.name == line.limit->item) continue;
    GLMAP_TRY(value, scope_.text(source.value));
    dimensions.push_back({source.name, std::move(value)});
  }
  if (!line.limit->item.empty()) dimensions.push_back({line.limit->item, item});
  return dimensions;
}

std::string BlockTaker::key_text(const PostingLine& line, const BalanceKey& key) const {
  std::string text = scope_.context().book.roles[line.role].name;
  for (std::size_t i = 0; i < key.values.size(); ++i)
    text += (i == 0 ? " for " : ", ") + line.limit->keys[i] + " " + key.values[i];
  return text;
}

std::unexpected<Error> BlockTaker::too_much(const PostingLine& line, const std::string& what, const Money& wanted,
                                            const Money& there) const {
  return fail(ErrorCode::BalanceExceeded,
              what + ": the balance is " + there.to_text() + ", the event asks for " + wanted.amount_text(),
              "send what belongs before this event, or correct its amount, then retry", line.where);
}

}  // namespace glmap::rules
