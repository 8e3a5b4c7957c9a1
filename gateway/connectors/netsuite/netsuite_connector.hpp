// SPDX-License-Identifier: Apache-2.0
// Posting journal entries to Oracle NetSuite by its REST record service: one POST of a `journalEntry` an entry, our
// reference as its external id, read back by that id. NetSuite refuses a second journal under one external id; that is
// looked up like every other unclear answer. Not for intercompany journals of several subsidiaries in one record: the
// book makes an entry for each. Threading: belongs to one delivery lane.
// Source: docs/connectors/netsuite.md
#pragma once

#include <map>
#include <memory>
#include <string>

#include "gateway/connectors/netsuite/journal.hpp"
#include "gateway/connectors/settings_reader.hpp"
#include "gateway/delivery/connector.hpp"

namespace glmap::gateway::connectors::netsuite {

struct NetsuiteSettings {
  std::string url;  // before /services, without a slash at its end
  Credentials credentials;
  JournalShape shape;
  std::map<std::string, std::string, std::less<>> subsidiaries;  // their names in NetSuite, by our entity code
  SettingsReader::Timeouts timeouts;
};

std::unique_ptr<delivery::ErpConnector> make_netsuite_connector(NetsuiteSettings settings,
                                                                std::unique_ptr<platform::HttpClient> http,
                                                                const platform::Clock& clock);
/// Errors: GLM-9012.
Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings);

}  // namespace glmap::gateway::connectors::netsuite
