// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/erpnext/books.hpp"

namespace glmap::gateway::connectors::erpnext {

namespace {

std::unexpected<Unanswered> refuse(ErrorCode code, std::string text) {
  return std::unexpected(Unanswered{delivery::Refused{code, std::move(text)}});
}

/// "customer_name" of a Customer
std::string name_field(const std::string& type) {
  return type == "Customer" ? "customer_name" : "supplier_name";
}

}  // namespace

void Books::forget() {
  companies_.clear();
  accounts_.clear();
  numbers_.clear();
  parties_.clear();
}

Answered<Company> Books::company(std::string_view entity) {
  if (const auto known = companies_.find(entity); known != companies_.end()) return known->second;
  const auto name = names_.find(entity);
  const std::string wanted = name == names_.end() ? std::string(entity) : name->second;
  GLMAP_TRY(found, session_.list("Company", {term("name", "=", wanted)}, Json::Array{"name", "default_currency"}));
  if (found.size() != 1) {
    return std::unexpected(Unanswered{
        delivery::NotSent{ErrorCode::ErpWrongEntity,
                          "ERPNext has no company `" + wanted + "`, or the user may not see it", std::nullopt}});
  }
  return companies_[std::string(entity)] = {text_in(&found.front(), "name"),
                                            text_in(&found.front(), "default_currency")};
}

Answered<LedgerAccount> Books::account(const Company& company, const std::string& number) {
  const std::string key = company.name + "/" + number;
  if (const auto known = accounts_.find(key); known != accounts_.end()) return known->second;
  GLMAP_TRY(found, session_.list("Account",
                                 {term("account_number", "=", number), term("company", "=", company.name),
                                  term("is_group", "=", Json::number(0)), term("disabled", "=", Json::number(0))},
                                 Json::Array{"name", "account_currency", "account_type"}));
  if (found.size() != 1) {
    return refuse(ErrorCode::ErpBadAccount, (found.empty() ? "ERPNext has no active account `" + number
                                                           : "ERPNext has several accounts numbered `" + number) +
                                                "` in `" + company.name + "`");
  }
  const Json& record = found.front();
  const std::string type = text_in(&record, "account_type");
  LedgerAccount out{text_in(&record, "name"), text_in(&record, "account_currency"),
                    type == "Receivable" ? "Customer"
                    : type == "Payable"  ? "Supplier"
                                         : ""};
  numbers_[out.name] = number;
  return accounts_[key] = std::move(out);
}

Answered<std::string> Books::party(const std::string& type, const std::string& name) {
  const std::string key = type + "/" + name;
  if (const auto known = parties_.find(key); known != parties_.end()) return known->second;
  GLMAP_TRY(found, session_.list(type, {term(name_field(type), "=", name)}, Json::Array{"name"}));
  if (found.size() > 1)
    return refuse(ErrorCode::ErpBadDimension, "ERPNext has several documents `" + type + "` named `" + name + "`");
  if (found.size() == 1) return parties_[key] = text_in(&found.front(), "name");
  if (!create_parties_) return refuse(ErrorCode::ErpBadDimension, "ERPNext has no `" + type + "` named `" + name + "`");
  GLMAP_TRY(made, make_party(type, name));
  return parties_[key] = std::move(made);
}

/// Not of the entry: whatever comes of it, nothing of the entry is there, and it is looked for again next time.
Answered<std::string> Books::make_party(const std::string& type, const std::string& name) {
  GLMAP_TRY(answer, session_.call("POST", type, "", write_json(Json::Object{{name_field(type), name}})));
  if (const auto* complaint = std::get_if<Complaint>(&answer)) {
    return refuse(ErrorCode::ErpBadDimension,
                  "ERPNext does not make a `" + type + "` named `" + name + "`: " + complaint->text);
  }
  std::string made = text_in(&std::get<Json>(answer), "name");
  if (made.empty()) {
    return std::unexpected(Unanswered{delivery::NotSent{
        ErrorCode::ErpUnreachable, "ERPNext's answer does not say which `" + type + "` it made", std::nullopt}});
  }
  return made;
}

std::string Books::number_of(const std::string& account) const {
  const auto known = numbers_.find(account);
  return known == numbers_.end() ? account : known->second;
}

}  // namespace glmap::gateway::connectors::erpnext
