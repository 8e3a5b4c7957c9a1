// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/sqlite/database.hpp"

#include <limits>
#include <utility>

#include <sqlite3.h>

#include "gateway/store/row_text.hpp"
#include "gateway/store/sqlite/checked_rows.hpp"

namespace glmap::gateway::store {

namespace {

Error error_of(sqlite3* connection, int code, std::string_view doing) {
  const std::string text = connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  std::string message =
      "the store answers `" + text + "` (SQLite " + std::to_string(code) + ") while " + std::string(doing);
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
      return {ErrorCode::StoreUnavailable, std::move(message), "it is tried again", {}};
    case SQLITE_FULL:  // rolled back as a whole; goes on when there is space again
      return {ErrorCode::StoreUnavailable, std::move(message), "make space on the store's disk", {}};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::StoreCorrupt, std::move(message), "restore the store from its backup", {}};
    default:
      return {ErrorCode::StoreFailed,
              std::move(message),
              "check the disk, then start glmapd again; nothing that was acknowledged is lost",
              {}};
  }
}

}  // namespace

int sqlite_library_version() {
  return sqlite3_libversion_number();
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(connection_, other.connection_);
  std::swap(statement_, other.statement_);
  return *this;
}

Statement& Statement::integer(int position, std::int64_t value) {
  GLMAP_ASSERT(sqlite3_bind_int64(statement_, position, value) == SQLITE_OK);
  return *this;
}

Statement& Statement::text(int position, std::string_view value) {
  const char* data = value.data() != nullptr ? value.data() : "";
  GLMAP_ASSERT(sqlite3_bind_text64(statement_, position, data, value.size(), nullptr, SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Statement& Statement::text_or_null(int position, std::string_view value) {
  return value.empty() ? null(position) : text(position, value);
}

Statement& Statement::blob(int position, std::string_view value) {
  const char* data = value.data() != nullptr ? value.data() : "";
  GLMAP_ASSERT(sqlite3_bind_blob64(statement_, position, data, value.size(), nullptr) == SQLITE_OK);
  return *this;
}

Statement& Statement::null(int position) {
  GLMAP_ASSERT(sqlite3_bind_null(statement_, position) == SQLITE_OK);
  return *this;
}

Statement& Statement::exact(int position, Int128 value) {
  if (value >= std::numeric_limits<std::int64_t>::min() && value <= std::numeric_limits<std::int64_t>::max()) {
    return integer(position, static_cast<std::int64_t>(value));
  }
  const std::string digits = int128_text(value);
  GLMAP_ASSERT(sqlite3_bind_text64(statement_, position, digits.data(), digits.size(), SQLITE_TRANSIENT, SQLITE_UTF8) ==
               SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_);
    return false;
  }
  Error error = error_of(connection_, sqlite3_extended_errcode(connection_), sqlite3_sql(statement_));
  sqlite3_reset(statement_);
  return std::unexpected(std::move(error));
}

Status Statement::run() {
  GLMAP_TRY(row, step());
  GLMAP_ASSERT(!row);
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::view(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string_view{} : std::string_view(static_cast<const char*>(data), size);
}

std::string Statement::text(int column) const {
  return std::string(view(column));
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Int128 Statement::exact(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_INTEGER) return integer(column);
  return parse_int128(view(column));
}

Result<Database> Database::open(const std::string& path, const std::string& vfs, OpenMode mode, int checkpoint_pages) {
  // Counting every allocation under a lock costs more than many of them; only before the library's first use.
  static const int counting = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)counting;
  sqlite3* connection = nullptr;
  const int access = mode == OpenMode::writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
  const int code = sqlite3_open_v2(path.c_str(), &connection, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                   vfs.empty() ? nullptr : vfs.c_str());
  Database database(connection);
  if (code != SQLITE_OK) {
    const std::string text = connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
    return fail(ErrorCode::StoreUnavailable, "the store `" + path + "` cannot be opened: " + text,
                "check that the directory exists and that glmapd may write to it");
  }
  sqlite3_busy_timeout(connection, 5000);
  // Only the writer checkpoints: two connections that do can damage the log in SQLite before 3.51.3.
  sqlite3_wal_autocheckpoint(connection, mode == OpenMode::writer ? checkpoint_pages : 0);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (mode == OpenMode::writer) sqlite3_db_config(connection, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 4096, 256);
  if (!add_functions(connection)) return std::unexpected(error_of(connection, SQLITE_NOMEM, "opening"));
  if (mode == OpenMode::reader) GLMAP_CHECK(database.execute("PRAGMA query_only = ON"));
  return database;
}

Database::~Database() {
  sqlite3_close(connection_);
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code == SQLITE_ERROR) {
    return fail(ErrorCode::StoreVersion, std::string("the store answers `") + sqlite3_errmsg(connection_) +
                                             "` to a statement of this version of glmap");
  }
  if (code != SQLITE_OK) return std::unexpected(error_of(connection_, code, sql));
  return Statement(connection_, statement);
}

Status Database::execute(const char* sql) const {
  const int code = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(error_of(connection_, code, sql));
  return {};
}

void Database::checkpoint_on_close() const {
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}
std::int64_t Database::last_rowid() const {
  return sqlite3_last_insert_rowid(connection_);
}
std::int64_t Database::changes() const {
  return sqlite3_changes64(connection_);
}

}  // namespace glmap::gateway::store
