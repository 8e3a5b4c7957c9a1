// SPDX-License-Identifier: Apache-2.0
// How proofs speak: places, sets and days in words, and a cap on findings of one kind so that the first is not lost
// among hundreds. Private to verify. Values; single-threaded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/runtime/rules/rule_book.hpp"
#include "compiler/verify/space.hpp"

namespace glmap::verify {

/// The place and the rest of its line.
diagnostics::Span place(const SourceRef& where);
/// `text` in back-ticks.
std::string tick(std::string_view text);
/// "A", "A or B", "A, B or C", "A, B, C, D or 12 more".
std::string any_of(const std::vector<std::string>& words);
/// "A", "A and B", "A, B and C".
std::string all_of(const std::vector<std::string>& words);
/// "1 combination", "3 combinations"
std::string counted(Count count, std::string_view what);

/// "product VOICE or CHAT"; "any product" when the cell has every value.
std::string cell_words(const rules::RuleBook& book, const rules::TableColumn& column, const Cell& cell);
/// A value as a book writes it: in quotes when it is not one word.
std::string written_value(const std::string& value);
/// The words of a cell as one would write it in a table: "VOICE, CHAT" or "any".
std::string cell_text(const rules::RuleBook& book, const rules::TableColumn& column, const Cell& cell);
/// "on 2026-11-01", "from 2026-11-01 through 2026-12-31"
std::string days_words(std::int32_t first, std::int32_t last);

/// Findings of one check about one thing: the first few are reported, the rest counted.
class Findings {
 public:
  static constexpr std::size_t kShown = 5;

  Findings(diagnostics::Sink& sink, std::string_view what) : sink_(sink), what_(what) {}
  Findings(const Findings&) = delete;
  Findings& operator=(const Findings&) = delete;
  /// Reports what was added; the last shown finding says how many more there are.
  ~Findings();

  void add(diagnostics::Diagnostic found);
  /// Findings known by number only.
  void add_unseen(std::size_t count) { total_ += count; }
  bool full() const { return shown_.size() >= kShown; }
  bool empty() const { return total_ == 0; }

 private:
  diagnostics::Sink& sink_;
  std::string what_;  // plural: "holes", "pairs of rows"
  std::size_t total_ = 0;
  std::vector<diagnostics::Diagnostic> shown_;
};

/// "an invoice.issued", "a payment.received"
std::string one(std::string_view name);

/// GLM-4013: nothing was proved and nothing refuted.
diagnostics::Diagnostic not_decided(const SourceRef& where, std::string_view what, std::string fingerprint);
/// The same, of the conditions of rules and of amounts.
diagnostics::Diagnostic rules_not_decided(const SourceRef& where, std::string_view what, std::string fingerprint);
diagnostics::Diagnostic amounts_not_decided(const SourceRef& where, std::string_view what, std::string fingerprint);

}  // namespace glmap::verify
