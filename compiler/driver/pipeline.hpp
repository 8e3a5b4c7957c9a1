// SPDX-License-Identifier: Apache-2.0
// The whole compiler on one page: a book's directory to a proved model, with everything that was found on the way.
// Does file I/O; single-threaded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/resolve/resolve.hpp"
#include "compiler/syntax/ast.hpp"
#include "compiler/verify/verify.hpp"

namespace glmap::driver {

enum class Stage { ast, resolved, verified };

/// Sources are named relative to the book's directory, so that a bundle does not depend on where the book lies.
struct Compilation {
  std::string directory;  // as the user gave it, without a trailing slash
  diagnostics::Sources sources;
  diagnostics::Sink sink;
  syntax::Spec spec;
  std::optional<resolve::ResolvedModel> resolved;  // moved into `verified` once that exists
  std::optional<verify::VerifiedModel> verified;
  std::string digest;  // of the bundle, once verified
  std::string bundle;  // its bytes

  bool ok() const { return verified.has_value() && !sink.has_errors(); }
};

/// `book`: the book's directory, or its book.glmap. Runs every stage up to `last` that the errors before it allow;
/// after the proofs, the tests of the book are run too (GLM-4014, GLM-4016).
Compilation compile_book(const std::string& book, Stage last = Stage::verified);

/// The findings, with file names as the user would open them. `format` human ends with a line that counts them.
std::string render_findings(const Compilation& compilation, diagnostics::Format format);

}  // namespace glmap::driver
