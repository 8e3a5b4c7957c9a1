// SPDX-License-Identifier: Apache-2.0
// SHA-256 and the short reference derived from it. Pure functions; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace glmap {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);
/// 64 lower-case hexadecimal digits.
std::string to_hex(const Sha256& digest);
/// sha256 as hex, the form digests take in every file and message.
std::string sha256_hex(std::string_view bytes);

/// Deterministic reference for ERP fields: 16 characters of [A-Z2-7] (base 32, RFC 4648), the first 80 bits of
/// sha256(bytes). Fits SAP's 16 characters; 2^40 entries before a collision is likely, and a collision is detected
/// by the store's unique key.
std::string short_reference(std::string_view bytes);

}  // namespace glmap
