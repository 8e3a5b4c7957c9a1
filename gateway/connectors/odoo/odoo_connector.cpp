// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/odoo/odoo_connector.hpp"

#include "gateway/connectors/odoo/error_table.hpp"

namespace glmap::gateway::connectors::odoo {

namespace {

using delivery::DraftLeft;
using delivery::NotSent;
using delivery::Outcome;
using delivery::Refused;
using delivery::Unclear;

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

/// "42" of [42]
std::string only_id(const Json& answer) {
  const Json::Array* ids = answer.as_array();
  if (ids == nullptr || ids->size() != 1 || ids->front().as_number() == nullptr) return "";
  return ids->front().as_number()->text;
}

class OdooConnector final : public delivery::ErpConnector {
 public:
  OdooConnector(OdooSettings settings, std::unique_ptr<platform::HttpClient> http)
      : shape_(std::move(settings.shape)),
        session_(std::move(settings.connection), std::move(http), settings.timeouts),
        books_(session_, std::move(settings.entities)) {
    capabilities_.kind = "odoo";
    capabilities_.reference_length_max = 500;
    capabilities_.lines_max = 1000;
    capabilities_.currency_per_line = true;
    capabilities_.draft_step = true;
    capabilities_.unique_reference = false;
    capabilities_.read_back = true;
    capabilities_.dimensions =
        shape_.analytic_plan.empty() ? delivery::DimensionSupport::text : delivery::DimensionSupport::analytic;
  }

  const delivery::Capabilities& describe() const override { return capabilities_; }
  void guard_sends(std::function<bool()> may_send) override { session_.caller().guard_sends(std::move(may_send)); }
  void pace_requests(std::function<std::optional<std::string>()> before_request) override {
    session_.caller().pace_requests(std::move(before_request));
  }
  void let_go() override {}

  delivery::Asked<delivery::EntityIdentity> who_am_i(std::string_view entity) override {
    books_.forget();  // asked anew each time: the database may have been replaced
    const auto company = books_.company(entity);
    if (!company) return std::unexpected(as_error(before_sending(company.error())));
    return delivery::EntityIdentity{company->name, company->currency};
  }

  Outcome submit(const JournalEntry& entry) override {
    const auto company = books_.company(entry.data().entity);
    if (!company) return before_sending(company.error());
    if (auto closed = fault_of_date(entry, *company)) return std::move(*closed);
    const auto original = original_of(entry, *company);
    if (!original) return before_sending(original.error());
    auto move = to_move(entry, shape_, *company, *original, books_);
    if (!move) {
      books_.forget();
      return before_sending(std::move(move).error());
    }
    auto created =
        session_.call("account.move", "create",
                      Json::Object{{"vals_list", Json::Array{std::move(*move)}}, {"context", context_of(company->id)}},
                      Effect::writes);
    if (!created) return std::move(created).error().outcome;
    if (const auto* complaint = std::get_if<Complaint>(&*created)) return refusal(*complaint);
    const std::string id = only_id(std::get<Json>(*created));
    if (id.empty()) return Unclear{"Odoo's answer to the creation of a move cannot be read"};
    return post_new(*company, id);
  }

  delivery::Asked<delivery::Finding> find(const JournalEntry& entry) override {
    const auto company = books_.company(entry.data().entity);
    if (!company) return std::unexpected(as_error(before_sending(company.error())));
    const auto moves = session_.search(
        "account.move",
        {term("ref", "=", entry.key().reference()), term("company_id", "=", Json(JsonNumber{company->id}))},
        Json::Array{"name", "state", "date", "company_id"}, company->id);
    if (!moves) return std::unexpected(as_error(moves.error().outcome));
    Json::Array lines;
    if (moves->size() == 1) {
      auto found = lines_of(entry, *company, text_in(&moves->front(), "id"));
      if (!found) return std::unexpected(as_error(found.error().outcome));
      lines = std::move(*found);
    }
    auto finding = from_move(entry, *company, books_, *moves, lines);
    if (!finding) return std::unexpected(delivery::NotAsked(finding.error()));
    return std::move(*finding);
  }

  Outcome complete_draft(const JournalEntry& entry, std::string_view document) override {
    const auto company = books_.company(entry.data().entity);
    if (!company) return before_sending(company.error());
    if (auto closed = fault_of_date(entry, *company)) return std::move(*closed);
    const std::string id(document);
    auto posted = on_move(*company, "action_post", id);
    if (!posted) return std::move(posted).error().outcome;
    if (const auto* complaint = std::get_if<Complaint>(&*posted)) return refusal(*complaint);
    return delivery::Posted{id, {}};
  }

