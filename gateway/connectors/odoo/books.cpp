// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/odoo/books.hpp"

#include <algorithm>

namespace glmap::gateway::connectors::odoo {

namespace {

Json number(const std::string& id) {
  return JsonNumber{id};
}

}  // namespace

void Books::forget() {
  companies_.clear();
  ids_.clear();
  codes_.clear();
}

Answered<Company> Books::company(std::string_view entity) {
  if (const auto known = companies_.find(entity); known != companies_.end()) return known->second;
  const auto settings = entities_.find(entity);
  const std::string wanted = settings == entities_.end() ? std::string(entity) : settings->second.company;
  GLMAP_TRY(found, session_.search("res.company", {term("name", "=", wanted)}, Json::Array{"name", "currency_id"}, ""));
  if (found.size() != 1) {
    return std::unexpected(Unanswered{
        delivery::NotSent{ErrorCode::ErpWrongEntity,
                          found.empty() ? "Odoo has no company `" + wanted + "`, or the user may not see it"
                                        : "Odoo has " + std::to_string(found.size()) + " companies `" + wanted + "`",
                          std::nullopt}});
  }
  const Json& record = found.front();
  return companies_[std::string(entity)] = {text_in(&record, "id"), text_in(&record, "name"),
                                            linked_name(record, "currency_id")};
}

Answered<std::string> Books::one(const Company& company, const std::string& key, Search search) {
  const std::string full_key = search.model + "/" + company.id + "/" + key;
  if (const auto known = ids_.find(full_key); known != ids_.end()) return known->second;
  GLMAP_TRY(found, session_.search(search.model, std::move(search.domain), Json::Array{"id"}, company.id));
  if (found.size() != 1) {
    return std::unexpected(Unanswered{delivery::Refused{
        search.code, (found.empty() ? "Odoo has no active " : "Odoo has several of ") + search.in_words +
                         (company.name.empty() ? "" : " in `" + company.name + "`")}});
  }
  return ids_[full_key] = text_in(&found.front(), "id");
}

Answered<std::string> Books::journal(const Company& company, std::string_view entity, const std::string& journal) {
  const auto settings = entities_.find(entity);
  std::string code;
  if (settings != entities_.end()) {
    const auto own = settings->second.journals.find(journal);
    code = own == settings->second.journals.end() ? settings->second.journal : own->second;
  }
  if (code.empty()) {
    return std::unexpected(Unanswered{delivery::Refused{
        ErrorCode::ErpRefused, "no journal of Odoo is set for journal `" + journal + "` of the book"}});
  }
  return one(company, code,
             {"account.journal",
              {term("code", "=", code), term("company_id", "parent_of", number(company.id))},
              ErrorCode::ErpRefused,
              "journal `" + code + "`"});
}

Answered<std::string> Books::account(const Company& company, const std::string& code) {
  GLMAP_TRY(id, one(company, code,
                    {"account.account",
                     {term("code", "=", code), term("company_ids", "parent_of", Json::Array{number(company.id)})},
                     ErrorCode::ErpBadAccount,
                     "account `" + code + "`"}));
  codes_[id] = code;
  return id;
}

Answered<std::string> Books::currency(const std::string& code) {
  return one({}, code, {"res.currency", {term("name", "=", code)}, ErrorCode::ErpRefused, "currency `" + code + "`"});
}

Answered<std::string> Books::partner(const Company& company, const std::string& reference) {
  return one(company, reference,
             {"res.partner",
              {term("ref", "=", reference), term("company_id", "in", Json::Array{false, number(company.id)})},
              ErrorCode::ErpBadDimension,
              "partner with reference `" + reference + "`"});
}

Answered<std::string> Books::analytic(const Company& company, const std::string& plan, const std::string& code) {
  return one(company, plan + "/" + code,
             {"account.analytic.account",
              {term("code", "=", code), term("plan_id.name", "=", plan)},
              ErrorCode::ErpBadDimension,
              "analytic account `" + code + "` of plan `" + plan + "`"});
}

Answered<std::string> Books::closed_until(const Company& company) {
  GLMAP_TRY(found, session_.search("res.company", {term("id", "=", number(company.id))},
                                   Json::Array{"user_fiscalyear_lock_date", "user_hard_lock_date"}, company.id));
  if (found.size() != 1) {
    return std::unexpected(
        Unanswered{delivery::NotSent{ErrorCode::ErpUnreachable, "Odoo does not say when its books are locked", {}}});
  }
  return std::max(text_in(&found.front(), "user_fiscalyear_lock_date"), text_in(&found.front(), "user_hard_lock_date"));
}

std::string Books::code_of(const std::string& account_id, std::string otherwise) const {
  const auto known = codes_.find(account_id);
  return known == codes_.end() ? std::move(otherwise) : known->second;
}

}  // namespace glmap::gateway::connectors::odoo
