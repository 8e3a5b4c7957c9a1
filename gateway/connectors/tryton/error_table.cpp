// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/tryton/error_table.hpp"

#include <array>

namespace glmap::gateway::connectors::tryton {

using delivery::ErrorClass;
using delivery::ErrorRow;

namespace {

constexpr std::array kRows = {
    // The ERP holds the reference already, or the document is posted already: success until a look-up says otherwise.
    ErrorRow{"", "UNIQUE constraint failed: account_move.", "", ErrorClass::duplicate},
    ErrorRow{"", "duplicate key value violates unique constraint \"account_move", "", ErrorClass::duplicate},
    ErrorRow{"", "You cannot modify posted move", "", ErrorClass::duplicate},

    ErrorRow{"", "You cannot create a journal-period in closed period", "", ErrorClass::closed_period},
    ErrorRow{"", "lines on closed journal-period", "", ErrorClass::closed_period},
    ErrorRow{"", "\"Period\" in \"Account Move\" is not valid", "", ErrorClass::closed_period},
    ErrorRow{"", "is outside the period", "", ErrorClass::closed_period},

    ErrorRow{"", "you must balance all its lines", "", ErrorClass::unbalanced},
    ErrorRow{"", "you must fill in its lines", "", ErrorClass::unbalanced},

    ErrorRow{"", "field \"Account\" in \"Account Move Line\"", "", ErrorClass::bad_account},
    ErrorRow{"", "for field \"Account\"", "does not exist", ErrorClass::bad_account},

    ErrorRow{"", "field \"Party\"", "", ErrorClass::bad_dimension},
    ErrorRow{"", "you must remove the party", "", ErrorClass::bad_dimension},
    ErrorRow{"", "Analytic", "", ErrorClass::bad_dimension},

    ErrorRow{"", "You are not allowed to", "", ErrorClass::authorisation},

    // Both databases undo the transaction before they say so.
    ErrorRow{"", "database is locked", "", ErrorClass::transient},
    ErrorRow{"", "could not serialize access", "", ErrorClass::transient},
    ErrorRow{"", "deadlock detected", "", ErrorClass::transient},
    ErrorRow{"", "connection to server", "failed", ErrorClass::transient},
};

}  // namespace

ErrorClass classify(std::string_view text) {
  return delivery::classify(kRows, "", text);
}

}  // namespace glmap::gateway::connectors::tryton
