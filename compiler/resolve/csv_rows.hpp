// SPDX-License-Identifier: Apache-2.0
// The rows of a table that are kept in a file of comma-separated values (RFC 4180): `rows from "big.csv"`. The file's
// first line repeats the table's columns, those asked and then those answered; its cells are written as in the book.
// Private to resolve. Single-threaded.
#pragma once

#include <vector>

#include "compiler/resolve/context.hpp"

namespace glmap::resolve {

/// Adds the file to `sources`. Reports GLM-1002, 1003, 1004, 1005, 1009, 1010 where they are; rows with faults are left
/// out.
std::vector<syntax::TableRow> read_csv_rows(Context& context, const syntax::TableDecl& table, const ReadFile& read_file,
                                            diagnostics::Sources& sources);

}  // namespace glmap::resolve
