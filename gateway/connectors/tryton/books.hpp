// SPDX-License-Identifier: Apache-2.0
// The ERP's own ids for what an entry names: company, journal, period, currencies, accounts, parties, analytic
// accounts. Asked once and remembered until forget(); a period's state is never remembered, since it closes behind our
// back. Threading: belongs to one connector.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/connectors/tryton/rpc.hpp"

namespace glmap::gateway::connectors::tryton {

using Id = long long;

/// The value, or what the look-up means for the entry (Refused, NotSent).
template <class T>
using Looked = std::expected<T, delivery::Outcome>;

struct TrytonEntity {
  std::string company;  // the ERP's name of the company
  std::string journal;  // code of the ERP's journal for entries whose journal is not in `journals`
  std::map<std::string, std::string> journals;  // our journal code -> the ERP's
};

struct CompanyBooks {
  Id company = 0;
  std::string name;
  std::string currency;
};

struct AccountOfBooks {
  Id id = 0;
  bool party_required = false;
};

class Books {
 public:
  Books(RpcClient& rpc, const std::map<std::string, TrytonEntity>& entities) : rpc_(rpc), entities_(entities) {}

  Looked<CompanyBooks> company(std::string_view entity);
  Looked<Id> journal(std::string_view entity, const std::string& journal);
  Looked<Id> period(const CompanyBooks& books, Date date);
  Looked<Id> currency(const std::string& code);
  Looked<AccountOfBooks> account(const CompanyBooks& books, const std::string& code);
  /// Makes the party when `create` and there is none.
  Looked<Id> party(const CompanyBooks& books, const std::string& code, bool create);
  Looked<Id> analytic(const CompanyBooks& books, const std::string& root, const std::string& code);

  /// After the ERP refused something: a person may have changed accounts or periods since they were asked.
  void forget();

  /// The last parameter of every call.
  static Json context(const CompanyBooks& books);

 private:
  struct KnownPeriod {
    Id id = 0;
    Date from;
    Date until;
  };

  /// The records found, at most `limit`.
  Looked<Json::Array> search(std::string_view model, Json::Array domain, Json::Array fields, Json context);
  Looked<Id> create_party(const CompanyBooks& books, const std::string& code);

  RpcClient& rpc_;
  const std::map<std::string, TrytonEntity>& entities_;
  std::map<std::string, CompanyBooks, std::less<>> companies_;
  std::map<std::string, Id> journals_;
  std::map<std::string, Id> currencies_;
  std::map<Id, std::vector<KnownPeriod>> periods_;
  std::map<std::pair<Id, std::string>, AccountOfBooks> accounts_;
  std::map<std::string, Id> parties_;
  std::map<std::pair<Id, std::string>, Id> analytics_;
};

}  // namespace glmap::gateway::connectors::tryton
