// SPDX-License-Identifier: Apache-2.0
// Keeps one ERP connection within its limits: the weekly times in which the ERP is closed, its requests a day, and its
// requests a second and a minute. The first two stop the lane as a whole; the last ones make a request wait a little.
// Requests of a day are taken from the store before they are made, some at a time: a restart or another gateway on the
// same store never makes more, and a crash loses at most those that were taken and not made.
// Threading: as the lane.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gateway/engine/lane_limits.hpp"
#include "gateway/platform/clock.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::delivery {

class LaneGate {
 public:
  LaneGate(std::string lane, engine::LaneLimits limits, store::Store& store, const platform::Clock& clock);

  struct Shut {
    bool by_the_erp = false;  // a weekly time; else the day's requests are made
    Instant until;
    std::string why;
  };
  /// To be asked before each attempt: nothing when it may begin. Errors: the store does not answer.
  Result<std::optional<Shut>> shut();
  /// How many attempts can begin now without a request waiting; at least 1.
  std::int32_t room(std::int32_t wanted) const;
  /// To be called right before each request: waits as the rates ask. Nothing: make it; else why it must not be made.
  std::optional<std::string> before_request();
  /// Requests of the day that were taken and will not be made.
  void give_back();

 private:
  Result<std::optional<Shut>> day_is_used(Instant now);
  Result<std::int64_t> take(std::int64_t least);
  void wait_for_the_rates();

  const std::string lane_;
  const engine::LaneLimits limits_;
  store::Store& store_;
  const platform::Clock& clock_;
  engine::RequestRate second_, minute_;
  Date day_;                       // of `left_`
  std::int64_t left_ = 0;          // taken from the store for `day_` and not made
  std::int64_t of_attempt_ = 0;    // requests since the last attempt began
  std::int64_t attempt_most_ = 1;  // of any attempt so far
};

}  // namespace glmap::gateway::delivery
