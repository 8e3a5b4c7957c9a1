// SPDX-License-Identifier: Apache-2.0
// Reads back one transaction as `hledger_entry` writes it. Not a reader of hledger's language. Pure; any thread.
#pragma once

#include <string_view>

#include "gateway/delivery/connector.hpp"

namespace glmap::gateway::connectors::file {

/// Errors: GLM-9009 when the text is not such a transaction.
Result<delivery::LedgerDocument> read_hledger_entry(std::string_view text);
/// The account names of a transaction's lines, as written.
std::vector<std::string> hledger_account_names(std::string_view text);

}  // namespace glmap::gateway::connectors::file
