// SPDX-License-Identifier: Apache-2.0
#include "tests/support/postgres_cluster.hpp"

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace glmap::testing {

namespace {

const std::string kPrograms = "/usr/lib/postgresql/15/bin/";

/// PostgreSQL refuses to run as root: somebody else of the machine, when we are root.
const passwd* other_user() {
  if (::geteuid() != 0) return nullptr;
  const passwd* user = ::getpwnam("postgres");
  return user != nullptr ? user : ::getpwnam("nobody");
}

int start_program(const std::vector<std::string>& words, const std::string& folder) {
  const int child = ::fork();
  if (child != 0) return child;
  if (const passwd* user = other_user()) {
    if (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0) ::_exit(120);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // whatever becomes of the test, the server ends with it
  ::setenv("HOME", folder.c_str(), 1);
  ::setenv("LC_ALL", "C.UTF-8", 1);
  if (::chdir(folder.c_str()) != 0) ::_exit(121);
  const int log = ::open((folder + "/log").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  ::dup2(log, 1);
  ::dup2(log, 2);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments.front(), arguments.data());
  ::_exit(122);
}

int ended(int process) {
  int status = 0;
  ::waitpid(process, &status, 0);
  return status;
}

}  // namespace

bool PostgresCluster::installed() {
  return std::filesystem::exists(kPrograms + "postgres") && std::filesystem::exists(kPrograms + "initdb") &&
         (::geteuid() != 0 || other_user() != nullptr);
}

PostgresCluster& PostgresCluster::shared() {
  static PostgresCluster cluster;
  return cluster;
}

PostgresCluster::PostgresCluster(const std::string& options) {
  // A socket's path is short by law, and everybody on the way to it must be let in.
  std::string name = "/tmp/glmap-pg-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
  if (const passwd* user = other_user()) {
    if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("chown");
  }
  const std::vector<std::string> words = {kPrograms + "initdb",
                                          "-D",
                                          folder_ + "/data",
                                          "-U",
                                          "glmap",
                                          "--no-sync",
                                          "-E",
                                          "UTF8",
                                          "--locale=C.UTF-8",
                                          "-A",
                                          "trust"};
  if (ended(start_program(words, folder_)) != 0) throw std::runtime_error("initdb failed: " + folder_ + "/log");
  start(options);
}

void PostgresCluster::start(const std::string& options) {
  std::vector<std::string> words = {kPrograms + "postgres",
                                    "-D",
                                    folder_ + "/data",
                                    "-c",
                                    "listen_addresses=",
                                    "-c",
                                    "unix_socket_directories=" + folder_,
                                    "-c",
                                    "shared_buffers=32MB",
                                    "-c",
                                    "deadlock_timeout=100ms",
                                    "-c",
                                    "max_connections=200"};
  std::string word;
  for (const char c : options + " ") {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  process_ = start_program(words, folder_);
  for (int tries = 0; tries < 600; ++tries) {
    if (PQping(url_of("postgres").c_str()) == PQPING_OK) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw std::runtime_error("PostgreSQL does not start: " + folder_ + "/log");
}

PostgresCluster::~PostgresCluster() {
  if (process_ > 0) {
    ::kill(process_, SIGQUIT);
    ended(process_);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string PostgresCluster::url_of(const std::string& database) const {
  return "postgresql:///" + database + "?user=glmap&host=" + folder_;
}

std::string PostgresCluster::new_database() {
  const std::string name = "store" + std::to_string(++databases_);
  run(url_of("postgres"), "CREATE DATABASE " + name);
  return url_of(name);
}

std::string PostgresCluster::copy_of(const std::string& url) {
  const std::size_t start = std::string("postgresql:///").size();
  const std::string name = "store" + std::to_string(++databases_);
  run(url_of("postgres"), "CREATE DATABASE " + name + " TEMPLATE " + url.substr(start, url.find('?') - start));
  return url_of(name);
}

std::string PostgresCluster::run(const std::string& url, const std::string& sql) const {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* answer = PQexec(connection, sql.c_str());
  const ExecStatusType status = PQresultStatus(answer);
  const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  std::string found = good ? "" : PQerrorMessage(connection);
  if (good && PQntuples(answer) > 0) found = PQgetvalue(answer, 0, 0);
  PQclear(answer);
  PQfinish(connection);
  if (!good) throw std::runtime_error(sql + ": " + found);
  return found;
}

}  // namespace glmap::testing
