// SPDX-License-Identifier: Apache-2.0
// The whole gateway put together: store, book, posting, delivery, API, HTTP. Holds the order of starting and stopping
// and nothing else. Invariants: nothing is taken in before what was interrupted is known (recover), and nothing that
// was answered is lost by stopping. Threading: one thread starts, reloads and stops it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/platform/log.hpp"
#include "gateway/service/configuration.hpp"

namespace glmap::gateway::service {

class Gateway {
 public:
  /// Errors: GLM-5001..5003 the bundle, GLM-8001..8004 the store, GLM-9012 configuration or address.
  static Result<std::unique_ptr<Gateway>> start(const Configuration& configuration, const platform::Clock& clock,
                                                platform::Log& log);
  ~Gateway();

  std::uint16_t port() const;
  /// "http://127.0.0.1:8080"
  std::string url() const;
  /// Reads the bundle again, or looks for the next approved release, and puts it in force for events from now on. On an
  /// error the old one stays in force.
  Status reload_bundle();
  /// To be called from time to time: an approved release may have waited for its day.
  void let_days_begin();
  /// Takes nothing new, answers what was taken, settles what is being sent, closes the store. Idempotent.
  void stop();

 private:
  Gateway();
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace glmap::gateway::service
