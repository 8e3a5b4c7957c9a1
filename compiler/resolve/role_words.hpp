// SPDX-License-Identifier: Apache-2.0
// What the name of a role says about it: `deferred_revenue` is a liability, `tax_receivable` an asset. A role whose
// name says nothing may stand for any account. Pure functions over given text; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "compiler/runtime/accounting/ledger.hpp"

namespace glmap::resolve {

/// `word` stands in the name between its ends and underscores, also in the plural: `deferred_costs` has `cost`.
bool has_word(std::string_view name, std::string_view word);

/// The type that the role's accounts have; nullopt: its name does not say.
std::optional<AccountType> account_type_of_role(std::string_view role);

}  // namespace glmap::resolve
