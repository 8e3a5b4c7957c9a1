// SPDX-License-Identifier: Apache-2.0
// The tables on PostgreSQL, in a schema `glmap` of their own, and how older ones are brought to the present form.
// Forward only: a migration, once released, is never edited. Several glmapd may start at once: the row of
// `schema_lock` lets one after the other do it. Described in docs/formats/store.md.
#pragma once

#include "gateway/store/postgres/connection.hpp"

namespace glmap::gateway::store::postgres {

/// Errors: GLM-8003 when the store was written by a newer glmap; GLM-8001.
Status migrate(Connection& connection);

}  // namespace glmap::gateway::store::postgres
