// SPDX-License-Identifier: Apache-2.0
// A proved book as SQL: the same journal lines from tables of events, computed by a database and not by the evaluator.
// Written for an auditor who re-performs the mapping, and for tests that compare two ways of working it out. Shares no
// code with rules::Evaluator: both read the RuleBook, and agree or one of them is wrong. Pure; any thread.
#pragma once

#include <string>

#include "compiler/verify/verify.hpp"

namespace glmap::emit {

enum class SqlDialect : std::uint8_t { sqlite, postgresql };

/// One script: input tables, the book's tables, queries, results. docs/operations/re-performance.md explains how it is
/// run. What the script cannot work out (whatever depends on earlier events) is listed in its head, and comes out as
/// `not covered`, never wrong. Errors: GLM-1003 when a table would be too many rows as SQL.
Result<std::string> emit_sql(const verify::VerifiedModel& model, SqlDialect dialect);

}  // namespace glmap::emit
