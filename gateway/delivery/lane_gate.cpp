// SPDX-License-Identifier: Apache-2.0
#include "gateway/delivery/lane_gate.hpp"

#include <algorithm>
#include <utility>

#include "compiler/runtime/accounting/day_start.hpp"

namespace glmap::gateway::delivery {

namespace {

constexpr std::int64_t kSecond = 1'000'000, kMinute = 60 * kSecond;
/// A day's requests are taken in so many parts, so that the store is not asked for each.
constexpr std::int64_t kParts = 200;

}  // namespace

LaneGate::LaneGate(std::string lane, engine::LaneLimits limits, store::Store& store, const platform::Clock& clock)
    : lane_(std::move(lane)),
      limits_(std::move(limits)),
      store_(store),
      clock_(clock),
      second_(limits_.requests_per_second, kSecond),
      minute_(limits_.requests_per_minute, kMinute) {}

Result<std::optional<LaneGate::Shut>> LaneGate::shut() {
  attempt_most_ = std::max(attempt_most_, std::exchange(of_attempt_, 0));
  const Instant now{clock_.utc_micros()};
  GLMAP_TRY(opens, engine::closed_until(limits_, now));
  if (opens) return Shut{true, *opens, "the ERP is closed at this time of the week, as the configuration says"};
  if (limits_.requests_per_day == 0) return std::nullopt;
  return day_is_used(now);
}

/// An attempt begins only when the day has as many requests left as the longest one took: none stops half way.
Result<std::optional<LaneGate::Shut>> LaneGate::day_is_used(Instant now) {
  GLMAP_TRY(left, take(attempt_most_));
  if (left >= std::min(attempt_most_, limits_.requests_per_day)) return std::nullopt;
  GLMAP_TRY(tomorrow, start_of_day(day_.plus_days(1), limits_.zone));
  return Shut{false, std::max(tomorrow, Instant{now.micros + kSecond}),
              "the " + std::to_string(limits_.requests_per_day) + " requests of " + day_.to_text() + " (" +
                  limits_.zone + ") are made"};
}

Result<std::int64_t> LaneGate::take(std::int64_t least) {
  GLMAP_TRY(today, civil_date(Instant{clock_.utc_micros()}, limits_.zone));
  if (today != day_) {
    day_ = today;
    left_ = 0;
  }
  if (left_ >= least) return left_;
  const std::int64_t wanted = std::max(least - left_, limits_.requests_per_day / kParts);
  GLMAP_TRY(taken, store_.take_requests(lane_, day_, wanted, limits_.requests_per_day));
  left_ += taken;
  return left_;
}

std::int32_t LaneGate::room(std::int32_t wanted) const {
  const std::int64_t now = clock_.monotonic_micros();
  const std::int64_t requests = std::min(second_.room(now), minute_.room(now));
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(requests / attempt_most_, 1, wanted));
}

std::optional<std::string> LaneGate::before_request() {
  wait_for_the_rates();
  if (limits_.requests_per_day > 0) {
    const auto left = take(1);
    if (!left) return "the requests of the day cannot be counted: " + left.error().message;
    if (*left == 0) return "the requests of the day are made";
    --left_;
  }
  ++of_attempt_;
  const std::int64_t now = clock_.monotonic_micros();
  second_.made(now);
  minute_.made(now);
  return std::nullopt;
}

void LaneGate::wait_for_the_rates() {
  while (true) {
    const std::int64_t now = clock_.monotonic_micros();
    const std::int64_t wait = std::max(second_.wait_micros(now), minute_.wait_micros(now));
    if (wait == 0) return;
    clock_.wait_micros(wait);
  }
}

void LaneGate::give_back() {
  if (left_ == 0) return;
  // What cannot be given back was taken for nothing: the limit holds all the same.
  (void)store_.take_requests(lane_, day_, -std::exchange(left_, 0), limits_.requests_per_day);
}

}  // namespace glmap::gateway::delivery
