// SPDX-License-Identifier: Apache-2.0
// What stands in an intake: paths into a foreign payload, and the rows that say where a field of our event stands there
// and how it is read. Cells are cut into words by Boost.Spirit X3. Private to syntax. Pure functions; any thread.
#pragma once

#include <optional>

#include "compiler/syntax/cells.hpp"

namespace glmap::syntax {

/// A path as a word or a quoted text of the book. Reports GLM-1004.
std::optional<PathDecl> read_path(const Word& word, diagnostics::Sink& sink);

/// | FIELD || WHERE IT STANDS | HOW IT IS READ |. Reports GLM-1004, GLM-1005.
std::optional<PayloadRowDecl> read_payload_row(const RowText& row, diagnostics::Sink& sink);

}  // namespace glmap::syntax
