// SPDX-License-Identifier: Apache-2.0
// The signatures under a release: a DSSE envelope (https://github.com/secure-systems-lab/dsse) whose payload is the
// release's statement. Two kinds of signature: Ed25519 over the pre-authentication encoding, as DSSE says; and what
// `ssh-keygen -Y sign -n glmap-release` makes of the statement's file, for keys that stay in an agent or a token.
// Invariant: an envelope has one form of bytes, so that whatever is changed in it is noticed. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/approval/keys.hpp"

namespace glmap::approval {

inline constexpr std::string_view kPayloadType = "application/vnd.glmap.release+json";
inline constexpr std::string_view kSshNamespace = "glmap-release";

struct Signature {
  std::string key;    // fingerprint
  std::string bytes;  // 64, or those of an SSHSIG
  friend bool operator==(const Signature&, const Signature&) = default;
};

struct Envelope {
  std::string payload;
  std::vector<Signature> signatures;
};

/// DSSE v1: "DSSEv1 <length> <type> <length> <payload>".
std::string pre_authentication_encoding(std::string_view type, std::string_view payload);

std::string write_envelope(const Envelope& envelope);
/// Errors: GLM-5027 it ends early, GLM-5010 it is none, or not as write_envelope writes it.
Result<Envelope> read_envelope(std::string_view bytes);

/// True when the owner of `key` made `signature` over `payload`.
bool signature_holds(const Signature& signature, const PublicKey& key, std::string_view payload);
Result<Signature> sign(const PrivateKey& key, std::string_view payload);
/// What `ssh-keygen -Y sign` wrote beside the statement. Errors: GLM-5010, GLM-5018 it is for another purpose.
Result<Signature> read_ssh_signature(std::string_view file);

}  // namespace glmap::approval
