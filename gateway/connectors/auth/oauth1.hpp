// SPDX-License-Identifier: Apache-2.0
// OAuth 1.0a with HMAC-SHA256, as NetSuite's token-based authentication asks for it. Pure functions; any thread.
// Source: RFC 5849 §3.4, §3.5.1 (with SHA-256 in place of SHA-1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace glmap::gateway::connectors::auth {

struct OAuth1Credentials {
  std::string realm;
  std::string consumer_key, consumer_secret;
  std::string token, token_secret;
};

struct OAuth1Request {
  std::string_view method;
  std::string_view url;  // with its query, percent-encoded as it is sent
  std::string_view nonce;
  std::int64_t timestamp_s = 0;  // since 1970
};

/// All but `A-Z a-z 0-9 - . _ ~` as %XX.
std::string percent_encoded(std::string_view text);
/// What is signed.
std::string oauth1_base_string(const OAuth1Credentials& credentials, const OAuth1Request& request);
/// The value of the field Authorization.
std::string oauth1_authorization(const OAuth1Credentials& credentials, const OAuth1Request& request);

}  // namespace glmap::gateway::connectors::auth
