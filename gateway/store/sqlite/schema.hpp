// SPDX-License-Identifier: Apache-2.0
// The store's tables and how older stores are brought to the present form. Forward only: a migration, once released, is
// never edited. Described in docs/formats/store.md.
#pragma once

#include "compiler/runtime/accounting/calendar.hpp"
#include "gateway/store/sqlite/database.hpp"

namespace glmap::gateway::store {

/// Brings an empty or older store to the present schema, each step in its own transaction.
/// Errors: GLM-8003 when the store was written by a newer glmap.
Status migrate(const Database& writer);

}  // namespace glmap::gateway::store
