// SPDX-License-Identifier: Apache-2.0
// Ledgers as files: each legal entity's entries appended to a folder of its own, as an hledger journal, as CSV, or
// both. For ledgers that import files, for evaluation without an ERP, and for an independent second opinion (`hledger
// check
// --strict` passes on what is written). Layout: docs/connectors/file.md.
// Threading: belongs to one delivery lane; a lock on each file keeps a second process out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/runtime/accounting/ledger.hpp"
#include "gateway/delivery/connector.hpp"

namespace glmap::gateway::connectors::file {

struct FileSettings {
  std::string folder;  // made when absent; holds one folder an entity
  bool hledger = true;
  bool csv = false;
  std::vector<LegalEntity> entities;  // with their charts: names and types of accounts
};

std::unique_ptr<delivery::ErpConnector> make_file_connector(FileSettings settings);

}  // namespace glmap::gateway::connectors::file
