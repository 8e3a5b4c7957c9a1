// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/netsuite_access.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "compiler/runtime/base/digest.hpp"
#include "compiler/runtime/base/json.hpp"

namespace glmap::gateway::sandbox {

namespace {

constexpr std::int64_t kSkewSeconds = 300;

// ---- texts ----------------------------------------------------------------------------------------------------------

std::string escaped(const std::string& text) {
  static const char* hex = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : text) {
    if (std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      out.push_back(static_cast<char>(c));
    } else {
      out.push_back('%');
      out.push_back(hex[c / 16]);
      out.push_back(hex[c % 16]);
    }
  }
  return out;
}

std::string plain(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out.push_back(static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

/// a=b&c=d, decoded.
std::vector<std::pair<std::string, std::string>> pairs_of(const std::string& text, char between) {
  std::vector<std::pair<std::string, std::string>> out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t stop = std::min(text.find(between, at), text.size());
    const std::string part = text.substr(at, stop - at);
    const std::size_t equals = std::min(part.find('='), part.size());
    out.emplace_back(plain(part.substr(0, equals)), equals < part.size() ? plain(part.substr(equals + 1)) : "");
    at = stop + 1;
  }
  return out;
}

std::string value_of(const std::vector<std::pair<std::string, std::string>>& pairs, const std::string& name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return "";
}

std::string as_text(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// RFC 2104, from the digest alone.
std::string message_code(std::string key, const std::string& message) {
  constexpr std::size_t kBlock = 64;
  if (key.size() > kBlock) key = as_text(sha256(key));
  key.resize(kBlock, '\0');
  std::string inner = key, outer = key;
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5C);
  return as_text(sha256(outer + as_text(sha256(inner + message))));
}

std::string to_base64(const std::string& bytes) {
  static const char* letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group * 256 + (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k)
      out.push_back(i + k <= bytes.size() ? letters[(group >> (18 - 6 * k)) % 64] : '=');
  }
  return out;
}

/// Base 64 of URLs; stops at what it does not know.
std::string from_base64url(const std::string& text) {
  std::string out;
  unsigned bits = 0, held = 0;
  for (const char c : text) {
    const std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const std::size_t value = letters.find(c);
    if (value == std::string_view::npos) break;
    held = held * 64 + static_cast<unsigned>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<char>(held >> bits));
    held &= (1u << bits) - 1;
  }
  return out;
}

// ---- signatures of assertions ---------------------------------------------------------------------------------------

/// An ECDSA signature of JSON Web Tokens as OpenSSL takes it.
std::string as_der(const std::string& raw) {
  ECDSA_SIG* both = ECDSA_SIG_new();
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  const int half = static_cast<int>(raw.size() / 2);
  ECDSA_SIG_set0(both, BN_bin2bn(bytes, half, nullptr), BN_bin2bn(bytes + half, half, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(both, &der);
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(std::max(size, 0)));
  OPENSSL_free(der);
  ECDSA_SIG_free(both);
  return out;
}

bool is_signed_by(const std::string& pem, const std::string& algorithm, const std::string& message,
                  const std::string& signature) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* key = PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  if (key == nullptr) return false;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* how = nullptr;
  const EVP_MD* digest = algorithm.ends_with("256")   ? EVP_sha256()
                         : algorithm.ends_with("384") ? EVP_sha384()
                                                      : EVP_sha512();
  bool good = EVP_DigestVerifyInit(context, &how, digest, nullptr, key) == 1;
  const bool is_pss = algorithm.starts_with("PS");
  if (is_pss) {
    good = good && EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  const std::string form = is_pss ? signature : as_der(signature);
  good = good && EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(form.data()), form.size(),
                                  reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return good;
}

std::string said(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  if (value == nullptr) return "";
  if (value->as_number() != nullptr) return value->as_number()->text;
  return value->as_string() == nullptr ? "" : *value->as_string();
}

DoorReply refused_token(const std::string& why) {
  DoorReply reply;
  reply.status = 400;
  reply.body = write_json(Json::Object{{"error", "invalid_request"}, {"error_description", why}});
  reply.keep_alive = true;
  return reply;
}

}  // namespace

void NetsuiteAccess::register_certificate(std::string key_id, std::string client, std::string public_key_pem) {
  certificates_[std::move(key_id)] = {std::move(client), std::move(public_key_pem)};
}

