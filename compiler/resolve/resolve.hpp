// SPDX-License-Identifier: Apache-2.0
// Names to numbers: the AST and the YAML reference data become a RuleBook. Reports unknown, doubled and ambiguous
// names, values outside their lists, wrong kinds; proves nothing yet. Single-threaded.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/runtime/rules/published_rates.hpp"
#include "compiler/runtime/rules/rule_book.hpp"
#include "compiler/syntax/ast.hpp"

namespace glmap::resolve {

/// A test of the book with its events as CloudEvents and its expectations as values.
struct ExpectedLine {
  Side side = Side::debit;
  std::string account, role;
  Money functional;
  std::optional<Money> transaction;
  std::vector<Dimension> dimensions;
  diagnostics::Span span;
};
struct Expectation {
  syntax::Expectation::Kind kind = syntax::Expectation::Kind::entry;
  std::string entity, ledger, journal, currency;
  Date date;
  bool storno = false;   // lines are written negative and kept as JournalEntry keeps them, without a sign
  std::string reverses;  // id of the event whose entry it reverses, or empty
  std::vector<ExpectedLine> lines;
  std::string reason;  // held, exception
  // balance: of these roles together, debit positive, in functional currency, on `date`; only lines with `dimensions`
  std::vector<std::string> roles;
  Decimal balance;
  std::vector<Dimension> dimensions;
  diagnostics::Span span;
};
struct TestStep {
  enum class Kind : std::uint8_t { event, rate, through };
  Kind kind = Kind::event;
  Json event;  // a CloudEvent, structured JSON
  std::string id;
  std::vector<Expectation> expected;  // event, through
  rules::PublishedRate rate;
  Date through;
  diagnostics::Span span;
};
struct BookTest {
  std::string title;
  std::vector<TestStep> steps;
  diagnostics::Span span;
};

/// The book, its tests, and the places a message may want to quote beyond those the RuleBook holds itself.
struct ResolvedModel {
  rules::RuleBook book;
  std::vector<BookTest> tests;
  std::map<std::string, diagnostics::Span> list_spans;   // list name -> its declaration
  std::map<std::string, diagnostics::Span> event_spans;  // event type -> its schema in events.yaml
};

/// `sources` gains the YAML and CSV files; `read_file` reads a path relative to the book's directory.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// nullopt when errors make a rule book impossible; findings in `sink` either way.
std::optional<ResolvedModel> resolve(const syntax::Spec& spec, const ReadFile& read_file, diagnostics::Sources& sources,
                                     diagnostics::Sink& sink);

/// For `glmapc print --stage=resolved` and golden files.
std::string print_resolved(const ResolvedModel& model);

}  // namespace glmap::resolve
