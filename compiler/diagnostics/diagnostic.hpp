// SPDX-License-Identifier: Apache-2.0
// Faults in what finance wrote: collected, many per run, each with a place, the offending line, accounting words and a
// help line. Not for failed operations (base/error.hpp). Single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/runtime/base/error.hpp"

namespace glmap::diagnostics {

/// A stretch of one line. `where.file` is the path as the user would write it; line and column count from 1, columns in
/// characters (code points). length 0 marks a point. where.line 0: the file as a whole.
struct Span {
  SourceRef where;
  std::uint32_t length = 0;
};
/// A length for places known only by where they begin: up to the end of the line's text, comments left out.
inline constexpr std::uint32_t kRestOfLine = UINT32_MAX;

enum class Severity : std::uint8_t { error, warning, note };
std::string_view to_text(Severity severity);

/// A second place that belongs to the finding ("the other row is here").
struct Label {
  Span span;
  std::string message;
};

struct Diagnostic {
  ErrorCode code;
  Severity severity = Severity::error;
  Span primary;
  std::string message;  // lower case, no full stop, user's text in back-ticks
  std::vector<Label> labels;
  std::vector<std::string> notes;  // each a paragraph: the example event, the region in words, the count
  std::string help;                // what to write
  /// Stable across edits elsewhere in the file (rule or table name and row key), for SARIF fingerprints.
  std::string fingerprint;
};

/// The texts that diagnostics quote. Files are added once, by the name the user would write; a leading byte order mark
/// is dropped, so that column 1 is the first character.
class Sources {
 public:
  void add(std::string file, std::string text);
  /// nullptr when the file was never added.
  const std::string* text(std::string_view file) const;
  /// The line without its line break; empty when unknown. Lines count from 1.
  std::string_view line(std::string_view file, std::uint32_t line) const;
  const std::map<std::string, std::string, std::less<>>& files() const { return files_; }

 private:
  std::map<std::string, std::string, std::less<>> files_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> line_starts_;
};

/// Collects findings in the order they are made.
class Sink {
 public:
  void report(Diagnostic diagnostic);
  /// Convenience for an error without labels and notes.
  void error(ErrorCode code, Span primary, std::string message, std::string help = {});

  /// A name that is missing and used at many places is one fault: findings about names that say the same are put into
  /// the first of them, which then counts and names the places. A slip (`did you mean`) is told wherever it was made.
  void fold_names();

  bool has_errors() const { return errors_ != 0; }
  std::size_t error_count() const { return errors_; }
  const std::vector<Diagnostic>& all() const { return all_; }
  /// By file, line, column; equal places keep their order. Exact repetitions are dropped.
  std::vector<Diagnostic> sorted() const;

 private:
  std::vector<Diagnostic> all_;
  std::size_t errors_ = 0;
};

enum class Format : std::uint8_t { human, json, sarif };

/// The findings as text. human: rustc-like, with the source line and carets. json: one object with a `diagnostics`
/// array. sarif: SARIF 2.1.0, one run, with fingerprints.
std::string render(const std::vector<Diagnostic>& diagnostics, const Sources& sources, Format format);

/// The candidate closest to `word` (Damerau-Levenshtein, at most a third of its length), or empty.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace glmap::diagnostics
