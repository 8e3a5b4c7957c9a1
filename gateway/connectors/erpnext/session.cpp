// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/erpnext/session.hpp"

#include "gateway/connectors/auth/oauth1.hpp"

namespace glmap::gateway::connectors::erpnext {

namespace {

using delivery::NotSent;
using delivery::Unclear;
using platform::HttpAnswered;

constexpr std::size_t kTextMax = 400;

std::unexpected<Unanswered> not_sent(ErrorCode code, std::string text,
                                     std::optional<std::int64_t> pause = std::nullopt) {
  return std::unexpected(Unanswered{NotSent{code, std::move(text), pause}});
}

/// "Account <b>Bank</b>" -> "Account Bank"
std::string without_tags(std::string_view text) {
  std::string out;
  bool in_tag = false;
  for (const char c : text) {
    if (c == '<') in_tag = true;
    if (!in_tag) out += c;
    if (c == '>') in_tag = false;
  }
  return out;
}

/// `_server_messages` is text: a JSON list of texts, each a JSON object with the message.
std::string messages_of(const Json& body) {
  const Result<Json> list = parse_json(text_in(&body, "_server_messages"));
  std::string out;
  if (!list || list->as_array() == nullptr) return out;
  for (const Json& each : *list->as_array()) {
    const Result<Json> message = parse_json(each.as_string() == nullptr ? "" : *each.as_string());
    if (message) out += (out.empty() ? "" : "; ") + text_in(&*message, "message");
  }
  return out;
}

std::optional<Complaint> complaint_of(const HttpAnswered& answered) {
  const Result<Json> body = parse_json(answered.body);
  if (!body || text_in(&*body, "exc_type").empty()) return std::nullopt;
  std::string text = messages_of(*body);
  if (text.empty()) text = text_in(&*body, "exception");
  return Complaint{text_in(&*body, "exc_type"), shortened(without_tags(text), kTextMax)};
}

/// What is wrong with the connection as a whole, before an answer is about the entry.
std::optional<Unanswered> connection_fault(const HttpAnswered& answered, const std::optional<Complaint>& complaint) {
  const std::string status = "HTTP " + std::to_string(answered.status);
  const std::string why = complaint ? ", " + (complaint->text.empty() ? complaint->type : complaint->text) : "";
  if (answered.status == 429)
    return Unanswered{NotSent{ErrorCode::ErpThrottled, "ERPNext asks to slow down", pause_asked(answered)}};
  if (answered.status == 401 || answered.status == 403) {
    return Unanswered{NotSent{
        ErrorCode::ErpAuthorisation, "ERPNext refuses the API key or the user's rights (" + status + why + ")", {}}};
  }
  const bool elsewhere = (answered.status >= 300 && answered.status < 400) || answered.status == 405;
  if (elsewhere || (answered.status == 404 && !complaint))
    return Unanswered{NotSent{ErrorCode::BadConfiguration, "there is no ERPNext at this address (" + status + ")", {}}};
  // A proxy may say so after the ERP has done its work.
  if (answered.status >= 500 || answered.status == 408 || !complaint)
    return Unanswered{Unclear{"ERPNext answered " + status + why}};
  return std::nullopt;
}

}  // namespace

Answered<std::variant<Json, Complaint>> Session::send(HttpCall call) {
  call.fields = {{"Authorization", "token " + connection_.api_key + ":" + connection_.api_secret},
                 {"Accept", "application/json"}};
  if (!call.body.empty()) call.fields.push_back({"Content-Type", "application/json"});
  platform::HttpOutcome sent = caller_.send(std::move(call));
  if (auto* refused = std::get_if<platform::HttpNotSent>(&sent))
    return not_sent(ErrorCode::ErpUnreachable, std::move(refused->reason));
  if (auto* unclear = std::get_if<platform::HttpUnclear>(&sent))
    return std::unexpected(Unanswered{Unclear{std::move(unclear->reason)}});
  const auto& answered = std::get<HttpAnswered>(sent);
  if (answered.status >= 300) {
    std::optional<Complaint> complaint = complaint_of(answered);
    if (auto fault = connection_fault(answered, complaint)) return std::unexpected(std::move(*fault));
    return std::move(*complaint);
  }
  Result<Json> body = parse_json(answered.body);
  if (!body) return std::unexpected(Unanswered{Unclear{"ERPNext's answer is not JSON"}});
  const Json* data = body->find("data");
  return data == nullptr ? Json() : *data;
}

Answered<std::variant<Json, Complaint>> Session::call(std::string method, std::string_view type, std::string_view name,
                                                      std::string body) {
  HttpCall call{.method = std::move(method),
                .url = connection_.url + "/api/resource/" + auth::percent_encoded(type),
                .fields = {},
                .body = std::move(body)};
  if (!name.empty()) call.url += "/" + auth::percent_encoded(name);
  call.effect = call.method == "GET" ? Effect::reads : Effect::writes;
  return send(std::move(call));
}

Answered<Json::Array> Session::list(std::string_view type, Json::Array filters, Json::Array fields) {
  HttpCall call{.method = "GET",
                .url = connection_.url + "/api/resource/" + auth::percent_encoded(type) +
                       "?filters=" + auth::percent_encoded(write_json(Json(std::move(filters)))) +
                       "&fields=" + auth::percent_encoded(write_json(Json(std::move(fields)))) + "&limit_page_length=5",
                .fields = {},
                .body = {}};
  GLMAP_TRY(answer, send(std::move(call)));
  if (const auto* complaint = std::get_if<Complaint>(&answer)) {
    return not_sent(ErrorCode::BadConfiguration,
                    "ERPNext does not list `" + std::string(type) + "`: " + complaint->text);
  }
  Json::Array* documents = std::get<Json>(answer).as_array();
  if (documents == nullptr)
    return not_sent(ErrorCode::ErpUnreachable, "ERPNext's answer about `" + std::string(type) + "` holds no list");
  return std::move(*documents);
}

Json term(std::string_view field, std::string_view comparison, Json value) {
  return Json::Array{field, comparison, std::move(value)};
}

}  // namespace glmap::gateway::connectors::erpnext
