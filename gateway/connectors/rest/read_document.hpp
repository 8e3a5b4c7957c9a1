// SPDX-License-Identifier: Apache-2.0
// A document as an ERP shows it, read by the places that the configuration names. Pure; any thread.
#pragma once

#include "gateway/connectors/rest/rest_settings.hpp"
#include "gateway/delivery/connector.hpp"

namespace glmap::gateway::connectors::rest {

/// What stands under the entry's reference in the answer to the search.
delivery::Finding read_finding(const FindTemplate& find, const JournalEntry& entry, const Scope& scope,
                               const Json& answer);

}  // namespace glmap::gateway::connectors::rest
