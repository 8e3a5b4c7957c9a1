// SPDX-License-Identifier: Apache-2.0
// What ERPNext knows by names of its own and the book by numbers: companies, accounts, customers and suppliers. Looked
// up when first needed and kept until something turns out wrong. Threading: as the connector, one thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gateway/connectors/erpnext/session.hpp"

namespace glmap::gateway::connectors::erpnext {

struct Company {
  std::string name, currency;
};

struct LedgerAccount {
  std::string name, currency;
  std::string party_type;  // Customer, Supplier; empty: its lines have no party
};

class Books {
 public:
  /// `companies`: their names in ERPNext, by our entity code.
  Books(Session& session, std::map<std::string, std::string, std::less<>> companies, bool create_parties)
      : session_(session), names_(std::move(companies)), create_parties_(create_parties) {}

  /// Errors: Unanswered with GLM-9008 where there is no such company, or the user may not see it.
  Answered<Company> company(std::string_view entity);
  /// Errors: Unanswered holds Refused (GLM-9005) where there is no active account of that number, or more than one.
  Answered<LedgerAccount> account(const Company& company, const std::string& number);
  /// Its document's name. Absent ones are made, or Refused (GLM-9011).
  Answered<std::string> party(const std::string& type, const std::string& name);
  /// The number of an account that has been looked up before; its name for others.
  std::string number_of(const std::string& account) const;
  void forget();

 private:
  Answered<std::string> make_party(const std::string& type, const std::string& name);

  Session& session_;
  std::map<std::string, std::string, std::less<>> names_;
  bool create_parties_;
  std::map<std::string, Company, std::less<>> companies_;  // by entity
  std::map<std::string, LedgerAccount> accounts_;          // by company and number
  std::map<std::string, std::string> numbers_, parties_;
};

}  // namespace glmap::gateway::connectors::erpnext
