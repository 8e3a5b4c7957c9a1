// SPDX-License-Identifier: Apache-2.0
// What every part of the script must agree on: the book, the dialect, the names of tables and columns, and what the
// script does not cover. Made once, then read. Private to emit. Single-threaded.
#pragma once

#include <string>
#include <vector>

#include "compiler/emit/sql_dialect.hpp"
#include "compiler/emit/sql_script.hpp"

namespace glmap::emit {

/// Tables of one event type; column names are quoted.
struct TypePlan {
  std::string sent, sent_line;                            // filled by whoever runs the script
  std::string head, line;                                 // read and checked
  std::vector<std::string> header_columns, line_columns;  // by EventType::header, line
};

/// Tables of one table of the book.
struct TablePlan {
  std::string rows;    // one row a row of the book: its answers
  std::string fits;    // one row a combination that a row fits; '*' is any value
  std::string allows;  // one row a value that a row allows; empty: no field is checked against the table
  std::vector<std::string> columns, answers;
  std::vector<bool> some_any;     // by column: some row fits any value
  std::vector<int> answer_scale;  // by answer, numbers only: decimal places in SQLite
};

struct SqlPlan {
  const rules::RuleBook& book;
  Dialect dialect;
  std::vector<TypePlan> types;      // by EventCatalog::types
  std::vector<TablePlan> tables;    // by RuleBook::tables
  std::vector<std::string> scopes;  // by RuleBook::programs: which rule fits
  bool uses_event_time = false;     // the posting date can come from the event's time

  SqlPlan(const rules::RuleBook& book, SqlDialect dialect);
  const EventType& type(const rules::EventProgram& program) const { return book.catalog.types[program.type]; }
};

/// Why the script cannot work out what `rule` posts; empty when it can.
std::string why_not_covered(const rules::Rule& rule);
/// Why no event of the type is worked out, whatever rule fits it; empty when they are.
std::string why_not_covered(const rules::RuleBook& book, std::uint32_t type);

/// A fault as the script writes it: the code, then what it is about.
std::string fault_text(ErrorCode code, std::string_view about);
/// How `not covered` begins; no error code does.
inline constexpr const char* kNotCovered = "not covered";

// ---- the parts of the script, in its order --------------------------------------------------------------------------
void emit_inputs(const SqlPlan& plan, SqlScript& script);
Status emit_reference(const SqlPlan& plan, SqlScript& script);
void emit_reading(const SqlPlan& plan, SqlScript& script);
void emit_scopes(const SqlPlan& plan, SqlScript& script);
void emit_postings(const SqlPlan& plan, SqlScript& script);
void emit_entries(const SqlPlan& plan, SqlScript& script);

}  // namespace glmap::emit
