// SPDX-License-Identifier: Apache-2.0
// The settings of such a connection: docs/connectors/erpnext.md.
#include "gateway/connectors/erpnext/erpnext_connector.hpp"

namespace glmap::gateway::connectors::erpnext {

Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings) {
  SettingsReader reader(settings);
  ErpnextSettings out;
  GLMAP_TRY(url, reader.url());
  GLMAP_TRY(api_key, reader.required("api_key"));
  GLMAP_TRY(api_secret, reader.secret("api_secret", true));
  GLMAP_TRY(create_parties, reader.yes_no("create_parties"));
  GLMAP_TRY(timeouts, reader.timeouts());
  out.connection = {url, api_key, api_secret};
  out.create_parties = create_parties;
  out.timeouts = timeouts;
  out.shape.party_dimension = reader.text("party_dimension", out.shape.party_dimension);
  out.shape.fields = reader.with_prefix("dimension.");
  const platform::HttpClientSettings http_settings = reader.http();
  GLMAP_CHECK(reader.nothing_left());
  for (const LegalEntity& entity : settings.legal_entities) {
    SettingsReader own(reader.place() + ", entity " + entity.code, settings_of(settings, entity));
    out.companies[entity.code] = own.text("company", entity.name);
    if (const std::string center = own.text("cost_center"); !center.empty())
      out.shape.cost_centers[entity.code] = center;
    GLMAP_CHECK(own.nothing_left());
  }
  GLMAP_TRY(http, platform::make_http_client(http_settings));
  return make_erpnext_connector(std::move(out), std::move(http));
}

}  // namespace glmap::gateway::connectors::erpnext
