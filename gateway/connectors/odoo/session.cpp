// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/odoo/session.hpp"

#include "gateway/connectors/odoo/error_table.hpp"

namespace glmap::gateway::connectors::odoo {

namespace {

using delivery::NotSent;
using delivery::Unclear;
using platform::HttpAnswered;

constexpr std::size_t kTextMax = 400;

std::unexpected<Unanswered> not_sent(ErrorCode code, std::string text,
                                     std::optional<std::int64_t> pause = std::nullopt) {
  return std::unexpected(Unanswered{NotSent{code, std::move(text), pause}});
}

/// A serialised exception; werkzeug's own errors may be a text alone.
std::optional<Complaint> complaint_of(const HttpAnswered& answered) {
  const Result<Json> body = parse_json(answered.body);
  if (!body) return std::nullopt;
  if (body->as_string() != nullptr) return Complaint{"", shortened(*body->as_string(), kTextMax)};
  Complaint out{text_in(&*body, "name"), shortened(text_in(&*body, "message"), kTextMax)};
  return out.name.empty() && out.text.empty() ? std::nullopt : std::optional(std::move(out));
}

/// What is wrong with the connection as a whole, before an answer is about the entry.
std::optional<Unanswered> connection_fault(const HttpAnswered& answered, const std::optional<Complaint>& complaint) {
  const std::string status = "HTTP " + std::to_string(answered.status);
  const std::string why = complaint ? ", " + complaint->text : "";
  if (answered.status == 429)
    return Unanswered{NotSent{ErrorCode::ErpThrottled, "Odoo asks to slow down", pause_asked(answered)}};
  if (complaint && classify(complaint->name, complaint->text) == delivery::ErrorClass::entity)
    return Unanswered{NotSent{ErrorCode::ErpWrongEntity, complaint->text, {}}};
  if (answered.status == 401 || answered.status == 403) {
    return Unanswered{NotSent{
        ErrorCode::ErpAuthorisation, "Odoo refuses the API key or the user's rights (" + status + why + ")", {}}};
  }
  const bool unknown_call = complaint && complaint->name == "werkzeug.exceptions.NotFound";
  if ((answered.status >= 300 && answered.status < 400) || answered.status == 405 ||
      (answered.status == 404 && (!complaint || unknown_call))) {
    return Unanswered{NotSent{
        ErrorCode::BadConfiguration, "there is no JSON-2 service of Odoo at this address (" + status + why + ")", {}}};
  }
  // From 500 on a proxy may say so after Odoo has done its work, and Odoo itself after it has committed.
  if (answered.status >= 500 || answered.status == 408 || (answered.status >= 300 && !complaint))
    return Unanswered{Unclear{"Odoo answered " + status + why}};
  return std::nullopt;
}

const Json* linked(const Json& record, std::string_view field, std::size_t member) {
  const Json* value = record.find(field);
  const Json::Array* pair = value == nullptr ? nullptr : value->as_array();
  return pair == nullptr || pair->size() <= member ? nullptr : &(*pair)[member];
}

}  // namespace

Answered<std::variant<Json, Complaint>> Session::call(std::string_view model, std::string_view method,
                                                      Json::Object arguments, Effect effect) {
  HttpCall call{.method = "POST",
                .url = connection_.url + "/json/2/" + std::string(model) + "/" + std::string(method),
                .fields = {{"Authorization", "bearer " + connection_.api_key},
                           {"Content-Type", "application/json; charset=utf-8"},
                           {"Accept", "application/json"}},
                .body = write_json(Json(std::move(arguments))),
                .effect = effect};
  if (!connection_.database.empty()) call.fields.push_back({"X-Odoo-Database", connection_.database});
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
  if (!body) return std::unexpected(Unanswered{Unclear{"Odoo's answer is not JSON"}});
  return std::move(*body);
}

Answered<Json::Array> Session::search(std::string_view model, Json::Array domain, Json::Array fields,
                                      const std::string& company) {
  GLMAP_TRY(answer, call(model, "search_read",
                         Json::Object{{"domain", std::move(domain)},
                                      {"fields", std::move(fields)},
                                      {"order", "id"},
                                      {"context", context_of(company)}},
                         Effect::reads));
  if (const auto* complaint = std::get_if<Complaint>(&answer)) {
    return not_sent(ErrorCode::BadConfiguration,
                    "Odoo does not answer a search in `" + std::string(model) + "`: " + complaint->text);
  }
  Json::Array* records = std::get<Json>(answer).as_array();
  if (records == nullptr)
    return not_sent(ErrorCode::ErpUnreachable, "Odoo's answer to a search in `" + std::string(model) + "` is no list");
  return std::move(*records);
}

Json context_of(const std::string& company) {
  Json out = Json::Object{{"lang", "en_US"}};
  if (!company.empty()) out.set("allowed_company_ids", Json::Array{Json(JsonNumber{company})});
  return out;
}

Json term(std::string_view field, std::string_view comparison, Json value) {
  return Json::Array{field, comparison, std::move(value)};
}

std::string linked_id(const Json& record, std::string_view field) {
  const Json* id = linked(record, field, 0);
  return id == nullptr || id->as_number() == nullptr ? "" : id->as_number()->text;
}

std::string linked_name(const Json& record, std::string_view field) {
  const Json* name = linked(record, field, 1);
  return name == nullptr || name->as_string() == nullptr ? "" : *name->as_string();
}

}  // namespace glmap::gateway::connectors::odoo
