// SPDX-License-Identifier: Apache-2.0
#include "gateway/store/postgres/connection.hpp"

#include <array>

#include <libpq-fe.h>

#include "gateway/store/row_text.hpp"

namespace glmap::gateway::store::postgres {

namespace {

constexpr int kBinary = 1;

/// Set for every connection. A transaction of a gateway that stopped in its middle must not hold its locks for ever.
constexpr const char* kSettings =
    "SET search_path = glmap; SET client_min_messages = warning; SET idle_in_transaction_session_timeout = '5s'; "
    "SET lock_timeout = '10s'";

std::string one_line(std::string_view text) {
  std::string out(text.substr(0, text.find('\n')));
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out.starts_with("ERROR:  ") ? out.substr(8) : out;
}

struct Meaning {
  ErrorCode code;
  const char* help;
};

/// What an SQLSTATE means for whoever called. Everything that mends itself is GLM-8001.
Meaning meaning_of(std::string_view state) {
  const std::string_view kind = state.substr(0, 2);
  if (kind == "53")
    return {ErrorCode::StoreUnavailable, "make room at the database server (disk, memory, connections)"};
  if (state == "25006")
    return {ErrorCode::StoreUnavailable, "the server became read-only, as after a failover; it is tried again"};
  if (kind == "08" || kind == "57" || kind == "40" || kind == "55" || kind == "25" || state.empty()) {
    return {ErrorCode::StoreUnavailable, "it is tried again"};
  }
  if (kind == "28" || kind == "3D") {
    return {ErrorCode::StoreUnavailable,
            "check user, password file and database of `store:`, and pg_hba.conf of the server"};
  }
  if (kind == "42") return {ErrorCode::StoreVersion, "start the glmapd that belongs to this store"};
  if (kind == "XX") return {ErrorCode::StoreCorrupt, "restore the store from its backup"};
  return {ErrorCode::StoreFailed, "look at the log of the database server; nothing that was acknowledged is lost"};
}

}  // namespace

std::string shown_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "postgresql";
  const std::string_view rest = url.substr(scheme + 3);
  const std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
  const std::size_t at = rest.substr(0, path).rfind('@');
  std::string_view place = at == std::string_view::npos ? rest : rest.substr(at + 1);
  place = place.substr(0, place.find('?'));  // options may hold a password as well
  return "postgresql://" + std::string(place);
}

std::string libpq_version() {
  return std::to_string(PQlibVersion() / 10'000) + "." + std::to_string(PQlibVersion() % 10'000);
}

// ---- rows -----------------------------------------------------------------------------------------------------------

Rows::Rows(pg_result* result) : result_(result) {}

void Rows::Clear::operator()(pg_result* result) const {
  PQclear(result);
}

int Rows::count() const {
  return PQntuples(result_.get());
}

std::int64_t Rows::touched() const {
  std::int64_t count = 0;
  for (const char* digit = PQcmdTuples(result_.get()); *digit != '\0'; ++digit) count = count * 10 + (*digit - '0');
  return count;
}

std::string_view Rows::Row::view(int column) const {
  return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

bool Rows::Row::is_null(int column) const {
  return PQgetisnull(result_, row_, column) != 0;
}

std::int64_t Rows::Row::integer(int column) const {
  return decode_integer(view(column));
}

Int128 Rows::Row::exact(int column) const {
  return parse_int128(view(column));
}

// ---- the connection -------------------------------------------------------------------------------------------------

void Connection::Finish::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const std::string& url) {
  // The first `dbname` is read as a whole URL; what stands before it are defaults that the URL may overrule.
  const std::array<const char*, 9> keys = {"connect_timeout",
                                           "application_name",
                                           "keepalives_idle",
                                           "keepalives_interval",
                                           "keepalives_count",
                                           "tcp_user_timeout",
                                           "dbname",
                                           "client_encoding",
                                           nullptr};
  const std::array<const char*, 9> values = {"5", "glmapd", "5", "2", "3", "10000", url.c_str(), "UTF8", nullptr};
  std::unique_ptr<Connection> opened(new Connection(PQconnectdbParams(keys.data(), values.data(), 1)));
  if (PQstatus(opened->connection_.get()) != CONNECTION_OK) {
    return fail(
        ErrorCode::StoreUnavailable,
        "the store `" + shown_url(url) + "` cannot be reached: " + one_line(PQerrorMessage(opened->connection_.get())),
        "check `store:`, the password file, and that the database server runs");
  }
  GLMAP_CHECK(opened->script(kSettings));
  GLMAP_CHECK(opened->check_server());
  return opened;
}

