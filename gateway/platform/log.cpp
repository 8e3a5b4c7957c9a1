// SPDX-License-Identifier: Apache-2.0
#include "gateway/platform/log.hpp"

#include <string>

#include <unistd.h>

#include "compiler/runtime/base/json.hpp"

namespace glmap::gateway::platform {

void Log::write(std::string_view level, std::string_view message, std::initializer_list<Field> fields) {
  std::string line = "{\"at_micros\":" + std::to_string(clock_.utc_micros());
  line += ",\"level\":" + quote_json(level) + ",\"message\":" + quote_json(message);
  for (const auto& [name, value] : fields) line += "," + quote_json(name) + ":" + quote_json(value);
  line += "}\n";
  const std::lock_guard guard(mutex_);
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written <= 0) return;  // nobody listens: not a reason to stop
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace glmap::gateway::platform
