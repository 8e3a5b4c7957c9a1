// SPDX-License-Identifier: Apache-2.0
// An OAuth 2.0 access token by client credentials, asked for when it is needed and kept until shortly before it ends.
// Who is known proves it with a signed assertion (RFC 7523) or with a secret; neither is ever shown in an error.
// Threading: belongs to one connector, one thread; so one request at a time asks for a token.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gateway/delivery/connector.hpp"
#include "gateway/platform/clock.hpp"
#include "gateway/platform/http_client.hpp"
#include "gateway/platform/signing.hpp"

namespace glmap::gateway::connectors::auth {

struct ClientCredentials {
  std::string token_url;
  std::string client_id;
  std::string scope;
  // One of the two:
  std::optional<platform::SigningKey> key;
  std::string key_id;  // `kid`: the vendor's name of the certificate
  std::string secret;
};

/// `HEADER.CLAIMS.SIGNATURE`. iat = `now_s`, exp five minutes later.
std::string client_assertion(const ClientCredentials& credentials, std::int64_t now_s);

class AccessToken {
 public:
  AccessToken(ClientCredentials credentials, const platform::Clock& clock)
      : credentials_(std::move(credentials)), clock_(clock) {}

  /// Errors: GLM-9006 refused; GLM-9001, GLM-9007 it cannot be asked for now.
  delivery::Asked<std::string> get(platform::HttpClient& http, int connect_ms_max, int total_ms_max);
  /// The ERP does not take it any more: the next `get` asks for another one.
  void forget() { token_.clear(); }

 private:
  std::string form() const;

  ClientCredentials credentials_;
  const platform::Clock& clock_;
  std::string token_;
  std::int64_t ends_at_micros_ = 0;  // monotonic
};

}  // namespace glmap::gateway::connectors::auth
