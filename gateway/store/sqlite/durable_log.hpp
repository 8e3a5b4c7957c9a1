// SPDX-License-Identifier: Apache-2.0
// Before a store is opened: what an earlier process left in the write-ahead log is made durable. SQLite takes over
// whatever it reads there, and it may be read from the operating system's memory only: the process was killed between
// write and sync, or a sync failed, after which the system shows the bytes and never writes them. Whoever believes them
// acknowledges events that the next power cut takes away, with all that was written behind them.
#pragma once

#include <string>

#include "compiler/runtime/base/error.hpp"

namespace glmap::gateway::store {

/// Writes the log of the database at `path` once more, byte for byte, and syncs it. `vfs` as in SqliteOptions. No other
/// connection may be open. Errors: GLM-8002.
Status make_log_durable(const std::string& path, const std::string& vfs);

}  // namespace glmap::gateway::store
