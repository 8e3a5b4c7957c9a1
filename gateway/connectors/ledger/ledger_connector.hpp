// SPDX-License-Identifier: Apache-2.0
// Posting journal entries to a ledger that speaks the plain HTTP and JSON contract of docs/connectors/ledger.md: one
// POST an entry under its reference as Idempotency-Key, read back by that reference. For ledgers of one's own, and for
// adapters in front of others. The ledger's promise about keys is not relied upon: an unclear send is looked up.
// Threading: belongs to one delivery lane.
#pragma once

#include <memory>
#include <string>

#include "gateway/connectors/settings_reader.hpp"
#include "gateway/delivery/connector.hpp"
#include "gateway/platform/http_client.hpp"

namespace glmap::gateway::connectors::ledger {

struct LedgerSettings {
  std::string url;    // before /entries and /entities, without a slash at its end
  std::string token;  // sent as `Authorization: Bearer`; empty: none
  SettingsReader::Timeouts timeouts;
};

/// Errors: GLM-9012.
Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings);
std::unique_ptr<delivery::ErpConnector> make_ledger_connector(LedgerSettings settings,
                                                              std::unique_ptr<platform::HttpClient> http);

}  // namespace glmap::gateway::connectors::ledger
