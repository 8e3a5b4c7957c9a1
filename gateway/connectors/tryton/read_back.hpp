// SPDX-License-Identifier: Apache-2.0
// How an entry is looked for in Tryton and what the answer says. Pure functions; any thread.
#pragma once

#include "gateway/connectors/tryton/books.hpp"

namespace glmap::gateway::connectors::tryton {

/// Parameters of account.move.search_read for the entry's reference in its company. The company is always in the
/// search: the context alone does not restrict what is found.
Json::Array search_params(const JournalEntry& entry, const CompanyBooks& company);

/// A move of another company than `company` is not ours, whatever was asked for.
/// Errors: GLM-9001 when the answer has not the shape of a search's answer.
Result<delivery::Finding> read_finding(const JournalEntry& entry, const CompanyBooks& company, const Json& answer);

}  // namespace glmap::gateway::connectors::tryton
