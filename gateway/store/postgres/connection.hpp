// SPDX-License-Identifier: Apache-2.0
// One connection to PostgreSQL: statements prepared on first use, several sent at once, rows read in binary. Not the
// store: knows no table and no transaction. A connection that met a fault of the line is broken for good.
// One thread at a time.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/decimal.hpp"
#include "compiler/runtime/base/error.hpp"
#include "gateway/store/postgres/values.hpp"

struct pg_conn;
struct pg_result;

namespace glmap::gateway::store::postgres {

/// The answer to one statement. Columns from 0; every number was selected as BIGINT.
class Rows {
 public:
  class Row {
   public:
    Row(const pg_result* result, int row) : result_(result), row_(row) {}
    std::int64_t integer(int column) const;
    std::string text(int column) const { return std::string(view(column)); }
    std::string_view view(int column) const;  // as long as the Rows live
    bool is_null(int column) const;
    Int128 exact(int column) const;  // a NUMERIC without a fraction, selected as text

   private:
    const pg_result* result_;
    int row_;
  };

  Rows() = default;
  explicit Rows(pg_result* result);
  int count() const;
  Row operator[](int row) const { return {result_.get(), row}; }
  /// Rows that an UPDATE or INSERT touched.
  std::int64_t touched() const;

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

struct Command {
  std::string_view sql;  // a constant: the text names the prepared statement
  Parameters parameters;
};

/// Why the last statement failed.
struct Failure {
  std::string state;  // SQLSTATE, "" when the server said none
  bool lost = false;  // the connection is gone
};

class Connection {
 public:
  /// `url`: postgresql://... as libpq reads it. Errors: GLM-8001 it cannot be reached or refuses us; GLM-8010 what it
  /// confirms may be lost.
  static Result<std::unique_ptr<Connection>> open(const std::string& url);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Sends all commands at once and reads their answers: the rows of the last one. After an error the rest was not
  /// carried out; an open transaction is then to be rolled back. Errors: as error_of() says.
  Result<Rows> run(std::span<const Command> commands);
  Result<Rows> run(std::string_view sql, Parameters parameters = {});
  /// Several statements as text, without parameters.
  Status script(const std::string& text);

  const Failure& failure() const { return failure_; }
  bool broken() const;

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  explicit Connection(pg_conn* connection) : connection_(connection) {}
  Status check_server();
  Status prepare(std::string_view sql);
  Status send(const Command& command);
  Result<Rows> take_answers(std::size_t count);
  std::unexpected<Error> failed(const pg_result* result);

  std::unique_ptr<pg_conn, Finish> connection_;
  std::map<std::string, std::string, std::less<>> prepared_;  // text -> name
  Failure failure_;
};

/// The scheme and host of a URL, without user and password: for messages and logs.
std::string shown_url(std::string_view url);
/// "15.18": the libpq in use.
std::string libpq_version();

}  // namespace glmap::gateway::store::postgres
