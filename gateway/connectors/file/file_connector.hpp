// SPDX-License-Identifier: Apache-2.0
// Ledgers as files: each legal entity's entries appended to files in a folder of its own, in one format or several. For
// ledgers that import files, for hand-over to advisers and auditors, for evaluation without an ERP, and for an
// independent second opinion. Layout and formats: docs/connectors/file.md.
// Threading: belongs to one delivery lane; a lock on each file keeps a second process out.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/runtime/accounting/ledger.hpp"
#include "gateway/connectors/file/format.hpp"
#include "gateway/connectors/settings_reader.hpp"
#include "gateway/delivery/connector.hpp"
#include "gateway/platform/clock.hpp"

namespace glmap::gateway::connectors::file {

struct EntityFiles {
  LegalEntity entity;  // with its chart: names and types of accounts
  std::vector<Format> formats;
};

struct FileSettings {
  std::string folder;  // made when absent; holds one folder an entity
  std::map<std::string, EntityFiles> entities;
};

/// From what the configuration says of the connection and of its entities (`entity_values`, by code), `folder` and
/// `format` included. Errors: GLM-9012 with `place` and the setting.
Result<FileSettings> read_file_settings(const std::string& place, const FormatSettings::Values& values,
                                        const std::map<std::string, FormatSettings::Values>& entity_values,
                                        const std::vector<LegalEntity>& entities);

/// Errors: GLM-9012.
Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings);
std::unique_ptr<delivery::ErpConnector> make_file_connector(FileSettings settings,
                                                            std::unique_ptr<platform::Clock> clock);

}  // namespace glmap::gateway::connectors::file
