// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/ledger.hpp"

#include <algorithm>

namespace glmap {

std::string_view to_text(AccountType type) {
  switch (type) {
    case AccountType::asset:
      return "asset";
    case AccountType::liability:
      return "liability";
    case AccountType::equity:
      return "equity";
    case AccountType::income:
      return "income";
    case AccountType::expense:
      return "expense";
  }
  GLMAP_ASSERT(!"an account type of the list");
  return {};
}

std::optional<AccountType> parse_account_type(std::string_view text) {
  for (const AccountType type :
       {AccountType::asset, AccountType::liability, AccountType::equity, AccountType::income, AccountType::expense})
    if (text == to_text(type)) return type;
  return std::nullopt;
}

const Account* LegalEntity::find_account(std::string_view wanted) const {
  const auto found = std::lower_bound(accounts.begin(), accounts.end(), wanted,
                                      [](const Account& account, std::string_view key) { return account.code < key; });
  return found != accounts.end() && found->code == wanted ? &*found : nullptr;
}

}  // namespace glmap
