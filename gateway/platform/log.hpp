// SPDX-License-Identifier: Apache-2.0
// Lines for the operator: one JSON object a line on a file descriptor. Fields are named by the caller one by one, so
// that no event content and no secret gets in by accident. Any thread.
#pragma once

#include <initializer_list>
#include <mutex>
#include <string_view>
#include <utility>

#include "gateway/platform/clock.hpp"

namespace glmap::gateway::platform {

class Log {
 public:
  using Field = std::pair<std::string_view, std::string_view>;

  /// The descriptor stays the caller's; 2 is standard error.
  Log(const Clock& clock, int descriptor) : clock_(clock), descriptor_(descriptor) {}

  void info(std::string_view message, std::initializer_list<Field> fields = {}) { write("info", message, fields); }
  void warning(std::string_view message, std::initializer_list<Field> fields = {}) {
    write("warning", message, fields);
  }
  void error(std::string_view message, std::initializer_list<Field> fields = {}) { write("error", message, fields); }

 private:
  void write(std::string_view level, std::string_view message, std::initializer_list<Field> fields);

  const Clock& clock_;
  int descriptor_;
  std::mutex mutex_;
};

}  // namespace glmap::gateway::platform
