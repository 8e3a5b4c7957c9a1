// SPDX-License-Identifier: Apache-2.0
// Resolves a book held in memory and looks at what was found. For tests only.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "compiler/resolve/resolve.hpp"
#include "compiler/syntax/parse.hpp"
#include "tests/support/small_book.hpp"

namespace glmap::testing {

inline const std::string kBook = "book.glmap";
inline const std::string kEntities = "reference/entities.yaml";
inline const std::string kAccounts = "reference/accounts.yaml";
inline const std::string kCalendars = "reference/calendars.yaml";
inline const std::string kEvents = "reference/events.yaml";

/// The book of tests/golden/good/whole_language: every construct once.
inline BookFiles whole_book() {
  const std::filesystem::path root = GLMAP_SOURCE_DIR "/tests/golden/good/whole_language";
  BookFiles files;
  for (const std::string& path : {kBook, kEntities, kAccounts, kCalendars, kEvents}) {
    std::ifstream file(root / path);
    std::stringstream text;
    text << file.rdbuf();
    files[path] = text.str();
  }
  return files;
}

inline BookFiles whole_book_with(const std::string& path, std::string_view from, std::string_view to) {
  BookFiles files = whole_book();
  files.at(path) = with_change(files.at(path), from, to);
  return files;
}

struct Outcome {
  std::optional<resolve::ResolvedModel> model;
  std::vector<diagnostics::Diagnostic> found;
  std::string text;  // as a person would see it
};

inline Outcome resolve_files(const BookFiles& files) {
  diagnostics::Sources sources;
  diagnostics::Sink sink;
  std::vector<std::string> names;
  for (const auto& [path, text] : files)
    if (path.ends_with(".glmap")) {
      sources.add(path, text);
      names.push_back(path);
    }
  const auto read = [&](const std::string& path) -> Result<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return fail(ErrorCode::FileNotReadable, "there is no such file");
    return found->second;
  };
  Outcome outcome;
  const syntax::Spec spec = syntax::parse_book(sources, names, sink);
  outcome.model = resolve::resolve(spec, read, sources, sink);
  outcome.found = sink.sorted();
  outcome.text = diagnostics::render(outcome.found, sources, diagnostics::Format::human);
  return outcome;
}

/// The finding a test expects: its code, its file and line (the line on which `needle` first stands), words of it.
struct Expected {
  ErrorCode code;
  std::string path;
  std::string needle;
  std::string words;
};

/// True when exactly the expected findings were made, in any order of the list.
inline void require_found(const BookFiles& files, const std::vector<Expected>& expected) {
  const Outcome outcome = resolve_files(files);
  INFO(outcome.text);
  CHECK_FALSE(outcome.model.has_value());
  CHECK(outcome.found.size() == expected.size());
  for (const Expected& one : expected) {
    const std::uint32_t line = line_of(files.at(one.path), one.needle);
    INFO("expected " << code_text(one.code) << " at " << one.path << ":" << line << " with: " << one.words);
    bool seen = false;
    for (const diagnostics::Diagnostic& found : outcome.found)
      seen = seen || (found.code == one.code && found.primary.where.file == one.path &&
                      found.primary.where.line == line && found.primary.where.column > 0 &&
                      (found.message + " // " + found.help).find(one.words) != std::string::npos);
    CHECK(seen);
  }
}

/// The whole book with one change gives exactly one finding, on the line of `needle`; the changed line when empty.
inline void require_whole_fault(const std::string& path, std::string_view from, std::string_view to, ErrorCode code,
                                const std::string& words, const std::string& needle = {}) {
  const std::string changed(needle.empty() ? to.substr(to.find_first_not_of(" \n")) : std::string_view());
  require_found(whole_book_with(path, from, to), {{code, path, needle.empty() ? changed : needle, words}});
}

/// The small book with one change gives exactly one finding, on the changed line unless `needle` says where.
inline void require_fault(const std::string& path, std::string_view from, std::string_view to, ErrorCode code,
                          const std::string& words, const std::string& needle = {}) {
  const BookFiles files = small_book_with(path, from, to);
  const std::string changed(needle.empty() ? to.substr(to.find_first_not_of(" \n")) : std::string_view());
  require_found(files, {{code, path, needle.empty() ? changed : needle, words}});
}

}  // namespace glmap::testing
