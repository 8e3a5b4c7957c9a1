// SPDX-License-Identifier: Apache-2.0
// The keys that people approve with: Ed25519, as OpenSSH and OpenSSL write them. Keys protected by a password are not
// read here: their owner signs with ssh-keygen or openssl and hands in the signature. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/runtime/base/error.hpp"

namespace glmap::approval {

/// 32 bytes.
struct PublicKey {
  std::string bytes;
  friend auto operator<=>(const PublicKey&, const PublicKey&) = default;
};

/// `ssh-ed25519 AAAA... comment`, or the one line between the marks of an OpenSSL `PUBLIC KEY` (MCow...).
/// Errors: GLM-5010.
Result<PublicKey> read_public_key(std::string_view text);
/// "ssh-ed25519 AAAA...", without a comment.
std::string to_text(const PublicKey& key);
/// "SHA256:47DEQ...", as `ssh-keygen -l` shows it: how a key is named in an envelope.
std::string fingerprint(const PublicKey& key);

/// The secret of a key; kept as short as possible and never shown.
struct PrivateKey {
  std::string seed;  // 32 bytes
};
/// A file of `ssh-keygen -t ed25519` (without a password) or of `openssl genpkey -algorithm ed25519`.
/// Errors: GLM-5010.
Result<PrivateKey> read_private_key(std::string_view file);

// ---- the wire form of OpenSSH, for keys and signatures --------------------------------------------------------------

/// A text with its length before it.
std::string ssh_string(std::string_view text);
std::string ssh_key_blob(const PublicKey& key);

class SshReader {
 public:
  explicit SshReader(std::string_view bytes) : rest_(bytes) {}
  /// False when fewer bytes are left.
  bool number(std::uint32_t& into);
  bool text(std::string_view& into);
  bool take(std::string_view expected);
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// What stands between `-----BEGIN <label>-----` and its end, decoded. Errors: GLM-5010.
Result<std::string> read_armour(std::string_view file, std::string_view label);

}  // namespace glmap::approval
