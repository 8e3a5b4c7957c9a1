// SPDX-License-Identifier: Apache-2.0
// The settings of such a connection: docs/connectors/rest.md.
#include "gateway/connectors/rest/rest_connector.hpp"
#include "gateway/platform/signing.hpp"

namespace glmap::gateway::connectors::rest {

namespace {

/// `Authorization` from a token, from user and password, or by client credentials; nothing when none is set.
Status read_authorisation(SettingsReader& reader, RestSettings& into) {
  GLMAP_TRY(token, reader.secret("token", false));
  const std::string user = reader.text("user"), token_url = reader.text("token_url");
  GLMAP_TRY(password, reader.secret("password", !user.empty()));
  if ((token.empty() ? 0 : 1) + (user.empty() ? 0 : 1) + (token_url.empty() ? 0 : 1) > 1)
    return std::unexpected(reader.fault(" has several of a token, a `user` and a `token_url`; write one of them"));
  if (!token.empty()) into.authorisation = "Bearer " + token;
  if (!user.empty()) into.authorisation = "Basic " + platform::base64(user + ":" + password);
  if (token_url.empty()) return {};
  auth::ClientCredentials oauth;
  GLMAP_TRY(client_id, reader.required("client_id"));
  GLMAP_TRY(secret, reader.secret("client_secret", true));
  oauth.token_url = token_url;
  oauth.client_id = client_id;
  oauth.secret = secret;
  oauth.scope = reader.text("scope");
  into.oauth = std::move(oauth);
  return {};
}

}  // namespace

Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings) {
  SettingsReader reader(settings);
  GLMAP_TRY(url, reader.url());
  RestSettings access;
  GLMAP_CHECK(read_authorisation(reader, access));
  const std::string key_header = reader.text("api_key_header");
  GLMAP_TRY(api_key, reader.secret("api_key", !key_header.empty()));
  GLMAP_TRY(timeouts, reader.timeouts());
  const platform::HttpClientSettings http_settings = reader.http();
  GLMAP_TRY(read, read_rest_settings(reader.place(), reader.not_asked(), settings.entities, settings.legal_entities));
  read.url = url;
  read.authorisation = access.authorisation;
  read.oauth = std::move(access.oauth);
  if (!key_header.empty()) read.secret_headers.emplace_back(key_header, api_key);
  read.connect_ms_max = timeouts.connect_ms_max;
  read.total_ms_max = timeouts.total_ms_max;
  GLMAP_TRY(http, platform::make_http_client(http_settings));
  return make_rest_connector(std::move(read), std::move(http));
}

}  // namespace glmap::gateway::connectors::rest
