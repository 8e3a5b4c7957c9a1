// SPDX-License-Identifier: Apache-2.0
// Text to AST. The only door to ANTLR and the cell grammar; one lock inside, because ANTLR's runtime is not
// thread-safe. UTF-8, size and nesting are checked before ANTLR sees a byte. All faults of all files are reported in
// one run.
#pragma once

#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/syntax/ast.hpp"

namespace glmap::syntax {

/// Parses the named files of `sources` (in this order) into one Spec. Findings go to `sink`; what could be read is
/// returned even then. A section that may stand once and stands twice is GLM-2002 at the second.
Spec parse_book(const diagnostics::Sources& sources, const std::vector<std::string>& files, diagnostics::Sink& sink);

/// The text with columns of tables and debit/credit lines aligned, two blanks of indentation a level, comments kept.
/// Formatting twice changes nothing; the AST (spans aside) stays the same. Line breaks stay, but for a row that starts
/// in the middle of a line; at most one blank line is kept. A text with faults of syntax is returned as it is.
std::string format_text(const std::string& text);

/// The AST as indented text, for `glmapc print --stage=ast` and golden files.
std::string print_ast(const Spec& spec);

}  // namespace glmap::syntax
