// SPDX-License-Identifier: Apache-2.0
// Reads a book from a text and keeps what was found. For tests of syntax.
#pragma once

#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/syntax/parse.hpp"

namespace glmap::syntax {

struct Reading {
  diagnostics::Sources sources;
  diagnostics::Sink sink;
  Spec spec;

  explicit Reading(const std::string& text) : Reading(std::vector<std::string>{text}) {}
  explicit Reading(const std::vector<std::string>& texts) {
    std::vector<std::string> files;
    for (const std::string& text : texts) {
      files.push_back("book" + std::to_string(files.size() + 1) + ".glmap");
      sources.add(files.back(), text);
    }
    spec = parse_book(sources, files, sink);
  }

  std::string ast() const { return print_ast(spec); }
  /// One line a finding: "GLM-1001 3:5 message | help".
  std::vector<std::string> findings() const {
    std::vector<std::string> result;
    for (const diagnostics::Diagnostic& one : sink.sorted()) {
      result.push_back(code_text(one.code) + " " + std::to_string(one.primary.where.line) + ":" +
                       std::to_string(one.primary.where.column) + " " + one.message +
                       (one.help.empty() ? "" : " | " + one.help));
    }
    return result;
  }
  /// All findings, one a line; empty for a sound text.
  std::string report() const {
    std::string result;
    for (const std::string& one : findings()) result += one + "\n";
    return result;
  }
};

/// A book that holds only `text` beside its `mapping` section, which is on line 1.
inline Reading read_with_mapping(const std::string& text) {
  return Reading("mapping x\n" + text);
}

}  // namespace glmap::syntax
