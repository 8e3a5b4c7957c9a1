// SPDX-License-Identifier: Apache-2.0
// Tryton's JSON-RPC over HTTP: one call, one honest outcome. Knows sessions and envelopes, nothing of accounting.
// A call that writes is put on the network once; only an answer that proves it was not carried out (401, before the
// call is looked at) lets it be made again.
// Threading: belongs to one connector.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "compiler/runtime/base/json.hpp"
#include "gateway/delivery/connector.hpp"
#include "gateway/platform/http_client.hpp"

namespace glmap::gateway::connectors::tryton {

struct RpcSettings {
  std::string url;  // https://erp.example, without the database
  std::string database;
  std::string user;
  std::string password;
  int connect_ms_max = 5'000;
  int total_ms_max = 60'000;
};

struct RpcAnswer {
  Json value;
};
/// The ERP took the call, said no and undid whatever it had begun.
struct RpcFault {
  std::string text;
};
using RpcOutcome = std::variant<RpcAnswer, RpcFault, delivery::NotSent, delivery::Unclear>;

enum class Effect : bool { reads, writes };

class RpcClient {
 public:
  RpcClient(RpcSettings settings, std::unique_ptr<platform::HttpClient> http)
      : settings_(std::move(settings)), http_(std::move(http)) {}

  /// Asked right before each call that writes.
  void guard_sends(std::function<bool()> may_send) { may_send_ = std::move(may_send); }
  /// See ErpConnector::pace_requests.
  void pace_requests(std::function<std::optional<std::string>()> before_request) {
    before_request_ = std::move(before_request);
  }

  /// `params` must end with the context object.
  /// A write is never carried over into a new session: it comes back as not sent.
  RpcOutcome call(std::string_view method, Json::Array params, Effect effect);

  /// Which session is open, counted from 1; 0: none.
  long long session() const { return session_.empty() ? 0 : sessions_; }

 private:
  /// Opens a session, or says why there is none.
  std::optional<delivery::NotSent> log_in();
  platform::HttpOutcome exchange(std::string_view method, Json::Array params, Effect effect);
  RpcOutcome read_answer(const platform::HttpAnswered& answered) const;

  RpcSettings settings_;
  std::function<bool()> may_send_;
  std::function<std::optional<std::string>()> before_request_;
  std::unique_ptr<platform::HttpClient> http_;
  std::string session_;     // value of the Authorization field; empty: not logged in
  long long sessions_ = 0;  // opened so far
  long long last_id_ = 0;
};

}  // namespace glmap::gateway::connectors::tryton
