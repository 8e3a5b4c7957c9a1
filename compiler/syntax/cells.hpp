// SPDX-License-Identifier: Apache-2.0
// The cells of one table row, read by Boost.Spirit X3: bars, values, lists, ranges, `by TABLE`, reasons. For
// syntax, and for the rows that resolve reads from files. Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/syntax/ast.hpp"

namespace glmap::syntax {

/// A row as one token: from its first bar to the end of its line.
struct RowText {
  std::string_view text;
  Span span;  // of the first bar
};

struct RowCells {
  std::vector<Cell> asked;
  std::vector<Cell> answered;
  bool divided = false;  // `||` was seen
  Span divider;
  Word because;              // `|| because "..." |`
  Span span;                 // from the first to the last bar
  std::string_view comment;  // `-- ...` behind the last bar, else empty
};

/// A row cut at its bars, its cells not yet read; what is wrong with the bars is reported (GLM-1004).
struct RawRow {
  std::vector<std::string_view> asked, answered;  // between the bars, blanks included
  bool divided = false;
  Span divider;
  Span span;
  std::string_view comment;
};
std::optional<RawRow> cut_cells(const RowText& row, diagnostics::Sink& sink);
/// Where a part of the row's text stands.
Span span_in_row(const RowText& row, std::string_view part);

/// Nothing when the bars themselves cannot be read. A cell that cannot be read is reported and stands as blank.
/// Errors: GLM-1004 at the cell.
std::optional<RowCells> read_row(const RowText& row, diagnostics::Sink& sink);

/// The plain words of a cell that holds nothing else: false when there are quotes, percentages, or anything that
/// read_row would read differently or not at all. For rows by the ten thousand: nothing is copied, no places are kept.
bool split_words(std::string_view cell, std::vector<std::string_view>& words);

/// The row cut at its bars, for the formatter: nothing when it cannot be read.
struct RowPieces {
  std::vector<std::string> cells;  // blanks at both ends removed, one blank inside
  std::size_t asked = 0;           // number of cells left of `||`; all when there is none
  std::string_view comment;
};
std::optional<RowPieces> cut_row(std::string_view text);

/// A text without its quotation marks, `\"` and `\\` read.
std::string unquoted(std::string_view quoted);

}  // namespace glmap::syntax
