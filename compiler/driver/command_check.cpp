// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/pipeline.hpp"

namespace glmap::driver {

int run_check(const CheckOptions& options) {
  const Compilation compilation = compile_book(options.book);
  std::fputs(render_findings(compilation, options.format).c_str(), stdout);
  if (!compilation.ok()) return kFindings;
  if (options.format != diagnostics::Format::human) return kGood;
  const rules::RuleBook& book = compilation.verified->book();
  std::printf("%s release %s is sound. What was proved:\n", book.name.c_str(), book.release.c_str());
  for (const auto& [check, result] : compilation.verified->proofs().results)
    std::printf("  %s: %s\n", check.c_str(), result.c_str());
  std::printf("  tests: %zu passed\n", compilation.verified->resolved().tests.size());
  std::printf("%s\n", compilation.digest.c_str());
  return kGood;
}

}  // namespace glmap::driver
