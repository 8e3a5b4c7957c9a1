// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/erpnext/erpnext_connector.hpp"

#include "gateway/connectors/erpnext/error_table.hpp"

namespace glmap::gateway::connectors::erpnext {

namespace {

using delivery::DraftLeft;
using delivery::NotSent;
using delivery::Outcome;
using delivery::Refused;
using delivery::Unclear;

constexpr const char* kType = "Journal Entry";

/// Error of a look-up.
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

class ErpnextConnector final : public delivery::ErpConnector {
 public:
  ErpnextConnector(ErpnextSettings settings, std::unique_ptr<platform::HttpClient> http)
      : shape_(std::move(settings.shape)),
        session_(std::move(settings.connection), std::move(http), settings.timeouts),
        books_(session_, std::move(settings.companies), settings.create_parties) {
    capabilities_.kind = "erpnext";
    capabilities_.reference_length_max = 140;
    capabilities_.lines_max = 100;  // longer ones are submitted in the background
    capabilities_.currency_per_line = true;
    capabilities_.draft_step = true;
    capabilities_.unique_reference = false;
    capabilities_.read_back = true;
    capabilities_.dimensions =
        shape_.fields.empty() ? delivery::DimensionSupport::text : delivery::DimensionSupport::analytic;
  }

  const delivery::Capabilities& describe() const override { return capabilities_; }
  void guard_sends(std::function<bool()> may_send) override { session_.caller().guard_sends(std::move(may_send)); }
  void pace_requests(std::function<std::optional<std::string>()> before_request) override {
    session_.caller().pace_requests(std::move(before_request));
  }
  void let_go() override {}

  delivery::Asked<delivery::EntityIdentity> who_am_i(std::string_view entity) override {
    books_.forget();  // asked anew each time: the site may have been replaced
    const auto company = books_.company(entity);
    if (!company) return std::unexpected(as_error(before_sending(company.error())));
    return delivery::EntityIdentity{company->name, company->currency};
  }

  Outcome submit(const JournalEntry& entry) override {
    const auto company = books_.company(entry.data().entity);
    if (!company) return before_sending(company.error());
    const auto original = original_of(entry, *company);
    if (!original) return before_sending(original.error());
    auto voucher = to_voucher(entry, shape_, *company, *original, books_);
    if (!voucher) {
      books_.forget();
      return before_sending(std::move(voucher).error());
    }
    auto made = session_.call("POST", kType, "", write_json(*voucher));
    if (!made) return std::move(made).error().outcome;
    if (const auto* complaint = std::get_if<Complaint>(&*made)) return refusal(*complaint);
    const std::string name = text_in(&std::get<Json>(*made), "name");
    if (name.empty()) return Unclear{"ERPNext's answer does not say which journal entry it made"};
    return post_new(name);
  }

  delivery::Asked<delivery::Finding> find(const JournalEntry& entry) override {
    const auto company = books_.company(entry.data().entity);
    if (!company) return std::unexpected(as_error(before_sending(company.error())));
    const auto found =
        session_.list(kType, {term("cheque_no", "=", entry.key().reference()), term("company", "=", company->name)},
                      Json::Array{"name", "docstatus"});
    if (!found) return std::unexpected(as_error(found.error().outcome));
    if (found->empty()) return delivery::Absent{};
    const std::string name = text_in(&found->front(), "name");
    if (found->size() > 1) {
      return delivery::Differs{name, std::to_string(found->size()) + " journal entries carry the reference `" +
                                         entry.key().reference() + "`"};
    }
    return read(entry, *company, name);
  }

  Outcome complete_draft(const JournalEntry&, std::string_view document) override {
    const std::string name(document);
    auto posted = post(name);
    if (!posted) return std::move(posted).error().outcome;
    if (const auto* complaint = std::get_if<Complaint>(&*posted)) return refusal(*complaint);
    return said(name, std::get<Json>(*posted));
  }

 private:
  Answered<std::variant<Json, Complaint>> post(const std::string& name) {
    return session_.call("PUT", kType, name, R"({"docstatus":1})");
  }

