// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/postgres/names.hpp"

namespace glmap::gateway::store::postgres {

struct Names::Table {
  std::string_view find, add;  // add: "" when it must be there
};

namespace {

constexpr std::string_view kFindBundle = "SELECT number FROM bundles WHERE digest = $1";

}  // namespace

Result<std::int64_t> Names::number(const Table& table, const Parameters& parameters) {
  std::string key(table.find);
  for (const auto& value : parameters.values())
    key += encode_integer(static_cast<std::int64_t>(value->size())) + *value;
  {
    const std::lock_guard guard(mutex_);
    if (const auto at = known_.find(key); at != known_.end()) return at->second;
  }
  auto found = database_.write([&](Session& session) -> Result<std::int64_t> {
    GLMAP_TRY(rows, session.query(table.find, parameters));
    if (rows.count() > 0) return rows[0].integer(0);
    GLMAP_ASSERT(!table.add.empty());
    GLMAP_TRY(added, session.query(table.add, parameters));
    if (added.count() == 0) return session.start_over();  // another gateway added it just now
    return added[0].integer(0);
  });
  if (!found) return found;
  const std::lock_guard guard(mutex_);
  known_.emplace(std::move(key), *found);
  return found;
}

Result<std::int64_t> Names::lane(std::string_view name, std::string_view entity) {
  static constexpr Table kTable{
      "SELECT number FROM lanes WHERE name = $1 AND entity = $2",
      "INSERT INTO lanes (name, entity) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING number"};
  return number(kTable, Parameters().text(name).text(entity));
}

Result<std::int64_t> Names::bundle(std::string_view digest) {
  static constexpr Table kTable{kFindBundle, ""};
  return number(kTable, Parameters().text(digest));
}

Result<std::int64_t> Names::bundle(std::string_view digest, std::string_view bytes) {
  return database_.write([&](Session& session) -> Result<std::int64_t> {
    session.queue("INSERT INTO bundles (digest, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                  Parameters().text(digest).blob(bytes));
    GLMAP_TRY(rows, session.query(kFindBundle, Parameters().text(digest)));
    if (rows.count() == 0) return session.start_over();
    return rows[0].integer(0);
  });
}

Result<std::int64_t> Names::statement_row(std::string_view source, std::string_view entity, std::string_view currency) {
  static constexpr Table kTable{
      "SELECT number FROM statement_rows WHERE source = $1 AND entity = $2 AND currency = $3",
      "INSERT INTO statement_rows (source, entity, currency) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING "
      "RETURNING number"};
  return number(kTable, Parameters().text(source).text(entity).text(currency));
}

Status Names::know(std::string_view source, const EventDecision& decision) {
  GLMAP_CHECK(statement_row(source, decision.entity, statement_part(decision).currency));
  GLMAP_CHECK(bundle(decision.bundle_digest));
  for (const NewEntry& entry : decision.entries) {
    GLMAP_CHECK(lane(entry.lane, entry.entry.data().entity));
  }
  return {};
}

}  // namespace glmap::gateway::store::postgres
