// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/netsuite/netsuite_connector.hpp"

#include "gateway/connectors/netsuite/error_table.hpp"

namespace glmap::gateway::connectors::netsuite {

namespace {

using delivery::NotSent;
using delivery::Outcome;
using delivery::Refused;
using delivery::Unclear;
using platform::HttpAnswered;

constexpr std::string_view kRecord = "/services/rest/record/v1/journalEntry";

/// Error of a look-up, from what a look-up before sending means for an entry.
delivery::NotAsked as_error(const Outcome& outcome) {
  if (const auto* refused = std::get_if<Refused>(&outcome)) return Error{refused->code, refused->text, {}, {}};
  if (const auto* not_sent = std::get_if<NotSent>(&outcome))
    return {Error{not_sent->code, not_sent->text, {}, {}}, not_sent->retry_after_micros};
  return Error{ErrorCode::ErpUnreachable, std::get<Unclear>(outcome).text, {}, {}};
}

/// Before the entry is sent, no answer to a look-up says anything about it.
Outcome before_sending(Unanswered unanswered) {
  if (auto* unclear = std::get_if<Unclear>(&unanswered.outcome))
    return NotSent{ErrorCode::ErpUnreachable, std::move(unclear->text), std::nullopt};
  return std::move(unanswered.outcome);
}

/// ".../journalEntry/4711" -> "4711"
std::string id_in_location(const HttpAnswered& answered) {
  const std::string* location = answered.field("location");
  if (location == nullptr || location->find("/journalEntry/") == std::string::npos) return "";
  const std::string id = location->substr(location->rfind('/') + 1);
  return id.find_first_not_of("0123456789") == std::string::npos ? id : "";
}

class NetsuiteConnector final : public delivery::ErpConnector {
 public:
  NetsuiteConnector(NetsuiteSettings settings, std::unique_ptr<platform::HttpClient> http, const platform::Clock& clock)
      : shape_(std::move(settings.shape)),
        session_(std::move(settings.url), std::move(settings.credentials), std::move(http), settings.timeouts, clock),
        books_(session_, std::move(settings.subsidiaries)) {
    capabilities_.kind = "netsuite";
    capabilities_.reference_length_max = 100;
    capabilities_.lines_max = 1000;  // 200 are documented; above a thousand requests run out of time
    capabilities_.currency_per_line = true;
    capabilities_.draft_step = true;
    capabilities_.unique_reference = true;
    capabilities_.read_back = true;
    capabilities_.dimensions =
        shape_.dimensions.empty() ? delivery::DimensionSupport::text : delivery::DimensionSupport::analytic;
  }

  const delivery::Capabilities& describe() const override { return capabilities_; }
  void guard_sends(std::function<bool()> may_send) override { session_.caller().guard_sends(std::move(may_send)); }
  void pace_requests(std::function<std::optional<std::string>()> before_request) override {
    session_.caller().pace_requests(std::move(before_request));
  }
  void let_go() override {}

  delivery::Asked<delivery::EntityIdentity> who_am_i(std::string_view entity) override {
    books_.forget();  // asked anew each time
    const auto subsidiary = books_.subsidiary(entity);
    if (!subsidiary) return std::unexpected(as_error(before_sending(subsidiary.error())));
    return delivery::EntityIdentity{subsidiary->name, subsidiary->currency};
  }

  Outcome submit(const JournalEntry& entry) override {
    const auto subsidiary = books_.subsidiary(entry.data().entity);
    if (!subsidiary) return before_sending(subsidiary.error());
    auto journal = to_journal(entry, shape_, *subsidiary, books_);
    if (!journal) {
      books_.forget();
      return before_sending(std::move(journal).error());
    }
    auto answered = session_.call("POST", std::string(kRecord), write_json(*journal), Effect::writes);
    if (!answered) return std::move(answered).error().outcome;
    if (answered->status >= 400) return refusal(*answered);
    const std::string id = id_in_location(*answered);
    // Whatever else says 200: a portal, a proxy, an answer to come later.
    if (id.empty()) return Unclear{"NetSuite's answer does not say which journal it made"};
    return delivery::Posted{id, {}};
  }

  delivery::Asked<delivery::Finding> find(const JournalEntry& entry) override {
    const auto subsidiary = books_.subsidiary(entry.data().entity);
    if (!subsidiary) return std::unexpected(as_error(before_sending(subsidiary.error())));
    // Their ids, to tell the lines' accounts by number; one that is gone shows as a difference.
    for (const JournalLine& line : entry.lines()) {
      const auto account = books_.account(line.account);
      if (!account && !std::holds_alternative<Refused>(account.error().outcome))
        return std::unexpected(as_error(before_sending(account.error())));
    }
    auto answered =
        session_.call("GET", std::string(kRecord) + "/eid:" + entry.key().reference() + "?expandSubResources=true", "",
                      Effect::reads);
    if (!answered) return std::unexpected(as_error(answered.error().outcome));
    const Result<Json> body = parse_json(answered->body);
    if (answered->status == 404) {
      // The ERP's own "not found", not a page of something else at this address.
      if (body && body->find("o:errorDetails") != nullptr) return delivery::Absent{};
      return not_asked(ErrorCode::BadConfiguration, "there is no NetSuite REST service at this address (HTTP 404)");
    }
    if (answered->status != 200 || !body)
      return not_asked(ErrorCode::ErpUnreachable, "NetSuite's answer about the journal cannot be read");
    auto finding = from_journal(entry, shape_, *subsidiary, books_, *body);
    if (!finding) return std::unexpected(delivery::NotAsked(finding.error()));
    return std::move(*finding);
  }

  Outcome complete_draft(const JournalEntry&, std::string_view document) override {
    auto answered = session_.call("PATCH", std::string(kRecord) + "/" + std::string(document), R"({"approved":true})",
                                  Effect::writes);
    if (!answered) return std::move(answered).error().outcome;
    if (answered->status == 204 || answered->status == 200) return delivery::Posted{std::string(document), {}};
    if (answered->status >= 400) return refusal(*answered);
    return Unclear{"NetSuite answered HTTP " + std::to_string(answered->status) + " to an approval"};
  }

 private:
  static std::unexpected<delivery::NotAsked> not_asked(ErrorCode code, std::string text) {
    return std::unexpected(delivery::NotAsked(Error{code, std::move(text), {}, {}}));
  }

  /// 400 or 404: NetSuite undoes the whole record before it answers an error.
  Outcome refusal(const HttpAnswered& answered) {
    const Complaint why = complaint_of(answered);
    const std::string text = why.text + (why.code.empty() ? "" : " (" + why.code + ")");
    if (why.code.empty() && answered.status == 404)
      return NotSent{ErrorCode::BadConfiguration, "there is no NetSuite REST service at this address (HTTP 404)", {}};
    books_.forget();
    return delivery::outcome_of(classify(why.code, why.text), text, pause_asked(answered));
  }

  JournalShape shape_;
  delivery::Capabilities capabilities_;
  Session session_;
  Books books_;
};

}  // namespace

std::unique_ptr<delivery::ErpConnector> make_netsuite_connector(NetsuiteSettings settings,
                                                                std::unique_ptr<platform::HttpClient> http,
                                                                const platform::Clock& clock) {
  return std::make_unique<NetsuiteConnector>(std::move(settings), std::move(http), clock);
}

}  // namespace glmap::gateway::connectors::netsuite
