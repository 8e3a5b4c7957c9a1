// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/pipeline.hpp"

#include <algorithm>
#include <map>

#include "compiler/driver/book_tests.hpp"
#include "compiler/driver/files.hpp"
#include "compiler/emit/emit.hpp"
#include "compiler/runtime/rules/bundle.hpp"
#include "compiler/syntax/parse.hpp"

namespace glmap::driver {
namespace {

constexpr const char* kMainFile = "book.glmap";

/// book.glmap first, then the other .glmap files of the directory by name.
std::vector<std::string> read_sources(Compilation& compilation) {
  std::vector<std::string> names;
  auto listed = list_files(compilation.directory, ".glmap");
  if (!listed || std::find(listed->begin(), listed->end(), kMainFile) == listed->end()) {
    compilation.sink.error(ErrorCode::FileNotReadable, {{kMainFile, 0, 0, {}}, 0},
                           "there is no `book.glmap` in `" + compilation.directory + "`",
                           "give the directory that holds the book");
    return names;
  }
  std::stable_partition(listed->begin(), listed->end(), [](const std::string& name) { return name == kMainFile; });
  for (const std::string& name : *listed) {
    auto text = read_file(compilation.directory + "/" + name);
    if (!text) {
      compilation.sink.error(text.error().code, {{name, 0, 0, {}}, 0}, text.error().message, text.error().help);
      continue;
    }
    compilation.sources.add(name, std::move(*text));
    names.push_back(name);
  }
  return names;
}

/// A file that was not read at all leaves names without a declaration; what would be said about them is no news.
bool has_unread_file(const diagnostics::Sink& sink) {
  return std::any_of(sink.all().begin(), sink.all().end(), [](const diagnostics::Diagnostic& found) {
    return found.code == ErrorCode::NotUtf8 || found.code == ErrorCode::TooLarge ||
           found.code == ErrorCode::FileNotReadable;
  });
}

/// Nobody reads the two-hundredth error of a kind: the first of each code stay. Says what was left out.
std::string keep_readable(std::vector<diagnostics::Diagnostic>& found) {
  constexpr std::size_t kShownMax = 40;
  std::map<ErrorCode, std::size_t> count;
  std::erase_if(found, [&](const diagnostics::Diagnostic& one) { return ++count[one.code] > kShownMax; });
  std::string text;
  for (const auto& [code, all] : count)
    if (all > kShownMax)
      text += std::to_string(all - kShownMax) + " more of " + code_text(code) +
              " are not shown here; `--format json` lists all\n";
  return text;
}

diagnostics::Span with_directory(diagnostics::Span span, const std::string& directory) {
  if (!span.where.file.empty() && directory != ".") span.where.file = directory + "/" + span.where.file;
  return span;
}

}  // namespace

Compilation compile_book(const std::string& book, Stage last) {
  Compilation it;
  it.directory = book_directory(book);

  const std::vector<std::string> names = read_sources(it);
  if (names.empty()) return it;

  it.spec = syntax::parse_book(it.sources, names, it.sink);
  if (last == Stage::ast || has_unread_file(it.sink)) return it;

  const auto read = [&](const std::string& path) { return read_book_file(it.directory, path); };
  it.resolved = resolve::resolve(it.spec, read, it.sources, it.sink);
  if (last == Stage::resolved || !it.resolved || it.sink.has_errors()) return it;

  it.verified = verify::verify(std::move(*it.resolved), it.sink);
  it.resolved.reset();
  if (!it.verified) return it;

  it.bundle = emit::emit_bundle(*it.verified);
  auto written = rules::read_bundle(it.bundle);  // what we wrote is what a gateway will read
  GLMAP_ASSERT(written.has_value());
  it.digest = written->digest;
  run_book_tests(it.verified->resolved(), it.digest, it.sink);
  return it;
}

std::string render_findings(const Compilation& compilation, diagnostics::Format format) {
  diagnostics::Sources sources;
  for (const auto& [file, text] : compilation.sources.files())
    sources.add(with_directory({{file, 0, 0, {}}, 0}, compilation.directory).where.file, text);
  std::vector<diagnostics::Diagnostic> found = compilation.sink.sorted();
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (diagnostics::Diagnostic& diagnostic : found) {
    diagnostic.primary = with_directory(diagnostic.primary, compilation.directory);
    for (diagnostics::Label& label : diagnostic.labels) label.span = with_directory(label.span, compilation.directory);
    errors += diagnostic.severity == diagnostics::Severity::error ? 1 : 0;
    warnings += diagnostic.severity == diagnostics::Severity::warning ? 1 : 0;
  }
  if (format != diagnostics::Format::human) return diagnostics::render(found, sources, format);
  const std::string left_out = keep_readable(found);
  std::string text = diagnostics::render(found, sources, format) + left_out;
  if (found.empty()) return text;
  const auto counted = [](std::size_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  return text + counted(errors, "error") + ", " + counted(warnings, "warning") +
         (errors != 0 ? "; `glmapc explain GLM-dddd` tells more about a code\n" : "\n");
}

}  // namespace glmap::driver
