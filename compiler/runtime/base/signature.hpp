// SPDX-License-Identifier: Apache-2.0
// Ed25519 (RFC 8032) and the text form of bytes that keys and signatures take. Not for secrets of connections: those
// stay on the gateway's side. Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace glmap {

/// True when `signature` (64 bytes) over `message` was made by the owner of `key` (32 bytes). False for anything else,
/// also for keys and signatures of another length.
bool verify_ed25519(std::string_view key, std::string_view message, std::string_view signature);

/// The signature (64 bytes) and the public key (32 bytes) of `seed` (32 bytes); nothing for a seed of another length.
std::optional<std::string> sign_ed25519(std::string_view seed, std::string_view message);
std::optional<std::string> ed25519_public_key(std::string_view seed);

/// 64 bytes.
std::string sha512(std::string_view bytes);

/// RFC 4648 section 4, with padding.
std::string encode_base64(std::string_view bytes);
/// Takes what encode_base64 writes and nothing else, so that no two texts are the same bytes.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace glmap
