// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/rest/rest_connector.hpp"

#include "gateway/connectors/http_caller.hpp"
#include "gateway/connectors/rest/read_document.hpp"

namespace glmap::gateway::connectors::rest {

namespace {

using delivery::NotSent;
using delivery::Outcome;
using delivery::Refused;
using delivery::Unclear;
using platform::HttpAnswered;

constexpr std::size_t kTextMax = 400;

std::string in_words(const HttpAnswered& answered) {
  std::string text = "HTTP " + std::to_string(answered.status);
  if (!answered.body.empty()) text += ": " + shortened(answered.body, kTextMax);
  return text;
}

/// What an answer that is no success means for the entry. What is not known is never taken for a no.
Outcome outcome_of(AnswerClass meaning, const HttpAnswered& answered) {
  std::string text = "the ERP answered " + in_words(answered);
  switch (meaning) {
    case AnswerClass::closed_period:
      return Refused{ErrorCode::ErpClosedPeriod, std::move(text)};
    case AnswerClass::bad_account:
      return Refused{ErrorCode::ErpBadAccount, std::move(text)};
    case AnswerClass::bad_dimension:
      return Refused{ErrorCode::ErpBadDimension, std::move(text)};
    case AnswerClass::unbalanced:
      return Refused{ErrorCode::ErpUnbalanced, std::move(text)};
    case AnswerClass::too_large:
    case AnswerClass::refused:
      return Refused{ErrorCode::ErpRefused, std::move(text)};
    case AnswerClass::entity:
      return NotSent{ErrorCode::ErpWrongEntity, std::move(text), std::nullopt};
    case AnswerClass::authorisation:
      return NotSent{ErrorCode::ErpAuthorisation, std::move(text), std::nullopt};
    case AnswerClass::address:
      return NotSent{ErrorCode::BadConfiguration, std::move(text), std::nullopt};
    case AnswerClass::throttled:
      return NotSent{ErrorCode::ErpThrottled, std::move(text), pause_asked(answered)};
    case AnswerClass::transient:
      return NotSent{ErrorCode::ErpUnreachable, std::move(text), pause_asked(answered)};
    case AnswerClass::duplicate:
    case AnswerClass::unknown:
      return Unclear{std::move(text)};
  }
  GLMAP_ASSERT(false && "all classes are handled");
}

/// The same for a question, which writes nothing.
delivery::NotAsked not_asked(AnswerClass meaning, const HttpAnswered& answered) {
  const Outcome outcome = outcome_of(meaning, answered);
  if (const auto* not_sent = std::get_if<NotSent>(&outcome))
    return delivery::NotAsked(Error{not_sent->code, not_sent->text, {}, {}}, not_sent->retry_after_micros);
  return delivery::NotAsked(Error{ErrorCode::ErpUnreachable, "the ERP answered " + in_words(answered), {}, {}});
}

class RestConnector final : public delivery::ErpConnector {
 public:
  RestConnector(RestSettings settings, std::unique_ptr<platform::HttpClient> http)
      : settings_(std::move(settings)), http_(std::move(http), {settings_.connect_ms_max, settings_.total_ms_max}) {
    if (settings_.oauth) token_.emplace(*settings_.oauth, clock_);
    capabilities_.kind = "rest";
    capabilities_.reference_length_max = settings_.reference_length_max;
    capabilities_.lines_max = settings_.lines_max;
    capabilities_.currency_per_line =
        settings_.body.has_transaction_amounts() && (!settings_.find || settings_.find->transaction.any());
    capabilities_.draft_step = settings_.complete.has_value();
    capabilities_.read_back = settings_.find.has_value();
    capabilities_.dimensions = delivery::DimensionSupport::text;
  }

  const delivery::Capabilities& describe() const override { return capabilities_; }
  void guard_sends(std::function<bool()> may_send) override { http_.guard_sends(std::move(may_send)); }
  void pace_requests(std::function<std::optional<std::string>()> before_request) override {
    http_.pace_requests(std::move(before_request));
  }
  void let_go() override {}

