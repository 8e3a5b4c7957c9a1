// SPDX-License-Identifier: Apache-2.0
// bench_check BOOK: the stages of `glmapc check` one by one, and a second look after one row has changed, in seconds,
// as one JSON object. Fails when the second look finds other things than a full one.
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include "compiler/driver/files.hpp"
#include "compiler/emit/emit.hpp"
#include "compiler/resolve/resolve.hpp"
#include "compiler/runtime/rules/bundle.hpp"
#include "compiler/syntax/parse.hpp"
#include "compiler/verify/verify.hpp"

namespace {

using namespace glmap;

class Stopwatch {
 public:
  long microseconds() {
    const auto now = std::chrono::steady_clock::now();
    const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(now - last_).count();
    last_ = now;
    return passed;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

void print(const char* name, long microseconds) {
  std::printf("  \"%s\": %ld.%06ld,\n", name, microseconds / 1'000'000, microseconds % 1'000'000);
}

std::vector<std::string> words(const diagnostics::Sink& sink) {
  std::vector<std::string> all;
  for (const diagnostics::Diagnostic& found : sink.sorted()) {
    all.push_back(found.message);
    for (const std::string& note : found.notes) all.push_back(note);
  }
  return all;
}

/// One row of the first table loses a value: there is a hole now.
void change_a_row(rules::RuleBook& book) {
  for (rules::TableRow& row : book.tables.front().rows)
    for (rules::ValueSet& cell : row.cells)
      if (cell.values.size() > 1) {
        cell.values.pop_back();
        return;
      }
}

int run(const std::string& folder) {
  std::printf("{\n");
  diagnostics::Sources sources;
  diagnostics::Sink sink;
  auto text = driver::read_file(folder + "/book.glmap");
  if (!text) return 3;
  sources.add("book.glmap", std::move(*text));
  Stopwatch watch;
  const syntax::Spec spec = syntax::parse_book(sources, {"book.glmap"}, sink);
  print("parse", watch.microseconds());
  const auto read = [&](const std::string& path) { return driver::read_book_file(folder, path); };
  auto model = resolve::resolve(spec, read, sources, sink);
  print("resolve", watch.microseconds());
  if (!model || sink.has_errors()) return 1;
  resolve::ResolvedModel changed = *model;
  change_a_row(changed.book);
  resolve::ResolvedModel changed_again = changed;
  watch.microseconds();
  verify::KeptTables kept;
  auto verified = verify::verify(std::move(*model), sink, kept);
  print("verify", watch.microseconds());
  if (!verified) return 1;
  const std::string bundle = emit::emit_bundle(*verified);
  print("emit", watch.microseconds());
  const bool readable = rules::read_bundle(bundle).has_value();
  print("read_bundle", watch.microseconds());

  diagnostics::Sink second, full;
  watch.microseconds();
  (void)verify::verify(std::move(changed), second, kept);
  print("verify_again", watch.microseconds());
  (void)verify::verify(std::move(changed_again), full);
  print("verify_changed_in_full", watch.microseconds());
  const bool same = words(second) == words(full) && full.has_errors();
  std::printf("  \"same_findings\": %s\n}\n", same ? "true" : "false");
  return readable && same ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("bench_check BOOK\n", stderr);
    return 2;
  }
  try {
    return run(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_check: %s\n", error.what());
    return 70;
  }
}
