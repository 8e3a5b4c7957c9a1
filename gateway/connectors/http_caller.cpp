// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/http_caller.hpp"

namespace glmap::gateway::connectors {

namespace {
constexpr int kRetryAfterCapSeconds = 86'400;
}

platform::HttpOutcome HttpCaller::send(HttpCall call) {
  if (before_request_) {
    if (auto why = before_request_()) return platform::HttpNotSent{std::move(*why)};
  }
  platform::HttpRequest request;
  request.method = std::move(call.method);
  request.url = std::move(call.url);
  request.fields = std::move(call.fields);
  request.body = std::move(call.body);
  request.replay_safe = call.effect == Effect::reads;
  if (call.effect == Effect::writes) request.may_send = may_send_;
  request.connect_ms_max = timeouts_.connect_ms_max;
  request.total_ms_max = timeouts_.total_ms_max;
  return http_->send(request);
}

std::optional<std::int64_t> pause_asked(const platform::HttpAnswered& answered) {
  const int seconds = answered.retry_after_s(kRetryAfterCapSeconds);
  return seconds < 0 ? std::nullopt : std::optional(std::int64_t{seconds} * 1'000'000);
}

std::string text_in(const Json* object, std::string_view key) {
  const Json* value = object == nullptr ? nullptr : object->find(key);
  if (value == nullptr) return "";
  if (value->as_string() != nullptr) return *value->as_string();
  return value->as_number() == nullptr ? "" : value->as_number()->text;
}

std::string shortened(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t cut = bytes_max;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  text.resize(cut);
  return text;
}

}  // namespace glmap::gateway::connectors
