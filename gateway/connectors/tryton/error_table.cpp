// SPDX-License-Identifier: Apache-2.0
#include "gateway/connectors/tryton/error_table.hpp"

#include <array>

namespace glmap::gateway::connectors::tryton {

namespace {

struct Row {
  std::string_view first;   // the text contains this
  std::string_view second;  // and, after it, this (may be empty)
  Verdict verdict;
};

// The first row that fits decides.
constexpr std::array kRows = {
    // The ERP holds the reference already, or the document is posted already: success until a look-up says otherwise.
    Row{"UNIQUE constraint failed: account_move.", "", {Meaning::look_up, ErrorCode::ErpUnclear}},
    Row{"duplicate key value violates unique constraint \"account_move", "", {Meaning::look_up, ErrorCode::ErpUnclear}},
    Row{"You cannot modify posted move", "", {Meaning::look_up, ErrorCode::ErpUnclear}},

    Row{"You cannot create a journal-period in closed period", "", {Meaning::refused, ErrorCode::ErpClosedPeriod}},
    Row{"lines on closed journal-period", "", {Meaning::refused, ErrorCode::ErpClosedPeriod}},
    Row{"\"Period\" in \"Account Move\" is not valid", "", {Meaning::refused, ErrorCode::ErpClosedPeriod}},
    Row{"is outside the period", "", {Meaning::refused, ErrorCode::ErpClosedPeriod}},

    Row{"you must balance all its lines", "", {Meaning::refused, ErrorCode::ErpUnbalanced}},
    Row{"you must fill in its lines", "", {Meaning::refused, ErrorCode::ErpUnbalanced}},

    Row{"field \"Account\" in \"Account Move Line\"", "", {Meaning::refused, ErrorCode::ErpBadAccount}},
    Row{"for field \"Account\"", "does not exist", {Meaning::refused, ErrorCode::ErpBadAccount}},

    Row{"field \"Party\"", "", {Meaning::refused, ErrorCode::ErpBadDimension}},
    Row{"you must remove the party", "", {Meaning::refused, ErrorCode::ErpBadDimension}},
    Row{"Analytic", "", {Meaning::refused, ErrorCode::ErpBadDimension}},

    Row{"You are not allowed to", "", {Meaning::refused, ErrorCode::ErpAuthorisation}},

    // Both databases undo the transaction before they say so.
    Row{"database is locked", "", {Meaning::wait, ErrorCode::ErpUnreachable}},
    Row{"could not serialize access", "", {Meaning::wait, ErrorCode::ErpUnreachable}},
    Row{"deadlock detected", "", {Meaning::wait, ErrorCode::ErpUnreachable}},
    Row{"connection to server", "failed", {Meaning::wait, ErrorCode::ErpUnreachable}},
};

}  // namespace

Verdict classify(std::string_view text) {
  for (const Row& row : kRows) {
    const std::size_t at = text.find(row.first);
    if (at == std::string_view::npos) continue;
    if (row.second.empty() || text.find(row.second, at + row.first.size()) != std::string_view::npos)
      return row.verdict;
  }
  return {};
}

}  // namespace glmap::gateway::connectors::tryton
