// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/base/digest.hpp"

#include <openssl/sha.h>

namespace glmap {

Sha256 sha256(std::string_view bytes) {
  Sha256 digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return digest;
}

std::string to_hex(const Sha256& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(digest.size() * 2);
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string sha256_hex(std::string_view bytes) {
  return to_hex(sha256(bytes));
}

std::string short_reference(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const Sha256 digest = sha256(bytes);
  std::string text;
  for (int group = 0; group < 16; ++group) {
    const int bit = group * 5;
    const unsigned window = (static_cast<unsigned>(digest[bit / 8]) << 8) | digest[bit / 8 + 1];
    text += kAlphabet[(window >> (11 - bit % 8)) & 31];
  }
  return text;
}

}  // namespace glmap
