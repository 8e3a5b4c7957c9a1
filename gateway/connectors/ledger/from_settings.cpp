// SPDX-License-Identifier: Apache-2.0
// The settings of such a connection: docs/connectors/ledger.md.
#include "gateway/connectors/ledger/ledger_connector.hpp"

namespace glmap::gateway::connectors::ledger {

Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings) {
  SettingsReader reader(settings);
  GLMAP_TRY(url, reader.url());
  GLMAP_TRY(token, reader.secret("token", false));
  GLMAP_TRY(timeouts, reader.timeouts());
  const platform::HttpClientSettings http_settings = reader.http();
  GLMAP_CHECK(reader.nothing_left());
  for (const auto& [code, values] : settings.entities) {
    SettingsReader entity(reader.place() + ", entity " + code, values);
    entity.text("company");  // read by expected_identities
    GLMAP_CHECK(entity.nothing_left());
  }
  GLMAP_TRY(http, platform::make_http_client(http_settings));
  return make_ledger_connector({url, token, timeouts}, std::move(http));
}

}  // namespace glmap::gateway::connectors::ledger
