// SPDX-License-Identifier: Apache-2.0
// The small sound book of the golden tests, and a whole check of a book that lies in memory.
#pragma once

#include <fstream>
#include <map>
#include <sstream>

#include "compiler/resolve/resolve.hpp"
#include "compiler/runtime/rules/bundle.hpp"
#include "compiler/syntax/parse.hpp"
#include "compiler/verify/verify.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace glmap::fuzz {

using Files = std::map<std::string, std::string>;

inline Files base_book() {
  Files files;
  for (const char* name : {"book.glmap", "reference/entities.yaml", "reference/accounts.yaml",
                           "reference/calendars.yaml", "reference/events.yaml"}) {
    std::ifstream file(std::string(GLMAP_SOURCE_DIR "/tests/golden/base/") + name);
    std::stringstream text;
    text << file.rdbuf();
    must(!text.str().empty(), "the base book of the golden tests is there");
    files[name] = text.str();
  }
  return files;
}

/// Parses, resolves, proves; renders what was found; a proved book gives a bundle that reads back to the same bytes.
inline void check(const Files& files) {
  diagnostics::Sources sources;
  diagnostics::Sink sink;
  sources.add("book.glmap", files.at("book.glmap"));
  const syntax::Spec spec = syntax::parse_book(sources, {"book.glmap"}, sink);
  const auto read = [&](const std::string& path) -> Result<std::string> {
    const auto at = files.find(path);
    if (at == files.end()) return fail(ErrorCode::FileNotReadable, "no file " + path);
    return at->second;
  };
  auto model = resolve::resolve(spec, read, sources, sink);
  if (model && !sink.has_errors())
    if (const auto proved = verify::verify(std::move(*model), sink)) {
      const std::string bytes = rules::write_bundle(proved->book(), proved->proofs());
      const auto again = rules::read_bundle(bytes);
      must(again.has_value(), "a bundle that was written can be read");
      must(rules::write_bundle(again->book, again->proofs) == bytes, "a bundle reads back to the same bytes");
    }
  diagnostics::render(sink.sorted(), sources, diagnostics::Format::human);
}

}  // namespace glmap::fuzz
