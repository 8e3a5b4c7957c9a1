// SPDX-License-Identifier: Apache-2.0
// The cells of one table row.
#include "compiler/syntax/cells.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = glmap::fuzz::text_of(data, size);
  // A row token is one line that begins with a bar; the lexer gives nothing else.
  if (text.empty() || text.front() != '|' || text.find('\n') != std::string_view::npos) return 0;
  glmap::diagnostics::Sink sink;
  const auto row = glmap::syntax::read_row({text, {{"book.glmap", 1, 1, {}}, 1}}, sink);
  const auto pieces = glmap::syntax::cut_row(text);
  const bool gives_reason = text.find("because") != std::string_view::npos;  // the reason is no cell of its own
  if (row && pieces && !sink.has_errors() && !gives_reason)
    glmap::fuzz::must(row->asked.size() + row->answered.size() == pieces->cells.size(),
                      "both ways of cutting a row agree");
  return 0;
}