 private:
  Answered<std::variant<Json, Complaint>> on_move(const Company& company, std::string_view method,
                                                  const std::string& id) {
    return session_.call("account.move", method,
                         Json::Object{{"ids", Json::Array{Json(JsonNumber{id})}}, {"context", context_of(company.id)}},
                         Effect::writes);
  }

  /// In a locked period Odoo would post on the next open day.
  std::optional<Outcome> fault_of_date(const JournalEntry& entry, const Company& company) {
    const auto closed = books_.closed_until(company);
    if (!closed) return before_sending(closed.error());
    const std::string date = entry.data().posting_date.to_text();
    if (closed->empty() || date > *closed) return std::nullopt;
    return Refused{ErrorCode::ErpClosedPeriod, "the books of `" + company.name + "` are locked up to " + *closed +
                                                   ", and the entry is dated " + date};
  }

  /// The id of the move that the entry takes back; "" where it takes none back, or Odoo does not have exactly one.
  Answered<std::string> original_of(const JournalEntry& entry, const Company& company) {
    const std::string& reference = entry.data().reverses;
    if (reference.empty()) return "";
    GLMAP_TRY(found,
              session_.search("account.move",
                              {term("ref", "=", reference), term("company_id", "=", Json(JsonNumber{company.id})),
                               term("state", "=", "posted")},
                              Json::Array{"id"}, company.id));
    return found.size() == 1 ? text_in(&found.front(), "id") : "";
  }

  Answered<Json::Array> lines_of(const JournalEntry& entry, const Company& company, const std::string& move) {
    // Their ids, to tell the lines' accounts by code; one that is gone shows as a difference.
    for (const JournalLine& line : entry.lines()) {
      auto account = books_.account(company, line.account);
      if (!account && !std::holds_alternative<Refused>(account.error().outcome))
        return std::unexpected(std::move(account).error());
    }
    return session_.search("account.move.line",
                           {term("move_id", "=", Json(JsonNumber{move})), term("account_id", "!=", false)},
                           Json::Array{"account_id", "debit", "credit", "amount_currency", "currency_id"}, company.id);
  }

  Outcome refusal(const Complaint& complaint) {
    Outcome means = delivery::outcome_of(classify(complaint.name, complaint.text), complaint.text);
    if (std::holds_alternative<Refused>(means)) books_.forget();
    return means;
  }

  /// Posts the draft just made. From here on Odoo holds something of ours.
  Outcome post_new(const Company& company, const std::string& id) {
    auto posted = on_move(company, "action_post", id);
    if (!posted) {
      auto* trouble = std::get_if<NotSent>(&posted.error().outcome);
      if (trouble == nullptr) return std::move(posted).error().outcome;
      std::string text = trouble->text;
      return DraftLeft{id, std::move(text), std::move(*trouble)};
    }
    const auto* complaint = std::get_if<Complaint>(&*posted);
    if (complaint == nullptr) return delivery::Posted{id, {}};
    Outcome means = refusal(*complaint);
    if (std::holds_alternative<Unclear>(means)) return means;
    if (auto* trouble = std::get_if<NotSent>(&means)) {
      const bool soon_again = trouble->code == ErrorCode::ErpUnreachable;
      return DraftLeft{id, complaint->text, soon_again ? std::nullopt : std::optional(std::move(*trouble))};
    }
    // A draft left behind stands in the way of the period's close, so it is taken away again.
    auto removed = on_move(company, "unlink", id);
    if (removed && std::holds_alternative<Json>(*removed)) return means;
    auto* trouble = removed ? nullptr : std::get_if<NotSent>(&removed.error().outcome);
    return DraftLeft{id, complaint->text, trouble != nullptr ? std::optional(std::move(*trouble)) : std::nullopt};
  }

  MoveShape shape_;
  delivery::Capabilities capabilities_;
  Session session_;
  Books books_;
};

}  // namespace

std::unique_ptr<delivery::ErpConnector> make_odoo_connector(OdooSettings settings,
                                                            std::unique_ptr<platform::HttpClient> http) {
  return std::make_unique<OdooConnector>(std::move(settings), std::move(http));
}

}  // namespace glmap::gateway::connectors::odoo
