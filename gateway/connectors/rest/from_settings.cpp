// SPDX-License-Identifier: Apache-2.0
// The settings of such a connection: docs/connectors/rest.md.
#include "gateway/connectors/rest/rest_connector.hpp"
#include "gateway/platform/signing.hpp"

namespace glmap::gateway::connectors::rest {

namespace {

/// `Authorization` from a token or from user and password; nothing when neither is set.
Result<std::string> authorisation_of(SettingsReader& reader) {
  GLMAP_TRY(token, reader.secret("token", false));
  const std::string user = reader.text("user");
  GLMAP_TRY(password, reader.secret("password", !user.empty()));
  if (!token.empty() && !user.empty())
    return std::unexpected(reader.fault(" has a token and a user; write one of them"));
  if (!token.empty()) return "Bearer " + token;
  return user.empty() ? "" : "Basic " + platform::base64(user + ":" + password);
}

}  // namespace

Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings) {
  SettingsReader reader(settings);
  GLMAP_TRY(url, reader.url());
  GLMAP_TRY(authorisation, authorisation_of(reader));
  const std::string key_header = reader.text("api_key_header");
  GLMAP_TRY(api_key, reader.secret("api_key", !key_header.empty()));
  GLMAP_TRY(timeouts, reader.timeouts());
  const platform::HttpClientSettings http_settings = reader.http();
  GLMAP_TRY(read, read_rest_settings(reader.place(), reader.not_asked(), settings.entities, settings.legal_entities));
  read.url = url;
  read.authorisation = authorisation;
  if (!key_header.empty()) read.secret_headers.emplace_back(key_header, api_key);
  read.connect_ms_max = timeouts.connect_ms_max;
  read.total_ms_max = timeouts.total_ms_max;
  GLMAP_TRY(http, platform::make_http_client(http_settings));
  return make_rest_connector(std::move(read), std::move(http));
}

}  // namespace glmap::gateway::connectors::rest
