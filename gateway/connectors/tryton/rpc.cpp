// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/tryton/rpc.hpp"

#include "gateway/connectors/tryton/wire.hpp"

namespace glmap::gateway::connectors::tryton {

namespace {

constexpr std::size_t kTextMax = 400;  // a domain error carries kilobytes of field definitions
constexpr int kRetryAfterCapSeconds = 3600;

std::string short_text(std::string text) {
  if (text.size() <= kTextMax) return text;
  std::size_t cut = kTextMax;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;  // not inside a character
  text.resize(cut);
  return text + " ...";
}

/// `[CLASS, [MESSAGE, DESCRIPTION, ...]]` for the ERP's own errors, `[TEXT, ""]` for what its database or Python said.
std::string fault_text(const Json& error) {
  const Json::Array* parts = error.as_array();
  if (parts == nullptr || parts->empty()) return "an error without a text";
  const std::string first = text_from_json(&parts->front());
  if (parts->size() < 2) return short_text(first);
  const Json::Array* detail = (*parts)[1].as_array();
  if (detail == nullptr || detail->empty()) return short_text(first);
  // A UserWarning's first part is the warning's internal name, its second the message.
  const std::size_t at = first == "UserWarning" && detail->size() > 1 ? 1 : 0;
  return short_text(text_from_json(&(*detail)[at]));
}

std::optional<std::int64_t> retry_after_micros(const platform::HttpAnswered& answered) {
  const int seconds = answered.retry_after_s(kRetryAfterCapSeconds);
  if (seconds < 0) return std::nullopt;
  return std::int64_t{seconds} * 1'000'000;
}

delivery::NotSent throttled(const platform::HttpAnswered& answered) {
  return {ErrorCode::ErpThrottled, "the ERP asks to slow down (HTTP 429)", retry_after_micros(answered)};
}

delivery::NotSent unauthorised(std::string text) {
  return {ErrorCode::ErpAuthorisation, std::move(text), std::nullopt};
}

}  // namespace

platform::HttpOutcome RpcClient::exchange(std::string_view method, Json::Array params, Effect effect) {
  if (before_request_) {
    if (auto why = before_request_()) return platform::HttpNotSent{std::move(*why)};
  }
  platform::HttpRequest request;
  request.method = "POST";
  request.url = settings_.url + "/" + settings_.database + "/";
  request.fields = {{"Content-Type", "application/json"}};
  if (!session_.empty()) request.fields.push_back({"Authorization", session_});
  // Exactly these three members: with any other one the server leaves the envelope out of its answer.
  request.body =
      write_json(Json::Object{{"id", Json::number(++last_id_)}, {"method", method}, {"params", std::move(params)}});
  request.replay_safe = effect == Effect::reads;
  if (effect == Effect::writes) request.may_send = may_send_;
  request.connect_ms_max = settings_.connect_ms_max;
  request.total_ms_max = settings_.total_ms_max;
  return http_->send(request);
}

RpcOutcome RpcClient::read_answer(const platform::HttpAnswered& answered) const {
  const std::string status = "HTTP " + std::to_string(answered.status);
  if (answered.status == 429) return throttled(answered);
  if (answered.status >= 300 && answered.status < 400) {
    return delivery::NotSent{ErrorCode::BadConfiguration, "the ERP's address redirects elsewhere (" + status + ")",
                             std::nullopt};
  }
  if (answered.status >= 400 && answered.status < 500 && answered.status != 408)
    return RpcFault{"the ERP does not take this call (" + status + ")"};
  // A 5xx or 408 may come from a proxy in front, after the ERP has done its work.
  if (answered.status != 200) return delivery::Unclear{"the ERP answered " + status};
  const Result<Json> parsed = parse_json(answered.body);
  if (!parsed) return delivery::Unclear{"the ERP's answer is not JSON: " + parsed.error().message};
  const Json* id = parsed->find("id");
  if (id == nullptr || id->as_number() == nullptr || id->as_number()->text != std::to_string(last_id_)) {
    return delivery::Unclear{"the ERP's answer belongs to another call"};
  }
  if (const Json* error = parsed->find("error")) return RpcFault{fault_text(*error)};
  if (const Json* result = parsed->find("result")) return RpcAnswer{*result};
  return delivery::Unclear{"the ERP's answer holds neither a result nor an error"};
}

std::optional<delivery::NotSent> RpcClient::log_in() {
  session_.clear();
  const platform::HttpOutcome sent = exchange(
      "common.db.login", Json::Array{settings_.user, Json::Object{{"password", settings_.password}}}, Effect::reads);
  if (const auto* not_sent = std::get_if<platform::HttpNotSent>(&sent)) {
    return delivery::NotSent{ErrorCode::ErpUnreachable, not_sent->reason, std::nullopt};
  }
  // A login that got lost leaves at most an unused session behind.
  if (const auto* unclear = std::get_if<platform::HttpUnclear>(&sent)) {
    return delivery::NotSent{ErrorCode::ErpUnreachable, unclear->reason, std::nullopt};
  }
  const auto& answered = std::get<platform::HttpAnswered>(sent);
  if (answered.status == 401) return unauthorised("the ERP refuses user `" + settings_.user + "` or the password");
  RpcOutcome outcome = read_answer(answered);
  if (auto* not_sent = std::get_if<delivery::NotSent>(&outcome)) return *not_sent;
  if (auto* unclear = std::get_if<delivery::Unclear>(&outcome)) {
    return delivery::NotSent{ErrorCode::ErpUnreachable, std::move(unclear->text), std::nullopt};
  }
  if (auto* fault = std::get_if<RpcFault>(&outcome)) return unauthorised("the ERP refuses the login: " + fault->text);
  const Json::Array* pair = std::get<RpcAnswer>(outcome).value.as_array();
  if (pair == nullptr || pair->size() != 2 || !id_from_json(&pair->front())) {
    return unauthorised("the ERP refuses user `" + settings_.user + "` or the password");
  }
  const std::string key = text_from_json(&(*pair)[1]);
  session_ = "Session " + base64(settings_.user + ":" + std::to_string(*id_from_json(&pair->front())) + ":" + key);
  ++sessions_;
  return std::nullopt;
}

RpcOutcome RpcClient::call(std::string_view method, Json::Array params, Effect effect) {
  for (int attempt = 0;; ++attempt) {
    if (session_.empty()) {
      if (auto not_sent = log_in()) return std::move(*not_sent);
    }
    const platform::HttpOutcome sent = exchange(method, params, effect);
    if (const auto* not_sent = std::get_if<platform::HttpNotSent>(&sent)) {
      return delivery::NotSent{ErrorCode::ErpUnreachable, not_sent->reason, std::nullopt};
    }
    if (const auto* unclear = std::get_if<platform::HttpUnclear>(&sent)) return delivery::Unclear{unclear->reason};
    const auto& answered = std::get<platform::HttpAnswered>(sent);
    if (answered.status != 401) return read_answer(answered);
    // The session ended. The server checks it before it looks at the call, so the call was not carried out.
    session_.clear();
    // Behind a lost session may stand another database: before anything is written, the lane asks again who the ERP is.
    if (effect == Effect::writes)
      return delivery::NotSent{ErrorCode::ErpUnreachable, "the ERP ended the session before the call", std::nullopt};
    if (attempt > 0) return unauthorised("the ERP ends each session at once (HTTP 401)");
  }
}

}  // namespace glmap::gateway::connectors::tryton
