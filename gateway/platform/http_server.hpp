// SPDX-License-Identifier: Apache-2.0
// An HTTP/1.1 server with limits: requests in, answers out. Knows no resource and no policy. Invariants: a handler is
// called once a request and must answer it exactly once, from any thread and at any time; header, body, idle and write
// times are bounded, so are body size, all bodies together, and connections: when there are too many, the one that has
// waited longest for a request is closed for the one that comes. Threads: a small pool of its own; handlers run on it
// and must not block (answer later instead). Every request must be answered before the server is destroyed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::platform {

struct IncomingRequest {
  std::string method;                                       // as sent: GET, POST
  std::string target;                                       // path and query as sent
  std::vector<std::pair<std::string, std::string>> fields;  // names in lower case
  std::string body;
  std::string peer;  // address of the sender

  /// The first field of that (lower case) name, or nullptr.
  const std::string* field(std::string_view name) const;
};

struct Answer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields;  // Retry-After, Location ...
};

using Respond = std::function<void(Answer)>;
using Handler = std::function<void(IncomingRequest, Respond)>;
/// Makes the answer for a request that does not reach the handler: 400, 413, 429, 431, 503.
using Refusal = std::function<Answer(int status)>;

struct HttpServerSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
  int threads = 2;
  std::size_t connections_max = 1024;
  std::size_t header_bytes_max = 16'384;
  std::size_t body_bytes_max = std::size_t{10} << 20;
  std::size_t bodies_bytes_max = std::size_t{128} << 20;  // of all requests that are not answered yet, together
  int header_ms_max = 10'000;
  int body_ms_max = 30'000;
  int idle_ms_max = 60'000;
  int write_ms_max = 30'000;
};

class HttpServer {
 public:
  virtual ~HttpServer() = default;
  /// The port it listens on.
  virtual std::uint16_t port() const = 0;
  /// Takes no new connection or request, lets answers under way go out for at most `drain_ms_max`, then closes.
  virtual void stop(int drain_ms_max) = 0;
};

/// Listens and serves until stopped. Errors: GLM-9012 the address cannot be listened on.
Result<std::unique_ptr<HttpServer>> start_http_server(const HttpServerSettings& settings, Handler handler,
                                                      Refusal refusal);

}  // namespace glmap::gateway::platform
