// SPDX-License-Identifier: Apache-2.0
// The shortest way from a delivery lane to the twin: an ERP connector without a wire, which keeps the contract of
// delivery/connector.hpp and draws everything that can happen to a call. The real connectors over a simulated network:
// make_wire_connector.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/delivery/connector.hpp"
#include "tests/simulation/twin.hpp"

namespace glmap::simulation {

struct TwinAccess {
  std::string lane;
  /// Called in the middle of a look-up, when its answer is already on its way: time for a second worker.
  std::function<void()> during_look;
};

std::unique_ptr<gateway::delivery::ErpConnector> make_twin_connector(Twin& twin, TwinAccess access);

/// The real Tryton connector, to the same twin by JSON-RPC over a simulated network (wire.cpp).
std::unique_ptr<gateway::delivery::ErpConnector> make_wire_connector(Twin& twin, TwinAccess access);

}  // namespace glmap::simulation
