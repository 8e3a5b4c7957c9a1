// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/base/digest.hpp"

#include <memory>

#include <openssl/evp.h>

#include "compiler/runtime/base/error.hpp"

namespace glmap {

Sha256 sha256(std::string_view bytes) {
  // Looking the algorithm up costs more than digesting an event, so it is done once, and a context is made once a
  // thread. Neither keeps anything of what it digested.
  static EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  GLMAP_ASSERT(kAlgorithm != nullptr && context != nullptr);
  Sha256 digest{};
  unsigned length = 0;
  const bool done = EVP_DigestInit_ex2(context.get(), kAlgorithm, nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), digest.data(), &length) == 1;
  GLMAP_ASSERT(done && length == digest.size());
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
