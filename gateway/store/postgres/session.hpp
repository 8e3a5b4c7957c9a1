// SPDX-License-Identifier: Apache-2.0
// Transactions on PostgreSQL, each on a connection of its own from a pool. A write is repeated when the server asks for
// it (40001, 40P01) or the line broke before COMMIT was sent. When the line broke during COMMIT, or the server says
// that it does not know (40003), the writer's row tells whether it happened, before anything is repeated. No advisory
// locks. Isolation: READ COMMITTED for writes, since every change is decided by a unique key or under the lock of the
// row it changes; REPEATABLE READ for reads, so that what is shown belongs to one moment. Threading: Database may be
// used by any thread; a Session belongs to one.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "gateway/store/audit.hpp"
#include "gateway/store/postgres/connection.hpp"

namespace glmap::gateway::store::postgres {

/// A connection and its row in `writers`: what it wrote last.
struct Link {
  std::unique_ptr<Connection> connection;
  std::int64_t writer = 0;  // 0: has not written yet
  std::int64_t writes = 0;
  ChainHead events, changes;  // as committed
};

/// One transaction under way. What is queued goes out with the next query, or with the COMMIT.
class Session {
 public:
  explicit Session(Link& link) : events(link.events), changes(link.changes), link_(link) {}

  /// The chains with what this transaction adds.
  ChainHead events, changes;

  void queue(std::string_view sql, Parameters parameters = {});
  /// The rows of this statement; everything queued before is carried out first.
  Result<Rows> query(std::string_view sql, Parameters parameters = {});

  /// Makes the transaction begin anew, since another gateway was faster. Returns an error for the body to return.
  std::unexpected<Error> start_over();
  bool starts_over() const { return over_; }
  /// The row in `writers` that this transaction is noted in.
  std::int64_t writer() const { return link_.writer; }

 private:
  friend class Database;
  Status finish();

  Link& link_;
  std::vector<Command> queued_;
  bool over_ = false;
};

class Database {
 public:
  /// `gateway`: the name of this gateway among those on the same store.
  Database(std::string url, std::string gateway);

  /// Errors: GLM-8001, GLM-8010.
  Status connect();
  /// This gateway's number, after connect().
  std::int64_t gateway() const { return gateway_; }

  template <class Body>
  auto write(Body&& body) -> decltype(body(std::declval<Session&>())) {
    for (int tries = 1;; ++tries) {
      auto link = writing_link();
      if (!link) {
        if (!waits(link.error(), tries)) return std::unexpected(std::move(link).error());
        continue;
      }
      Session session(**link);
      begin_write(session);
      auto answer = body(session);
      if (!answer) {
        const bool again = session.starts_over() || repeats((*link)->connection->failure());
        roll_back(std::move(*link));
        if (again && waits(answer.error(), tries)) continue;
        return answer;
      }
      auto ended = commit(session, std::move(*link));
      if (ended && *ended) return answer;
      if (!ended && !waits(ended.error(), tries)) return std::unexpected(std::move(ended).error());
    }
  }

  template <class Body>
  auto read(Body&& body) -> decltype(body(std::declval<Session&>())) {
    for (int tries = 1;; ++tries) {
      auto link = borrow();
      if (!link) {
        if (!waits(link.error(), tries)) return std::unexpected(std::move(link).error());
        continue;
      }
      Session session(**link);
      session.queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      auto answer = body(session);
      const bool again = !answer && repeats((*link)->connection->failure());
      roll_back(std::move(*link));
      if (again && waits(answer.error(), tries)) continue;
      return answer;
    }
  }

 private:
  using LinkPtr = std::unique_ptr<Link>;

  Result<LinkPtr> borrow();
  Result<LinkPtr> writing_link();
  void give_back(LinkPtr link);
  void roll_back(LinkPtr link);
  static void begin_write(Session& session);
  /// True: committed. False: certainly not, and it may be tried again. Errors: it is not known, or cannot be repeated.
  Result<bool> commit(Session& session, LinkPtr link);
  Result<bool> was_committed(std::int64_t writer, std::int64_t write);
  static bool repeats(const Failure& failure);
  /// Pauses before another try; false when there were enough.
  bool waits(const Error& error, int tries);

  const std::string url_;
  const std::string name_;
  std::int64_t gateway_ = 0;
  std::mutex mutex_;
  std::vector<LinkPtr> idle_;
  std::minstd_rand chance_;
};

}  // namespace glmap::gateway::store::postgres
