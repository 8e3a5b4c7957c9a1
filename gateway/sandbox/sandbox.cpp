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
  if (request.path == "/_documents") return said(200, tryton_.documents());
  if (request.path == "/_documents/ledger") return said(200, ledger_.documents());
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
  if (request.path.starts_with("/ledger/")) return ledger_.handle(request, faults_);
  return tryton_.handle(request, faults_);
}

DoorReply Sandbox::change_settings(const Json& settings) {
  using Two = std::pair<std::string, std::string>;
  struct Change {
    std::string_view name, first, second;
    std::function<bool(const Two&)> make;
  };
  const std::array changes = {
      Change{"close_period", "company", "period",
             [&](const Two& to) {
               return tryton_.close_period(to.first, to.second) && ledger_.close_period(to.first, to.second, false);
             }},
      Change{"open_period", "company", "period",
             [&](const Two& to) {
               return tryton_.close_period(to.first, to.second, true) &&
                      ledger_.close_period(to.first, to.second, true);
             }},
      Change{"close_account", "company", "code",
             [&](const Two& to) {
               return tryton_.close_account(to.first, to.second) && ledger_.close_account(to.first, to.second, false);
             }},
      Change{"open_account", "company", "code",
             [&](const Two& to) {
               return tryton_.close_account(to.first, to.second, true) &&
                      ledger_.close_account(to.first, to.second, true);
             }},
      Change{"rename_company", "from", "to",
             [&](const Two& to) {
               return tryton_.rename_company(to.first, to.second) && ledger_.rename_company(to.first, to.second);
             }},
      Change{"edit", "reference", "", [&](const Two& of) { return tryton_.edit(of.first) || ledger_.edit(of.first); }},
      Change{"remove", "reference", "",
             [&](const Two& of) { return tryton_.remove(of.first) || ledger_.remove(of.first); }},
      Change{"post_draft", "reference", "",
             [&](const Two& of) { return tryton_.post_draft(of.first) || ledger_.post_draft(of.first); }}};
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
    if (std::string_view(name) == "unique") {
      tryton_.set_unique_reference(*value->as_bool());
      ledger_.set_unique_reference(*value->as_bool());
    } else {
      ledger_.set_duplicate_is_error(*value->as_bool());
    }
  }
  if (const Json* lag = settings.find("visibility_lag_ms")) {
    tryton_.set_visibility_lag_ms(as_id(lag));
    ledger_.set_visibility_lag_ms(as_id(lag));
  }
  if (const Json* outage = settings.find("outage_ms")) out_until_ms_ = clock_ms() + as_id(outage);
  return said(200, Json::Object{});
}

}  // namespace glmap::gateway::sandbox
