// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/postgres/session.hpp"

#include <thread>

#include "gateway/store/postgres/schema.hpp"

namespace glmap::gateway::store::postgres {

namespace {

constexpr int kTriesMax = 8;
constexpr std::int64_t kPauseFirstMicros = 5'000;
constexpr std::int64_t kPauseMaxMicros = 1'000'000;

constexpr std::string_view kNote = "SELECT last_write FROM writers WHERE number = $1 FOR UPDATE";
constexpr std::string_view kNoted =
    "UPDATE writers SET last_write = $2, event_links = $3, event_hash = $4, change_links = $5, change_hash = $6 "
    "WHERE number = $1";

}  // namespace

// ---- one transaction ------------------------------------------------------------------------------------------------

void Session::queue(std::string_view sql, Parameters parameters) {
  queued_.push_back({sql, std::move(parameters)});
}

Result<Rows> Session::query(std::string_view sql, Parameters parameters) {
  queued_.push_back({sql, std::move(parameters)});
  auto rows = link_.connection->run(queued_);
  queued_.clear();
  return rows;
}

std::unexpected<Error> Session::start_over() {
  over_ = true;
  return fail(ErrorCode::StoreUnavailable, "other gateways were faster each time", "it is tried again");
}

Status Session::finish() {
  Parameters note;
  note.integer(link_.writer).integer(link_.writes + 1).integer(events.links).blob(events.hash);
  queue(kNoted, std::move(note.integer(changes.links).blob(changes.hash)));
  GLMAP_CHECK(query("COMMIT"));
  link_.writes += 1;
  link_.events = events;
  link_.changes = changes;
  return {};
}

// ---- the pool -------------------------------------------------------------------------------------------------------

Database::Database(std::string url, std::string gateway)
    : url_(std::move(url)), name_(std::move(gateway)), chance_(std::random_device{}()) {}

Status Database::connect() {
  GLMAP_TRY(link, borrow());
  Connection& connection = *link->connection;
  GLMAP_CHECK(migrate(connection));
  GLMAP_CHECK(
      connection.run("INSERT INTO gateways (name) VALUES ($1) ON CONFLICT DO NOTHING", Parameters().text(name_)));
  GLMAP_TRY(rows, connection.run("SELECT number FROM gateways WHERE name = $1", Parameters().text(name_)));
  gateway_ = rows[0].integer(0);
  give_back(std::move(link));
  return {};
}

Result<Database::LinkPtr> Database::borrow() {
  {
    const std::lock_guard guard(mutex_);
    if (!idle_.empty()) {
      LinkPtr link = std::move(idle_.back());
      idle_.pop_back();
      return link;
    }
  }
  GLMAP_TRY(connection, Connection::open(url_));
  auto link = std::make_unique<Link>();
  link->connection = std::move(connection);
  return link;
}

Result<Database::LinkPtr> Database::writing_link() {
  GLMAP_TRY(link, borrow());
  if (link->writer != 0) return std::move(link);
  auto rows = link->connection->run(
      "INSERT INTO writers (gateway, last_write, event_links, event_hash, change_links, change_hash) "
      "VALUES ($1, 0, 0, '', 0, '') RETURNING number",
      Parameters().integer(gateway_));
  if (!rows) return std::unexpected(std::move(rows).error());
  link->writer = (*rows)[0].integer(0);
  return std::move(link);
}

void Database::give_back(LinkPtr link) {
  if (link->connection->broken()) return;
  const std::lock_guard guard(mutex_);
  idle_.push_back(std::move(link));
}

void Database::roll_back(LinkPtr link) {
  const Failure failure = link->connection->failure();
  if (failure.lost) return;  // closed: the server rolls back by itself
  const bool stale = failure.state == "25006";
  const bool rolled = link->connection->run("ROLLBACK").has_value();
  if (stale) {
    // The server takes no writes any more: every connection is to the wrong one.
    const std::lock_guard guard(mutex_);
    idle_.clear();
    return;
  }
  if (rolled) give_back(std::move(link));
}

void Database::begin_write(Session& session) {
  session.queue("BEGIN ISOLATION LEVEL READ COMMITTED");
  // Locked for as long as the transaction lives: whoever asks what became of it waits until it has ended.
  session.queue(kNote, Parameters().integer(session.writer()));
}

Result<bool> Database::commit(Session& session, LinkPtr link) {
  const std::int64_t writer = link->writer;
  const std::int64_t write = link->writes + 1;
  Status ended = session.finish();
  if (ended) {
    give_back(std::move(link));
    return true;
  }
  const Failure failure = link->connection->failure();
  if (failure.lost || failure.state == "40003") {
    link.reset();
    return was_committed(writer, write);
  }
  roll_back(std::move(link));
  if (repeats(failure)) return false;
  return std::unexpected(std::move(ended).error());
}

Result<bool> Database::was_committed(std::int64_t writer, std::int64_t write) {
  for (int tries = 1;; ++tries) {
    auto link = borrow();
    if (link) {
      auto rows = (*link)->connection->run(kNote, Parameters().integer(writer));
      const bool known = rows && rows->count() == 1;
      const bool committed = known && (*rows)[0].integer(0) >= write;
      if (rows) give_back(std::move(*link));
      if (known) return committed;
      if (rows) return fail(ErrorCode::StoreFailed, "the store has lost the note of what it was writing", "");
      link = std::unexpected(std::move(rows).error());
    }
    if (!waits(link.error(), tries)) {
      return fail(ErrorCode::StoreUnavailable,
                  "it is not known whether the last write was recorded: " + link.error().message,
                  "send again: what was recorded is recognised");
    }
  }
}

bool Database::repeats(const Failure& failure) {
  // 40: serialisation, deadlock. 55P03: a lock not given in time. 25: read-only after a failover, or cut off idle.
  return failure.lost || failure.state.starts_with("40") || failure.state == "55P03" || failure.state == "25006" ||
         failure.state == "25P03" || failure.state.starts_with("08") || failure.state.starts_with("57P");
}

bool Database::waits(const Error& error, int tries) {
  if (error.permanent() || tries >= kTriesMax) return false;
  std::int64_t pause = std::min(kPauseMaxMicros, kPauseFirstMicros << tries);
  {
    const std::lock_guard guard(mutex_);
    pause += pause * static_cast<std::int64_t>(chance_() % 1000) / 1000;
  }
  std::this_thread::sleep_for(std::chrono::microseconds(pause));
  return true;
}

}  // namespace glmap::gateway::store::postgres
