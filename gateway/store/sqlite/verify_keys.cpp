// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/verify_keys.hpp"

#include <algorithm>
#include <map>

#include "gateway/store/sqlite/key_parts.hpp"

namespace glmap::gateway::store {

namespace {

class KeyCheck {
 public:
  KeyCheck(const Database& database, std::string name) : database_(database), name_(std::move(name)) {}

  Status run(const std::string& records) {
    GLMAP_CHECK(read_keys());
    GLMAP_CHECK(check_records(records));
    GLMAP_CHECK(check_runs());
    return check_parts();
  }

 private:
  struct Run {
    int bits = 0;
    std::int64_t keys = 0, last = 0, into = 0, done = 0, seen = 0;
  };

  std::unexpected<Error> bad(const std::string& what) const {
    return fail(ErrorCode::StoreCorrupt,
                "the keys of " + (name_ == "event" ? std::string("events") : "entries") + ": " + what,
                "compare it with the backups; restore the last one that verifies");
  }
  template <class Take>
  Status each(const std::string& sql, Take&& take) const {
    GLMAP_TRY(row, database_.prepare(sql));
    while (true) {
      GLMAP_TRY(more, row.step());
      if (!more) return {};
      GLMAP_CHECK(take(row));
    }
  }

  Status read_keys() {
    return each("SELECT first, keys FROM " + name_ + "_keys ORDER BY first", [&](const Statement& row) -> Status {
      const std::string_view bytes = row.view(1);
      if (row.integer(0) != next() || bytes.empty() || bytes.size() % sizeof(EventKey) != 0) {
        return bad("they are not in one piece before number " + std::to_string(row.integer(0)));
      }
      for (std::size_t at = 0; at < bytes.size(); at += sizeof(EventKey)) {
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), sizeof(EventKey), keys_.emplace_back().begin());
      }
      return {};
    });
  }

  Status check_records(const std::string& records) {
    std::int64_t expected = 0;
    GLMAP_CHECK(each(records, [&](const Statement& row) -> Status {
      const std::int64_t number = row.integer(0);
      if (number != ++expected || number >= next()) return bad("number " + std::to_string(number) + " has none");
      if (std::ranges::equal(row.view(1), keys_[static_cast<std::size_t>(number - 1)],
                             [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; })) {
        return {};
      }
      return bad("number " + std::to_string(number) + " is not found under its identity");
    }));
    return expected + 1 == next() ? Status{} : bad("there are more than records");
  }

  Status check_runs() {
    GLMAP_CHECK(
        each("SELECT number, bits, keys, last, into_run, done FROM " + name_ + "_key_runs ORDER BY number",
             [&](const Statement& row) -> Status {
               runs_[row.integer(0)] = {
                   static_cast<int>(row.integer(1)), row.integer(2), row.integer(3), row.integer(4), row.integer(5), 0};
               through_ = std::max(through_, row.integer(3));
               return {};
             }));
    for (const auto& [number, run] : runs_) {
      if (run.bits < 0 || run.bits > 32 || (run.into != 0 && !runs_.contains(run.into))) {
        return bad("run " + std::to_string(number) + " cannot be");
      }
    }
    return through_ < next() ? Status{} : bad("a run ends behind the last number");
  }

  Status check_parts() {
    std::vector<bool> found(keys_.size() + 1);
    GLMAP_CHECK(
        each("SELECT place, entries FROM " + name_ + "_key_parts ORDER BY place", [&](const Statement& row) -> Status {
          const auto entries = read_part(row.view(1));
          const auto run = runs_.find(row.integer(0) >> 32);
          if (!entries || entries->empty() || run == runs_.end() || !std::ranges::is_sorted(*entries)) {
            return bad("part " + std::to_string(row.integer(0)) + " of a run cannot be");
          }
          for (const KeyEntry& entry : *entries) {
            if (entry.number < 1 || entry.number > through_ || found[static_cast<std::size_t>(entry.number)] ||
                keys_[static_cast<std::size_t>(entry.number - 1)] != entry.key ||
                place_of(run->first, top_bits(entry.key, run->second.bits)) != row.integer(0)) {
              return bad("part " + std::to_string(row.integer(0)) + " of a run leads nowhere");
            }
            found[static_cast<std::size_t>(entry.number)] = true;
          }
          run->second.seen += static_cast<std::int64_t>(entries->size());
          return {};
        }));
    return check_found(found);
  }

  Status check_found(const std::vector<bool>& found) const {
    for (std::int64_t number = 1; number <= through_; ++number) {
      if (!found[static_cast<std::size_t>(number)]) return bad("no run leads to number " + std::to_string(number));
    }
    for (const auto& [number, run] : runs_) {
      const bool merging =
          run.into != 0 || std::ranges::any_of(runs_, [&](const auto& other) { return other.second.into == number; });
      if (!merging && run.seen != run.keys) return bad("run " + std::to_string(number) + " is not whole");
    }
    return {};
  }

  std::int64_t next() const { return static_cast<std::int64_t>(keys_.size()) + 1; }

  const Database& database_;
  std::string name_;
  std::vector<EventKey> keys_;  // by number - 1
  std::map<std::int64_t, Run> runs_;
  std::int64_t through_ = 0;
};

}  // namespace

Status verify_keys(const Database& database, const std::string& name, const std::string& records) {
  return KeyCheck(database, name).run(records);
}

}  // namespace glmap::gateway::store
