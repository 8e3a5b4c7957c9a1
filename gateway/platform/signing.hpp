// SPDX-License-Identifier: Apache-2.0
// Keys and codes that ERPs ask of a caller: message codes, signatures in the form of JSON Web Tokens, random names.
// Not for passwords. Private keys are read from PEM and never shown. Pure but for random_name; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::platform {

std::string base64(std::string_view bytes);
/// RFC 4648 §5, without padding: the parts of a JSON Web Token.
std::string base64url(std::string_view bytes);
/// 32 bytes. Source: RFC 2104.
std::string hmac_sha256(std::string_view key, std::string_view bytes);
/// So many random bytes from the system as hexadecimal digits.
std::string random_name(std::size_t bytes);

class SigningKey {
 public:
  /// RSA of at least 2048 bits, or an elliptic curve P-256, P-384 or P-521.
  /// Errors: GLM-9012 not such a private key (an encrypted one is not).
  static Result<SigningKey> from_pem(std::string_view pem);

  /// PS256 for RSA; ES256, ES384, ES512 by the curve. Source: RFC 7518 §3.1.
  std::string_view algorithm() const;
  /// Over `bytes`, in the form JSON Web Tokens have it: an elliptic signature is r and s, not DER.
  std::string sign(std::string_view bytes) const;

 private:
  struct Key;
  explicit SigningKey(std::shared_ptr<const Key> key) : key_(std::move(key)) {}
  std::shared_ptr<const Key> key_;  // shared by copies; never changes
};

}  // namespace glmap::gateway::platform
