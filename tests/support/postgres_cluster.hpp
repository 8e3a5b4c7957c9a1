// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL cluster of our own, for the tests of one program: made in a folder on first use, reached by a socket in
// it and by nothing else, ended with the program (also when it is killed). It syncs, since a store on one that does not
// is refused. Where PostgreSQL 15 is not installed, tests say loudly that they are skipped.
#pragma once

#include <memory>
#include <string>

#include "tests/support/temporary_folder.hpp"

namespace glmap::testing {

class PostgresCluster {
 public:
  /// Is there a PostgreSQL to be started?
  static bool installed();
  /// One for the whole program.
  static PostgresCluster& shared();

  /// `options`: further settings of the server ("-c name=value ...").
  explicit PostgresCluster(const std::string& options = "");
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  /// A new empty database; its URL.
  std::string new_database();
  /// A copy of a database that nobody is connected to; its URL.
  std::string copy_of(const std::string& url);
  std::string url_of(const std::string& database) const;
  /// Runs SQL in a database and returns the first column of the first row, or "". Faults are exceptions.
  std::string run(const std::string& url, const std::string& sql) const;
  const std::string& folder() const { return folder_; }

 private:
  void start(const std::string& options);

  std::string folder_;
  int process_ = -1;
  int databases_ = 0;
};

}  // namespace glmap::testing