Status Connection::check_server() {
  const auto refuse = [](const std::string& what, std::string help) {
    return fail(ErrorCode::StoreUnsafe, "the database server " + what, std::move(help));
  };
  GLMAP_TRY(rows, run("SELECT current_setting('synchronous_commit'), coalesce(current_setting('fsync', true), 'on'), "
                      "current_setting('default_transaction_read_only'), pg_is_in_recovery()::text"));
  const auto row = rows[0];
  if (row.view(0) == "off") {
    return refuse("confirms commits before they are on disk (synchronous_commit is off)",
                  "set synchronous_commit to on, for the server or for the role of glmapd");
  }
  if (row.view(1) == "off") {
    return refuse("does not sync its disk (fsync is off)", "set fsync to on and restart the server");
  }
  if (row.view(2) == "on") {
    return refuse("takes no writes (default_transaction_read_only is on)",
                  "name the primary in `store:`, or add target_session_attrs=read-write to a URL of several hosts");
  }
  if (row.view(3) == "true") {
    return refuse("is a standby in recovery",
                  "name the primary in `store:`, or add target_session_attrs=read-write to a URL of several hosts");
  }
  return {};
}

bool Connection::broken() const {
  return failure_.lost || PQstatus(connection_.get()) != CONNECTION_OK ||
         PQpipelineStatus(connection_.get()) != PQ_PIPELINE_OFF;
}

std::unexpected<Error> Connection::failed(const pg_result* result) {
  const char* state = result != nullptr ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const char* primary = result != nullptr ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
  failure_.state = state != nullptr ? state : "";
  failure_.lost = PQstatus(connection_.get()) != CONNECTION_OK || failure_.state.starts_with("57P");
  const std::string text = one_line(primary != nullptr ? primary : PQerrorMessage(connection_.get()));
  const Meaning meaning = meaning_of(failure_.state);
  std::string message = "the store answers " + in_backticks(text, 300);
  if (!failure_.state.empty()) message += " (SQLSTATE " + failure_.state + ")";
  return fail(meaning.code, std::move(message), meaning.help);
}

Status Connection::script(const std::string& text) {
  failure_ = {};
  pg_result* answer = PQexec(connection_.get(), text.c_str());
  const Rows owner(answer);
  const ExecStatusType status = PQresultStatus(answer);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return failed(answer);
  return {};
}

Status Connection::prepare(std::string_view sql) {
  if (prepared_.contains(sql)) return {};
  const std::string name = "s" + std::to_string(prepared_.size());
  std::string text(sql);
  for (char& c : text) {
    if (c == '?') c = '$';  // SQLite's way to write a placeholder, for what both stores read
  }
  pg_result* answer = PQprepare(connection_.get(), name.c_str(), text.c_str(), 0, nullptr);
  const Rows owner(answer);
  if (PQresultStatus(answer) != PGRES_COMMAND_OK) return failed(answer);
  prepared_.emplace(std::string(sql), name);
  return {};
}

Status Connection::send(const Command& command) {
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
  for (const auto& value : command.parameters.values()) {
    values.push_back(value ? value->data() : nullptr);
    lengths.push_back(value ? static_cast<int>(value->size()) : 0);
    formats.push_back(kBinary);
  }
  const std::string& name = prepared_.find(command.sql)->second;
  const int sent = PQsendQueryPrepared(connection_.get(), name.c_str(), static_cast<int>(values.size()), values.data(),
                                       lengths.data(), formats.data(), kBinary);
  if (sent == 0) return failed(nullptr);
  return {};
}

Result<Rows> Connection::run(std::string_view sql, Parameters parameters) {
  const Command command{sql, std::move(parameters)};
  return run(std::span(&command, 1));
}

Result<Rows> Connection::run(std::span<const Command> commands) {
  failure_ = {};
  for (const Command& command : commands) GLMAP_CHECK(prepare(command.sql));
  if (PQenterPipelineMode(connection_.get()) == 0) return failed(nullptr);
  for (const Command& command : commands) GLMAP_CHECK(send(command));
  if (PQpipelineSync(connection_.get()) == 0) return failed(nullptr);
  auto rows = take_answers(commands.size());
  if (rows && PQexitPipelineMode(connection_.get()) == 0) return failed(nullptr);
  if (!rows) PQexitPipelineMode(connection_.get());
  return rows;
}

/// Each command answers with its result and an empty one; the first error counts, the rest was skipped by the server.
Result<Rows> Connection::take_answers(std::size_t count) {
  Rows last;
  std::optional<Error> error;
  for (std::size_t index = 0; index < count; ++index) {
    pg_result* answer = PQgetResult(connection_.get());
    Rows owner(answer);
    const ExecStatusType status = PQresultStatus(answer);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
      last = std::move(owner);
    } else if (status != PGRES_PIPELINE_ABORTED && !error) {
      error = failed(answer).error();
      if (failure_.lost) return std::unexpected(std::move(*error));
    }
    while (pg_result* rest = PQgetResult(connection_.get())) PQclear(rest);
  }
  pg_result* sync = PQgetResult(connection_.get());
  const Rows owner(sync);
  if (PQresultStatus(sync) != PGRES_PIPELINE_SYNC && !error) error = failed(sync).error();
  if (error) return std::unexpected(std::move(*error));
  return last;
}

}  // namespace glmap::gateway::store::postgres
