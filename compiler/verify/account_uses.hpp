// SPDX-License-Identifier: Apache-2.0
// Where the book names accounts: for a role in an entity, or in a row of a table that answers for roles. Private to
// verify. Pure functions; any thread.
#pragma once

#include <functional>
#include <vector>

#include "compiler/runtime/rules/rule_book.hpp"

namespace glmap::verify {

struct AccountUse {
  std::uint32_t role = 0, entity = 0;
  const std::string& code;
  const Account* account = nullptr;     // nullptr: not in the entity's chart; resolve has told
  const rules::Table* table = nullptr;  // nullptr: one account for the role
  const rules::TableRow* row = nullptr;
};
/// Calls `visit` with every use, by role, then by row, then by entity. Each account is looked up once, however many
/// rows name it.
void for_each_account_use(const rules::RuleBook& book, const std::function<void(const AccountUse&)>& visit);

/// By role: all its accounts, in every entity, are assets or liabilities.
std::vector<bool> balance_sheet_roles(const rules::RuleBook& book);

}  // namespace glmap::verify
