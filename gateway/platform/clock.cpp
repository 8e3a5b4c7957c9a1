// SPDX-License-Identifier: Apache-2.0
#include "gateway/platform/clock.hpp"

#include <chrono>
#include <thread>

namespace glmap::gateway::platform {

namespace {

template <class Time>
std::int64_t micros(Time time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

}  // namespace

void Clock::wait_micros(std::int64_t duration) const {
  std::this_thread::sleep_for(std::chrono::microseconds(duration));
}

std::int64_t SystemClock::utc_micros() const {
  return micros(std::chrono::system_clock::now());
}
std::int64_t SystemClock::monotonic_micros() const {
  return micros(std::chrono::steady_clock::now());
}

}  // namespace glmap::gateway::platform
