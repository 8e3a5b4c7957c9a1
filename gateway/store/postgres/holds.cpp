// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/postgres/holds.hpp"

#include <chrono>
#include <vector>

#include "gateway/store/postgres/delivering.hpp"

namespace glmap::gateway::store::postgres {

namespace {

/// A lane that nobody here asked for so long (it is stopped, or paused) is left to others. Longer than any attempt.
constexpr std::int64_t kAbandonedMicros = 120'000'000;

constexpr std::string_view kBeat =
    "UPDATE lane_holds SET beat = beat + 1 WHERE lane = $1 AND gateway = $2 AND token = $3";

}  // namespace

struct Holds::Row {
  std::int64_t gateway = 0, token = 0, beat = 0;
  std::string name;
};

Holds::Holds(Database& database, Names& names, const platform::Clock& clock, std::int64_t lease_micros)
    : database_(database), names_(names), clock_(clock), lease_(lease_micros), thread_([this](std::stop_token stop) {
        beats(std::move(stop));
      }) {}

Holds::~Holds() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  for (const auto& [name, lane] : lanes_) {
    if (!lane.held) continue;
    // When it fails, the others take the lane a lease later.
    (void)database_.write([&](Session& session) -> Status {
      session.queue(
          "UPDATE lane_holds SET gateway = 0, beat = beat + 1 WHERE lane = $1 AND gateway = $2 AND token = $3",
          Parameters().integer(lane.number).integer(database_.gateway()).integer(lane.token));
      return {};
    });
  }
}

void Holds::put(std::string_view name, const Lane& lane) {
  const std::lock_guard guard(mutex_);
  lanes_.insert_or_assign(std::string(name), lane);
}

Result<LaneHold> Holds::hold(std::string_view name, Instant now) {
  GLMAP_TRY(number, names_.lane(name, ""));
  Lane lane;
  {
    const std::lock_guard guard(mutex_);
    if (const auto at = lanes_.find(name); at != lanes_.end()) {
      at->second.asked_at = clock_.monotonic_micros();
      lane = at->second;
    }
  }
  lane.number = number;
  lane.asked_at = clock_.monotonic_micros();
  if (lane.held && lane.asked_at - lane.beaten_at <= lease_ / 4) return LaneHold{true, lane.token, {}, 0};
  return take_or_look(name, lane, now);
}

/// Ours and still beating, free, or left by somebody who gives no sign of life. Notes what was seen of another holder.
bool Holds::may_take(const Row& row, Lane& lane) {
  if (row.gateway == 0) return true;
  // A former life of this gateway, or a hold that we let go of.
  if (row.gateway == database_.gateway() && (lane.token == 0 || lane.token == row.token)) return true;
  const std::int64_t at = clock_.monotonic_micros();
  if (row.token != lane.seen_token || row.beat != lane.seen_beat) {
    lane.seen_token = row.token;
    lane.seen_beat = row.beat;
    lane.seen_since = at;
    return false;
  }
  return at - lane.seen_since >= lease_;
}

Result<LaneHold> Holds::take_or_look(std::string_view name, Lane& lane, Instant now) {
  const std::int64_t started = clock_.monotonic_micros();
  const bool held = lane.held;
  auto answer = database_.write([&](Session& session) -> Result<LaneHold> {
    session.queue("INSERT INTO lane_holds VALUES ($1, 0, 0, 0) ON CONFLICT DO NOTHING",
                  Parameters().integer(lane.number));
    GLMAP_TRY(rows, session.query("SELECT h.gateway, h.token, h.beat, g.name FROM lane_holds h LEFT JOIN gateways g ON "
                                  "g.number = h.gateway WHERE h.lane = $1 FOR UPDATE OF h",
                                  Parameters().integer(lane.number)));
    const auto seen = rows[0];
    const Row row{seen.integer(0), seen.integer(1), seen.integer(2), seen.text(3)};
    if (held && row.gateway == database_.gateway() && row.token == lane.token) {
      session.queue(kBeat, Parameters().integer(lane.number).integer(row.gateway).integer(row.token));
      return LaneHold{true, row.token, {}, 0};
    }
    if (!may_take(row, lane)) return LaneHold{false, row.token, row.name, 0};
    session.queue("UPDATE lane_holds SET gateway = $2, token = $3, beat = beat + 1 WHERE lane = $1",
                  Parameters().integer(lane.number).integer(database_.gateway()).integer(row.token + 1));
    GLMAP_TRY(interrupted, Delivering(session).recover(name, now));
    return LaneHold{true, row.token + 1, {}, interrupted};
  });
  if (!answer) return answer;
  lane.held = answer->mine;
  if (answer->mine) {
    lane.token = answer->token;
    lane.beaten_at = started;
  }
  put(name, lane);
  return answer;
}

bool Holds::still_held(std::string_view name, std::int64_t token) const {
  const std::lock_guard guard(mutex_);
  const auto at = lanes_.find(name);
  if (at == lanes_.end() || !at->second.held || at->second.token != token) return false;
  return clock_.monotonic_micros() - at->second.beaten_at <= lease_ / 2;
}

void Holds::release(std::string_view name) {
  const std::lock_guard guard(mutex_);
  if (const auto at = lanes_.find(name); at != lanes_.end()) at->second.held = false;
}

Result<bool> Holds::confirm(Session& session, std::string_view name, std::int64_t number) {
  std::int64_t token = 0;
  {
    const std::lock_guard guard(mutex_);
    const auto at = lanes_.find(name);
    if (at == lanes_.end() || !at->second.held) return false;
    token = at->second.token;
  }
  GLMAP_TRY(rows, session.query(kBeat, Parameters().integer(number).integer(database_.gateway()).integer(token)));
  return rows.touched() == 1;
}

void Holds::beat_all() {
  std::vector<std::pair<std::string, Lane>> due;
  {
    const std::lock_guard guard(mutex_);
    for (const auto& [name, lane] : lanes_) {
      if (lane.held && clock_.monotonic_micros() - lane.asked_at <= kAbandonedMicros) due.emplace_back(name, lane);
    }
  }
  for (const auto& [name, lane] : due) {
    const std::int64_t started = clock_.monotonic_micros();
    const auto ours = database_.write([&](Session& session) -> Result<bool> {
      GLMAP_TRY(rows, session.query(
                          kBeat, Parameters().integer(lane.number).integer(database_.gateway()).integer(lane.token)));
      return rows.touched() == 1;
    });
    if (!ours) continue;  // not known; still_held() says no after half a lease
    const std::lock_guard guard(mutex_);
    Lane& now = lanes_.find(name)->second;
    if (now.token != lane.token || !now.held) continue;
    if (*ours) {
      now.beaten_at = std::max(now.beaten_at, started);
    } else {
      now.held = false;
    }
  }
}

void Holds::beats(std::stop_token stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      woken_.wait_for(lock, stop, std::chrono::microseconds(lease_ / 4), [] { return false; });
    }
    if (!stop.stop_requested()) beat_all();
  }
}

}  // namespace glmap::gateway::store::postgres
