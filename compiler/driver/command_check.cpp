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
  std::printf("%s release %s is sound: %zu proofs hold, %zu tests pass\n%s\n", book.name.c_str(), book.release.c_str(),
              compilation.verified->proofs().results.size(), compilation.verified->resolved().tests.size(),
              compilation.digest.c_str());
  std::printf("what was proved: glmapc print %s --stage verified\n", options.book.c_str());
  return kGood;
}

}  // namespace glmap::driver
