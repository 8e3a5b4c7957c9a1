// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/files.hpp"
#include "compiler/driver/pipeline.hpp"
#include "compiler/emit/emit_sql.hpp"

namespace glmap::driver {

int run_emit_sql(const EmitSqlOptions& options) {
  const Compilation compilation = compile_book(options.book);
  if (!compilation.ok()) {
    std::fputs(render_findings(compilation, diagnostics::Format::human).c_str(), stderr);
    return kFindings;
  }
  const auto dialect = options.dialect == "postgresql" ? emit::SqlDialect::postgresql : emit::SqlDialect::sqlite;
  auto script = emit::emit_sql(*compilation.verified, dialect);
  if (!script) {
    std::fprintf(stderr, "glmapc: %s\n", script.error().to_text().c_str());
    return kFindings;
  }
  if (auto written = write_file(options.output, *script); !written) {
    std::fprintf(stderr, "glmapc: %s\n", written.error().to_text().c_str());
    return kNoInput;
  }
  return kGood;
}

}  // namespace glmap::driver
