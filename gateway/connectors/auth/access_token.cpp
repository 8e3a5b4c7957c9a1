// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/auth/access_token.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/connectors/auth/oauth1.hpp"

namespace glmap::gateway::connectors::auth {

namespace {

constexpr std::int64_t kAssertionSeconds = 300;
constexpr std::int64_t kMicros = 1'000'000;
// A token is not used in the last part of its life: requests take their time, and clocks differ.
constexpr std::int64_t kMarginSecondsMax = 60;
constexpr std::int64_t kLifeSeconds = 300;  // where the answer does not say
constexpr int kRetryAfterCapSeconds = 3600;

delivery::NotAsked not_asked(ErrorCode code, std::string text, std::optional<std::int64_t> pause = std::nullopt) {
  return {Error{code, std::move(text), {}, {}}, pause};
}

std::string text_in(const Result<Json>& json, std::string_view key) {
  const Json* value = json ? json->find(key) : nullptr;
  return value == nullptr || value->as_string() == nullptr ? "" : *value->as_string();
}

/// A number, or as some write it a text.
std::int64_t seconds_in(const Result<Json>& json) {
  const Json* value = json ? json->find("expires_in") : nullptr;
  if (value == nullptr) return kLifeSeconds;
  const std::string text = value->as_number() != nullptr   ? value->as_number()->text
                           : value->as_string() != nullptr ? *value->as_string()
                                                           : "";
  std::int64_t out = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  return fault == std::errc() && end == text.data() + text.size() && out > 0 ? out : kLifeSeconds;
}

delivery::NotAsked refused(const platform::HttpAnswered& answered) {
  const std::string status = "HTTP " + std::to_string(answered.status);
  if (answered.status == 429) {
    const int seconds = answered.retry_after_s(kRetryAfterCapSeconds);
    return not_asked(ErrorCode::ErpThrottled, "the ERP asks to slow down when asked for a token",
                     seconds < 0 ? std::nullopt : std::optional(std::int64_t{seconds} * kMicros));
  }
  if (answered.status >= 500 || answered.status == 408) {
    return not_asked(ErrorCode::ErpUnreachable, "the ERP gives no token now (" + status + ")");
  }
  const Result<Json> body = parse_json(answered.body);
  std::string why = text_in(body, "error");
  if (const std::string more = text_in(body, "error_description"); !more.empty()) why += ": " + more;
  if (why.size() > 300) why.resize(300);
  return not_asked(ErrorCode::ErpAuthorisation,
                   "the ERP refuses a token (" + status + (why.empty() ? "" : ", " + why) + ")");
}

}  // namespace

std::string client_assertion(const ClientCredentials& credentials, std::int64_t now_s) {
  const Json header = Json::Object{{"typ", "JWT"}, {"alg", credentials.key->algorithm()}, {"kid", credentials.key_id}};
  const Json claims = Json::Object{{"iss", credentials.client_id},
                                   {"sub", credentials.client_id},
                                   {"scope", credentials.scope},
                                   {"aud", credentials.token_url},
                                   {"jti", platform::random_name(16)},
                                   {"iat", Json::number(now_s)},
                                   {"exp", Json::number(now_s + kAssertionSeconds)}};
  const std::string body = platform::base64url(write_json(header)) + "." + platform::base64url(write_json(claims));
  return body + "." + platform::base64url(credentials.key->sign(body));
}

std::string AccessToken::form() const {
  std::string out = "grant_type=client_credentials";
  if (credentials_.key) {
    return out + "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer" +
           "&client_assertion=" + client_assertion(credentials_, clock_.utc_micros() / kMicros);
  }
  return out + "&client_id=" + percent_encoded(credentials_.client_id) +
         "&client_secret=" + percent_encoded(credentials_.secret) + "&scope=" + percent_encoded(credentials_.scope);
}

delivery::Asked<std::string> AccessToken::get(platform::HttpClient& http, int connect_ms_max, int total_ms_max) {
  if (!token_.empty() && clock_.monotonic_micros() < ends_at_micros_) return token_;
  token_.clear();
  platform::HttpRequest request;
  request.method = "POST";
  request.url = credentials_.token_url;
  request.fields = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  request.body = form();
  request.replay_safe = true;  // a token too many does no harm
  request.connect_ms_max = connect_ms_max;
  request.total_ms_max = total_ms_max;
  const std::int64_t asked_at = clock_.monotonic_micros();
  const platform::HttpOutcome sent = http.send(request);
  if (const auto* not_sent = std::get_if<platform::HttpNotSent>(&sent))
    return std::unexpected(not_asked(ErrorCode::ErpUnreachable, not_sent->reason));
  if (const auto* unclear = std::get_if<platform::HttpUnclear>(&sent))
    return std::unexpected(not_asked(ErrorCode::ErpUnreachable, unclear->reason));
  const auto& answered = std::get<platform::HttpAnswered>(sent);
  if (answered.status != 200) return std::unexpected(refused(answered));
  const Result<Json> body = parse_json(answered.body);
  token_ = text_in(body, "access_token");
  if (token_.empty())
    return std::unexpected(not_asked(ErrorCode::ErpUnreachable, "the ERP's answer holds no access token"));
  const std::int64_t life = seconds_in(body);
  ends_at_micros_ = asked_at + (life - std::min(kMarginSecondsMax, life / 5)) * kMicros;
  return token_;
}

}  // namespace glmap::gateway::connectors::auth
