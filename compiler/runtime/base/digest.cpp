// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/base/digest.hpp"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "compiler/runtime/base/error.hpp"

namespace glmap {

Sha256 sha256(std::string_view bytes) {
  // The functions below EVP: an event's reference is a block or two, for which EVP takes longer to get ready than to
  // digest.
  SHA256_CTX context;
  Sha256 digest{};
  const bool done = SHA256_Init(&context) == 1 && SHA256_Update(&context, bytes.data(), bytes.size()) == 1 &&
                    SHA256_Final(digest.data(), &context) == 1;
  GLMAP_ASSERT(done);
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
  std::string text(16, ' ');
  for (std::size_t group = 0; group < text.size(); ++group) {
    const std::size_t bit = group * 5;
    const unsigned window = (static_cast<unsigned>(digest[bit / 8]) << 8) | digest[bit / 8 + 1];
    text[group] = kAlphabet[(window >> (11 - bit % 8)) & 31];
  }
  return text;
}

}  // namespace glmap
