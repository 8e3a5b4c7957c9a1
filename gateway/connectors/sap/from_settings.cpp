// SPDX-License-Identifier: Apache-2.0
// The settings of such a connection: docs/connectors/sap.md.
#include <algorithm>

#include "gateway/connectors/sap/sap_connector.hpp"
#include "gateway/platform/signing.hpp"

namespace glmap::gateway::connectors::sap {

namespace {

Result<PostSettings> post_settings(SettingsReader& reader) {
  PostSettings out;
  GLMAP_TRY(created_by, reader.required("created_by"));
  out.created_by = created_by;
  out.document_type = reader.text("document_type", out.document_type);
  const std::string pad = reader.text("pad_accounts", "yes");
  if (pad != "yes" && pad != "no")
    return std::unexpected(reader.fault(": `pad_accounts` is `" + pad + "`; write yes or no"));
  out.pad_accounts = pad == "yes";
  out.trading_partner = reader.text("trading_partner");
  out.assignment_reference = reader.text("assignment_reference");
  out.reversal_reason = reader.text("reversal_reason");
  out.storno_reason = reader.text("storno_reason");
  out.assignments = reader.with_prefix("assignment.");
  for (const auto& [name, dimension] : out.assignments) {
    if (std::ranges::find(assignment_names(), name) != assignment_names().end()) continue;
    std::string names;
    for (const std::string& each : assignment_names()) names += (names.empty() ? "" : ", ") + each;
    return std::unexpected(reader.fault(": SAP has no account assignment `" + name + "`; write one of " + names));
  }
  return out;
}

/// With zeros in front, 135 and 0135 are one account.
Status check_accounts(const SettingsReader& reader, const PostSettings& post, const LegalEntity& entity) {
  std::map<std::string, std::string> known;
  for (const Account& account : entity.accounts) {
    const auto [there, added] = known.emplace(sap_account(post, account.code), account.code);
    if (!added) {
      return std::unexpected(reader.fault(": to SAP the accounts `" + there->second + "` and `" + account.code +
                                          "` of the chart are one; set `pad_accounts: no`, or mend the chart"));
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings) {
  SettingsReader reader(settings);
  SapSettings out;
  GLMAP_TRY(url, reader.url());
  const platform::HttpClientSettings http_settings = reader.http();
  const bool by_certificate = !http_settings.client_certificate_file.empty();
  const std::string user = reader.text("user");
  GLMAP_TRY(password, reader.secret("password", !user.empty()));
  if (user.empty() != by_certificate)
    return std::unexpected(reader.fault(" needs one of `user` with its password and `client_certificate_file`"));
  GLMAP_TRY(timeouts, reader.timeouts());
  GLMAP_TRY(post, post_settings(reader));
  out.url = url;
  if (!by_certificate) out.authorisation = "Basic " + platform::base64(user + ":" + password);
  out.timeouts = timeouts;
  out.post = std::move(post);
  out.soap_path = reader.text("soap_path", out.soap_path);
  out.odata_path = reader.text("odata_path", out.odata_path);
  out.client = reader.text("client");
  GLMAP_CHECK(reader.nothing_left());
  for (const LegalEntity& entity : settings.legal_entities) {
    SettingsReader own(reader.place() + ", entity " + entity.code, settings_of(settings, entity));
    GLMAP_TRY(company_code, own.required("company_code"));
    own.text("company");  // read by expected_identities
    GLMAP_CHECK(own.nothing_left());
    out.company_codes.emplace(entity.code, company_code);
    GLMAP_CHECK(check_accounts(own, out.post, entity));
  }
  GLMAP_TRY(http, platform::make_http_client(http_settings));
  return make_sap_connector(std::move(out), std::move(http), std::make_unique<platform::SystemClock>());
}

}  // namespace glmap::gateway::connectors::sap
