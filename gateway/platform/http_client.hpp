// SPDX-License-Identifier: Apache-2.0
// One blocking HTTP request with an honest answer to "did it leave this machine?". Not a general web client: it follows
// no redirect, reads no proxy from the environment, keeps no cookie, and talks plain HTTP only to hosts named for it.
// Invariant: a request that is not `replay_safe` is written to the network at most once. The usual client library
// repeats a request in silence when a kept-alive connection turns out closed, and a journal entry repeated in silence
// is a journal entry posted twice: so the library is stopped before it writes a second time, and the outcome is
// unclear. Threading: one HttpClient belongs to one thread at a time; make one per delivery lane.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::platform {

struct HttpField {
  std::string name;
  std::string value;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<HttpField> fields;
  std::string body;
  /// True only when doing it twice changes nothing (a search, a look-up). Lets it be repeated when a kept-alive
  /// connection turns out closed.
  bool replay_safe = false;
  int connect_ms_max = 5'000;
  int total_ms_max = 60'000;
  std::size_t answer_bytes_max = std::size_t{16} << 20;
  /// Asked when the connection stands, right before the request is written; false: nothing is written. May be empty.
  std::function<bool()> may_send;
};

/// Nothing of the request left this machine: name not found, connection refused, TLS not agreed. Safe to send again.
struct HttpNotSent {
  std::string reason;
};

/// The request was, or may have been, written; no complete answer came back. Never send again without asking first.
struct HttpUnclear {
  std::string reason;
};

/// A complete answer, whatever its status. Field names are lower case.
struct HttpAnswered {
  int status = 0;
  std::vector<HttpField> fields;
  std::string body;

  /// The first field of that (lower case) name, or nullptr.
  const std::string* field(std::string_view name) const;
  /// `Retry-After` in seconds, between 0 and `cap`, also when it names a time: counted from the answer's own `Date`, so
  /// that no clock but the server's is asked. -1 when absent or neither.
  int retry_after_s(int cap) const;
};

using HttpOutcome = std::variant<HttpNotSent, HttpUnclear, HttpAnswered>;

/// The seam. The real one is made by make_http_client.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  virtual HttpOutcome send(const HttpRequest& request) = 0;
};

struct HttpClientSettings {
  /// PEM file of certificate authorities; empty: the machine's own list. There is no switch that turns checking off.
  std::string authorities_file;
  /// Hosts that may be spoken to without TLS besides the loopback ones (127.0.0.0/8, [::1], localhost).
  std::vector<std::string> plain_http_hosts;
  /// PEM files of the certificate that says who we are, with its chain, and of its private key. Both or none.
  std::string client_certificate_file = {};
  std::string client_key_file = {};
};

/// Errors: GLM-9012 when the authorities file cannot be read, when client certificate and key are not a pair, or when
/// the library cannot start.
Result<std::unique_ptr<HttpClient>> make_http_client(const HttpClientSettings& settings);

}  // namespace glmap::gateway::platform
