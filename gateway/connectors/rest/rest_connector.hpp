// SPDX-License-Identifier: Apache-2.0
// Posts to an ERP that nobody has written a connector for: requests, bodies and the meaning of answers come from the
// configuration (rest_settings.hpp). Without a search it is an ERP without read-back: what is not known is held, and
// nothing is sent twice. Docs: docs/connectors/rest.md. Threading: one connector belongs to one delivery lane.
#pragma once

#include <memory>

#include "gateway/connectors/rest/rest_settings.hpp"
#include "gateway/connectors/settings_reader.hpp"
#include "gateway/delivery/connector.hpp"
#include "gateway/platform/http_client.hpp"

namespace glmap::gateway::connectors::rest {

/// Errors: GLM-9012.
Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings);
std::unique_ptr<delivery::ErpConnector> make_rest_connector(RestSettings settings,
                                                            std::unique_ptr<platform::HttpClient> http);

}  // namespace glmap::gateway::connectors::rest
