// SPDX-License-Identifier: Apache-2.0
// The commands of glmapc, one file each (command_<name>.cpp). Each returns the exit code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/runtime/accounting/calendar.hpp"

namespace glmap::driver {

/// Stable exit codes; documented in docs/operations/exit-codes.md.
enum ExitCode : int {
  kGood = 0,        // done, nothing to complain about (warnings allowed)
  kFindings = 1,    // the book has errors, a test fails, or an event is held where --strict forbids it
  kUsage = 2,       // the command line cannot be understood
  kNoInput = 3,     // a file cannot be read or written
  kNotDecided = 4,  // diff: not everything was decided
};

struct CheckOptions {
  std::string book;
  std::string since;  // a bundle file: also report what now reaches values that its lists did not have
  diagnostics::Format format = diagnostics::Format::human;
};
int run_check(const CheckOptions& options);

struct CompileOptions {
  std::string book;
  std::string output;  // "-" for standard output
  diagnostics::Format format = diagnostics::Format::human;
};
int run_compile(const CompileOptions& options);

struct TestOptions {
  std::string book;
  diagnostics::Format format = diagnostics::Format::human;
};
int run_test(const TestOptions& options);

struct SimulateOptions {
  std::string book;  // a book's directory or a bundle file
  std::vector<std::string> events;
  std::string format = "plain";  // plain, json, csv, hledger, beancount
  std::string rates;             // a file of published rates; empty: none
  std::optional<Date> through;   // time passes to the end of this day when all events have come
  std::string report;            // a file for what became of every event; empty: none
  bool strict = false;           // exit 1 when any event was held or waits
};
int run_simulate(const SimulateOptions& options);

struct IntakeOptions {
  std::string book;    // a book's directory or a bundle file
  std::string intake;  // its name
  std::vector<std::string> payloads;
  std::string report;   // a file for what became of the payloads and how they differ; empty: none
  bool strict = false;  // exit 1 also when a payload differs from what the book knows
  bool known = false;   // write `also known` clauses instead of events
};
int run_intake(const IntakeOptions& options);

struct WhyOptions {
  std::string book;
  std::string events;  // a file; or
  std::string test;    // the title of a test of the book
  std::string id;      // empty: every event of the file or test
};
int run_why(const WhyOptions& options);

int run_explain(const std::string& code);

struct PrintOptions {
  std::string book;
  std::string stage = "resolved";  // ast, resolved, verified, bundle
};
int run_print(const PrintOptions& options);

struct CoverageOptions {
  std::string book;
  std::string format = "text";  // text, json, html
  std::string output = "-";
};
int run_coverage(const CoverageOptions& options);

struct DiffOptions {
  std::string before, after;    // folders, bundles, or REVISION:FOLDER; after empty: the folder of before, as it is now
  std::string revision;         // git: `before` as it stood in it
  std::string format = "text";  // text, json, markdown, html
  std::string output = "-";
  std::vector<std::string> events;  // recorded: what would move in money
  std::string rates;                // a file of published rates; empty: none
  std::optional<Date> through;      // time passes to the end of this day when all events have come
  std::uint64_t steps = 0;          // of the search; 0: as many as usual
};
int run_diff(const DiffOptions& options);

struct EmitSqlOptions {
  std::string book;
  std::string dialect = "sqlite";  // sqlite, postgresql
  std::string output = "-";
};
int run_emit_sql(const EmitSqlOptions& options);

struct ReleaseOptions {
  std::string book;
  std::string output;  // the folder of the release
  std::string base;    // the folder of the release in force; empty: this is the first
  std::vector<std::string> authors;
  Date effective, expires;
  std::string emergency;   // why; empty: it is none
  bool follow_up = false;  // of the emergency release that is the base
};
int run_release(const ReleaseOptions& options);

struct ApproveOptions {
  std::string release;
  std::string key;        // a file with a private key; or
  std::string signature;  // what ssh-keygen or openssl made
};
int run_approve(const ApproveOptions& options);

struct VerifyOptions {
  std::string release;
  std::string base;   // the folder of the release in force; or
  std::string trust;  // the digest of the policy of a first release
  Date day;           // on which it is to come into force
};
int run_verify(const VerifyOptions& options);

struct FmtOptions {
  std::vector<std::string> paths;  // files, or directories whose .glmap files are meant
  bool check = false;              // change nothing, exit 1 when something would change
};
int run_fmt(const FmtOptions& options);

}  // namespace glmap::driver
