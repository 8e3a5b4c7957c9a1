// SPDX-License-Identifier: Apache-2.0
// The settings of such a connection: docs/connectors/tryton.md.
#include "gateway/connectors/tryton/tryton_connector.hpp"

namespace glmap::gateway::connectors::tryton {

namespace {

Result<TrytonEntity> entity_of(const std::string& place, const LegalEntity& entity, const SettingValues& values) {
  SettingsReader reader(place + ", entity " + entity.code, values);
  TrytonEntity out;
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
  TrytonSettings out;
  GLMAP_TRY(url, reader.url());
  GLMAP_TRY(database, reader.required("database"));
  GLMAP_TRY(user, reader.required("user"));
  GLMAP_TRY(secret, reader.secret("password", true));
  GLMAP_TRY(timeouts, reader.timeouts());
  GLMAP_TRY(create_parties, reader.yes_no("create_parties"));
  out.rpc = {url, database, user, secret, timeouts.connect_ms_max, timeouts.total_ms_max};
  out.create_parties = create_parties;
  out.party_dimension = reader.text("party_dimension", out.party_dimension);
  out.analytic_roots = reader.with_prefix("analytic.");
  const platform::HttpClientSettings http_settings = reader.http();
  GLMAP_CHECK(reader.nothing_left());
  for (const LegalEntity& entity : settings.legal_entities) {
    GLMAP_TRY(made, entity_of(reader.place(), entity, settings_of(settings, entity)));
    out.entities.emplace(entity.code, std::move(made));
  }
  GLMAP_TRY(http, platform::make_http_client(http_settings));
  return make_tryton_connector(std::move(out), std::move(http));
}

}  // namespace glmap::gateway::connectors::tryton
