// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/netsuite/books.hpp"

namespace glmap::gateway::connectors::netsuite {

namespace {

/// As a text of SQL.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

std::unexpected<Unanswered> refuse(ErrorCode code, std::string text) {
  return std::unexpected(Unanswered{delivery::Refused{code, std::move(text)}});
}

}  // namespace

void Books::forget() {
  subsidiaries_.clear();
  accounts_.clear();
  numbers_.clear();
  currencies_.clear();
}

Answered<Subsidiary> Books::subsidiary(std::string_view entity) {
  if (const auto known = subsidiaries_.find(entity); known != subsidiaries_.end()) return known->second;
  const auto name = names_.find(entity);
  const std::string wanted = name == names_.end() ? std::string(entity) : name->second;
  GLMAP_TRY(rows, session_.query("SELECT subsidiary.id, subsidiary.name, currency.symbol FROM subsidiary JOIN currency "
                                 "ON currency.id = subsidiary.currency WHERE subsidiary.isinactive = 'F' AND "
                                 "subsidiary.name = " +
                                 quoted(wanted)));
  if (rows.size() != 1) {
    return std::unexpected(Unanswered{delivery::NotSent{
        ErrorCode::ErpWrongEntity,
        rows.empty() ? "NetSuite has no active subsidiary `" + wanted + "`, or the role may not see it"
                     : "NetSuite has " + std::to_string(rows.size()) + " subsidiaries `" + wanted + "`",
        std::nullopt}});
  }
  const Json& row = rows.front();
  return subsidiaries_[std::string(entity)] = {text_in(&row, "id"), text_in(&row, "name"), text_in(&row, "symbol")};
}

Answered<std::string> Books::account(const std::string& number) {
  if (const auto known = accounts_.find(number); known != accounts_.end()) return known->second;
  GLMAP_TRY(rows, session_.query("SELECT id FROM account WHERE isinactive = 'F' AND acctnumber = " + quoted(number)));
  if (rows.empty()) return refuse(ErrorCode::ErpBadAccount, "NetSuite has no active account `" + number + "`");
  if (rows.size() > 1)
    return refuse(ErrorCode::ErpBadAccount, "NetSuite has several accounts numbered `" + number + "`");
  const std::string id = text_in(&rows.front(), "id");
  numbers_[id] = number;
  return accounts_[number] = id;
}

Answered<std::string> Books::currency(const std::string& code) {
  if (const auto known = currencies_.find(code); known != currencies_.end()) return known->second;
  GLMAP_TRY(rows, session_.query("SELECT id FROM currency WHERE isinactive = 'F' AND symbol = " + quoted(code)));
  if (rows.size() != 1) return refuse(ErrorCode::ErpRefused, "NetSuite has no active currency `" + code + "`");
  return currencies_[code] = text_in(&rows.front(), "id");
}

std::string Books::number_of(const std::string& id) const {
  const auto known = numbers_.find(id);
  return known == numbers_.end() ? "account with internal id " + id : known->second;
}

}  // namespace glmap::gateway::connectors::netsuite
