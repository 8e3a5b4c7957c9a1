// SPDX-License-Identifier: Apache-2.0
// The sandbox's way in: a small HTTP/1.1 server that can also misbehave, since misbehaving is what a sandbox is for. It
// closes connections without an answer or in the middle of one, and waits before answering. Not for production.
// Listens on 127.0.0.1 only. Threading: `handle` is called from one thread per connection, several at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::sandbox {

struct DoorRequest {
  std::string method;
  std::string path;  // with its query
  std::string body;
  std::string content_type;
  std::string authorization;
  std::string idempotency_key;
  std::vector<std::pair<std::string, std::string>> fields = {};  // all of them, names in lower case

  /// "" when there is none.
  std::string field(std::string_view name) const {
    for (const auto& [key, value] : fields) {
      if (key == name) return value;
    }
    return "";
  }
};

struct DoorReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields;
  bool keep_alive = false;
  /// Resets the connection after so many bytes of the answer (0: no answer at all).
  std::optional<std::size_t> drop_after_bytes;
  /// Writes the answer so many milliseconds late.
  int delay_ms = 0;
  /// Writes the answer byte by byte with this pause between them.
  int drip_ms = 0;
};

class Door {
 public:
  using Handler = std::function<DoorReply(const DoorRequest&)>;

  /// Port 0: a free one. Errors: GLM-9012 the port is taken.
  static Result<std::unique_ptr<Door>> open(std::uint16_t port, Handler handle);
  virtual ~Door() = default;  // closes every connection and waits for its thread

  virtual std::uint16_t port() const = 0;
  /// Connections accepted so far.
  virtual std::uint64_t connections() const = 0;
  /// Requests read so far.
  virtual std::uint64_t requests() const = 0;
};

}  // namespace glmap::gateway::sandbox
