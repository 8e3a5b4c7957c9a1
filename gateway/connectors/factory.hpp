// SPDX-License-Identifier: Apache-2.0
// Makes connectors from plain settings, wherever they were read from. A setting that is misspelt or missing is an
// error; nothing is guessed. Secrets come from a file or the environment, never from the settings themselves. Any
// thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/connectors/settings_reader.hpp"
#include "gateway/delivery/connector.hpp"

namespace glmap::gateway::connectors {

/// What each kind takes: docs/connectors/<kind>.md. Errors: GLM-9012 naming the connection and the setting.
Result<std::unique_ptr<delivery::ErpConnector>> make_connector(const ConnectorSettings& settings);

/// Who the ERP must say it is, by our entity code: the setting `company`, else the legal entity's name; its currency.
std::map<std::string, delivery::EntityIdentity> expected_identities(const ConnectorSettings& settings);

/// The kinds make_connector knows.
std::vector<std::string> connector_kinds();

}  // namespace glmap::gateway::connectors
