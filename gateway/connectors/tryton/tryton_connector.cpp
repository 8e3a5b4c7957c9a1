// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/tryton/tryton_connector.hpp"

#include "compiler/runtime/accounting/journal_export.hpp"
#include "gateway/connectors/tryton/error_table.hpp"
#include "gateway/connectors/tryton/read_back.hpp"
#include "gateway/connectors/tryton/wire.hpp"

namespace glmap::gateway::connectors::tryton {

namespace {

using delivery::DraftLeft;
using delivery::NotSent;
using delivery::Outcome;
using delivery::Refused;
using delivery::Unclear;

delivery::Capabilities capabilities_of(const TrytonSettings& settings) {
  delivery::Capabilities out;
  out.kind = "tryton";
  out.reference_length_max = 500;
  out.lines_max = 1000;
  out.currency_per_line = true;
  out.draft_step = true;
  out.unique_reference = false;
  out.read_back = true;
  out.dimensions =
      settings.analytic_roots.empty() ? delivery::DimensionSupport::text : delivery::DimensionSupport::analytic;
  return out;
}

/// "API calls in September (customer C1, product API)"
std::string line_description(const JournalLine& line) {
  std::string text = line.memo.empty() ? line.role : line.memo;
  std::string dimensions;
  for (const Dimension& each : line.dimensions) {
    dimensions += (dimensions.empty() ? "" : ", ") + each.name + " " + each.value;
  }
  return dimensions.empty() ? text : text + " (" + dimensions + ")";
}

std::string move_description(const JournalEntryDraft& data) {
  if (data.document.empty()) return data.description;
  return data.description.empty() ? data.document : data.document + ": " + data.description;
}

const std::string* dimension(const JournalLine& line, std::string_view name) {
  for (const Dimension& each : line.dimensions) {
    if (each.name == name) return &each.value;
  }
  return nullptr;
}

/// Error of a look-up, from what a look-up before sending means for an entry.
delivery::NotAsked as_error(const Outcome& outcome) {
  if (const auto* refused = std::get_if<Refused>(&outcome)) return Error{refused->code, refused->text, {}, {}};
  if (const auto* not_sent = std::get_if<NotSent>(&outcome)) {
    return {Error{not_sent->code, not_sent->text, {}, {}}, not_sent->retry_after_micros};
  }
  return Error{ErrorCode::ErpUnclear, std::get<Unclear>(outcome).text, {}, {}};
}

class TrytonConnector final : public delivery::ErpConnector {
 public:
  TrytonConnector(TrytonSettings settings, std::unique_ptr<platform::HttpClient> http)
      : settings_(std::move(settings)),
        capabilities_(capabilities_of(settings_)),
        rpc_(settings_.rpc, std::move(http)),
        books_(rpc_, settings_.entities) {}

  const delivery::Capabilities& describe() const override { return capabilities_; }

  void guard_sends(std::function<bool()> may_send) override { rpc_.guard_sends(std::move(may_send)); }
  void pace_requests(std::function<std::optional<std::string>()> before_request) override {
    rpc_.pace_requests(std::move(before_request));
  }
  std::int64_t session() const override { return rpc_.session(); }
  void let_go() override {}

  delivery::Asked<delivery::EntityIdentity> who_am_i(std::string_view entity) override {
    books_.forget();  // asked anew each time: the database may have been replaced
    const auto company = books_.company(entity);
    if (!company) return std::unexpected(as_error(company.error()));
    known_session_ = rpc_.session();
    return delivery::EntityIdentity{company->name, company->currency};
  }

  Outcome submit(const JournalEntry& entry) override {
    const auto company = books_.company(entry.data().entity);
    if (!company) return company.error();
    auto move = shape_move(entry, *company);
    if (!move) {
      books_.forget();
      return move.error();
    }
    if (auto stranger = new_session()) return std::move(*stranger);
    RpcOutcome created =
        rpc_.call("model.account.move.create", Json::Array{Json::Array{std::move(*move)}, Books::context(*company)},
                  Effect::writes);
    auto* answer = std::get_if<RpcAnswer>(&created);
    if (answer == nullptr) return outcome_of_create(std::move(created));
    const Json::Array* ids = answer->value.as_array();
    const auto id = ids != nullptr && ids->size() == 1 ? id_from_json(&ids->front()) : std::nullopt;
    if (!id) return Unclear{"the ERP's answer to the creation of the move cannot be read"};
    return post_new(*company, *id);
  }

