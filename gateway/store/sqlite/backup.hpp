// SPDX-License-Identifier: Apache-2.0
// A copy of a SQLite store as of one moment, made beside a running glmapd without holding it up. One thread.
#pragma once

#include <string>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::store {

/// Writes the copy to `to`, which must not exist, and syncs it. The copy is one file, without a write-ahead log.
/// Errors: GLM-8001 the one cannot be read or the other not be written.
Status backup_sqlite_store(const std::string& path, const std::string& to);

}  // namespace glmap::gateway::store
