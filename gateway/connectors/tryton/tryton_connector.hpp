// SPDX-License-Identifier: Apache-2.0
// Posting journal entries to Tryton 6.0 by JSON-RPC: create a move under our reference, post it, read it back.
// Tryton has a visible state between created and posted and, as packaged, no unique reference, so the outcome of a lost
// answer is one of three (absent, draft, posted) and only a look-up tells which.
// Threading: belongs to one delivery lane.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "gateway/connectors/settings_reader.hpp"
#include "gateway/connectors/tryton/books.hpp"

namespace glmap::gateway::connectors::tryton {

struct TrytonSettings {
  RpcSettings rpc;
  std::map<std::string, TrytonEntity> entities;  // by our entity code
  /// The dimension whose value is the code of the ERP's party on accounts that need one.
  std::string party_dimension = "customer";
  bool create_parties = false;
  /// Our dimension -> code of the analytic root under which its values are analytic accounts.
  std::map<std::string, std::string> analytic_roots;
};

/// Errors: GLM-9012.
Result<std::unique_ptr<delivery::ErpConnector>> make_from_settings(const ConnectorSettings& settings);
std::unique_ptr<delivery::ErpConnector> make_tryton_connector(TrytonSettings settings,
                                                              std::unique_ptr<platform::HttpClient> http);

}  // namespace glmap::gateway::connectors::tryton
