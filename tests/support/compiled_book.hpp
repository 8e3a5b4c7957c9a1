// SPDX-License-Identifier: Apache-2.0
// Text of a book (small_book.hpp or a change of it) to a proved model and an evaluator, for tests of what comes after.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "compiler/resolve/resolve.hpp"
#include "compiler/runtime/rules/evaluator.hpp"
#include "compiler/syntax/parse.hpp"
#include "tests/support/small_book.hpp"

namespace glmap::testing {

/// Throws with the rendered findings when the book has errors.
inline resolve::ResolvedModel resolved_book(const BookFiles& files) {
  diagnostics::Sources sources;
  diagnostics::Sink sink;
  sources.add("book.glmap", files.at("book.glmap"));
  const syntax::Spec spec = syntax::parse_book(sources, {"book.glmap"}, sink);
  const auto read = [&](const std::string& path) -> Result<std::string> {
    const auto at = files.find(path);
    if (at == files.end()) return fail(ErrorCode::FileNotReadable, "no file " + path);
    return at->second;
  };
  auto model = resolve::resolve(spec, read, sources, sink);
  if (!model || sink.has_errors())
    throw std::logic_error(diagnostics::render(sink.sorted(), sources, diagnostics::Format::human));
  return std::move(*model);
}

inline rules::Evaluator evaluator_of(const BookFiles& files) {
  return rules::Evaluator(std::make_shared<const rules::RuleBook>(resolved_book(files).book), "sha256:test");
}

}  // namespace glmap::testing
