// SPDX-License-Identifier: Apache-2.0
// Finance's "Mapped?": what becomes of every combination, which test reaches which row and rule, where each value of a
// list leads. Worked out once, as words and counts; written as text, JSON or HTML. Pure functions; single-threaded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/resolve/resolve.hpp"
#include "compiler/verify/coverage.hpp"

namespace glmap::driver {

/// Tests are named by their position in CoverageReport::tests, ascending.
using Tests = std::vector<std::uint32_t>;

struct RowCoverage {
  std::string place;                    // book.glmap:41
  std::vector<std::string> cells;       // by TableCoverageReport::columns
  std::vector<std::string> answers;     // by TableCoverageReport::answers; empty when impossible
  std::string from, until;              // days, or empty
  std::optional<verify::Count> counts;  // combinations it answers; nullopt: not counted
  bool impossible = false;
  std::string because;  // impossible rows
  Tests tests;
};

struct TableCoverageReport {
  std::string name, title, place;
  std::vector<std::string> columns, answers;
  verify::Mapped all;
  std::string remaining_because;
  bool dated = false;
  std::vector<RowCoverage> rows;
};

struct RuleCoverage {
  std::string name, title, place, because;
  std::string event, ledger;
  std::string outcome;  // posts, no entry, holds
  Tests tests;
};

struct EventCoverage {
  std::string name, title;
  struct InLedger {
    std::string ledger;
    std::size_t posts = 0, no_entry = 0, holds = 0;  // rules
    bool any() const { return posts + no_entry + holds != 0; }
  };
  std::vector<InLedger> ledgers;
  bool complete() const;  // an outcome in every ledger
};

/// Where values of a list lead: the answers of one table, or the rules of one event type that ask for it.
struct Lead {
  std::string table;                  // empty: rules
  std::string event, ledger;          // of the rules
  std::optional<verify::Mapped> all;  // tables only
  std::vector<std::string> answers;   // distinct answers in the order of the rows; names of rules
};
/// Values that lead to the same everywhere are told together.
struct ValueCoverageReport {
  std::vector<std::string> values;
  std::vector<Lead> leads;
};
struct ListCoverage {
  std::string name;
  std::size_t values = 0;
  std::vector<std::string> answered_by;  // tables whose answers it holds
  std::vector<ValueCoverageReport> groups;
};

struct CoverageReport {
  std::string name, title, release;
  std::vector<std::string> tests;  // titles
  std::vector<TableCoverageReport> tables;
  std::vector<RuleCoverage> rules;
  std::vector<EventCoverage> events;
  std::vector<ListCoverage> lists;

  struct Part {
    std::size_t of = 0, reached = 0;
  };
  Part rows() const;          // that answer, and that a test reaches
  Part rules_tested() const;  // rules that a test reaches
  Part events_mapped() const;
  verify::Mapped combinations() const;  // of all tables
};

/// Runs the tests of the book to see what they reach; whether they pass is not looked at.
CoverageReport coverage_report(const resolve::ResolvedModel& model, const std::string& digest);

std::string coverage_text(const CoverageReport& report);
std::string coverage_json(const CoverageReport& report);
/// One file that needs nothing else, neither network nor script.
std::string coverage_html(const CoverageReport& report);

/// "412", "more than 10^38", "not counted"
std::string count_words(const std::optional<verify::Count>& count);

}  // namespace glmap::driver
