// SPDX-License-Identifier: Apache-2.0
// Posting journal entries to ERPNext by Frappe's REST service: a `Journal Entry` is made as a draft, with our reference
// as its `cheque_no`, then submitted; both are looked up by that reference. Threading: belongs to one delivery lane.
// Source: docs/connectors/erpnext.md
#pragma once

#include "gateway/connectors/erpnext/voucher.hpp"

namespace glmap::gateway::connectors::erpnext {

struct ErpnextSettings {
  Connection connection;
  VoucherShape shape;
  bool create_parties = false;
  std::map<std::string, std::string, std::less<>> companies;  // their names in ERPNext, by our entity code
  SettingsReader::Timeouts timeouts;
};

std::unique_ptr<delivery::ErpConnector> make_erpnext_connector(ErpnextSettings settings,
                                                               std::unique_ptr<platform::HttpClient> http);
/// Errors: GLM-9012.
Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings);

}  // namespace glmap::gateway::connectors::erpnext
