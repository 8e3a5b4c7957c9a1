// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/auth/oauth1.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "gateway/platform/signing.hpp"

namespace glmap::gateway::connectors::auth {

namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;  // both encoded

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : digit_of(text[i + 2]);
    out += low < 0 ? text[i] : static_cast<char>(16 * high + low);
    if (low >= 0) i += 2;
  }
  return out;
}

void add_query(Parameters& parameters, std::string_view query) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    parameters.emplace_back(percent_encoded(percent_decoded(pair.substr(0, equals))),
                            percent_encoded(percent_decoded(value)));
  }
}

/// Those of the protocol, in the order of the vendor's examples.
Parameters protocol_parameters(const OAuth1Credentials& credentials, const OAuth1Request& request) {
  Parameters out = {
      {"oauth_consumer_key", credentials.consumer_key}, {"oauth_token", credentials.token},
      {"oauth_nonce", std::string(request.nonce)},      {"oauth_timestamp", std::to_string(request.timestamp_s)},
      {"oauth_signature_method", "HMAC-SHA256"},        {"oauth_version", "1.0"}};
  for (auto& [name, value] : out) value = percent_encoded(value);
  return out;
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kPlain = "-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool letter_or_digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter_or_digit || kPlain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    ((out += '%') += kDigits[byte >> 4]) += kDigits[byte & 15];
  }
  return out;
}

std::string oauth1_base_string(const OAuth1Credentials& credentials, const OAuth1Request& request) {
  const std::size_t question = std::min(request.url.find('?'), request.url.size());
  Parameters parameters = protocol_parameters(credentials, request);
  add_query(parameters, request.url.substr(std::min(question + 1, request.url.size())));
  std::ranges::sort(parameters);
  std::string joined;
  for (const auto& [name, value] : parameters) joined += (joined.empty() ? "" : "&") + name + "=" + value;
  return std::string(request.method) + "&" + percent_encoded(request.url.substr(0, question)) + "&" +
         percent_encoded(joined);
}

std::string oauth1_authorization(const OAuth1Credentials& credentials, const OAuth1Request& request) {
  const std::string key =
      percent_encoded(credentials.consumer_secret) + "&" + percent_encoded(credentials.token_secret);
  const std::string signature = platform::base64(platform::hmac_sha256(key, oauth1_base_string(credentials, request)));
  std::string out = "OAuth realm=\"" + credentials.realm + "\"";
  for (const auto& [name, value] : protocol_parameters(credentials, request)) out += ", " + name + "=\"" + value + "\"";
  return out + ", oauth_signature=\"" + percent_encoded(signature) + "\"";
}

}  // namespace glmap::gateway::connectors::auth
