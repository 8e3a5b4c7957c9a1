// SPDX-License-Identifier: Apache-2.0
// What NetSuite knows by internal ids and the book by names: subsidiaries, accounts, currencies. Looked up by SuiteQL
// when first needed and kept until something turns out wrong. Threading: as the connector, one thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gateway/connectors/netsuite/session.hpp"

namespace glmap::gateway::connectors::netsuite {

struct Subsidiary {
  std::string id, name, currency;
};

class Books {
 public:
  /// `subsidiaries`: their names in NetSuite, by our entity code.
  Books(Session& session, std::map<std::string, std::string, std::less<>> subsidiaries)
      : session_(session), names_(std::move(subsidiaries)) {}

  /// Errors: Unanswered with GLM-9008 where there is no such subsidiary, or it is not to be seen.
  Answered<Subsidiary> subsidiary(std::string_view entity);
  /// Internal ids. Errors: Unanswered holds Refused (GLM-9005) where there is no active account of that number.
  Answered<std::string> account(const std::string& number);
  Answered<std::string> currency(const std::string& code);
  /// The number of an account that has been looked up before; "account with internal id 58" for others.
  std::string number_of(const std::string& id) const;
  void forget();

 private:
  Session& session_;
  std::map<std::string, std::string, std::less<>> names_;
  std::map<std::string, Subsidiary, std::less<>> subsidiaries_;  // by entity
  std::map<std::string, std::string> accounts_, numbers_, currencies_;
};

}  // namespace glmap::gateway::connectors::netsuite
