// SPDX-License-Identifier: Apache-2.0
// Documents of API_OPLACCTGDOCITEMCUBE_SRV (OData 2, JSON): items of journal entries in the entry view. Pure; any
// thread.
#pragma once

#include <string>
#include <vector>

#include "gateway/connectors/sap/journal_entry_post.hpp"
#include "gateway/delivery/connector.hpp"

namespace glmap::gateway::connectors::sap {

/// The path and query that find a reference in a company code, below the service's root.
std::string items_query(const std::string& company_code, const std::string& reference);
/// The same for any one item of a company code: who it is.
std::string identity_query(const std::string& company_code);

/// The rows of an answer; nothing when it is none.
std::optional<std::vector<Json>> rows_of(const std::string& body);

/// What stands under the entry's reference.
delivery::Finding read_finding(const PostSettings& settings, const JournalEntry& entry, const std::vector<Json>& rows);
/// The one document that the rows belong to; nothing when there is none or several.
std::optional<Original> original_in(const std::vector<Json>& rows);

}  // namespace glmap::gateway::connectors::sap
