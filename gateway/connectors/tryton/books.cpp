// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/tryton/books.hpp"

#include "gateway/connectors/tryton/error_table.hpp"
#include "gateway/connectors/tryton/wire.hpp"

namespace glmap::gateway::connectors::tryton {

namespace {

constexpr int kSearchLimit = 50;

std::unexpected<delivery::Outcome> refuse(ErrorCode code, std::string text) {
  return std::unexpected(delivery::Outcome(delivery::Refused{code, std::move(text)}));
}

std::unexpected<delivery::Outcome> wait(ErrorCode code, std::string text) {
  return std::unexpected(delivery::Outcome(delivery::NotSent{code, std::move(text), std::nullopt}));
}

/// What a failed look-up (or creation of a party) means for the entry, which has not been sent yet.
std::unexpected<delivery::Outcome> before_sending(RpcOutcome outcome) {
  if (auto* not_sent = std::get_if<delivery::NotSent>(&outcome)) {
    return std::unexpected(delivery::Outcome(std::move(*not_sent)));
  }
  if (auto* unclear = std::get_if<delivery::Unclear>(&outcome)) return wait(ErrorCode::ErpUnreachable, unclear->text);
  const std::string& text = std::get<RpcFault>(outcome).text;
  delivery::Outcome means = delivery::outcome_of(classify(text), text);
  // Nothing of the entry was sent yet: what would be looked up is tried again.
  if (std::holds_alternative<delivery::Unclear>(means)) return wait(ErrorCode::ErpUnclear, text);
  return std::unexpected(std::move(means));
}

}  // namespace

Json Books::context(const CompanyBooks& books) {
  // The language is named so that the error texts are the ones the table knows, whatever the user prefers.
  return Json::Object{{"company", Json::number(books.company)}, {"language", "en"}};
}

void Books::forget() {
  companies_.clear();
  journals_.clear();
  currencies_.clear();
  periods_.clear();
  accounts_.clear();
  parties_.clear();
  analytics_.clear();
}

Looked<Json::Array> Books::search(std::string_view model, Json::Array domain, Json::Array fields, Json context) {
  RpcOutcome outcome = rpc_.call("model." + std::string(model) + ".search_read",
                                 Json::Array{std::move(domain), Json::number(0), Json::number(kSearchLimit), nullptr,
                                             std::move(fields), std::move(context)},
                                 Effect::reads);
  auto* answer = std::get_if<RpcAnswer>(&outcome);
  if (answer == nullptr) return before_sending(std::move(outcome));
  Json::Array* records = answer->value.as_array();
  if (records == nullptr) return wait(ErrorCode::ErpUnreachable, "the ERP's answer to a search is not a list");
  return std::move(*records);
}

Looked<CompanyBooks> Books::company(std::string_view entity) {
  if (auto known = companies_.find(entity); known != companies_.end()) return known->second;
  const auto configured = entities_.find(std::string(entity));
  if (configured == entities_.end()) {
    return wait(ErrorCode::ErpWrongEntity, "this connection serves no legal entity `" + std::string(entity) + "`");
  }
  const std::string& name = configured->second.company;
  auto records = search("company.company", {term("party.name", "=", name)}, {"party.name", "currency.code"},
                        Json::Object{{"language", "en"}});
  if (!records) return std::unexpected(std::move(records).error());
  if (records->size() != 1) {
    return wait(ErrorCode::ErpWrongEntity, "the ERP shows " +
                                               std::string(records->empty() ? "no company" : "several companies") +
                                               " named `" + name + "` to this user");
  }
  const Json& record = records->front();
  const auto id = id_from_json(record.find("id"));
  const std::string currency = text_from_json(dotted(record, "currency.code"));
  if (!id || currency.empty()) return wait(ErrorCode::ErpUnreachable, "the ERP's answer lacks the company's currency");
  CompanyBooks books{*id, text_from_json(dotted(record, "party.name")), currency};
  companies_.emplace(std::string(entity), books);
  return books;
}

Looked<Id> Books::journal(std::string_view entity, const std::string& journal) {
  const auto configured = entities_.find(std::string(entity));
  if (configured == entities_.end()) return refuse(ErrorCode::ErpRefused, "no such legal entity on this connection");
  const auto named = configured->second.journals.find(journal);
  const std::string& code = named == configured->second.journals.end() ? configured->second.journal : named->second;
  if (code.empty()) {
    return refuse(ErrorCode::BadConfiguration, "no journal of the ERP is configured for our journal `" + journal + "`");
  }
  if (auto known = journals_.find(code); known != journals_.end()) return known->second;
  auto records = search("account.journal", {term("code", "=", code)}, {"code"}, Json::Object{{"language", "en"}});
  if (!records) return std::unexpected(std::move(records).error());
  const auto id = records->size() == 1 ? id_from_json(records->front().find("id")) : std::nullopt;
  if (!id) return refuse(ErrorCode::ErpRefused, "the ERP has not exactly one journal with the code `" + code + "`");
  return journals_[code] = *id;
}

Looked<Id> Books::period(const CompanyBooks& books, Date date) {
  for (const KnownPeriod& known : periods_[books.company]) {
    if (known.from <= date && date <= known.until) return known.id;
  }
  auto records =
      search("account.period",
             {term("company", "=", Json::number(books.company)), term("start_date", "<=", date_to_json(date)),
              term("end_date", ">=", date_to_json(date)), term("type", "=", "standard")},
             {"start_date", "end_date"}, context(books));
  if (!records) return std::unexpected(std::move(records).error());
  if (records->empty()) {
    return refuse(ErrorCode::ErpClosedPeriod,
                  "the ERP has no accounting period for " + date.to_text() + " in `" + books.name + "`");
  }
  const Json& record = records->front();
  const auto id = id_from_json(record.find("id"));
  const auto from = date_from_json(record.find("start_date"));
  const auto until = date_from_json(record.find("end_date"));
  if (!id || !from || !until) return wait(ErrorCode::ErpUnreachable, "the ERP's answer about a period cannot be read");
  periods_[books.company].push_back({*id, *from, *until});
  return *id;
}

Looked<Id> Books::currency(const std::string& code) {
  if (auto known = currencies_.find(code); known != currencies_.end()) return known->second;
  auto records = search("currency.currency", {term("code", "=", code)}, {"code"}, Json::Object{{"language", "en"}});
  if (!records) return std::unexpected(std::move(records).error());
  const auto id = records->size() == 1 ? id_from_json(records->front().find("id")) : std::nullopt;
  if (!id) return refuse(ErrorCode::ErpRefused, "the ERP does not know the currency `" + code + "`");
  return currencies_[code] = *id;
}

Looked<AccountOfBooks> Books::account(const CompanyBooks& books, const std::string& code) {
  const std::pair key(books.company, code);
  if (auto known = accounts_.find(key); known != accounts_.end()) return known->second;
  auto records = search("account.account",
                        {term("company", "=", Json::number(books.company)), term("code", "=", code),
                         term("type", "!=", nullptr), term("closed", "!=", true)},
                        {"party_required"}, context(books));
  if (!records) return std::unexpected(std::move(records).error());
  const auto id = records->size() == 1 ? id_from_json(records->front().find("id")) : std::nullopt;
  if (!id) {
    return refuse(ErrorCode::ErpBadAccount,
                  "account `" + code + "` is " +
                      (records->empty() ? "not an open, postable account of" : "not unique in") + " `" + books.name +
                      "` in the ERP");
  }
  const AccountOfBooks account{*id, yes_from_json(records->front().find("party_required"))};
  return accounts_[key] = account;
}

Looked<Id> Books::party(const CompanyBooks& books, const std::string& code, bool create) {
  if (auto known = parties_.find(code); known != parties_.end()) return known->second;
  auto records = search("party.party", {term("code", "=", code)}, {"code"}, context(books));
  if (!records) return std::unexpected(std::move(records).error());
  if (records->size() == 1) {
    if (const auto id = id_from_json(records->front().find("id"))) return parties_[code] = *id;
  }
  if (!create) {
    return refuse(ErrorCode::ErpBadDimension, "the ERP has no party with the code `" + code + "`");
  }
  auto made = create_party(books, code);
  if (made) parties_[code] = *made;
  return made;
}

Looked<Id> Books::create_party(const CompanyBooks& books, const std::string& code) {
  // A creation whose answer is lost is harmless: the entry waits, and the next try finds the party.
  RpcOutcome outcome =
      rpc_.call("model.party.party.create",
                Json::Array{Json::Array{Json::Object{{"name", code}, {"code", code}}}, context(books)}, Effect::writes);
  auto* answer = std::get_if<RpcAnswer>(&outcome);
  if (answer == nullptr) return before_sending(std::move(outcome));
  const Json::Array* ids = answer->value.as_array();
  const auto id = ids != nullptr && ids->size() == 1 ? id_from_json(&ids->front()) : std::nullopt;
  if (!id) return wait(ErrorCode::ErpUnreachable, "the ERP's answer to the creation of a party cannot be read");
  return *id;
}

Looked<Id> Books::analytic(const CompanyBooks& books, const std::string& root, const std::string& code) {
  const std::pair key(books.company, root + "\n" + code);
  if (auto known = analytics_.find(key); known != analytics_.end()) return known->second;
  auto records = search("analytic_account.account",
                        {term("company", "=", Json::number(books.company)), term("root.code", "=", root),
                         term("code", "=", code), term("type", "=", "normal")},
                        {"code"}, context(books));
  if (!records) return std::unexpected(std::move(records).error());
  const auto id = records->size() == 1 ? id_from_json(records->front().find("id")) : std::nullopt;
  if (!id) {
    return refuse(ErrorCode::ErpBadDimension, "the ERP has no analytic account `" + code + "` under `" + root + "`");
  }
  return analytics_[key] = *id;
}

}  // namespace glmap::gateway::connectors::tryton
