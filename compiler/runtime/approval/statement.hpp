// SPDX-License-Identifier: Apache-2.0
// What is approved: which book and bundle, made by whom from which files, following which release, to be in force from
// when. Its bytes are what people sign and its digest is the release's. Values; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/accounting/calendar.hpp"

namespace glmap::approval {

struct FileDigest {
  std::int64_t bytes = 0;
  std::string sha256;  // hex
  friend bool operator==(const FileDigest&, const FileDigest&) = default;
};

struct Statement {
  std::string book, release;  // as the book names itself
  std::int64_t number = 1;    // of the releases of the book; grows by one
  std::string base;           // digest of the release it was made from; "" for the first
  std::vector<std::string> authors;
  Date effective, expires;  // days in UTC, both included: it comes into force on one of them
  std::string emergency;    // why, or ""
  std::string follows_up;   // digest of the emergency release that this one confirms or takes back, or ""
  std::string bundle;       // digest of the rules bundle
  std::string compiler;
  std::map<std::string, FileDigest> files;         // of the release
  std::map<std::string, std::string> sources;      // of the book: sha256, hex
  std::map<std::string, std::string> test_counts;  // "passed", "failed"
};

/// One form of bytes for one statement.
std::string write_statement(const Statement& statement);
/// Errors: GLM-5027 it ends early, GLM-5010 it is none, or not as write_statement writes it.
Result<Statement> read_statement(std::string_view bytes);
/// "sha256:..."
std::string release_digest(std::string_view statement_bytes);

}  // namespace glmap::approval
