// SPDX-License-Identifier: Apache-2.0
// What glmapd is told: which book, which store, where to listen, which ERP each lane speaks to. Read from YAML; a key
// that is not known is an error, so that a misspelt setting is not a setting left out. No secret stands in it: see
// docs/connectors. Values; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/error.hpp"
#include "gateway/engine/delivery_step.hpp"
#include "gateway/engine/lane_limits.hpp"
#include "gateway/intake/read_events.hpp"

namespace glmap::gateway::service {

struct ErpConfiguration {
  std::string name;  // as LegalEntity::erp names it
  std::string kind;
  std::map<std::string, std::string> settings;
  std::map<std::string, std::map<std::string, std::string>> entities;  // by entity code
  engine::LaneLimits limits;
  engine::DeliveryPolicy policy;
  std::int32_t unclear_in_a_row_max = 5;
};

/// Where releases are put that people have approved, and what the first of them is held against.
struct ReleaseConfiguration {
  std::string folder;  // with a folder for each release
  std::string trust;   // "sha256:...": digest of the policy of the first release
  bool demanded() const { return !folder.empty(); }
};

struct Configuration {
  std::string bundle;  // path of the rules bundle; "" when approval is demanded
  ReleaseConfiguration release;
  std::string store;    // path of the SQLite file, or postgresql://...
  std::string gateway;  // name of this gateway among those on one PostgreSQL; "" = the host's name
  std::string listen = "127.0.0.1:8080";
  std::vector<ErpConfiguration> erp;
  intake::IntakeLimits limits;
  std::int64_t drain_ms_max = 10'000;
  std::string digest;  // of what was configured, and of the program that runs it: for the auditor
  std::string program;
};

/// `name`: of the file, for messages. Errors: GLM-9012 with line and column.
Result<Configuration> read_configuration(std::string_view yaml, const std::string& name);

struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;
};
/// "127.0.0.1:8080", "[::1]:0". Errors: GLM-9012.
Result<ListenAddress> parse_listen(std::string_view text);

}  // namespace glmap::gateway::service
