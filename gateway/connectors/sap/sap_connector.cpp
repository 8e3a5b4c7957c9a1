// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/sap/sap_connector.hpp"

#include "gateway/connectors/http_caller.hpp"
#include "gateway/connectors/sap/error_table.hpp"
#include "gateway/connectors/sap/read_back.hpp"

namespace glmap::gateway::connectors::sap {

namespace {

using delivery::NotSent;
using delivery::Outcome;
using delivery::Refused;
using delivery::Unclear;
using platform::HttpAnswered;

constexpr std::size_t kItemsMax = 999;  // of a document: its item number has three digits
constexpr std::string_view kAction =
    "\"http://sap.com/xi/SAPSCORE/SFIN/JournalEntryCreateRequestConfirmation_In/"
    "JournalEntryCreateRequestConfirmation_InRequest\"";

bool is_page(const HttpAnswered& answered) {
  const std::string* type = answered.field("content-type");
  return type != nullptr && type->starts_with("text/html");
}

/// Whatever is wrong with the whole connection, told before the message is looked at.
std::optional<NotSent> connection_fault(const HttpAnswered& answered) {
  const std::string status = "HTTP " + std::to_string(answered.status);
  if (answered.status == 429) return NotSent{ErrorCode::ErpThrottled, "SAP asks to slow down", pause_asked(answered)};
  if (answered.status == 401 || answered.status == 403)
    return NotSent{ErrorCode::ErpAuthorisation, "SAP refuses the communication user (" + status + ")", std::nullopt};
  const bool elsewhere =
      (answered.status >= 300 && answered.status < 400) || answered.status == 404 || answered.status == 405;
  if (elsewhere) {
    return NotSent{ErrorCode::BadConfiguration, "there is no such service at this address (" + status + ")",
                   std::nullopt};
  }
  return std::nullopt;
}

/// What SAP's own words of one entry amount to.
Outcome outcome_of(const Confirmed& entry) {
  const std::string words = words_of(entry.log);
  if (entry.has_document() && entry.severity < 3) {
    const std::string document = entry.company_code + "/" + entry.document + "/" + entry.fiscal_year;
    return delivery::Posted{document, document};
  }
  if (entry.has_document()) return Unclear{"SAP names document " + entry.document + " and says: " + words};
  if (entry.severity < 3) return Unclear{"SAP names neither a document nor an error: " + words};
  return delivery::outcome_of(classify(entry.log), "SAP says: " + words);
}

class SapConnector final : public delivery::ErpConnector {
 public:
  SapConnector(SapSettings settings, std::unique_ptr<platform::HttpClient> http, std::unique_ptr<platform::Clock> clock)
      : settings_(std::move(settings)), http_(std::move(http), settings_.timeouts), clock_(std::move(clock)) {
    capabilities_.kind = "sap";
    capabilities_.reference_length_max = 16;
    capabilities_.lines_max = kItemsMax;
    capabilities_.currency_per_line = true;
    capabilities_.read_back = true;
    capabilities_.dimensions = delivery::DimensionSupport::analytic;
  }

  const delivery::Capabilities& describe() const override { return capabilities_; }
  void guard_sends(std::function<bool()> may_send) override { http_.guard_sends(std::move(may_send)); }
  void pace_requests(std::function<std::optional<std::string>()> before_request) override {
    http_.pace_requests(std::move(before_request));
  }
  void let_go() override {}

  delivery::Asked<delivery::EntityIdentity> who_am_i(std::string_view entity) override {
    GLMAP_TRY(company_code, company_code_of(entity));
    GLMAP_TRY(rows, look(identity_query(company_code)));
    if (rows.empty()) {
      return std::unexpected(delivery::NotAsked(Error{ErrorCode::ErpWrongEntity,
                                                      "SAP shows this user no document of company code `" +
                                                          company_code + "`, so nothing proves whose books they are",
                                                      {},
                                                      {}}));
    }
    return delivery::EntityIdentity{text_in(&rows.front(), "CompanyCodeName"),
                                    text_in(&rows.front(), "CompanyCodeCurrency")};
  }

  Outcome submit(const JournalEntry& entry) override {
    const auto company_code = company_code_of(entry.data().entity);
    if (!company_code) return NotSent{company_code.error().code, company_code.error().message, std::nullopt};
    ToPost what{&entry, *company_code, std::nullopt};
    if (!reason_for(settings_.post, entry).empty()) {
      const auto rows = look(items_query(*company_code, entry.data().reverses));
      if (!rows) return NotSent{rows.error().code, rows.error().message, rows.error().retry_after_micros};
      what.original = original_in(*rows);
      if (!what.original)
        return Refused{ErrorCode::ErpRefused,
                       "SAP has no one document under `" + entry.data().reverses + "` to reverse"};
    }
    return post(what);
  }

  delivery::Asked<delivery::Finding> find(const JournalEntry& entry) override {
    GLMAP_TRY(company_code, company_code_of(entry.data().entity));
    GLMAP_TRY(rows, look(items_query(company_code, entry.key().reference())));
    return read_finding(settings_.post, entry, rows);
  }

