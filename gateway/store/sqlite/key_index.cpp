// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/key_index.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "gateway/store/decision_parts.hpp"
#include "gateway/store/sqlite/checked_rows.hpp"

namespace glmap::gateway::store {

Result<KeyIndex> KeyIndex::open(const Database& database, std::string name, KeyIndexSettings settings) {
  KeyIndex index(database, std::move(name), settings);
  GLMAP_CHECK(index.prepare());
  GLMAP_CHECK(index.load());
  return index;
}

Status KeyIndex::prepare() {
  const auto make = [this](Statement& into, const std::string& sql) -> Status {
    GLMAP_TRY(statement, database_->prepare(sql));
    into = std::move(statement);
    return {};
  };
  const std::string runs = name_ + "_key_runs", parts = name_ + "_key_parts";
  GLMAP_CHECK(make(insert_keys_, "INSERT INTO " + name_ + "_keys VALUES (?1,?2)"));
  GLMAP_CHECK(make(insert_run_, checked_insert(runs)));
  GLMAP_CHECK(make(update_run_, checked_update(runs, {{"into_run", "?2"}, {"done", "?3"}}, "number=?1")));
  GLMAP_CHECK(make(delete_run_, "DELETE FROM " + runs + " WHERE number=?1"));
  GLMAP_CHECK(make(read_part_, "SELECT entries FROM " + parts + " WHERE place=?1"));
  GLMAP_CHECK(make(insert_part_, "INSERT INTO " + parts + " VALUES (?1,?2)"));
  return make(delete_part_, "DELETE FROM " + parts + " WHERE place=?1");
}

Status KeyIndex::load() {
  runs_.clear();
  recent_.clear();
  next_run_ = 1;
  std::int64_t through = 0;
  GLMAP_TRY(run, database_->prepare("SELECT number, bits, keys, last, into_run, done FROM " + name_ +
                                    "_key_runs ORDER BY number"));
  while (true) {
    GLMAP_TRY(more, run.step());
    if (!more) break;
    auto next = std::make_unique<Run>();
    next->number = run.integer(0);
    next->bits = static_cast<int>(run.integer(1));
    next->keys = run.integer(2);
    next->last = run.integer(3);
    next->into = run.integer(4);
    next->done = run.integer(5);
    through = std::max(through, next->last);
    next_run_ = next->number + 1;
    runs_.push_back(std::move(next));
  }
  for (const auto& each : runs_) GLMAP_CHECK(load_filter(*each));
  GLMAP_TRY(row, database_->prepare("SELECT first, keys FROM " + name_ + "_keys WHERE first > ?1 ORDER BY first"));
  row.integer(1, through);
  while (true) {
    GLMAP_TRY(more, row.step());
    if (!more) break;
    const std::string_view keys = row.view(1);
    EventKey key;
    for (std::size_t at = 0; at + key.size() <= keys.size(); at += key.size()) {
      std::copy_n(keys.begin() + static_cast<std::ptrdiff_t>(at), key.size(), key.begin());
      recent_.emplace(key, row.integer(0) + static_cast<std::int64_t>(at / key.size()));
    }
  }
  runs_changed_ = stale_ = false;
  return {};
}

Status KeyIndex::load_filter(Run& run) {
  run.filter = KeyFilter(run.keys);
  GLMAP_TRY(part, database_->prepare("SELECT entries FROM " + name_ + "_key_parts WHERE place >= ?1 AND place < ?2"));
  part.integer(1, place_of(run.number, 0)).integer(2, place_of(run.number + 1, 0));
  while (true) {
    GLMAP_TRY(more, part.step());
    if (!more) return {};
    const auto entries = read_part(part.view(0));
    if (!entries) return fail(ErrorCode::StoreCorrupt, "a part of the keys' runs is damaged", "run glmapd verify");
    for (const KeyEntry& entry : *entries) run.filter.add(entry.key);
  }
}

Result<std::optional<std::int64_t>> KeyIndex::find(const EventKey& key) {
  if (stale_) GLMAP_CHECK(load());
  if (const auto at = recent_.find(key); at != recent_.end()) return at->second;
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {  // repeats are mostly of what came lately
    if (!(*run)->filter.may_hold(key)) continue;
    read_part_.integer(1, place_of((*run)->number, top_bits(key, (*run)->bits)));
    GLMAP_TRY(there, read_part_.step());  // a part that was moved, or not yet filled, is not there
    if (!there) continue;
    const auto number = find_in_part(read_part_.view(0), key);
    read_part_.reset();
    if (number) return number;
  }
  return std::nullopt;
}

void KeyIndex::add(const EventKey& key, std::int64_t number) {
  if (added_.empty()) first_added_ = number;
  GLMAP_ASSERT(number == first_added_ + static_cast<std::int64_t>(added_.size()));
  added_.push_back(key);
  const bool fresh = recent_.emplace(key, number).second;
  GLMAP_ASSERT(fresh);
}

Status KeyIndex::write() {
  if (added_.empty()) return {};
  std::string keys;
  keys.reserve(added_.size() * sizeof(EventKey));
  for (const EventKey& key : added_) keys += bytes_of(key);
  GLMAP_CHECK(insert_keys_.integer(1, first_added_).blob(2, keys).run());
  if (recent_.size() >= std::size_t{1} << settings_.run_bits) GLMAP_CHECK(make_run());
  return work_merges(static_cast<std::int64_t>(added_.size()));
}

void KeyIndex::keep() {
  added_.clear();
  runs_changed_ = false;
}

void KeyIndex::forget() {
  stale_ = stale_ || runs_changed_;
  runs_changed_ = false;
  if (!stale_) {
    for (const EventKey& key : added_) recent_.erase(key);
  }
  added_.clear();
}

/// All that is in memory becomes a run: it holds the keys of every number up to the last.
Status KeyIndex::make_run() {
  runs_changed_ = true;
  std::vector<KeyEntry> entries;
  entries.reserve(recent_.size());
  for (const auto& [key, number] : recent_) entries.push_back({key, number});
  std::ranges::sort(entries);
  auto run = std::make_unique<Run>();
  run->number = next_run_++;
  run->keys = static_cast<std::int64_t>(entries.size());
  run->last = first_added_ + static_cast<std::int64_t>(added_.size()) - 1;
  run->bits = std::max(0, static_cast<int>(std::bit_width(entries.size())) - 1 - settings_.part_bits);
  run->filter = KeyFilter(run->keys);
  const KeyEntry* from = entries.data();
  const KeyEntry* const end = from + entries.size();
  while (from != end) {
    const std::uint64_t part = top_bits(from->key, run->bits);
    const KeyEntry* until = from;
    while (until != end && top_bits(until->key, run->bits) == part) ++until;
    GLMAP_CHECK(write_part(*run, part, from, until));
    from = until;
  }
  GLMAP_CHECK(write_run(*run));
  runs_.push_back(std::move(run));
  recent_.clear();
  return begin_merges();
}

Status KeyIndex::write_part(Run& run, std::uint64_t part, const KeyEntry* from, const KeyEntry* until) {
  for (const KeyEntry* entry = from; entry != until; ++entry) run.filter.add(entry->key);
  const std::string bytes = part_bytes(from, until);
  return insert_part_.integer(1, place_of(run.number, part)).blob(2, bytes).run();
}

Status KeyIndex::write_run(const Run& run) {
  insert_run_.integer(1, run.number).integer(2, run.bits).integer(3, run.keys).integer(4, run.last);
  return insert_run_.integer(5, run.into).integer(6, run.done).run();
}

bool KeyIndex::is_merging(const Run& run) const {
  return std::ranges::any_of(runs_, [&](const auto& each) { return each->into == run.number; });
}

std::vector<KeyIndex::Run*> KeyIndex::sources_of(const Run& target) {
  std::vector<Run*> sources;
  for (const auto& each : runs_) {
    if (each->into == target.number) sources.push_back(each.get());
  }
  return sources;
}

/// Where enough runs of one size stand side by side, they are to become one.
Status KeyIndex::begin_merges() {
  const std::size_t fan = std::size_t{1} << settings_.fan_bits;
  std::map<int, std::vector<Run*>> by_size;
  for (const auto& run : runs_) {
    if (!is_source(*run) && !is_merging(*run)) by_size[run->bits].push_back(run.get());
  }
  for (auto& [bits, runs] : by_size) {
    if (runs.size() < fan) continue;
    runs.resize(fan);
    auto target = std::make_unique<Run>();
    target->number = next_run_++;
    target->bits = bits + settings_.fan_bits;
    for (Run* run : runs) {
      run->into = target->number;
      target->keys += run->keys;
      target->last = std::max(target->last, run->last);
      GLMAP_CHECK(update_run_.integer(1, run->number).integer(2, run->into).integer(3, 0).run());
    }
    target->filter = KeyFilter(target->keys);
    GLMAP_CHECK(write_run(*target));
    runs_.push_back(std::move(target));
  }
  return {};
}

/// Moves twice as many keys as came: a merge ends long before the next one of its size begins.
Status KeyIndex::work_merges(std::int64_t added) {
  for (std::size_t index = 0; index < runs_.size(); ++index) {
    Run* target = runs_[index].get();
    if (!is_merging(*target)) continue;
    target->credit += 2 * added;
    while (target->credit > 0 && is_merging(*target)) GLMAP_CHECK(merge_part(*target));
  }
  return {};
}

/// One part of each source becomes `fan` parts of the target.
Status KeyIndex::merge_part(Run& target) {
  runs_changed_ = true;
  const std::vector<Run*> sources = sources_of(target);
  const int source_bits = sources.front()->bits;
  const auto part = static_cast<std::uint64_t>(target.done);
  std::vector<KeyEntry> entries;
  for (const Run* source : sources) {
    read_part_.integer(1, place_of(source->number, part));
    GLMAP_TRY(there, read_part_.step());
    if (!there) continue;
    const auto read = read_part(read_part_.view(0));
    read_part_.reset();
    if (!read) return fail(ErrorCode::StoreCorrupt, "a part of the keys' runs is damaged", "run glmapd verify");
    entries.insert(entries.end(), read->begin(), read->end());
    GLMAP_CHECK(delete_part_.integer(1, place_of(source->number, part)).run());
  }
  std::ranges::sort(entries);
  const KeyEntry* from = entries.data();
  const KeyEntry* const end = from + entries.size();
  while (from != end) {
    const std::uint64_t into = top_bits(from->key, target.bits);
    const KeyEntry* until = from;
    while (until != end && top_bits(until->key, target.bits) == into) ++until;
    GLMAP_CHECK(write_part(target, into, from, until));
    from = until;
  }
  target.credit -= static_cast<std::int64_t>(entries.size());
  target.done += 1;
  const bool complete = target.done == std::int64_t{1} << source_bits;
  if (complete) {
    for (const Run* source : sources) GLMAP_CHECK(delete_run_.integer(1, source->number).run());
    std::erase_if(runs_, [&](const auto& run) { return run->into == target.number; });
    target.done = target.credit = 0;
  }
  return update_run_.integer(1, target.number).integer(2, target.into).integer(3, target.done).run();
}

}  // namespace glmap::gateway::store
