// SPDX-License-Identifier: Apache-2.0
#include "gateway/service/ask_gateway.hpp"

#include "gateway/platform/http_client.hpp"

namespace glmap::gateway::service {

namespace {

std::string member(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value != nullptr && value->as_string() != nullptr ? *value->as_string() : std::string();
}

}  // namespace

Result<Json> ask_gateway(const std::string& url, const std::string& method, const std::string& path,
                         const std::string& body) {
  GLMAP_TRY(client, platform::make_http_client({}));
  platform::HttpRequest request;
  request.method = method;
  request.url = url + path;
  request.body = body;
  request.replay_safe = method == "GET";
  if (!body.empty()) request.fields = {{"Content-Type", "application/json"}};
  const auto outcome = client->send(request);
  const auto* answer = std::get_if<platform::HttpAnswered>(&outcome);
  if (answer == nullptr) {
    const auto* unsent = std::get_if<platform::HttpNotSent>(&outcome);
    const std::string why = unsent != nullptr ? unsent->reason : std::get<platform::HttpUnclear>(outcome).reason;
    return fail(ErrorCode::BadConfiguration, "no glmapd answers at " + in_backticks(url) + ": " + why,
                "give its address with --url");
  }
  GLMAP_TRY(json, parse_json(answer->body));
  if (answer->status / 100 == 2) return std::move(json);
  const std::string type = member(json, "type");  // urn:glmap:error:GLM-5012
  const auto code = parse_code(type.substr(type.rfind(':') + 1));
  return fail(code.value_or(ErrorCode::BadRequest), member(json, "detail"), member(json, "help"));
}

}  // namespace glmap::gateway::service
