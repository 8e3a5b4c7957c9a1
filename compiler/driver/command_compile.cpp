// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/files.hpp"
#include "compiler/driver/pipeline.hpp"

namespace glmap::driver {

int run_compile(const CompileOptions& options) {
  const Compilation compilation = compile_book(options.book);
  // Standard output may be the bundle itself.
  std::FILE* report = options.output == "-" ? stderr : stdout;
  std::fputs(render_findings(compilation, options.format).c_str(), report);
  if (!compilation.ok()) return kFindings;
  if (auto written = write_file(options.output, compilation.bundle); !written) {
    std::fprintf(stderr, "glmapc: %s\n", written.error().to_text().c_str());
    return kNoInput;
  }
  if (options.format != diagnostics::Format::human) return kGood;
  if (options.output == "-") return kGood;
  const rules::RuleBook& book = compilation.verified->book();
  std::printf("%s: %s release %s, %zu bytes\n%s\n", options.output.c_str(), book.name.c_str(), book.release.c_str(),
              compilation.bundle.size(), compilation.digest.c_str());
  return kGood;
}

}  // namespace glmap::driver
