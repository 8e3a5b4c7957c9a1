// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/erpnext/error_table.hpp"

#include <array>

namespace glmap::gateway::connectors::erpnext {

using delivery::ErrorClass;
using delivery::ErrorRow;

namespace {

constexpr std::array kRows = {
    ErrorRow{"DuplicateEntryError", "", "", ErrorClass::duplicate},
    ErrorRow{"UniqueValidationError", "", "", ErrorClass::duplicate},
    // Submitted already, by whom is looked up.
    ErrorRow{"UpdateAfterSubmitError", "", "", ErrorClass::duplicate},
    ErrorRow{"ClosedAccountingPeriod", "", "", ErrorClass::closed_period},
    ErrorRow{"FiscalYearError", "", "", ErrorClass::closed_period},
    ErrorRow{"InvalidAccountCurrency", "", "", ErrorClass::bad_account},
    ErrorRow{"InvalidAccountDimensionError", "", "", ErrorClass::bad_dimension},
    ErrorRow{"MandatoryAccountDimensionError", "", "", ErrorClass::bad_dimension},
    ErrorRow{"RateLimitExceededError", "", "", ErrorClass::throttled},
    ErrorRow{"CharacterLengthExceededError", "", "", ErrorClass::too_large},
    // Another request changes the same at this moment; Frappe undoes ours.
    ErrorRow{"QueryDeadlockError", "", "", ErrorClass::transient},
    ErrorRow{"QueryTimeoutError", "", "", ErrorClass::transient},
    ErrorRow{"TimestampMismatchError", "", "", ErrorClass::transient},

    ErrorRow{"", "closed Accounting Period", "", ErrorClass::closed_period},
    ErrorRow{"", "Books have been closed till the period", "", ErrorClass::closed_period},
    ErrorRow{"", "not authorized to add or update entries before", "", ErrorClass::closed_period},
    ErrorRow{"", "not in any active Fiscal Year", "", ErrorClass::closed_period},

    ErrorRow{"", "Total Debit must be equal to Total Credit", "", ErrorClass::unbalanced},
    ErrorRow{"", "Debit and Credit not equal", "", ErrorClass::unbalanced},

    ErrorRow{"", "Could not find Row", ": Account:", ErrorClass::bad_account},
    ErrorRow{"", "against disabled accounts", "", ErrorClass::bad_account},
    ErrorRow{"", "Account", "does not belong to Company", ErrorClass::bad_account},
    ErrorRow{"", "Account", "is a Group", ErrorClass::bad_account},
    ErrorRow{"", "Account", "is frozen", ErrorClass::bad_account},

    ErrorRow{"", "Party Type and Party is required", "", ErrorClass::bad_dimension},
    ErrorRow{"", "Cost Center is required", "", ErrorClass::bad_dimension},
    ErrorRow{"", "Cost Center", "does not belong to Company", ErrorClass::bad_dimension},
    ErrorRow{"", "Could not find Row", "", ErrorClass::bad_dimension},
};

}  // namespace

ErrorClass classify(std::string_view type, std::string_view text) {
  return delivery::classify(kRows, type, text);
}

}  // namespace glmap::gateway::connectors::erpnext
