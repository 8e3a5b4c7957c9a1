// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/pipeline.hpp"
#include "compiler/syntax/parse.hpp"

namespace glmap::driver {

int run_print(const PrintOptions& options) {
  const Stage stage = options.stage == "ast"        ? Stage::ast
                      : options.stage == "resolved" ? Stage::resolved
                                                    : Stage::verified;
  const Compilation compilation = compile_book(options.book, stage);
  std::fputs(render_findings(compilation, diagnostics::Format::human).c_str(), stderr);
  if (stage == Stage::ast) std::fputs(syntax::print_ast(compilation.spec).c_str(), stdout);
  if (stage == Stage::resolved && compilation.resolved)
    std::fputs(resolve::print_resolved(*compilation.resolved).c_str(), stdout);
  if (options.stage == "verified" && compilation.verified)
    for (const auto& [check, result] : compilation.verified->proofs().results)
      std::printf("%s: %s\n", check.c_str(), result.c_str());
  if (options.stage == "bundle" && compilation.verified) std::fputs(compilation.bundle.c_str(), stdout);
  return compilation.sink.has_errors() ? kFindings : kGood;
}

}  // namespace glmap::driver
