// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/pipeline.hpp"

namespace glmap::driver {

int run_test(const TestOptions& options) {
  const Compilation compilation = compile_book(options.book);
  std::fputs(render_findings(compilation, options.format).c_str(), stdout);
  if (!compilation.verified) return kFindings;
  if (options.format == diagnostics::Format::human) {
    const auto& tests = compilation.verified->resolved().tests;
    std::size_t failed = 0;
    for (const resolve::BookTest& test : tests) {
      const bool bad = std::any_of(compilation.sink.all().begin(), compilation.sink.all().end(),
                                   [&](const auto& found) { return found.fingerprint == "test/" + test.title; });
      failed += bad ? 1 : 0;
      std::printf("%s  %s\n", bad ? "FAILED" : "passed", test.title.c_str());
    }
    std::printf("%zu passed, %zu failed\n", tests.size() - failed, failed);
  }
  return compilation.ok() ? kGood : kFindings;
}

}  // namespace glmap::driver
