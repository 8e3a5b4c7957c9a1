// SPDX-License-Identifier: Apache-2.0
// Opening the store on PostgreSQL. Several gateways may have it open; each needs a name of its own.
#pragma once

#include <memory>
#include <string>

#include "gateway/platform/clock.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::store {

struct PostgresOptions {
  std::string url;      // postgresql://user@host/database?passfile=...; several hosts as libpq takes them
  std::string gateway;  // name of this gateway among those on the store
  /// A gateway that gave no sign of life for so long loses its lanes to another.
  std::int64_t lease_micros = 20'000'000;
};

/// `clock` must outlive the store; only its monotonic time is used.
/// Errors: GLM-8001 cannot be reached, GLM-8003 written by a newer version, GLM-8010 the server may lose what it
/// confirms, or takes no writes.
Result<std::unique_ptr<Store>> open_postgres_store(const PostgresOptions& options, const platform::Clock& clock);

/// The URL without user, password and options: for messages and logs.
std::string shown_store(std::string_view url);
/// "15.18": the libpq in use.
std::string libpq_version();

}  // namespace glmap::gateway::store
