// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/book_state.hpp"

#include <algorithm>

namespace glmap::rules {
namespace {

constexpr std::int64_t kDayMicros = std::int64_t{24} * 60 * 60 * 1'000'000;

/// The sum of two amounts whose sum the evaluator has made before.
Money sum_of(const Money& a, const Money& b) {
  auto sum = add(a, b);
  GLMAP_ASSERT(sum.has_value());
  return *sum;
}

bool has_passed(const Deadline& deadline, const Clock& clock, bool whole_day) {
  if (deadline.at < clock.now) return true;
  if (!whole_day) return false;
  const auto day = civil_date(deadline.at, deadline.zone);
  return day && *day <= clock.day;
}

/// The first of `queue` whose deadline has passed. Days of different zones are not in the order of their ends, so a few
/// that have not passed may stand before one that has.
template <class Item>
const Item* first_passed(const std::set<std::pair<Instant, std::uint64_t>>& queue,
                         const std::map<std::uint64_t, Item>& items, const Clock& clock, bool whole_day) {
  const Instant end_of_day{(std::int64_t{clock.day.days()} + 2) * kDayMicros};
  for (const auto& [at, number] : queue) {
    if (at >= clock.now && (!whole_day || at > end_of_day)) return nullptr;
    const Item& item = items.at(number);
    if (has_passed(item.deadline, clock, whole_day)) return &item;
  }
  return nullptr;
}

}  // namespace

const Balance* ItemBalances::find(const std::string& item) const {
  const auto found = all.find(item);
  return found == all.end() ? nullptr : &found->second;
}

const ScheduleEntry* OpenSchedule::next(std::size_t* index) const {
  const std::vector<ScheduleEntry>& entries = schedule->plan.entries;
  for (std::size_t i = progress.posted.entries; i < entries.size(); ++i) {
    if (entries[i].amount.is_zero()) continue;
    if (index != nullptr) *index = i;
    return &entries[i];
  }
  return nullptr;
}

bool StateChange::empty() const {
  return !clock && balances.empty() && posted.empty() && reversed.empty() && series.empty() && schedules.empty() &&
         progress.empty() && ended.empty() && arrived.empty() && !waits && !waits_no_more && expects.empty() && !missed;
}

void BookState::apply(StateChange change) {
  if (change.clock) {
    clock_.day = std::max(clock_.day, change.clock->day);
    clock_.now = std::max(clock_.now, change.clock->now);
  }
  for (const BalanceMove& one : change.balances) move(one);
  for (PostedEntry& entry : change.posted) posted_[entry.object].push_back(std::move(entry));
  for (const auto& [object, reference] : change.reversed)
    for (PostedEntry& entry : posted_[object])
      if (entry.reference == reference) entry.reversed = true;
  for (auto& [series, next] : change.series) series_[std::move(series)] = next;
  for (const std::uint64_t id : change.ended) end_schedule(id);
  for (OpenSchedule& open : change.schedules) put_schedule(std::move(open));
  for (const auto& [id, progress] : change.progress) set_progress(id, progress);
  if (change.waits_no_more) stop_waiting(*change.waits_no_more);
  if (change.missed) stop_expecting(*change.missed);
  for (const Arrival& arrival : change.arrived) arrive(arrival);
  if (change.waits) {
    WaitingEvent& added = waiting_[change.waits->number] = std::move(*change.waits);
    for (const Arrival& missing : added.missing) waiting_for_[missing].insert(added.number);
    waiting_until_.emplace(added.deadline.at, added.number);
    next_number_ = added.number + 1;
  }
  for (PendingExpectation& expectation : change.expects) {
    expecting_[expectation.expected].insert(expectation.number);
    expected_until_.emplace(expectation.deadline.at, expectation.number);
    next_number_ = expectation.number + 1;
    expected_[expectation.number] = std::move(expectation);
  }
}

// ---- balances -------------------------------------------------------------------------------------------------------

void BookState::move(const BalanceMove& move) {
  ItemBalances& items = balances_[move.key];
  auto [at, added] = items.all.try_emplace(move.item);
  Balance& balance = at->second;
  if (added) {
    balance = {move.transaction, move.functional, move.document_date};
  } else {
    balance.transaction = sum_of(balance.transaction, move.transaction);
    balance.functional = sum_of(balance.functional, move.functional);
  }
  if (balance.transaction.is_zero())
    items.open.erase({balance.since, move.item});
  else
    items.open.emplace(balance.since, move.item);
}

const ItemBalances* BookState::balances(const BalanceKey& key) const {
  const auto found = balances_.find(key);
  return found == balances_.end() ? nullptr : &found->second;
}

void BookState::publish(const PublishedRate& rate) {
  rates_[{rate.source, rate.from, rate.to}][rate.date] = rate.rate;
}

std::optional<std::pair<Date, Decimal>> BookState::rate(std::string_view source, Currency from, Currency to,
                                                        Date day) const {
  const auto known = rates_.find({std::string(source), from, to});
  if (known == rates_.end()) return std::nullopt;
  auto after = known->second.upper_bound(day);
  if (after == known->second.begin()) return std::nullopt;
  return *--after;
}

// ---- posted entries -------------------------------------------------------------------------------------------------

const std::vector<PostedEntry>& BookState::posted(const LedgerObject& object) const {
  static const std::vector<PostedEntry> kNone;
  const auto found = posted_.find(object);
  return found == posted_.end() ? kNone : found->second;
}

std::uint32_t BookState::next_entry(const EntrySeries& series) const {
  const auto found = series_.find(series);
  return found == series_.end() ? 0 : found->second;
}

// ---- schedules ------------------------------------------------------------------------------------------------------

const OpenSchedule& BookState::schedule(std::uint64_t id) const {
  return schedules_.at(id);
}

void BookState::put_schedule(OpenSchedule open) {
  const std::uint64_t id = open.id;
  if (schedules_.contains(id)) end_schedule(id);
  next_schedule_ = std::max(next_schedule_, id + 1);
  const RevenueSchedule& schedule = *open.schedule;
  if (!schedule.key.values.empty()) by_key_[schedule.key].insert(id);
  for (const ScheduleStatement& statement : schedule.statements)
    if (!statement.event->object.empty()) by_object_[{schedule.key.ledger, statement.event->object}].insert(id);
  schedules_[id] = std::move(open);
  set_progress(id, ScheduleProgress(schedules_[id].progress));
}

void BookState::set_progress(std::uint64_t id, const ScheduleProgress& progress) {
  OpenSchedule& open = schedules_.at(id);
  if (const ScheduleEntry* next = open.next()) due_.erase({next->posting_date, id});
  open.progress = progress;
  if (const ScheduleEntry* next = open.next(); next != nullptr && !progress.blocked)
    due_.emplace(next->posting_date, id);
}

void BookState::end_schedule(std::uint64_t id) {
  const OpenSchedule& open = schedules_.at(id);
  if (const ScheduleEntry* next = open.next()) due_.erase({next->posting_date, id});
  const auto forget = [id](auto& index, const auto& key) {
    const auto found = index.find(key);
    if (found == index.end()) return;
    found->second.erase(id);
    if (found->second.empty()) index.erase(found);
  };
  forget(by_key_, open.schedule->key);
  for (const ScheduleStatement& statement : open.schedule->statements)
    forget(by_object_, LedgerObject{open.schedule->key.ledger, statement.event->object});
  schedules_.erase(id);
}

std::vector<std::uint64_t> BookState::schedules_for(const ScheduleKey& key) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::vector<std::uint64_t> BookState::schedules_of(const LedgerObject& object) const {
  const auto found = by_object_.find(object);
  if (found == by_object_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::optional<std::uint64_t> BookState::schedule_due(Date day) const {
  if (due_.empty() || due_.begin()->first > day) return std::nullopt;
  return due_.begin()->second;
}

// ---- order and expectations -----------------------------------------------------------------------------------------

void BookState::arrive(const Arrival& arrival) {
  arrived_.insert(arrival);
  if (const auto found = waiting_for_.find(arrival); found != waiting_for_.end()) {
    for (const std::uint64_t number : found->second) {
      WaitingEvent& waiting = waiting_.at(number);
      waiting.missing.erase(arrival);
      if (waiting.missing.empty()) ready_.insert(number);
    }
    waiting_for_.erase(found);
  }
  if (const auto found = expecting_.find(arrival); found != expecting_.end())
    for (const std::uint64_t number : std::set<std::uint64_t>(found->second)) stop_expecting(number);
}

void BookState::stop_waiting(std::uint64_t number) {
  const WaitingEvent& waiting = waiting_.at(number);
  for (const Arrival& missing : waiting.missing) waiting_for_[missing].erase(number);
  waiting_until_.erase({waiting.deadline.at, number});
  ready_.erase(number);
  waiting_.erase(number);
}

void BookState::stop_expecting(std::uint64_t number) {
  const PendingExpectation& expectation = expected_.at(number);
  const auto found = expecting_.find(expectation.expected);
  GLMAP_ASSERT(found != expecting_.end());
  found->second.erase(number);
  if (found->second.empty()) expecting_.erase(found);
  expected_until_.erase({expectation.deadline.at, number});
  expected_.erase(number);
}

const WaitingEvent* BookState::ready() const {
  return ready_.empty() ? nullptr : &waiting_.at(*ready_.begin());
}

const WaitingEvent* BookState::expired(const Clock& clock, bool whole_day) const {
  return first_passed(waiting_until_, waiting_, clock, whole_day);
}

const PendingExpectation* BookState::missed(const Clock& clock, bool whole_day) const {
  return first_passed(expected_until_, expected_, clock, whole_day);
}

}  // namespace glmap::rules
