// SPDX-License-Identifier: Apache-2.0
// What several commands of glmapd do alike: tell an error, read a whole file, wait for the signal to stop.
#pragma once

#include <memory>
#include <string>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::service {

/// Writes the error to stderr and returns kExitFailed.
int tell(const Error& error);

/// `what`: "the configuration", for the message. Errors: GLM-9012.
Result<std::string> read_whole_file(const std::string& path, const std::string& what);

/// Blocks SIGTERM, SIGINT and SIGHUP for the whole process and ignores SIGPIPE: to be made before any thread starts.
class Signals {
 public:
  Signals();
  /// Waits for the next one. True: SIGHUP. False: it is time to stop.
  bool wait_for_reload() const;
  enum class Woken { stop, reload, time };
  /// The same for so long at most.
  Woken wait(int seconds_max) const;
};

}  // namespace glmap::gateway::service