std::optional<std::string> NetsuiteAccess::fault_of_assertion(const DoorRequest& request, const std::string& assertion,
                                                              std::int64_t now_s) {
  const std::size_t first = assertion.find('.'), second = assertion.rfind('.');
  if (first == std::string::npos || first == second) return "the assertion is no JSON Web Token";
  const auto header = parse_json(from_base64url(assertion.substr(0, first)));
  const auto claims = parse_json(from_base64url(assertion.substr(first + 1, second - first - 1)));
  if (!header || !claims) return "the assertion is no JSON Web Token";
  const std::string algorithm = said(*header, "alg");
  static const std::set<std::string> taken = {"PS256", "PS384", "PS512", "ES256", "ES384", "ES512"};
  if (!taken.contains(algorithm)) return "unsupported algorithm " + algorithm;
  const auto certificate = certificates_.find(said(*header, "kid"));
  if (certificate == certificates_.end()) return "unknown certificate";
  if (said(*claims, "iss") != certificate->second.client) return "invalid client";
  if (said(*claims, "scope") != "rest_webservices") return "invalid scope";
  const std::string address = "http://" + request.field("host") + request.path;
  if (said(*claims, "aud") != address) return "invalid audience";
  const long long issued = std::atoll(said(*claims, "iat").c_str()), ends = std::atoll(said(*claims, "exp").c_str());
  if (issued > now_s + kSkewSeconds || ends <= now_s || ends > issued + 3600) return "expired";
  if (!assertions_.insert(assertion).second) return "the assertion was used before";
  if (!is_signed_by(certificate->second.public_key_pem, algorithm, assertion.substr(0, second),
                    from_base64url(assertion.substr(second + 1)))) {
    return "invalid signature";
  }
  return std::nullopt;
}

DoorReply NetsuiteAccess::give_token(const DoorRequest& request, std::int64_t now_s) {
  const auto form = pairs_of(request.body, '&');
  if (value_of(form, "grant_type") != "client_credentials") return refused_token("unsupported grant type");
  if (value_of(form, "client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
    return refused_token("unsupported assertion type");
  if (auto fault = fault_of_assertion(request, value_of(form, "client_assertion"), now_s)) return refused_token(*fault);
  const std::string token = "sandbox-access-" + std::to_string(++last_token_);
  tokens_[token] = now_s + token_seconds_;
  DoorReply reply;
  reply.body = write_json(
      Json::Object{{"access_token", token}, {"expires_in", std::to_string(token_seconds_)}, {"token_type", "bearer"}});
  reply.keep_alive = true;
  return reply;
}

std::optional<std::string> NetsuiteAccess::fault_of(const DoorRequest& request, std::int64_t now_s) {
  if (request.authorization.starts_with("OAuth ")) return fault_of_signature(request, now_s);
  if (!request.authorization.starts_with("Bearer ")) return "no authorization";
  const auto token = tokens_.find(request.authorization.substr(7));
  if (token == tokens_.end() || token->second <= now_s) return "invalid token";
  return std::nullopt;
}

std::optional<std::string> NetsuiteAccess::fault_of_signature(const DoorRequest& request, std::int64_t now_s) {
  std::string list = request.authorization.substr(6);
  std::erase(list, '"');
  std::erase(list, ' ');
  const auto stated = pairs_of(list, ',');
  if (value_of(stated, "realm") != kRealm) return "unknown realm";
  if (value_of(stated, "oauth_consumer_key") != kConsumerKey) return "unknown consumer";
  if (value_of(stated, "oauth_token") != kToken) return "unknown token";
  if (value_of(stated, "oauth_signature_method") != "HMAC-SHA256") return "unknown signature method";
  const long long at = std::atoll(value_of(stated, "oauth_timestamp").c_str());
  if (at < now_s - kSkewSeconds || at > now_s + kSkewSeconds) return "the timestamp is too old or too new";
  std::vector<std::string> parts;
  for (const auto& [name, value] : stated) {
    if (name != "realm" && name != "oauth_signature") parts.push_back(escaped(name) + "=" + escaped(value));
  }
  const std::size_t question = std::min(request.path.find('?'), request.path.size());
  if (question < request.path.size()) {
    for (const auto& [name, value] : pairs_of(request.path.substr(question + 1), '&'))
      parts.push_back(escaped(name) + "=" + escaped(value));
  }
  std::sort(parts.begin(), parts.end());
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : "&") + part;
  const std::string base = request.method + "&" +
                           escaped("http://" + request.field("host") + request.path.substr(0, question)) + "&" +
                           escaped(joined);
  const std::string secret = escaped(kConsumerSecret) + "&" + escaped(kTokenSecret);
  if (to_base64(message_code(secret, base)) != value_of(stated, "oauth_signature")) return "invalid signature";
  if (!nonces_.insert(value_of(stated, "oauth_nonce")).second) return "the nonce was used before";
  return std::nullopt;
}

}  // namespace glmap::gateway::sandbox
