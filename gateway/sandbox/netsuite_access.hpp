// SPDX-License-Identifier: Apache-2.0
// Who may speak to the NetSuite double: signatures of token-based authentication (OAuth 1.0a, HMAC-SHA256) checked
// bit by bit, and OAuth 2.0 tokens given for assertions that a registered certificate has signed. Written from the
// RFCs; shares no code with connectors/. Threading: none of its own; the double locks.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "gateway/sandbox/door.hpp"

namespace glmap::gateway::sandbox {

class NetsuiteAccess {
 public:
  // What token-based authentication takes.
  static constexpr const char* kRealm = "SANDBOX";
  static constexpr const char* kConsumerKey = "sandbox-consumer";
  static constexpr const char* kConsumerSecret = "sandbox-consumer-secret";
  static constexpr const char* kToken = "sandbox-token";
  static constexpr const char* kTokenSecret = "sandbox-token-secret";

  /// Assertions of `client` that carry `key_id` are checked with this public key (PEM).
  void register_certificate(std::string key_id, std::string client, std::string public_key_pem);
  void set_token_seconds(int seconds) { token_seconds_ = seconds; }
  void end_tokens() { tokens_.clear(); }

  /// POST .../oauth2/v1/token. `now_s`: the wall clock.
  DoorReply give_token(const DoorRequest& request, std::int64_t now_s);
  /// What is wrong with the request's Authorization; nothing when it is good.
  std::optional<std::string> fault_of(const DoorRequest& request, std::int64_t now_s);

 private:
  struct Certificate {
    std::string client, public_key_pem;
  };
  std::optional<std::string> fault_of_signature(const DoorRequest& request, std::int64_t now_s);
  std::optional<std::string> fault_of_assertion(const DoorRequest& request, const std::string& assertion,
                                                std::int64_t now_s);

  std::map<std::string, Certificate> certificates_;
  std::map<std::string, std::int64_t> tokens_;  // and when they end
  std::set<std::string> nonces_, assertions_;
  int token_seconds_ = 3600;
  int last_token_ = 0;
};

}  // namespace glmap::gateway::sandbox
