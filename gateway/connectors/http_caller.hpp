// SPDX-License-Identifier: Apache-2.0
// How connectors to ERPs behind HTTP make requests: each paced, each that writes guarded and never repeated by itself.
// And what their JSON answers have in common. Threading: as the connector, one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/json.hpp"
#include "gateway/connectors/settings_reader.hpp"
#include "gateway/delivery/connector.hpp"
#include "gateway/platform/http_client.hpp"

namespace glmap::gateway::connectors {

enum class Effect : std::uint8_t { reads, writes };

struct HttpCall {
  std::string method, url;
  std::vector<platform::HttpField> fields;
  std::string body;
  Effect effect = Effect::reads;
};

class HttpCaller {
 public:
  HttpCaller(std::unique_ptr<platform::HttpClient> http, SettingsReader::Timeouts timeouts)
      : http_(std::move(http)), timeouts_(timeouts) {}

  /// As ErpConnector.
  void guard_sends(std::function<bool()> may_send) { may_send_ = std::move(may_send); }
  void pace_requests(std::function<std::optional<std::string>()> before_request) {
    before_request_ = std::move(before_request);
  }
  platform::HttpOutcome send(HttpCall call);
  /// For who asks for a token: neither paced nor guarded.
  platform::HttpClient& http() { return *http_; }
  const SettingsReader::Timeouts& timeouts() const { return timeouts_; }

 private:
  std::unique_ptr<platform::HttpClient> http_;
  SettingsReader::Timeouts timeouts_;
  std::function<bool()> may_send_;
  std::function<std::optional<std::string>()> before_request_;
};

/// `Retry-After`, at most a day.
std::optional<std::int64_t> pause_asked(const platform::HttpAnswered& answered);
/// Text, or the digits of a number, at `key`; "" for anything else and for no object.
std::string text_in(const Json* object, std::string_view key);
/// Cut between characters where it is longer than `bytes_max`.
std::string shortened(std::string text, std::size_t bytes_max);

}  // namespace glmap::gateway::connectors
