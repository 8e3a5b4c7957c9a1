// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/netsuite/session.hpp"

namespace glmap::gateway::connectors::netsuite {

namespace {

using delivery::NotSent;
using delivery::Unclear;
using platform::HttpAnswered;

constexpr std::size_t kTextMax = 400;
constexpr std::size_t kNonceBytes = 16;
constexpr std::int64_t kMicros = 1'000'000;

std::unexpected<Unanswered> not_sent(ErrorCode code, std::string text,
                                     std::optional<std::int64_t> pause = std::nullopt) {
  return std::unexpected(Unanswered{NotSent{code, std::move(text), pause}});
}

/// What is wrong with the connection as a whole, before an answer is about the entry.
std::optional<Unanswered> connection_fault(const HttpAnswered& answered) {
  const std::string status = "HTTP " + std::to_string(answered.status);
  if (answered.status == 429)
    return Unanswered{NotSent{ErrorCode::ErpThrottled, "NetSuite asks to slow down", pause_asked(answered)}};
  if (answered.status == 401 || answered.status == 403) {
    const std::string why = complaint_of(answered).text;
    return Unanswered{NotSent{
        ErrorCode::ErpAuthorisation,
        "NetSuite refuses the credentials or the role's rights (" + status + (why.empty() ? "" : ", " + why) + ")",
        std::nullopt}};
  }
  if ((answered.status >= 300 && answered.status < 400) || answered.status == 405)
    return Unanswered{
        NotSent{ErrorCode::BadConfiguration, "there is no NetSuite REST service at this address (" + status + ")", {}}};
  // A proxy may say so after the ERP has done its work.
  if (answered.status >= 500 || answered.status == 408)
    return Unanswered{Unclear{"NetSuite answered " + status + " " + complaint_of(answered).text}};
  const bool about_the_request =
      (answered.status >= 200 && answered.status < 300) || answered.status == 400 || answered.status == 404;
  if (about_the_request) return std::nullopt;
  return Unanswered{Unclear{"NetSuite answered " + status}};
}

}  // namespace

Complaint complaint_of(const HttpAnswered& answered) {
  const Result<Json> parsed = parse_json(answered.body);
  const Json* json = parsed ? &*parsed : nullptr;
  Complaint out;
  const Json* details = json == nullptr ? nullptr : json->find("o:errorDetails");
  if (details != nullptr && details->as_array() != nullptr) {
    for (const Json& each : *details->as_array()) {
      if (out.code.empty()) out.code = text_in(&each, "o:errorCode");
      out.text += (out.text.empty() ? "" : "; ") + text_in(&each, "detail");
    }
  }
  if (out.text.empty()) out.text = text_in(json, "title");
  out.text = shortened(std::move(out.text), kTextMax);
  return out;
}

Session::Session(std::string url, Credentials credentials, std::unique_ptr<platform::HttpClient> http,
                 SettingsReader::Timeouts timeouts, const platform::Clock& clock)
    : url_(std::move(url)), credentials_(std::move(credentials)), caller_(std::move(http), timeouts), clock_(clock) {
  if (const auto* client = std::get_if<auth::ClientCredentials>(&credentials_)) token_.emplace(*client, clock_);
}

delivery::Asked<std::string> Session::authorization(const std::string& method, const std::string& url) {
  if (token_) {
    GLMAP_TRY(token, token_->get(caller_.http(), caller_.timeouts().connect_ms_max, caller_.timeouts().total_ms_max));
    return "Bearer " + token;
  }
  const std::string nonce = platform::random_name(kNonceBytes);
  return auth::oauth1_authorization(std::get<auth::OAuth1Credentials>(credentials_),
                                    {method, url, nonce, clock_.utc_micros() / kMicros});
}

Answered<HttpAnswered> Session::once(const std::string& method, const std::string& path, const std::string& body,
                                     Effect effect, bool& unauthorised) {
  const std::string url = url_ + path;
  const auto signature = authorization(method, url);
  if (!signature) {
    return not_sent(signature.error().code, signature.error().message, signature.error().retry_after_micros);
  }
  HttpCall call{.method = method, .url = url, .body = body, .effect = effect};
  call.fields = {{"Authorization", *signature}, {"Accept", "application/json"}};
  if (!body.empty()) call.fields.push_back({"Content-Type", "application/json"});
  // A field name that NetSuite does not know is otherwise dropped with a warning: a dimension lost in silence.
  if (effect == Effect::writes) call.fields.push_back({"X-NetSuite-PropertyNameValidation", "Error"});
  if (path.starts_with("/services/rest/query/")) call.fields.push_back({"Prefer", "transient"});
  platform::HttpOutcome sent = caller_.send(std::move(call));
  if (auto* refused = std::get_if<platform::HttpNotSent>(&sent))
    return not_sent(ErrorCode::ErpUnreachable, std::move(refused->reason));
  if (auto* unclear = std::get_if<platform::HttpUnclear>(&sent))
    return std::unexpected(Unanswered{Unclear{std::move(unclear->reason)}});
  auto& answered = std::get<HttpAnswered>(sent);
  unauthorised = answered.status == 401;
  if (auto fault = connection_fault(answered)) return std::unexpected(std::move(*fault));
  return std::move(answered);
}

Answered<HttpAnswered> Session::call(std::string method, const std::string& path, std::string body, Effect effect) {
  bool unauthorised = false;
  auto first = once(method, path, body, effect, unauthorised);
  if (!unauthorised || !token_) return first;
  token_->forget();
  return once(method, path, body, effect, unauthorised);
}

Answered<Json::Array> Session::query(const std::string& suiteql) {
  GLMAP_TRY(answered, call("POST", "/services/rest/query/v1/suiteql?limit=1000&offset=0",
                           write_json(Json::Object{{"q", suiteql}}), Effect::reads));
  if (answered.status != 200) {
    const Complaint why = complaint_of(answered);
    return not_sent(ErrorCode::ErpAuthorisation, "NetSuite does not answer a SuiteQL query (HTTP " +
                                                     std::to_string(answered.status) + ", " + why.text +
                                                     "); the role needs the right `SuiteAnalytics Workbook`");
  }
  Result<Json> body = parse_json(answered.body);
  Json* items = nullptr;
  if (body && body->as_object() != nullptr) {
    for (auto& [key, value] : *body->as_object()) {
      if (key == "items") items = &value;
    }
  }
  if (items == nullptr || items->as_array() == nullptr)
    return not_sent(ErrorCode::ErpUnreachable, "NetSuite's answer to a query holds no rows");
  return std::move(*items->as_array());
}

}  // namespace glmap::gateway::connectors::netsuite
