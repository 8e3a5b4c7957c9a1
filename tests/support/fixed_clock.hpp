// SPDX-License-Identifier: Apache-2.0
// A clock that stands until the test moves it: 2026-10-02T12:00:00Z at the start.
#pragma once

#include <atomic>

#include "gateway/platform/clock.hpp"

namespace glmap::testing {

class FixedClock final : public gateway::platform::Clock {
 public:
  std::int64_t utc_micros() const override { return now_; }
  std::int64_t monotonic_micros() const override { return now_; }
  void advance_seconds(std::int64_t seconds) { now_ += seconds * 1'000'000; }

 private:
  std::atomic<std::int64_t> now_ = 1'790'942'400'000'000;
};

}  // namespace glmap::testing