  delivery::Asked<delivery::EntityIdentity> who_am_i(std::string_view entity) override {
    const auto scope = scope_of(entity);
    if (!scope) return std::unexpected(delivery::NotAsked(scope.error()));
    // The configuration says that this ERP cannot be asked: what is expected is all there is.
    if (!settings_.who)
      return delivery::EntityIdentity{scope->own->at("company"), std::string(scope->entity->functional.code())};
    GLMAP_TRY(answered, ask(*settings_.who, *scope));
    if (answered.status == 404) {
      return std::unexpected(delivery::NotAsked(
          Error{ErrorCode::ErpWrongEntity, "the ERP has no company for `" + std::string(entity) + "`", {}, {}}));
    }
    const auto json = parse_json(answered.body);
    if (answered.status != 200 || !json)
      return std::unexpected(not_asked(classify(settings_.answers, answered.status, answered.body), answered));
    const std::string name = text_at(*json, settings_.who_name), currency = text_at(*json, settings_.who_currency);
    if (name.empty() || currency.empty()) {
      return std::unexpected(delivery::NotAsked(
          Error{ErrorCode::ErpWrongEntity, "the ERP's answer does not say whose books they are", {}, {}}));
    }
    return delivery::EntityIdentity{name, currency};
  }

  Outcome submit(const JournalEntry& entry) override { return write(settings_.send, settings_.body, entry, ""); }

  Outcome complete_draft(const JournalEntry& entry, std::string_view document) override {
    return write(*settings_.complete, *settings_.complete_body, entry, document);
  }

  delivery::Asked<delivery::Finding> find(const JournalEntry& entry) override {
    GLMAP_ASSERT(settings_.find.has_value());
    const auto scope = scope_of(entry);
    if (!scope) return std::unexpected(delivery::NotAsked(scope.error()));
    GLMAP_TRY(answered, ask(settings_.find->request, *scope));
    if (settings_.find->absent.contains(answered.status)) return delivery::Absent{};
    const auto json = parse_json(answered.body);
    if (answered.status != 200 || !json)
      return std::unexpected(not_asked(classify(settings_.answers, answered.status, answered.body), answered));
    return read_finding(*settings_.find, entry, *scope, *json);
  }

 private:
  Result<Scope> scope_of(std::string_view code) const {
    const auto entity = settings_.entities.find(std::string(code));
    if (entity == settings_.entities.end())
      return fail(ErrorCode::ErpWrongEntity, "this connection serves no legal entity `" + std::string(code) + "`");
    Scope out;
    out.entity = &entity->second;
    out.own = &settings_.own.at(entity->first);
    out.mapped = &settings_.mapped;
    return out;
  }
  Result<Scope> scope_of(const JournalEntry& entry) const {
    GLMAP_TRY(out, scope_of(entry.data().entity));
    out.entry = &entry;
    return out;
  }

  Result<HttpCall> call_of(const RequestTemplate& what, const Scope& scope, Effect effect) const {
    HttpCall out;
    out.effect = effect;
    out.method = what.method;
    GLMAP_TRY(path, what.path.fill_url(scope));
    out.url = settings_.url + path;
    out.fields = {{"Accept", "application/json"}};
    if (!settings_.authorisation.empty()) out.fields.push_back({"Authorization", settings_.authorisation});
    for (const auto& [name, value] : settings_.secret_headers) out.fields.push_back({name, value});
    GLMAP_CHECK(add_headers(out, settings_.headers, scope));
    if (effect == Effect::writes) GLMAP_CHECK(add_headers(out, settings_.send_headers, scope));
    return out;
  }

  static Status add_headers(HttpCall& request, const std::vector<std::pair<std::string, TextTemplate>>& headers,
                            const Scope& scope) {
    for (const auto& [name, value] : headers) {
      GLMAP_TRY(text, value.fill(scope));
      for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20)
          return fail(ErrorCode::ErpRefused, "the field `" + name + "` would hold a control character");
      }
      request.fields.push_back({name, text});
    }
    return {};
  }

