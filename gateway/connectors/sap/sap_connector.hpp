// SPDX-License-Identifier: Apache-2.0
// SAP S/4HANA: posts by the service "Journal Entry - Post (Synchronous)" (SOAP), reads back by
// API_OPLACCTGDOCITEMCUBE_SRV (OData) on the document's reference. SAP keeps neither references nor messages unique, so
// an answer that was lost is looked up. Docs: docs/connectors/sap.md. Threading: belongs to one delivery lane.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "gateway/connectors/sap/journal_entry_post.hpp"
#include "gateway/connectors/settings_reader.hpp"
#include "gateway/delivery/connector.hpp"
#include "gateway/platform/clock.hpp"
#include "gateway/platform/http_client.hpp"

namespace glmap::gateway::connectors::sap {

struct SapSettings {
  std::string url;            // https://my000000-api.s4hana.cloud.sap
  std::string authorisation;  // the value of the field; empty: the client certificate says it
  std::string soap_path = "/sap/bc/srt/scs_ext/sap/journalentrycreaterequestconfi";
  std::string odata_path = "/sap/opu/odata/sap/API_OPLACCTGDOCITEMCUBE_SRV";
  std::string client;  // sap-client; empty: the system's own
  SettingsReader::Timeouts timeouts;
  PostSettings post;
  std::map<std::string, std::string> company_codes;  // by our entity code
};

/// Errors: GLM-9012.
Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings);
std::unique_ptr<delivery::ErpConnector> make_sap_connector(SapSettings settings,
                                                           std::unique_ptr<platform::HttpClient> http,
                                                           std::unique_ptr<platform::Clock> clock);

}  // namespace glmap::gateway::connectors::sap
