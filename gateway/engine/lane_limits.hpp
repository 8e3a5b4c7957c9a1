// SPDX-License-Identifier: Apache-2.0
// What one ERP connection may ask of its ERP, and when: requests by second, minute and day, and the weekly times in
// which the ERP is closed. Pure: time is an argument, so that a simulator and a test replay it exactly. Any thread; a
// RequestRate belongs to one.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/calendar.hpp"

namespace glmap::gateway::engine {

inline constexpr std::int32_t kWeekMinutes = 7 * 24 * 60;

/// A stretch of every week, in minutes since Monday 00:00 of the wall clock: [from, until).
struct ClosedWindow {
  std::int32_t from = 0;
  std::int32_t until = 0;  // larger than `from`; a stretch over Sunday's midnight is two windows
  friend bool operator==(const ClosedWindow&, const ClosedWindow&) = default;
};

/// "Sun 02:00-04:30", "daily 23:50-24:00"; "Sat 22:00-02:00" ends on Sunday. Errors: GLM-9012.
Result<std::vector<ClosedWindow>> parse_closed_window(std::string_view text);

struct LaneLimits {
  std::int32_t requests_per_second = 0;  // 0: as many as it takes, here and below
  std::int32_t requests_per_minute = 0;
  std::int64_t requests_per_day = 0;
  std::string zone = "UTC";  // of the ERP's clock: where its days begin and its weekly times are
  std::vector<ClosedWindow> closed;
};

/// False when the windows leave no minute of the week.
bool ever_open(const LaneLimits& limits);

/// When the ERP opens again; nothing when it is open. By the wall clock: where clocks are set back, a window that
/// contains the hour that comes twice lasts an hour longer; one that lies in an hour left out does not happen.
/// Errors: GLM-2001 unknown zone.
Result<std::optional<Instant>> closed_until(const LaneLimits& limits, Instant now);

/// At most `count` requests in any stretch of `per_micros`, wherever it begins. Times are of the monotonic clock.
class RequestRate {
 public:
  RequestRate(std::int32_t count, std::int64_t per_micros) : count_(count), per_micros_(per_micros) {}

  /// How long the next request has to wait; 0: not at all.
  std::int64_t wait_micros(std::int64_t now) const;
  /// Requests that may be made now.
  std::int64_t room(std::int64_t now) const;
  void made(std::int64_t now);

 private:
  bool limited() const { return count_ > 0; }
  std::int32_t count_;
  std::int64_t per_micros_;
  std::deque<std::int64_t> made_;  // the last `count_`, oldest first
};

}  // namespace glmap::gateway::engine
