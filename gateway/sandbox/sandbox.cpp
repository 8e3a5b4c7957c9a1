// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox/sandbox.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <utility>

namespace glmap::gateway::sandbox {

namespace {

DoorReply said(int status, const Json& body) {
  DoorReply reply;
  reply.status = status;
  reply.body = write_json(body);
  return reply;
}

/// Only for the sandbox's own outages; nothing of an entry depends on it.
std::int64_t clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
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
  if (request.path.starts_with("/_documents")) return documents(request.path);
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
  if (clock_ms() < out_until_ms_) {
    DoorReply nobody;
    nobody.drop_after_bytes = 0;
    return nobody;
  }
  for (const Place& place : places()) {
    if (request.path.starts_with(place.path)) return place.erp.handle(request, faults_);
  }
  return wrong("there is nothing at this path");
}

DoorReply Sandbox::documents(std::string_view path) {
  const std::string_view name = path == "/_documents" ? "tryton" : path.substr(path.rfind('/') + 1);
  for (const Place& place : places()) {
    if (place.name == name) return said(200, place.erp.documents());
  }
  return wrong("there is no such ERP");
}

DoorReply Sandbox::change_settings(const Json& settings) {
  using Two = std::pair<std::string, std::string>;
  struct Change {
    std::string_view name, first, second;
    std::function<bool(const Two&)> make;
  };
  const auto all = [&](auto&& change) {
    bool there = true;
    for (const Place& place : places()) there = change(place.erp) && there;
    return there;
  };
  const auto one = [&](auto&& change) {
    return std::ranges::any_of(places(), [&](const Place& place) { return change(place.erp); });
  };
  const std::array changes = {
      Change{"close_period", "company", "period",
             [&](const Two& of) {
               return all([&](ErpDouble& erp) { return erp.close_period(of.first, of.second, false); });
             }},
      Change{"open_period", "company", "period",
             [&](const Two& of) {
               return all([&](ErpDouble& erp) { return erp.close_period(of.first, of.second, true); });
             }},
      Change{"close_account", "company", "code",
             [&](const Two& of) {
               return all([&](ErpDouble& erp) { return erp.close_account(of.first, of.second, false); });
             }},
      Change{"open_account", "company", "code",
             [&](const Two& of) {
               return all([&](ErpDouble& erp) { return erp.close_account(of.first, of.second, true); });
             }},
      Change{
          "rename_company", "from", "to",
          [&](const Two& of) { return all([&](ErpDouble& erp) { return erp.rename_company(of.first, of.second); }); }},
      Change{"edit", "reference", "",
             [&](const Two& of) { return one([&](ErpDouble& erp) { return erp.edit(of.first); }); }},
      Change{"remove", "reference", "",
             [&](const Two& of) { return one([&](ErpDouble& erp) { return erp.remove(of.first); }); }},
      Change{"post_draft", "reference", "",
             [&](const Two& of) { return one([&](ErpDouble& erp) { return erp.post_draft(of.first); }); }}};
  for (const auto& [name, value] : *settings.as_object()) {
    const auto change = std::ranges::find(changes, std::string_view(name), &Change::name);
    if (change == changes.end()) continue;
    const Two what{text_in(settings, name, change->first), text_in(settings, name, change->second)};
    if (!change->make(what)) return wrong("`" + name + "`: there is no such thing");
  }
  return change_switches(settings);
}

DoorReply Sandbox::change_switches(const Json& settings) {
  for (const char* name : {"unique", "duplicate_is_error"}) {
    const Json* value = settings.find(name);
    if (value == nullptr) continue;
    if (value->as_bool() == nullptr) return wrong("`" + std::string(name) + "` is true or false");
    for (const Place& place : places()) {
      std::string_view(name) == "unique" ? place.erp.set_unique_reference(*value->as_bool())
                                         : place.erp.set_duplicate_is_error(*value->as_bool());
    }
  }
  if (const Json* lag = settings.find("visibility_lag_ms")) {
    for (const Place& place : places()) place.erp.set_visibility_lag_ms(as_id(lag));
  }
  if (settings.find("netsuite_certificate") != nullptr) {
    const auto part = [&](const char* name) { return text_in(settings, "netsuite_certificate", name); };
    netsuite_.register_certificate(part("id"), part("client"), part("public_key"));
  }
  if (const Json* outage = settings.find("outage_ms")) out_until_ms_ = clock_ms() + as_id(outage);
  return said(200, Json::Object{});
}

}  // namespace glmap::gateway::sandbox
