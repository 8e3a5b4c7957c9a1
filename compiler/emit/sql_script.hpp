// SPDX-License-Identifier: Apache-2.0
// Text of an SQL script as it grows: statements, comments an auditor reads, names that cannot collide. Knows SQL's
// quoting and nothing of books. Private to emit. Values; single-threaded.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap::emit {

/// 'it''s'
std::string sql_text(std::string_view text);
/// "line.net"
std::string sql_name(std::string_view name);
/// ('PLATFORM', 'API')
std::string sql_texts(const std::vector<std::string>& texts);
/// book.glmap:41
std::string place_text(const SourceRef& where);
std::string join(const std::vector<std::string>& parts, std::string_view between);
/// One line without anything that could end a comment early.
std::string one_line(std::string_view text);

/// Names of one room (the tables of the script, the columns of a table): distinct whatever the case of their letters,
/// and short enough for PostgreSQL, which cuts off names after 63 bytes without a word.
class UniqueNames {
 public:
  /// `wanted`, or something like it when that is taken.
  std::string add(std::string_view wanted);

 private:
  std::set<std::string> taken_;  // in lower case
};

/// invoice.issued -> invoice_issued: a name that needs no quotes.
std::string plain_identifier(std::string_view name);

/// One column of a SELECT with what it is for.
struct SelectColumn {
  std::string expression;
  std::string name;  // quoted where it must be; empty: the expression names itself
  std::string note;  // behind it as a comment; may be empty
};
/// "expression AS name,  -- note" lines, indented.
std::string select_list(const std::vector<SelectColumn>& columns, std::string_view indent);

class SqlScript {
 public:
  /// A part of the script with a title; `about` says in a few lines what it does.
  void heading(std::string_view title, std::string_view about);
  /// Wrapped, each line behind `-- `.
  void comment(std::string_view text);
  /// A statement as it is, followed by a line break.
  void add(std::string_view statement);
  void gap() { text_ += '\n'; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace glmap::emit