  delivery::Asked<delivery::Finding> find(const JournalEntry& entry) override {
    const auto company = books_.company(entry.data().entity);
    if (!company) return std::unexpected(as_error(company.error()));
    RpcOutcome found = rpc_.call("model.account.move.search_read", search_params(entry, *company), Effect::reads);
    // What another database does not show is not absent.
    if (const auto stranger = new_session()) return std::unexpected(as_error(Outcome(*stranger)));
    if (auto* answer = std::get_if<RpcAnswer>(&found)) return read_finding(entry, *company, answer->value);
    if (auto* fault = std::get_if<RpcFault>(&found)) return fail(ErrorCode::ErpUnclear, fault->text);
    if (auto* not_sent = std::get_if<NotSent>(&found)) {
      return std::unexpected(as_error(std::move(*not_sent)));
    }
    return fail(ErrorCode::ErpUnreachable, std::get<Unclear>(found).text);
  }

  Outcome complete_draft(const JournalEntry& entry, std::string_view document) override {
    const auto company = books_.company(entry.data().entity);
    if (!company) return company.error();
    if (auto stranger = new_session()) return std::move(*stranger);
    RpcOutcome posted = post(*company, Json(JsonNumber{std::string(document)}));
    if (std::holds_alternative<RpcAnswer>(posted)) return delivery::Posted{std::string(document), {}};
    if (auto* not_sent = std::get_if<NotSent>(&posted)) return std::move(*not_sent);
    if (auto* unclear = std::get_if<Unclear>(&posted)) return std::move(*unclear);
    const std::string& text = std::get<RpcFault>(posted).text;
    return delivery::outcome_of(classify(text), text);
  }

 private:
  /// Behind a new session may stand another database with the same numbers: nothing is written until the lane has asked
  /// again who the ERP is.
  std::optional<NotSent> new_session() const {
    if (known_session_ == 0 || rpc_.session() == known_session_) return std::nullopt;
    return NotSent{ErrorCode::ErpUnreachable, "the ERP's session is a new one; first it is asked again who it is",
                   std::nullopt};
  }

  RpcOutcome post(const CompanyBooks& company, Json id) {
    return rpc_.call("model.account.move.post", Json::Array{Json::Array{std::move(id)}, Books::context(company)},
                     Effect::writes);
  }

  /// An answer that is no id. The ERP undoes its whole transaction before it answers an error.
  Outcome outcome_of_create(RpcOutcome outcome) {
    if (auto* not_sent = std::get_if<NotSent>(&outcome)) return std::move(*not_sent);
    if (auto* unclear = std::get_if<Unclear>(&outcome)) return std::move(*unclear);
    const std::string& text = std::get<RpcFault>(outcome).text;
    Outcome means = delivery::outcome_of(classify(text), text);
    if (std::holds_alternative<Refused>(means)) books_.forget();
    return means;
  }

  /// Posts the draft just made. From here on the ERP holds something of ours.
  Outcome post_new(const CompanyBooks& company, Id id) {
    const std::string document = std::to_string(id);
    RpcOutcome posted = post(company, Json::number(id));
    if (std::holds_alternative<RpcAnswer>(posted)) return delivery::Posted{document, {}};
    if (auto* not_sent = std::get_if<NotSent>(&posted)) {
      std::string text = not_sent->text;
      return DraftLeft{document, std::move(text), std::move(*not_sent)};
    }
    if (auto* unclear = std::get_if<Unclear>(&posted)) return std::move(*unclear);
    const std::string text = std::get<RpcFault>(posted).text;
    Outcome means = delivery::outcome_of(classify(text), text);
    if (std::holds_alternative<Unclear>(means)) return means;
    if (auto* trouble = std::get_if<NotSent>(&means)) {
      if (trouble->code == ErrorCode::ErpUnreachable) return DraftLeft{document, text, std::nullopt};
      return DraftLeft{document, text, std::move(*trouble)};
    }
    books_.forget();
    // A draft left behind blocks the customer's period close, so it is taken away again.
    RpcOutcome deleted = rpc_.call("model.account.move.delete",
                                   Json::Array{Json::Array{Json::number(id)}, Books::context(company)}, Effect::writes);
    if (std::holds_alternative<RpcAnswer>(deleted)) return means;
    auto* trouble = std::get_if<NotSent>(&deleted);
    return DraftLeft{document, text, trouble != nullptr ? std::optional(std::move(*trouble)) : std::nullopt};
  }

