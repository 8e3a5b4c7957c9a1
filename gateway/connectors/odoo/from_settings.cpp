// SPDX-License-Identifier: Apache-2.0
// The settings of such a connection: docs/connectors/odoo.md.
#include "gateway/connectors/odoo/odoo_connector.hpp"

namespace glmap::gateway::connectors::odoo {

namespace {

Result<OdooEntity> entity_of(const std::string& place, const LegalEntity& entity, const SettingValues& values) {
  SettingsReader reader(place + ", entity " + entity.code, values);
  OdooEntity out;
  out.company = reader.text("company", entity.name);
  out.journal = reader.text("journal");
  out.journals = reader.with_prefix("journal.");
  if (out.journal.empty() && out.journals.empty()) return std::unexpected(reader.fault(" lacks the setting `journal`"));
  GLMAP_CHECK(reader.nothing_left());
  return out;
}

}  // namespace

Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings) {
  SettingsReader reader(settings);
  OdooSettings out;
  GLMAP_TRY(url, reader.url());
  GLMAP_TRY(api_key, reader.secret("api_key", true));
  out.connection = {url, reader.text("database"), api_key};
  out.shape.partner_dimension = reader.text("partner_dimension");
  out.shape.analytic_plan = reader.with_prefix("analytic.");
  GLMAP_TRY(timeouts, reader.timeouts());
  out.timeouts = timeouts;
  const platform::HttpClientSettings http_settings = reader.http();
  GLMAP_CHECK(reader.nothing_left());
  for (const LegalEntity& entity : settings.legal_entities) {
    GLMAP_TRY(made, entity_of(reader.place(), entity, settings_of(settings, entity)));
    out.entities.emplace(entity.code, std::move(made));
  }
  GLMAP_TRY(http, platform::make_http_client(http_settings));
  return make_odoo_connector(std::move(out), std::move(http));
}

}  // namespace glmap::gateway::connectors::odoo
