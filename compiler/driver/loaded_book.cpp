// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/loaded_book.hpp"

#include <cstdio>
#include <filesystem>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/files.hpp"
#include "compiler/driver/pipeline.hpp"
#include "compiler/runtime/rules/bundle.hpp"

namespace glmap::driver {
namespace {

std::optional<rules::Evaluator> stop(const Error& error, int& exit_code) {
  std::fprintf(stderr, "glmapc: %s\n", error.to_text().c_str());
  exit_code = kNoInput;
  return std::nullopt;
}

}  // namespace

std::optional<rules::Evaluator> load_book(const std::string& book_or_bundle, int& exit_code) {
  std::error_code ignored;
  const bool is_book = std::filesystem::is_directory(book_or_bundle, ignored) || book_or_bundle.ends_with(".glmap");
  if (is_book) {
    Compilation compilation = compile_book(book_or_bundle);
    if (!compilation.ok()) {
      std::fputs(render_findings(compilation, diagnostics::Format::human).c_str(), stderr);
      exit_code = kFindings;
      return std::nullopt;
    }
    return rules::Evaluator(std::make_shared<const rules::RuleBook>(compilation.verified->book()), compilation.digest);
  }
  auto bytes = read_file(book_or_bundle);
  if (!bytes) return stop(bytes.error(), exit_code);
  auto bundle = rules::read_bundle(*bytes);
  if (!bundle) return stop(bundle.error(), exit_code);
  std::string digest = bundle->digest;
  return rules::Evaluator(std::make_shared<const rules::RuleBook>(std::move(bundle->book)), std::move(digest));
}

}  // namespace glmap::driver
