// SPDX-License-Identifier: Apache-2.0
// What Odoo knows by ids and the book by names: companies, journals, accounts, currencies, partners, analytic accounts.
// Looked up when first needed and kept until something turns out wrong. Threading: as the connector, one thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gateway/connectors/odoo/session.hpp"

namespace glmap::gateway::connectors::odoo {

struct OdooEntity {
  std::string company;                          // its name in Odoo
  std::string journal;                          // code, for every journal of the book without one of its own
  std::map<std::string, std::string> journals;  // codes by the book's journal
};

struct Company {
  std::string id, name, currency;
};

class Books {
 public:
  Books(Session& session, std::map<std::string, OdooEntity, std::less<>> entities)
      : session_(session), entities_(std::move(entities)) {}

  /// Errors: Unanswered with GLM-9008 where there is no such company, or the user may not see it.
  Answered<Company> company(std::string_view entity);
  /// Ids. Errors: Unanswered holds Refused where there is none, or more than one.
  Answered<std::string> journal(const Company& company, std::string_view entity, const std::string& journal);
  Answered<std::string> account(const Company& company, const std::string& code);
  Answered<std::string> currency(const std::string& code);
  Answered<std::string> partner(const Company& company, const std::string& reference);
  Answered<std::string> analytic(const Company& company, const std::string& plan, const std::string& code);

  /// The day up to which the company's books are closed to this user, as "2026-09-30"; "" for none. Asked each time.
  Answered<std::string> closed_until(const Company& company);
  /// The code of an account that has been looked up before; `otherwise` for others.
  std::string code_of(const std::string& account_id, std::string otherwise) const;
  void forget();

 private:
  struct Search {
    std::string model;
    Json::Array domain;
    ErrorCode code;
    std::string in_words;  // "journal `GLMAP`"
  };
  Answered<std::string> one(const Company& company, const std::string& key, Search search);

  Session& session_;
  std::map<std::string, OdooEntity, std::less<>> entities_;
  std::map<std::string, Company, std::less<>> companies_;  // by entity
  std::map<std::string, std::string> ids_, codes_;
};

}  // namespace glmap::gateway::connectors::odoo
