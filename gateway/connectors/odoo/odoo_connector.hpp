// SPDX-License-Identifier: Apache-2.0
// Posting journal entries to Odoo (19 and later) by its JSON-2 service: a move is created as a draft, with our
// reference as its `ref`, then posted; both are looked up by that reference. Odoo moves the date of an entry in a
// locked period instead of refusing it, so the lock dates are read before every send. Threading: belongs to one
// delivery lane. Source: docs/connectors/odoo.md
#pragma once

#include "gateway/connectors/odoo/move.hpp"

namespace glmap::gateway::connectors::odoo {

struct OdooSettings {
  Connection connection;
  MoveShape shape;
  std::map<std::string, OdooEntity, std::less<>> entities;
  SettingsReader::Timeouts timeouts;
};

std::unique_ptr<delivery::ErpConnector> make_odoo_connector(OdooSettings settings,
                                                            std::unique_ptr<platform::HttpClient> http);
/// Errors: GLM-9012.
Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings);

}  // namespace glmap::gateway::connectors::odoo
