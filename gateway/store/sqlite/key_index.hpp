// SPDX-License-Identifier: Apache-2.0
// Which number stands under a 128-bit key: exact, durable, and without one large B-tree with random keys, whose every
// insert would write a page of its own. Keys are kept as they come (NAME_keys); the newest are in memory; 65,536 of
// them make a sorted run, and sixteen runs of one size are merged into one, a little with each commit. A filter before
// each run lets most searches pass it by. Not the rows the numbers stand for. Belongs to the writer and its thread; a
// reader searches the tables by itself (Reader::find_key). After `open` nothing is read but parts of runs.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/sqlite/key_parts.hpp"

namespace glmap::gateway::store {

struct KeyIndexSettings {
  int run_bits = 16;  // log2 of the keys that make a run
  int part_bits = 6;  // log2 of the keys in one part of a run, on average
  int fan_bits = 4;   // log2 of the runs that are merged into one
};

class KeyIndex {
 public:
  /// `name`: "event" or "entry". `database` must outlive the index.
  static Result<KeyIndex> open(const Database& database, std::string name, KeyIndexSettings settings);

  /// Sees what was added in this transaction. Errors: GLM-8001, GLM-8002.
  Result<std::optional<std::int64_t>> find(const EventKey& key);
  /// Numbers grow by one. The key is new: asked for before.
  void add(const EventKey& key, std::int64_t number);

  /// Before COMMIT, and what follows it. After `forget` what the transaction added is gone.
  Status write();
  void keep();
  void forget();

 private:
  struct Run {
    std::int64_t number = 0, keys = 0, last = 0;  // `last`: the highest number in it or in any run before it
    int bits = 0;                                 // log2 of its parts
    std::int64_t into = 0;                        // run that it is merged into, or 0
    std::int64_t done = 0;                        // of a merge under way: parts of its sources that are moved
    std::int64_t credit = 0;                      // keys that the merge should have moved by now
    KeyFilter filter;
  };
  struct TakeBytes {
    std::size_t operator()(const EventKey& key) const noexcept { return static_cast<std::size_t>(top_bits(key, 32)); }
  };

  KeyIndex(const Database& database, std::string name, KeyIndexSettings settings)
      : database_(&database), name_(std::move(name)), settings_(settings) {}
  Status prepare();
  Status load();
  Status load_filter(Run& run);
  Status make_run();
  Status write_part(Run& run, std::uint64_t part, const KeyEntry* from, const KeyEntry* until);
  Status write_run(const Run& run);
  bool is_source(const Run& run) const { return run.into != 0; }
  bool is_merging(const Run& run) const;
  std::vector<Run*> sources_of(const Run& target);
  Status begin_merges();
  Status work_merges(std::int64_t added);
  Status merge_part(Run& target);

  const Database* database_;
  std::string name_;
  KeyIndexSettings settings_;
  std::vector<std::unique_ptr<Run>> runs_;                        // by number
  std::unordered_map<EventKey, std::int64_t, TakeBytes> recent_;  // in no run yet
  std::vector<EventKey> added_;                                   // in this transaction
  std::int64_t first_added_ = 0, next_run_ = 1;
  bool runs_changed_ = false;  // in this transaction
  bool stale_ = false;         // a transaction that changed runs was undone: what is in memory is not what is stored
  Statement insert_keys_, insert_run_, update_run_, delete_run_, read_part_, insert_part_, delete_part_;
};

}  // namespace glmap::gateway::store