  Looked<Json> shape_move(const JournalEntry& entry, const CompanyBooks& company) {
    const JournalEntryDraft& data = entry.data();
    if (company.currency != data.functional.code()) {
      return std::unexpected(Outcome(NotSent{ErrorCode::ErpWrongEntity,
                                             "the books of `" + company.name + "` are kept in " + company.currency +
                                                 ", the entry in " + std::string(data.functional.code()),
                                             std::nullopt}));
    }
    const auto journal = books_.journal(data.entity, data.journal);
    if (!journal) return std::unexpected(journal.error());
    const auto period = books_.period(company, data.posting_date);
    if (!period) return std::unexpected(period.error());
    Json::Array lines;
    for (const JournalLine& line : entry.lines()) {
      auto shaped = shape_line(data, line, company);
      if (!shaped) return std::unexpected(std::move(shaped).error());
      lines.push_back(std::move(*shaped));
    }
    return Json::Object{{"number", entry.key().reference()},
                        {"company", Json::number(company.company)},
                        {"journal", Json::number(*journal)},
                        {"period", Json::number(*period)},
                        {"date", date_to_json(data.posting_date)},
                        {"description", move_description(data)},
                        {"lines", Json::Array{Json::Array{"create", std::move(lines)}}}};
  }

  Looked<Json> shape_line(const JournalEntryDraft& data, const JournalLine& line, const CompanyBooks& company) {
    const auto account = books_.account(company, line.account);
    if (!account) return std::unexpected(account.error());
    const bool is_debit = line.side == Side::debit;
    const Json amount = decimal_to_json(booked(data, line.functional).amount_text());
    const Json none = decimal_to_json("0");
    Json out = Json::Object{{"account", Json::number(account->id)},
                            {"debit", is_debit ? amount : none},
                            {"credit", is_debit ? none : amount},
                            {"description", line_description(line)}};
    if (data.currency != data.functional && !line.transaction.is_zero()) {
      const auto currency = books_.currency(std::string(data.currency.code()));
      if (!currency) return std::unexpected(currency.error());
      const Money amount_shown = booked(data, line.transaction);
      const Money second = is_debit ? amount_shown : amount_shown.negated();
      out.set("second_currency", Json::number(*currency));
      out.set("amount_second_currency", decimal_to_json(second.amount_text()));
    }
    if (account->party_required) {
      const std::string* code = dimension(line, settings_.party_dimension);
      if (code == nullptr) {
        return std::unexpected(
            Outcome(Refused{ErrorCode::ErpBadDimension, "account `" + line.account +
                                                            "` needs a party in the ERP, and the line has no `" +
                                                            settings_.party_dimension + "`"}));
      }
      const auto party = books_.party(company, *code, settings_.create_parties);
      if (!party) return std::unexpected(party.error());
      out.set("party", Json::number(*party));
    }
    auto analytics = shape_analytics(data, line, company);
    if (!analytics) return std::unexpected(std::move(analytics).error());
    if (!analytics->empty()) out.set("analytic_lines", Json::Array{Json::Array{"create", std::move(*analytics)}});
    return out;
  }

  Looked<Json::Array> shape_analytics(const JournalEntryDraft& data, const JournalLine& line,
                                      const CompanyBooks& company) {
    Json::Array out;
    for (const auto& [name, root] : settings_.analytic_roots) {
      const std::string* value = dimension(line, name);
      if (value == nullptr) continue;
      const auto account = books_.analytic(company, root, *value);
      if (!account) return std::unexpected(account.error());
      const bool is_debit = line.side == Side::debit;
      const Json amount = decimal_to_json(booked(data, line.functional).amount_text());
      out.push_back(Json::Object{{"account", Json::number(*account)},
                                 {"debit", is_debit ? amount : decimal_to_json("0")},
                                 {"credit", is_debit ? decimal_to_json("0") : amount},
                                 {"date", date_to_json(data.posting_date)}});
    }
    return out;
  }

  TrytonSettings settings_;
  delivery::Capabilities capabilities_;
  RpcClient rpc_;
  Books books_;
  long long known_session_ = 0;  // in which the ERP said who it is; 0: not asked yet
};

}  // namespace

std::unique_ptr<delivery::ErpConnector> make_tryton_connector(TrytonSettings settings,
                                                              std::unique_ptr<platform::HttpClient> http) {
  return std::make_unique<TrytonConnector>(std::move(settings), std::move(http));
}

}  // namespace glmap::gateway::connectors::tryton
