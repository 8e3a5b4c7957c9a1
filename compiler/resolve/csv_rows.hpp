// SPDX-License-Identifier: Apache-2.0
// The rows of a table that are kept in a file of comma-separated values (RFC 4180): `rows from "big.csv"`. The file's
// first line repeats the table's columns, those asked and then those answered; its cells are written as in the book.
// Lines are cut into views of the text, so that tens of thousands of rows are read without a tree of their cells.
// Private to resolve. Single-threaded.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/resolve/context.hpp"

namespace glmap::resolve {

/// Reads the table's file into `sources` and checks that it is text and that its first line repeats the columns.
/// Reports GLM-1002, 1003, 1004, 1005, 1009, 1010 where they are; nullopt when it cannot be used.
std::optional<CsvFile> open_csv(Context& context, const syntax::TableDecl& table, const ReadFile& read_file,
                                diagnostics::Sources& sources);

/// "4.01E+03": a number as a spreadsheet shortens it.
bool is_scientific(std::string_view text);

/// One after the other the lines of a file that hold something.
class CsvLines {
 public:
  explicit CsvLines(std::string_view text) : rest_(text) {}
  /// False at the end of the file.
  bool next();
  std::uint32_t number() const { return number_; }
  std::string_view line() const { return line_; }
  /// The line's fields. A quoted field may hold commas and doubled quotes, but no line break: a row is one line. False
  /// when a quote is not closed or something stands behind it.
  bool split();
  struct Field {
    std::string_view text;   // without quotes; valid until the next line
    std::size_t offset = 0;  // in the line, of its first character behind the quote when there is one
  };
  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::string_view rest_, line_;
  std::uint32_t number_ = 0;
  std::vector<Field> fields_;
  std::deque<std::string> unquoted_;  // of fields with doubled quotes
};

/// The line as a row of the book would be read, with the places of its cells. Reports GLM-1004 and GLM-1005; nullopt
/// when there is a fault.
std::optional<syntax::TableRow> read_csv_row(Context& context, const syntax::TableDecl& table, const CsvFile& file,
                                             CsvLines& at);

/// The places of one field of every line of the file.
std::vector<std::pair<std::uint32_t, Span>> csv_spans(const CsvFile& file, std::size_t field);

}  // namespace glmap::resolve
