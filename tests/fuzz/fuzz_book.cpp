// SPDX-License-Identifier: Apache-2.0
// The text of a book: read, printed, formatted. Formatting keeps the meaning and is stable.
#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/syntax/parse.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

struct Read {
  bool sound = false;
  std::string ast;
};

Read read(const std::string& text) {
  glmap::diagnostics::Sources sources;
  glmap::diagnostics::Sink sink;
  sources.add("book.glmap", text);
  const auto spec = glmap::syntax::parse_book(sources, {"book.glmap"}, sink);
  // Findings must be able to show themselves whatever the text is.
  glmap::diagnostics::render(sink.sorted(), sources, glmap::diagnostics::Format::human);
  return {!sink.has_errors(), sink.has_errors() ? std::string() : glmap::syntax::print_ast(spec)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using glmap::fuzz::must;
  const std::string text(glmap::fuzz::text_of(data, size));
  const Read first = read(text);
  const std::string formatted = glmap::syntax::format_text(text);
  if (!first.sound) return 0;
  const Read second = read(formatted);
  must(second.sound, "a formatted book can be read");
  must(second.ast == first.ast, "a formatted book says the same");
  must(glmap::syntax::format_text(formatted) == formatted, "formatting twice changes nothing");
  return 0;
}
