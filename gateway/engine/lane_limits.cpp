// SPDX-License-Identifier: Apache-2.0
#include "gateway/engine/lane_limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "compiler/runtime/accounting/civil_time.hpp"

namespace glmap::gateway::engine {

namespace {

constexpr std::int32_t kDayMinutes = 24 * 60;
constexpr std::int64_t kMinuteMicros = 60'000'000;
constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

/// "04:30", "24:00".
std::optional<std::int32_t> minute_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  std::int32_t parts[2] = {};
  for (int part = 0; part < 2; ++part) {
    const char* first = text.data() + part * 3;
    const auto [end, fault] = std::from_chars(first, first + 2, parts[part]);
    if (fault != std::errc{} || end != first + 2 || parts[part] < 0) return std::nullopt;
  }
  const std::int32_t minute = parts[0] * 60 + parts[1];
  if (parts[1] > 59 || minute > kDayMinutes) return std::nullopt;
  return minute;
}

/// Monday is 0. 1970-01-01 was a Thursday.
std::int32_t day_of_week(Date date) {
  return ((date.days() + 3) % 7 + 7) % 7;
}

bool closed_at(const LaneLimits& limits, std::int32_t minute_of_week) {
  return std::ranges::any_of(limits.closed, [&](const ClosedWindow& window) {
    return window.from <= minute_of_week && minute_of_week < window.until;
  });
}

}  // namespace

Result<std::vector<ClosedWindow>> parse_closed_window(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorCode::BadConfiguration, in_backticks(text) + " is no weekly time",
                "write a day and two times of the ERP's clock: `Sun 02:00-04:30`, or `daily 23:50-24:00`");
  };
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos || text.size() != blank + 12 || text[blank + 6] != '-') return wrong();
  const auto from = minute_of(text.substr(blank + 1, 5));
  const auto until = minute_of(text.substr(blank + 7, 5));
  const std::string_view day = text.substr(0, blank);
  const auto at = std::ranges::find(kDays, day);
  if (!from || !until || *from == *until || *from == kDayMinutes || (day != "daily" && at == kDays.end())) {
    return wrong();
  }
  std::vector<ClosedWindow> windows;
  for (std::int32_t number = 0; number < 7; ++number) {
    if (day != "daily" && number != at - kDays.begin()) continue;
    const std::int32_t begin = number * kDayMinutes + *from;
    const std::int32_t end = number * kDayMinutes + *until + (*until < *from ? kDayMinutes : 0);
    windows.push_back({begin, std::min(end, kWeekMinutes)});
    if (end > kWeekMinutes) windows.push_back({0, end - kWeekMinutes});
  }
  return windows;
}

bool ever_open(const LaneLimits& limits) {
  for (std::int32_t minute = 0; minute < kWeekMinutes; ++minute) {
    if (!closed_at(limits, minute)) return true;
  }
  return false;
}

Result<std::optional<Instant>> closed_until(const LaneLimits& limits, Instant now) {
  if (limits.closed.empty()) return std::nullopt;
  // Minute by minute: whatever a zone does with its clocks, it does at the full minute.
  Instant at = now;
  for (std::int32_t step = 0; step <= kWeekMinutes; ++step) {
    GLMAP_TRY(wall, civil_time(at, limits.zone));
    if (!closed_at(limits, day_of_week(wall.date) * kDayMinutes + wall.minute)) {
      return step == 0 ? std::nullopt : std::optional(at);
    }
    at.micros = (at.micros / kMinuteMicros + 1) * kMinuteMicros;
  }
  return at;  // ever_open says no: refused when the configuration was read
}

std::int64_t RequestRate::wait_micros(std::int64_t now) const {
  if (!limited() || made_.size() < static_cast<std::size_t>(count_)) return 0;
  return std::max<std::int64_t>(0, made_.front() + per_micros_ - now);
}

std::int64_t RequestRate::room(std::int64_t now) const {
  if (!limited()) return std::numeric_limits<std::int64_t>::max();
  const auto counted = std::ranges::count_if(made_, [&](std::int64_t at) { return at + per_micros_ > now; });
  return count_ - counted;
}

void RequestRate::made(std::int64_t now) {
  if (!limited()) return;
  made_.push_back(now);
  if (made_.size() > static_cast<std::size_t>(count_)) made_.pop_front();
}

}  // namespace glmap::gateway::engine
