// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/sap/error_table.hpp"

#include <algorithm>
#include <array>

#include "gateway/connectors/http_caller.hpp"

namespace glmap::gateway::connectors::sap {

namespace {

using delivery::ErrorClass;
using delivery::ErrorRow;

constexpr std::size_t kTextMax = 600;

// The code is number and class of the message as SAP writes them; the text stands in its note.
constexpr std::array kRows = {
    ErrorRow{"201(F5)", "", "", ErrorClass::closed_period},
    ErrorRow{"286(F5)", "", "", ErrorClass::closed_period},
    ErrorRow{"", "posting period", "is not open", ErrorClass::closed_period},
    ErrorRow{"", "period", "not open for account type", ErrorClass::closed_period},

    ErrorRow{"702(F5)", "", "", ErrorClass::unbalanced},
    ErrorRow{"022(RW)", "", "", ErrorClass::unbalanced},
    ErrorRow{"", "balance in transaction currency", "", ErrorClass::unbalanced},
    ErrorRow{"", "fi/co interface: balance", "", ErrorClass::unbalanced},

    ErrorRow{"506(F5)", "", "", ErrorClass::bad_account},
    ErrorRow{"507(F5)", "", "", ErrorClass::bad_account},
    ErrorRow{"", "does not exist in chart of accounts", "", ErrorClass::bad_account},
    ErrorRow{"", "is not defined in chart of accounts", "", ErrorClass::bad_account},
    ErrorRow{"", "is blocked for posting", "", ErrorClass::bad_account},

    ErrorRow{"235(KI)", "", "", ErrorClass::bad_dimension},
    ErrorRow{"808(F5)", "", "", ErrorClass::bad_dimension},
    ErrorRow{"", "requires an assignment to a co object", "", ErrorClass::bad_dimension},
    ErrorRow{"", "cost center", "", ErrorClass::bad_dimension},
    ErrorRow{"", "profit center", "", ErrorClass::bad_dimension},
    ErrorRow{"", "is required for g/l account", "", ErrorClass::bad_dimension},

    ErrorRow{"", "maximum number of items", "", ErrorClass::too_large},
    ErrorRow{"", "locked by user", "", ErrorClass::transient},
    ErrorRow{"", "currently being processed", "", ErrorClass::transient},
    ErrorRow{"", "no authorization", "", ErrorClass::authorisation},
    ErrorRow{"165(F5)", "", "", ErrorClass::entity},
    ErrorRow{"", "already exists", "", ErrorClass::duplicate},
    ErrorRow{"", "duplicate", "", ErrorClass::duplicate},
};

// Says only that there is an error.
constexpr std::string_view kWrapper = "609(RW)";

}  // namespace

ErrorClass classify(const std::vector<LogItem>& log) {
  for (const LogItem& item : log) {
    if (item.severity < 3 || item.type == kWrapper) continue;
    const ErrorClass means = delivery::classify(kRows, item.type, item.note);
    if (means != ErrorClass::unknown) return means;
  }
  return ErrorClass::unknown;
}

std::string words_of(const std::vector<LogItem>& log) {
  const bool errors = std::ranges::any_of(log, [](const LogItem& item) { return item.severity >= 3; });
  std::string out;
  for (const LogItem& item : log) {
    if (errors && item.severity < 3) continue;
    out += (out.empty() ? "" : "; ") + item.note + (item.type.empty() ? "" : " (" + item.type + ")");
  }
  return out.empty() ? "without a word" : shortened(std::move(out), kTextMax);
}

}  // namespace glmap::gateway::connectors::sap
