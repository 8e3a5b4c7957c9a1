// SPDX-License-Identifier: Apache-2.0
// The simulated machine the gateway runs on: its clock, and the moment at which its process dies. When it dies in the
// middle of something, the code that was running cannot be stopped from outside; it runs on as a ghost whose writes,
// calls and answers reach nobody, until the history throws it away.
#pragma once

#include <cstdint>
#include <optional>

#include "gateway/platform/clock.hpp"

namespace glmap::simulation {

inline constexpr std::int64_t kSecond = 1'000'000;  // microseconds
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute;

/// Time passes only when somebody says so. The wall clock may be wrong by a step, real time goes on.
class Machine final : public gateway::platform::Clock {
 public:
  std::int64_t utc_micros() const override { return real_ + wrong_by_; }
  std::int64_t monotonic_micros() const override { return real_; }
  void wait_micros(std::int64_t micros) const override { real_ += micros; }

  /// The world's time, which ERP and senders share.
  std::int64_t real() const { return real_; }
  void pass(std::int64_t micros) { real_ += micros; }
  void step_clock(std::int64_t micros) { wrong_by_ += micros; }
  void set_clock_right() { wrong_by_ = 0; }

  /// The process dies at the nth operation from now (a call of the disk or of the ERP).
  void die_in(std::int64_t operations) { operations_left_ = operations; }
  void live() {
    operations_left_.reset();
    dead_ = false;
  }
  void die() { dead_ = true; }
  bool dead() const { return dead_; }
  /// One operation. True when the process dies at it.
  bool operation() {
    if (dead_ || !operations_left_) return false;
    *operations_left_ -= 1;
    if (*operations_left_ > 0) return false;
    dead_ = true;
    return true;
  }

 private:
  // 2026-10-02T12:00:00Z. Mutable: waiting is time that passes, and a clock is handed around as constant.
  mutable std::int64_t real_ = 1'790'942'400 * kSecond;
  std::int64_t wrong_by_ = 0;
  std::optional<std::int64_t> operations_left_;
  bool dead_ = false;
};

}  // namespace glmap::simulation
