// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/sandbox.hpp"

namespace glmap::gateway::sandbox {

namespace {

DoorReply said(int status, const Json& body) {
  DoorReply reply;
  reply.status = status;
  reply.body = write_json(body);
  return reply;
}

DoorReply wrong(std::string_view what) {
  return said(400, Json::Object{{"title", what}});
}

std::string text_in(const Json& object, std::string_view outer, std::string_view inner) {
  const Json* found = object.find(outer);
  const Json* value = found == nullptr ? nullptr : found->find(inner);
  return value == nullptr || value->as_string() == nullptr ? "" : *value->as_string();
}

}  // namespace

Result<std::unique_ptr<Sandbox>> Sandbox::start(const SandboxSettings& settings) {
  std::unique_ptr<Sandbox> out(new Sandbox(settings));
  GLMAP_TRY(door,
            Door::open(settings.port, [raw = out.get()](const DoorRequest& request) { return raw->handle(request); }));
  out->door_ = std::move(door);
  return out;
}

DoorReply Sandbox::handle(const DoorRequest& request) {
  if (request.path.starts_with("/ledger/")) return ledger_.handle(request, faults_);
  if (request.path == "/_documents") return said(200, tryton_.documents());
  if (request.path == "/_faults" && request.method == "DELETE") {
    faults_.clear();
    return said(200, Json::Object{});
  }
  if (request.path == "/_faults" || request.path == "/_settings") {
    const Result<Json> body = parse_json(request.body);
    if (!body) return wrong(body.error().message);
    if (request.path == "/_settings") return change_settings(*body);
    if (glmap::Status replaced = faults_.replace(*body); !replaced) return wrong(replaced.error().message);
    return said(200, Json::Object{});
  }
  return tryton_.handle(request, faults_);
}

DoorReply Sandbox::change_settings(const Json& settings) {
  if (const Json* unique = settings.find("unique")) {
    if (unique->as_bool() == nullptr) return wrong("`unique` is true or false");
    tryton_.set_unique_reference(*unique->as_bool());
  }
  if (const Json* lag = settings.find("visibility_lag_ms")) tryton_.set_visibility_lag_ms(as_id(lag));
  if (settings.find("close_period") != nullptr && !tryton_.close_period(text_in(settings, "close_period", "company"),
                                                                        text_in(settings, "close_period", "period"))) {
    return wrong("there is no such period");
  }
  if (settings.find("close_account") != nullptr && !tryton_.close_account(text_in(settings, "close_account", "company"),
                                                                          text_in(settings, "close_account", "code"))) {
    return wrong("there is no such account");
  }
  if (settings.find("rename_company") != nullptr &&
      !tryton_.rename_company(text_in(settings, "rename_company", "from"), text_in(settings, "rename_company", "to"))) {
    return wrong("there is no such company");
  }
  return said(200, Json::Object{});
}

}  // namespace glmap::gateway::sandbox
