// SPDX-License-Identifier: Apache-2.0
// Reader's way to read several tables as of one moment; shared by its two source files.
#pragma once

#include "gateway/store/sqlite/reader.hpp"

namespace glmap::gateway::store {

template <class Body>
auto Reader::in_one_cut(Body&& body) -> decltype(body()) {
  if (Status begun = database_.execute("BEGIN"); !begun) return std::unexpected(std::move(begun).error());
  auto result = body();
  for (auto& [sql, statement] : statements_) statement.reset();
  if (Status ended = database_.execute("COMMIT"); !ended && result) return std::unexpected(std::move(ended).error());
  return result;
}

}  // namespace glmap::gateway::store
