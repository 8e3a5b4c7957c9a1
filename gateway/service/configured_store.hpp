// SPDX-License-Identifier: Apache-2.0
// The store that the configuration names: a path is SQLite, postgresql:// is PostgreSQL. A password in the address is
// refused: it would stand in a file that is read by many, and in the list of processes.
#pragma once

#include <memory>
#include <string_view>

#include "gateway/platform/clock.hpp"
#include "gateway/service/configuration.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::service {

/// `clock` must outlive the store. Errors: GLM-8001..8010, GLM-9012.
Result<std::unique_ptr<store::Store>> open_configured_store(const Configuration& configuration,
                                                            const platform::Clock& clock);
/// postgresql://..., not the path of a file.
bool names_postgres(std::string_view store);
/// For messages and logs.
std::string shown_store(const Configuration& configuration);

}  // namespace glmap::gateway::service
