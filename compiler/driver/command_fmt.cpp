// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <filesystem>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/files.hpp"
#include "compiler/syntax/parse.hpp"

namespace glmap::driver {
namespace {

int stop(const Error& error) {
  std::fprintf(stderr, "glmapc: %s\n", error.to_text().c_str());
  return kNoInput;
}

Result<std::vector<std::string>> files_meant(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) {
      files.push_back(path);
      continue;
    }
    GLMAP_TRY(names, list_files(path, ".glmap"));
    for (const std::string& name : names) files.push_back(path + "/" + name);
  }
  return files;
}

/// A file with faults is left as it is: a formatter must not make things worse. It is read together with the other
/// files of its book, because a book is more than one of them.
bool can_be_read(const std::string& file, const std::string& text) {
  diagnostics::Sources sources;
  diagnostics::Sink sink;
  std::vector<std::string> names{file};
  sources.add(file, text);
  const std::string directory = book_directory(std::filesystem::path(file).parent_path().string());
  if (const auto others = list_files(directory, ".glmap"))
    for (const std::string& name : *others) {
      const std::string path = directory + "/" + name;
      std::error_code ignored;
      if (std::filesystem::equivalent(path, file, ignored)) continue;
      if (auto other = read_file(path)) {
        sources.add(path, std::move(*other));
        names.push_back(path);
      }
    }
  static_cast<void>(syntax::parse_book(sources, names, sink));
  std::vector<diagnostics::Diagnostic> own;
  for (diagnostics::Diagnostic& found : sink.sorted())
    if (found.primary.where.file == file && found.severity == diagnostics::Severity::error)
      own.push_back(std::move(found));
  if (!own.empty()) std::fputs(diagnostics::render(own, sources, diagnostics::Format::human).c_str(), stderr);
  return own.empty();
}

}  // namespace

int run_fmt(const FmtOptions& options) {
  auto files = files_meant(options.paths);
  if (!files) return stop(files.error());
  int exit_code = kGood;
  for (const std::string& file : *files) {
    auto text = read_file(file);
    if (!text) return stop(text.error());
    if (!can_be_read(file, *text)) {
      exit_code = kFindings;
      continue;
    }
    const std::string formatted = syntax::format_text(*text);
    if (formatted == *text) continue;
    std::printf("%s %s\n", options.check ? "would change" : "changed", file.c_str());
    if (options.check) {
      exit_code = kFindings;
      continue;
    }
    if (auto written = write_file(file, formatted); !written) return stop(written.error());
  }
  return exit_code;
}

}  // namespace glmap::driver
