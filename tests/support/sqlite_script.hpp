// SPDX-License-Identifier: Apache-2.0
// Runs SQL in a SQLite file that no store has open, as somebody who meddles with it would.
#pragma once

#include <stdexcept>
#include <string>

#include <sqlite3.h>

namespace glmap::testing {

/// Throws where the file cannot be opened or a statement fails.
inline void run_sqlite_script(const std::string& path, const std::string& script) {
  sqlite3* database = nullptr;
  const bool done = sqlite3_open(path.c_str(), &database) == SQLITE_OK &&
                    sqlite3_exec(database, script.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  const std::string fault = done ? "" : sqlite3_errmsg(database);
  sqlite3_close(database);
  if (!done) throw std::logic_error(path + ": " + fault);
}

}  // namespace glmap::testing
