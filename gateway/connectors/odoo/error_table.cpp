// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/odoo/error_table.hpp"

#include <array>

namespace glmap::gateway::connectors::odoo {

using delivery::ErrorClass;
using delivery::ErrorRow;

namespace {

constexpr std::array kRows = {
    // Another transaction was first; Odoo has undone ours.
    ErrorRow{"odoo.exceptions.ConcurrencyError", "", "", ErrorClass::transient},
    ErrorRow{"odoo.exceptions.LockError", "", "", ErrorClass::transient},

    // Posted already, by whom is looked up.
    ErrorRow{"", "must be in draft", "", ErrorClass::duplicate},

    ErrorRow{"", "unauthorized or invalid companies", "", ErrorClass::entity},
    ErrorRow{"odoo.exceptions.AccessError", "", "", ErrorClass::authorisation},
    ErrorRow{"odoo.exceptions.AccessDenied", "", "", ErrorClass::authorisation},

    ErrorRow{"", "add/modify entries prior to and inclusive of", "", ErrorClass::closed_period},
    ErrorRow{"", "lock date", "", ErrorClass::closed_period},

    ErrorRow{"", "is not balanced", "", ErrorClass::unbalanced},
    ErrorRow{"", "unbalanced journal entry", "", ErrorClass::unbalanced},
    ErrorRow{"", "need to add a line before posting", "", ErrorClass::unbalanced},

    ErrorRow{"", "the account", "is deprecated", ErrorClass::bad_account},
    ErrorRow{"", "cannot use this account", "in this journal", ErrorClass::bad_account},
    ErrorRow{"", "account selected on your journal entry", "secondary currency", ErrorClass::bad_account},
    ErrorRow{"", "archived account", "", ErrorClass::bad_account},

    ErrorRow{"", "analytic distribution", "", ErrorClass::bad_dimension},
};

}  // namespace

ErrorClass classify(std::string_view exception, std::string_view text) {
  return delivery::classify(kRows, exception, text);
}

}  // namespace glmap::gateway::connectors::odoo
