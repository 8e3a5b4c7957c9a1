// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/coverage_report.hpp"
#include "compiler/driver/files.hpp"
#include "compiler/driver/pipeline.hpp"

namespace glmap::driver {

int run_coverage(const CoverageOptions& options) {
  const Compilation compilation = compile_book(options.book);
  // What no test reaches is in the report, so only errors are told. A book whose tests fail can be looked at; one that
  // is not proved cannot.
  if (!compilation.ok()) std::fputs(render_findings(compilation, diagnostics::Format::human).c_str(), stderr);
  if (!compilation.verified) return kFindings;
  const CoverageReport report = coverage_report(compilation.verified->resolved(), compilation.digest);
  const std::string text = options.format == "json"   ? coverage_json(report)
                           : options.format == "html" ? coverage_html(report)
                                                      : coverage_text(report);
  if (auto written = write_file(options.output, text); !written) {
    std::fprintf(stderr, "glmapc: %s\n", written.error().to_text().c_str());
    return kNoInput;
  }
  return compilation.ok() ? kGood : kFindings;
}

}  // namespace glmap::driver
