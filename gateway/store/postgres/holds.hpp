// SPDX-License-Identifier: Apache-2.0
// Which lanes this gateway works, among several gateways on one store. A holder makes its row's `beat` grow; another
// gateway takes the lane when it saw neither token nor beat change for a whole lease by its own monotonic clock - no
// wall clock is compared with another. Each taking makes the token grow. A holder is sure of its lane only for half a
// lease after its last beat; it asks still_held() before anything is sent.
// Threading: any thread; one lane's hold, claim and release belong to one thread at a time.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gateway/platform/clock.hpp"
#include "gateway/store/postgres/names.hpp"
#include "gateway/store/postgres/session.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::store::postgres {

class Holds {
 public:
  Holds(Database& database, Names& names, const platform::Clock& clock, std::int64_t lease_micros);
  /// Gives the lanes back, so that others need not wait for the lease.
  ~Holds();
  Holds(const Holds&) = delete;
  Holds& operator=(const Holds&) = delete;

  Result<LaneHold> hold(std::string_view lane, Instant now);
  bool still_held(std::string_view lane, std::int64_t token) const;
  void release(std::string_view lane);
  /// Locks the hold within the transaction and says whether it is still ours.
  Result<bool> confirm(Session& session, std::string_view lane, std::int64_t number);

 private:
  struct Lane {
    std::int64_t number = 0;
    std::int64_t token = 0;                                        // ours, 0: never had it
    bool held = false;                                             // as far as we know
    std::int64_t beaten_at = 0;                                    // monotonic: before our last beat was sent
    std::int64_t asked_at = 0;                                     // monotonic: when the lane last wanted it
    std::int64_t seen_token = -1, seen_beat = -1, seen_since = 0;  // of another holder
  };
  struct Row;

  Result<LaneHold> take_or_look(std::string_view name, Lane& lane, Instant now);
  bool may_take(const Row& row, Lane& lane);
  void put(std::string_view name, const Lane& lane);
  void beat_all();
  void beats(std::stop_token stop);

  Database& database_;
  Names& names_;
  const platform::Clock& clock_;
  const std::int64_t lease_;
  mutable std::mutex mutex_;
  std::map<std::string, Lane, std::less<>> lanes_;
  std::condition_variable_any woken_;
  std::jthread thread_;
};

}  // namespace glmap::gateway::store::postgres
