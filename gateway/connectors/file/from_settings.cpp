// SPDX-License-Identifier: Apache-2.0
// The settings of such a connection: docs/connectors/file.md.
#include "gateway/connectors/file/file_connector.hpp"

namespace glmap::gateway::connectors::file {

Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings) {
  GLMAP_TRY(read, read_file_settings("ERP connection `" + settings.name + "`", settings.settings, settings.entities,
                                     settings.legal_entities));
  return make_file_connector(std::move(read), std::make_unique<platform::SystemClock>());
}

}  // namespace glmap::gateway::connectors::file
