// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/netsuite/error_table.hpp"

#include <array>

namespace glmap::gateway::connectors::netsuite {

using delivery::ErrorClass;
using delivery::ErrorRow;

namespace {

constexpr std::array kRows = {
    // Codes, where the ERP gives the one that says what it means.
    ErrorRow{"DUP_RCRD", "", "", ErrorClass::duplicate},
    ErrorRow{"TRAN_PERIOD_CLOSED", "", "", ErrorClass::closed_period},
    ErrorRow{"INVALID_ACCT_PRD", "", "", ErrorClass::closed_period},
    ErrorRow{"MISSING_ACCT_PRD", "", "", ErrorClass::closed_period},
    ErrorRow{"JE_AMOUNTS_MUST_BALANCE", "", "", ErrorClass::unbalanced},
    ErrorRow{"TRANS_UNBALNCD", "", "", ErrorClass::unbalanced},
    ErrorRow{"TRANS_FORGN_CUR_UNBALNCD", "", "", ErrorClass::unbalanced},
    ErrorRow{"INVALID_TRANS_SUB_ACCT", "", "", ErrorClass::bad_account},
    ErrorRow{"INVALID_TRANS_SUB_DEPT", "", "", ErrorClass::bad_dimension},
    ErrorRow{"INVALID_TRANS_SUB_CLASS", "", "", ErrorClass::bad_dimension},
    ErrorRow{"INVALID_TRANS_SUB_LOC", "", "", ErrorClass::bad_dimension},
    ErrorRow{"INVALID_TRANS_SUB_ENTITY", "", "", ErrorClass::bad_dimension},
    ErrorRow{"SUBSIDIARY_MISMATCH", "", "", ErrorClass::bad_dimension},
    ErrorRow{"EXCEEDED_MAX_TRANS_LINES", "", "", ErrorClass::too_large},
    ErrorRow{"CONCURRENCY_LIMIT_EXCEEDED", "", "", ErrorClass::throttled},
    ErrorRow{"SSS_REQUEST_LIMIT_EXCEEDED", "", "", ErrorClass::throttled},
    ErrorRow{"WS_REQUEST_BLOCKED", "", "", ErrorClass::throttled},
    ErrorRow{"WS_CONCUR_SESSION_DISALLWD", "", "", ErrorClass::throttled},
    ErrorRow{"INVALID_LOGIN", "", "", ErrorClass::authorisation},
    ErrorRow{"INVALID_LOGIN_ATTEMPT", "", "", ErrorClass::authorisation},
    ErrorRow{"INVALID_LOGIN_CREDENTIALS", "", "", ErrorClass::authorisation},
    ErrorRow{"INSUFFICIENT_PERMISSION", "", "", ErrorClass::authorisation},
    ErrorRow{"USER_DISABLED", "", "", ErrorClass::authorisation},
    // Another one changes the same record at this moment; the ERP undoes ours.
    ErrorRow{"RCRD_HAS_BEEN_CHANGED", "", "", ErrorClass::transient},
    // The ERP gave up on the request: it does not say whether before or after its work.
    ErrorRow{"UNEXPECTED_ERROR", "", "", ErrorClass::duplicate},
    ErrorRow{"SSS_REQUEST_TIME_EXCEEDED", "", "", ErrorClass::duplicate},

    // Texts, below the codes that say nothing.
    ErrorRow{"", "already exists", "", ErrorClass::duplicate},
    ErrorRow{"", "has already been used", "", ErrorClass::duplicate},
    ErrorRow{"", "period", "closed", ErrorClass::closed_period},
    ErrorRow{"", "closed", "period", ErrorClass::closed_period},
    ErrorRow{"", "period", "locked", ErrorClass::closed_period},
    ErrorRow{"", "posting period", "does not exist", ErrorClass::closed_period},
    ErrorRow{"", "must balance", "", ErrorClass::unbalanced},
    ErrorRow{"", "out of balance", "", ErrorClass::unbalanced},
    ErrorRow{"", "invalid field value", "following field: account", ErrorClass::bad_account},
    ErrorRow{"", "invalid account reference key", "", ErrorClass::bad_account},
    ErrorRow{"", "account cannot be used with", "", ErrorClass::bad_account},
    ErrorRow{"", "account", "inactive", ErrorClass::bad_account},
    ErrorRow{"", "invalid field value", "following field:", ErrorClass::bad_dimension},
    ErrorRow{"", "invalid", "reference key", ErrorClass::bad_dimension},
    ErrorRow{"", "cannot be used with", "subsidiary", ErrorClass::bad_dimension},
    ErrorRow{"", "unknown reference or field name", "", ErrorClass::bad_dimension},
};

}  // namespace

ErrorClass classify(std::string_view code, std::string_view text) {
  return delivery::classify(kRows, code, text);
}

}  // namespace glmap::gateway::connectors::netsuite
