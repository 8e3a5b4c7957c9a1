// SPDX-License-Identifier: Apache-2.0
// Does the index of keys (key_index.hpp) lead to every record, and to nothing else? One thread.
#pragma once

#include <string>

#include "gateway/store/sqlite/database.hpp"

namespace glmap::gateway::store {

/// `name`: "event" or "entry"; `records`: SELECT of the number and the key that each record should have, by number.
/// Errors: GLM-8004 naming the first record that is not found under its key.
Status verify_keys(const Database& database, const std::string& name, const std::string& records);

}  // namespace glmap::gateway::store