  /// A token that the ERP does not take any more is asked for anew, once: 401 says that nothing was done.
  delivery::Asked<platform::HttpOutcome> exchange(HttpCall call) {
    if (!token_) return http_.send(std::move(call));
    for (bool again = false;; again = true) {
      GLMAP_TRY(token, token_->get(http_.http(), settings_.connect_ms_max, settings_.total_ms_max));
      HttpCall with_token = call;
      with_token.fields.push_back({"Authorization", "Bearer " + token});
      platform::HttpOutcome outcome = http_.send(std::move(with_token));
      const auto* answered = std::get_if<HttpAnswered>(&outcome);
      if (again || answered == nullptr || answered->status != 401) return outcome;
      token_->forget();
    }
  }

  delivery::Asked<HttpAnswered> ask(const RequestTemplate& what, const Scope& scope) {
    const auto fails = [](const std::string& why) {
      return std::unexpected(delivery::NotAsked(Error{ErrorCode::ErpUnreachable, why, {}, {}}));
    };
    GLMAP_TRY(call, call_of(what, scope, Effect::reads));
    GLMAP_TRY(got, exchange(std::move(call)));
    if (auto* not_sent = std::get_if<platform::HttpNotSent>(&got)) return fails(not_sent->reason);
    if (auto* unclear = std::get_if<platform::HttpUnclear>(&got)) return fails(unclear->reason);
    return std::get<HttpAnswered>(std::move(got));
  }

  Outcome write(const RequestTemplate& what, const BodyTemplate& body, const JournalEntry& entry,
                std::string_view document) {
    auto scope = scope_of(entry);
    if (!scope) return NotSent{scope.error().code, scope.error().message, std::nullopt};
    scope->erp_document = document;
    auto call = call_of(what, *scope, Effect::writes);
    auto text = body.fill(*scope);
    if (!call) return Refused{call.error().code, call.error().message};
    if (!text) return Refused{text.error().code, text.error().message};
    call->body = std::move(*text);
    call->fields.push_back({"Content-Type", settings_.content_type});
    auto exchanged = exchange(std::move(*call));
    if (!exchanged) {
      const delivery::NotAsked& why = exchanged.error();
      return NotSent{why.code, why.message, why.retry_after_micros};
    }
    platform::HttpOutcome& sent = *exchanged;
    if (auto* not_sent = std::get_if<platform::HttpNotSent>(&sent))
      return NotSent{ErrorCode::ErpUnreachable, std::move(not_sent->reason), std::nullopt};
    if (auto* unclear = std::get_if<platform::HttpUnclear>(&sent)) return Unclear{std::move(unclear->reason)};
    return said(std::get<HttpAnswered>(sent));
  }

  Outcome said(const HttpAnswered& answered) const {
    if (!settings_.success.contains(answered.status))
      return outcome_of(classify(settings_.answers, answered.status, answered.body), answered);
    const auto json = parse_json(answered.body);
    if (!json) return Unclear{"the ERP's answer is no JSON: " + in_words(answered)};
    if (settings_.success_when && !settings_.success_when->holds(*json))
      return outcome_of(classify(settings_.answers, answered.status, answered.body), answered);
    const std::string document = text_at(*json, settings_.document);
    if (document.empty()) return Unclear{"the ERP's answer names no document: " + in_words(answered)};
    if (settings_.draft && settings_.draft->holds(*json))
      return delivery::DraftLeft{document, "the ERP keeps it as a draft", std::nullopt};
    return delivery::Posted{document, text_at(*json, settings_.number)};
  }

  RestSettings settings_;
  delivery::Capabilities capabilities_;
  HttpCaller http_;
  platform::SystemClock clock_;
  std::optional<auth::AccessToken> token_;
};

}  // namespace

std::unique_ptr<delivery::ErpConnector> make_rest_connector(RestSettings settings,
                                                            std::unique_ptr<platform::HttpClient> http) {
  return std::make_unique<RestConnector>(std::move(settings), std::move(http));
}

}  // namespace glmap::gateway::connectors::rest
