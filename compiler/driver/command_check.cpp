// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/files.hpp"
#include "compiler/driver/pipeline.hpp"
#include "compiler/runtime/rules/bundle.hpp"
#include "compiler/verify/grown_lists.hpp"

namespace glmap::driver {
namespace {

Result<rules::Bundle> read_release(const std::string& path) {
  auto bytes = read_file(path);
  if (!bytes) return std::unexpected(bytes.error());
  return rules::read_bundle(*bytes);
}

}  // namespace

int run_check(const CheckOptions& options) {
  Compilation compilation = compile_book(options.book);
  if (!options.since.empty()) {
    const auto release = read_release(options.since);
    if (!release) {
      std::fprintf(stderr, "glmapc: %s\n", release.error().to_text().c_str());
      return kNoInput;
    }
    if (compilation.verified)
      verify::check_grown_lists(release->book, compilation.verified->resolved(), compilation.sink);
  }
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
