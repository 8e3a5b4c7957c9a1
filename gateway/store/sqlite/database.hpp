// SPDX-License-Identifier: Apache-2.0
// One SQLite connection and its prepared statements, with errors as Result. Not the store: knows no table. An error of
// disk or sync comes back as GLM-8002 (StoreFailed), a busy or full disk as GLM-8001. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/runtime/accounting/decimal.hpp"
#include "compiler/runtime/base/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace glmap::gateway::store {

/// A prepared statement: bind, step until false, read columns. Bound text must live until `reset` or the last step.
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3* connection, sqlite3_stmt* statement) : connection_(connection), statement_(statement) {}
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;

  // Binding, by position from 1. A failure of binding is our mistake and asserted.
  Statement& integer(int position, std::int64_t value);
  Statement& text(int position, std::string_view value);
  Statement& text_or_null(int position, std::string_view value);  // "" becomes NULL
  Statement& blob(int position, std::string_view value);
  Statement& null(int position);
  Statement& exact(int position, Int128 value);  // INTEGER when it fits, else its digits as TEXT

  /// True: a row can be read. False: done, and the statement is reset for the next use.
  Result<bool> step();
  /// Runs to the end and expects no row.
  Status run();
  void reset();

  std::int64_t integer(int column) const;
  std::string text(int column) const;
  std::string_view view(int column) const;  // until the next step
  bool is_null(int column) const;
  Int128 exact(int column) const;

 private:
  sqlite3* connection_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

enum class OpenMode : std::uint8_t { writer, reader };

class Database {
 public:
  /// `checkpoint_pages`: the writer's, which is to be opened first. Errors: GLM-8001, GLM-8002.
  static Result<Database> open(const std::string& path, const std::string& vfs, OpenMode mode,
                               int checkpoint_pages = 0);
  ~Database();
  Database(Database&& other) noexcept : connection_(other.connection_) { other.connection_ = nullptr; }
  Database& operator=(Database&&) = delete;

  /// Prepared for many uses. Errors: GLM-8003 when the text does not fit the schema.
  Result<Statement> prepare(std::string_view sql) const;
  Status execute(const char* sql) const;
  /// When the last connection is closed the log is brought into the database; before this call it is left alone.
  void checkpoint_on_close() const;
  std::int64_t last_rowid() const;
  std::int64_t changes() const;

 private:
  explicit Database(sqlite3* connection) : connection_(connection) {}
  sqlite3* connection_ = nullptr;
};

/// The version of the SQLite library in use, e.g. 3040001.
int sqlite_library_version();

}  // namespace glmap::gateway::store
