// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/base/signature.hpp"

#include <cstdint>
#include <memory>

#include <openssl/evp.h>

#include "compiler/runtime/base/error.hpp"

namespace glmap {

namespace {

constexpr std::size_t kKeyBytes = 32, kSignatureBytes = 64;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* room_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

Key private_key(std::string_view seed) {
  if (seed.size() != kKeyBytes) return nullptr;
  return Key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size()));
}

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

bool verify_ed25519(std::string_view key, std::string_view message, std::string_view signature) {
  if (key.size() != kKeyBytes || signature.size() != kSignatureBytes) return false;
  const Key owner(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(key), key.size()));
  const Context context(EVP_MD_CTX_new());
  if (!owner || !context) return false;
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, owner.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
}

std::optional<std::string> sign_ed25519(std::string_view seed, std::string_view message) {
  const Key owner = private_key(seed);
  const Context context(EVP_MD_CTX_new());
  if (!owner || !context) return std::nullopt;
  std::string signature(kSignatureBytes, '\0');
  std::size_t length = signature.size();
  const bool made = EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, owner.get()) == 1 &&
                    EVP_DigestSign(context.get(), room_of(signature), &length, bytes_of(message), message.size()) == 1;
  if (!made || length != kSignatureBytes) return std::nullopt;
  return signature;
}

std::optional<std::string> ed25519_public_key(std::string_view seed) {
  const Key owner = private_key(seed);
  std::string key(kKeyBytes, '\0');
  std::size_t length = key.size();
  if (!owner || EVP_PKEY_get_raw_public_key(owner.get(), room_of(key), &length) != 1) return std::nullopt;
  return key;
}

std::string sha512(std::string_view bytes) {
  std::string digest(64, '\0');
  unsigned length = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), room_of(digest), &length, EVP_sha512(), nullptr);
  GLMAP_ASSERT(done == 1 && length == digest.size());
  return digest;
}

std::string encode_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t left = bytes.size() - at;
    std::uint32_t group = 0;
    for (std::size_t place = 0; place < 3; ++place)
      group = group << 8 | (place < left ? static_cast<unsigned char>(bytes[at + place]) : 0u);
    for (std::size_t place = 0; place < 4; ++place)
      text += place > left ? '=' : kDigits[group >> (18 - 6 * place) & 63];
  }
  return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t group = 0;
  int bits = 0;
  std::string_view digits = text;
  while (digits.ends_with('=') && text.size() - digits.size() < 2) digits.remove_suffix(1);
  for (const char digit : digits) {
    const std::size_t value = kDigits.find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 255);
  }
  if (encode_base64(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace glmap
