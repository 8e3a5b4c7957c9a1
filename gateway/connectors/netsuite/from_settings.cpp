// SPDX-License-Identifier: Apache-2.0
// The settings of such a connection: docs/connectors/netsuite.md.
#include "gateway/connectors/netsuite/netsuite_connector.hpp"

namespace glmap::gateway::connectors::netsuite {

namespace {

/// "1234567_SB1" in the host's form: "1234567-sb1".
std::string host_form(const std::string& account) {
  std::string out;
  for (const char c : account) out += c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}
/// "1234567-sb1" in the realm's form: "1234567_SB1".
std::string realm_form(const std::string& account) {
  std::string out;
  for (const char c : account) out += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

Result<Credentials> oauth2(SettingsReader& reader, const std::string& url) {
  auth::ClientCredentials out;
  GLMAP_TRY(client_id, reader.required("client_id"));
  GLMAP_TRY(key_id, reader.required("certificate_id"));
  GLMAP_TRY(pem, reader.secret("private_key", true));
  auto key = platform::SigningKey::from_pem(pem);
  if (!key) return std::unexpected(reader.fault(": `private_key`: " + key.error().message));
  out.client_id = client_id;
  out.key_id = key_id;
  out.key = std::move(*key);
  out.scope = "rest_webservices";
  out.token_url = url + "/services/rest/auth/oauth2/v1/token";
  return out;
}

Result<Credentials> token_based(SettingsReader& reader, const std::string& account) {
  auth::OAuth1Credentials out;
  GLMAP_TRY(consumer_key, reader.required("consumer_key"));
  GLMAP_TRY(consumer_secret, reader.secret("consumer_secret", true));
  GLMAP_TRY(token, reader.required("token_id"));
  GLMAP_TRY(token_secret, reader.secret("token_secret", true));
  return auth::OAuth1Credentials{realm_form(account), consumer_key, consumer_secret, token, token_secret};
}

Result<JournalShape> shape_of(SettingsReader& reader) {
  JournalShape out;
  out.dimensions = reader.with_prefix("dimension.");
  for (const auto& [name, field] : out.dimensions) {
    const bool known = field == "department" || field == "class" || field == "location" || field == "entity" ||
                       field.starts_with("cseg_") || field.starts_with("custcol");
    if (!known) {
      return std::unexpected(reader.fault(": `dimension." + name + "` is `" + field +
                                          "`; write department, class, location, entity, cseg_... or custcol_..."));
    }
  }
  const std::string mixed = reader.text("mixed_rates", "refuse");
  if (mixed != "refuse" && mixed != "books-currency")
    return std::unexpected(reader.fault(": `mixed_rates` is `" + mixed + "`; write refuse or books-currency"));
  out.books_currency = mixed == "books-currency";
  return out;
}

}  // namespace

Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings) {
  static const platform::SystemClock clock;
  SettingsReader reader(settings);
  NetsuiteSettings out;
  GLMAP_TRY(account, reader.required("account"));
  GLMAP_TRY(url, reader.url("https://" + host_form(account) + ".suitetalk.api.netsuite.com"));
  out.url = url;
  const bool by_oauth2 = settings.settings.contains("client_id");
  GLMAP_TRY(credentials, by_oauth2 ? oauth2(reader, url) : token_based(reader, account));
  out.credentials = std::move(credentials);
  GLMAP_TRY(shape, shape_of(reader));
  out.shape = std::move(shape);
  GLMAP_TRY(timeouts, reader.timeouts());
  out.timeouts = timeouts;
  const platform::HttpClientSettings http_settings = reader.http();
  GLMAP_CHECK(reader.nothing_left());
  for (const LegalEntity& entity : settings.legal_entities) {
    SettingsReader own(reader.place() + ", entity " + entity.code, settings_of(settings, entity));
    out.subsidiaries[entity.code] = own.text("company", entity.name);
    GLMAP_CHECK(own.nothing_left());
  }
  GLMAP_TRY(http, platform::make_http_client(http_settings));
  return make_netsuite_connector(std::move(out), std::move(http), clock);
}

}  // namespace glmap::gateway::connectors::netsuite
