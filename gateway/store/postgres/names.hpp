// SPDX-License-Identifier: Apache-2.0
// The short tables that give a name a number (lanes, bundles, statement rows), remembered: a number, once given, holds
// for ever and for every gateway. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "gateway/store/decision_parts.hpp"
#include "gateway/store/postgres/session.hpp"
#include "gateway/store/store.hpp"

namespace glmap::gateway::store::postgres {

class Names {
 public:
  explicit Names(Database& database) : database_(database) {}

  Result<std::int64_t> lane(std::string_view name, std::string_view entity);
  Result<std::int64_t> bundle(std::string_view digest);
  /// Also keeps the bundle.
  Result<std::int64_t> bundle(std::string_view digest, std::string_view bytes);
  Result<std::int64_t> statement_row(std::string_view source, std::string_view entity, std::string_view currency);
  /// Everything that recording this decision will name, so that it is numbered before the transaction begins.
  Status know(std::string_view source, const EventDecision& decision);

 private:
  struct Table;
  Result<std::int64_t> number(const Table& table, const Parameters& parameters);

  Database& database_;
  std::mutex mutex_;
  std::map<std::string, std::int64_t> known_;
};

}  // namespace glmap::gateway::store::postgres