  Outcome complete_draft(const JournalEntry&, std::string_view) override {
    return Refused{ErrorCode::ErpRefused, "SAP keeps no drafts of this service"};
  }

 private:
  Result<std::string> company_code_of(std::string_view entity) const {
    const auto found = settings_.company_codes.find(std::string(entity));
    if (found != settings_.company_codes.end()) return found->second;
    return fail(ErrorCode::ErpWrongEntity, "this connection serves no legal entity `" + std::string(entity) + "`");
  }

  platform::HttpOutcome exchange(HttpCall call) {
    if (!settings_.client.empty())
      call.url += (call.url.find('?') == std::string::npos ? "?sap-client=" : "&sap-client=") + settings_.client;
    if (!settings_.authorisation.empty()) call.fields.push_back({"Authorization", settings_.authorisation});
    return http_.send(std::move(call));
  }

  Outcome post(const ToPost& what) {
    auto body = post_request(settings_.post, {what}, Instant{clock_->utc_micros()});
    if (!body) return Refused{body.error().code, body.error().message};
    platform::HttpOutcome sent =
        exchange({"POST",
                  settings_.url + settings_.soap_path,
                  {{"Content-Type", "text/xml; charset=utf-8"}, {"SOAPAction", std::string(kAction)}},
                  std::move(*body),
                  Effect::writes});
    if (auto* not_sent = std::get_if<platform::HttpNotSent>(&sent))
      return NotSent{ErrorCode::ErpUnreachable, std::move(not_sent->reason), std::nullopt};
    if (auto* unclear = std::get_if<platform::HttpUnclear>(&sent)) return Unclear{std::move(unclear->reason)};
    const auto& answered = std::get<HttpAnswered>(sent);
    if (auto fault = connection_fault(answered)) return std::move(*fault);
    // 500 is said of malformed XML as well as of a program that broke off; a page may come from a proxy.
    if (answered.status != 200)
      return Unclear{"SAP answered HTTP " + std::to_string(answered.status) + words_of_fault(answered)};
    return said(what, answered);
  }

  static std::string words_of_fault(const HttpAnswered& answered) {
    const auto read = read_confirmation(answered.body);
    return read && !read->fault.empty() ? ": " + read->fault.substr(0, 400) : "";
  }

  static Outcome said(const ToPost& what, const HttpAnswered& answered) {
    const auto read = read_confirmation(answered.body);
    if (!read) return Unclear{read.error().message};
    if (!read->fault.empty()) return Unclear{"SAP says: " + read->fault};
    const std::string message = "GLMAP-" + what.entry->key().reference();
    const Confirmed* ours = nullptr;
    for (const Confirmed& each : read->entries) {
      if (each.message == message || (each.message.empty() && read->entries.size() == 1)) ours = &each;
    }
    if (ours != nullptr) return outcome_of(*ours);
    // No entry was looked at: the message as a whole was refused.
    if (read->entries.empty() && read->severity >= 3) {
      Confirmed whole;
      whole.severity = read->severity;
      whole.log = read->log;
      return outcome_of(whole);
    }
    return Unclear{"SAP's answer does not confirm the entry"};
  }

  delivery::Asked<std::vector<Json>> look(const std::string& query) {
    const auto fails = [](ErrorCode code, std::string text, std::optional<std::int64_t> pause = std::nullopt) {
      return std::unexpected(delivery::NotAsked(Error{code, std::move(text), {}, {}}, pause));
    };
    platform::HttpOutcome got = exchange(
        {"GET", settings_.url + settings_.odata_path + query, {{"Accept", "application/json"}}, "", Effect::reads});
    if (auto* not_sent = std::get_if<platform::HttpNotSent>(&got))
      return fails(ErrorCode::ErpUnreachable, not_sent->reason);
    if (auto* unclear = std::get_if<platform::HttpUnclear>(&got))
      return fails(ErrorCode::ErpUnreachable, unclear->reason);
    const auto& answered = std::get<HttpAnswered>(got);
    if (auto fault = connection_fault(answered)) return fails(fault->code, fault->text, fault->retry_after_micros);
    // A dialog user, or a host that is not the API's, is sent to a page to log on.
    if (answered.status == 200 && is_page(answered))
      return fails(ErrorCode::ErpAuthorisation, "SAP answers with a page to log on");
    if (answered.status != 200)
      return fails(ErrorCode::ErpUnreachable, "SAP answered HTTP " + std::to_string(answered.status));
    auto rows = rows_of(answered.body);
    if (!rows) return fails(ErrorCode::ErpUnreachable, "SAP's answer is no list of items");
    return std::move(*rows);
  }

  SapSettings settings_;
  delivery::Capabilities capabilities_;
  HttpCaller http_;
  std::unique_ptr<platform::Clock> clock_;
};

}  // namespace

std::unique_ptr<delivery::ErpConnector> make_sap_connector(SapSettings settings,
                                                           std::unique_ptr<platform::HttpClient> http,
                                                           std::unique_ptr<platform::Clock> clock) {
  return std::make_unique<SapConnector>(std::move(settings), std::move(http), std::move(clock));
}

}  // namespace glmap::gateway::connectors::sap
