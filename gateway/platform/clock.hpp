// SPDX-License-Identifier: Apache-2.0
// The one place time comes from. Everything that needs the hour is handed a Clock, so that a run can be repeated and
// simulated. Not for durations of tests. Any thread.
#pragma once

#include <cstdint>

namespace glmap::gateway::platform {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall clock: microseconds since 1970-01-01T00:00:00Z. May jump; what is recorded.
  virtual std::int64_t utc_micros() const = 0;
  /// Never goes back; for durations only.
  virtual std::int64_t monotonic_micros() const = 0;
  /// Lets time pass before a short work is tried again.
  virtual void wait_micros(std::int64_t micros) const;
};

class SystemClock final : public Clock {
 public:
  std::int64_t utc_micros() const override;
  std::int64_t monotonic_micros() const override;
};

}  // namespace glmap::gateway::platform