  static Outcome said(const std::string& name, const Json& document) {
    if (text_in(&document, "docstatus") == "1") return delivery::Posted{name, name};
    return Unclear{"ERPNext's answer does not say that journal entry " + name + " is submitted"};
  }

  /// The name of the document that the entry takes back; "" where it takes none back, or there is not exactly one.
  Answered<std::string> original_of(const JournalEntry& entry, const Company& company) {
    const std::string& reference = entry.data().reverses;
    if (reference.empty()) return "";
    GLMAP_TRY(found, session_.list(kType,
                                   {term("cheque_no", "=", reference), term("company", "=", company.name),
                                    term("docstatus", "=", Json::number(1))},
                                   Json::Array{"name"}));
    return found.size() == 1 ? text_in(&found.front(), "name") : "";
  }

  delivery::Asked<delivery::Finding> read(const JournalEntry& entry, const Company& company, const std::string& name) {
    // Their names, to tell the lines' accounts by number; one that is gone shows as a difference.
    for (const JournalLine& line : entry.lines()) {
      const auto account = books_.account(company, line.account);
      if (!account && !std::holds_alternative<Refused>(account.error().outcome))
        return std::unexpected(as_error(before_sending(account.error())));
    }
    auto answer = session_.call("GET", kType, name, "");
    if (!answer) return std::unexpected(as_error(answer.error().outcome));
    if (const auto* complaint = std::get_if<Complaint>(&*answer)) {
      return std::unexpected(delivery::NotAsked(Error{ErrorCode::ErpUnreachable, complaint->text, {}, {}}));
    }
    auto finding = from_voucher(entry, company, books_, std::get<Json>(*answer));
    if (!finding) return std::unexpected(delivery::NotAsked(finding.error()));
    return std::move(*finding);
  }

  Outcome refusal(const Complaint& complaint) {
    const std::string text = complaint.text.empty() ? complaint.type : complaint.text;
    Outcome means = delivery::outcome_of(classify(complaint.type, complaint.text), text);
    if (std::holds_alternative<Refused>(means)) books_.forget();
    return means;
  }

  /// Submits the draft just made. From here on ERPNext holds something of ours.
  Outcome post_new(const std::string& name) {
    auto posted = post(name);
    if (!posted) {
      auto* trouble = std::get_if<NotSent>(&posted.error().outcome);
      if (trouble == nullptr) return std::move(posted).error().outcome;
      std::string text = trouble->text;
      return DraftLeft{name, std::move(text), std::move(*trouble)};
    }
    const auto* complaint = std::get_if<Complaint>(&*posted);
    if (complaint == nullptr) return said(name, std::get<Json>(*posted));
    Outcome means = refusal(*complaint);
    if (std::holds_alternative<Unclear>(means)) return means;
    if (auto* trouble = std::get_if<NotSent>(&means)) {
      const bool soon_again = trouble->code == ErrorCode::ErpUnreachable;
      return DraftLeft{name, complaint->text, soon_again ? std::nullopt : std::optional(std::move(*trouble))};
    }
    // A draft left behind is easily submitted by hand later, so it is taken away again.
    auto removed = session_.call("DELETE", kType, name, "");
    if (removed && std::holds_alternative<Json>(*removed)) return means;
    auto* trouble = removed ? nullptr : std::get_if<NotSent>(&removed.error().outcome);
    return DraftLeft{name, complaint->text, trouble != nullptr ? std::optional(std::move(*trouble)) : std::nullopt};
  }

  VoucherShape shape_;
  delivery::Capabilities capabilities_;
  Session session_;
  Books books_;
};

}  // namespace

std::unique_ptr<delivery::ErpConnector> make_erpnext_connector(ErpnextSettings settings,
                                                               std::unique_ptr<platform::HttpClient> http) {
  return std::make_unique<ErpnextConnector>(std::move(settings), std::move(http));
}

}  // namespace glmap::gateway::connectors::erpnext
