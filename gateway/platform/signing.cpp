// SPDX-License-Identifier: Apache-2.0
#include "gateway/platform/signing.hpp"

#include <array>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

namespace glmap::gateway::platform {

namespace {

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct DigestFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct SignatureFree {
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

struct Algorithm {
  std::string_view name;
  const char* curve;  // as OpenSSL calls it; nullptr: RSA
  const EVP_MD* (*digest)();
  std::size_t part;  // bytes of r, and of s
};
constexpr std::array kAlgorithms = {
    Algorithm{"PS256", nullptr, EVP_sha256, 0},
    Algorithm{"ES256", "prime256v1", EVP_sha256, 32},
    Algorithm{"ES384", "secp384r1", EVP_sha384, 48},
    Algorithm{"ES512", "secp521r1", EVP_sha512, 66},
};

const Algorithm* algorithm_of(EVP_PKEY* key) {
  constexpr int kRsaBitsMin = 2048;
  if (EVP_PKEY_is_a(key, "RSA") == 1) return EVP_PKEY_get_bits(key) >= kRsaBitsMin ? &kAlgorithms.front() : nullptr;
  std::array<char, 32> curve{};
  std::size_t size = 0;
  if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, curve.data(), curve.size(), &size) != 1)
    return nullptr;
  for (const Algorithm& each : kAlgorithms) {
    if (each.curve != nullptr && std::string_view(each.curve) == std::string_view(curve.data(), size)) return &each;
  }
  return nullptr;
}

/// A key that asks for a password is not for a service that starts by itself.
int no_password(char*, int, int, void*) {
  return -1;
}

/// r and s, each with as many bytes as the curve has.
std::string raw_signature(const std::string& der, std::size_t part) {
  const unsigned char* at = bytes_of(std::string_view(der));
  const std::unique_ptr<ECDSA_SIG, SignatureFree> signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  GLMAP_ASSERT(signature != nullptr);
  std::string out(2 * part, '\0');
  const int size = static_cast<int>(part);
  const bool good = BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes_of(out), size) == size &&
                    BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes_of(out) + part, size) == size;
  GLMAP_ASSERT(good);
  return out;
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(bytes_of(out), bytes_of(bytes), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string base64url(std::string_view bytes) {
  std::string out = base64(bytes);
  while (out.ends_with('=')) out.pop_back();
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string out(32, '\0');
  unsigned size = 0;
  const void* done =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(bytes), bytes.size(), bytes_of(out), &size);
  GLMAP_ASSERT(done != nullptr && size == out.size());
  return out;
}

std::string random_name(std::size_t bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string random(bytes, '\0');
  GLMAP_ASSERT(RAND_bytes(bytes_of(random), static_cast<int>(bytes)) == 1);
  std::string out;
  for (const char c : random) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

struct SigningKey::Key {
  std::unique_ptr<EVP_PKEY, KeyFree> pkey;
  const Algorithm* algorithm = nullptr;
};

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  const std::unique_ptr<BIO, BioFree> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  auto key = std::make_shared<Key>();
  key->pkey.reset(bio == nullptr ? nullptr : PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (key->pkey == nullptr) {
    return fail(ErrorCode::BadConfiguration, "this is no private key in PEM form, or it is encrypted",
                "write it with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem`");
  }
  key->algorithm = algorithm_of(key->pkey.get());
  if (key->algorithm == nullptr) {
    return fail(ErrorCode::BadConfiguration,
                "this private key is neither RSA with 2048 bits or more nor on the curve P-256, P-384 or P-521");
  }
  return SigningKey(std::move(key));
}

std::string_view SigningKey::algorithm() const {
  return key_->algorithm->name;
}

std::string SigningKey::sign(std::string_view bytes) const {
  const std::unique_ptr<EVP_MD_CTX, DigestFree> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* how = nullptr;
  EVP_PKEY* pkey = key_->pkey.get();
  bool good = EVP_DigestSignInit(context.get(), &how, key_->algorithm->digest(), nullptr, pkey) == 1;
  if (key_->algorithm->curve == nullptr) {
    good = good && EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  std::size_t size = 0;
  good = good && EVP_DigestSign(context.get(), nullptr, &size, bytes_of(bytes), bytes.size()) == 1;
  std::string out(size, '\0');
  good = good && EVP_DigestSign(context.get(), bytes_of(out), &size, bytes_of(bytes), bytes.size()) == 1;
  GLMAP_ASSERT(good);
  out.resize(size);
  return key_->algorithm->curve == nullptr ? out : raw_signature(out, key_->algorithm->part);
}

}  // namespace glmap::gateway::platform
