// SPDX-License-Identifier: Apache-2.0
// An event against its schema, and the decision about it: never anything but entries that balance, nothing, or a hold.
#include "compiler/runtime/rules/evaluator.hpp"
#include "tests/fuzz/small_files.hpp"

namespace {

std::shared_ptr<const glmap::rules::RuleBook> base_rules() {
  const glmap::fuzz::Files files = glmap::fuzz::base_book();
  glmap::diagnostics::Sources sources;
  glmap::diagnostics::Sink sink;
  sources.add("book.glmap", files.at("book.glmap"));
  const auto spec = glmap::syntax::parse_book(sources, {"book.glmap"}, sink);
  auto model = glmap::resolve::resolve(
      spec, [&](const std::string& path) -> glmap::Result<std::string> { return files.at(path); }, sources, sink);
  glmap::fuzz::must(model && !sink.has_errors(), "the base book resolves");
  return std::make_shared<const glmap::rules::RuleBook>(std::move(model->book));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const glmap::rules::Evaluator evaluator(base_rules(), "sha256:fuzz");
  const auto json = glmap::parse_json(glmap::fuzz::text_of(data, size));
  if (!json) return 0;
  const auto& catalog = evaluator.book().catalog;
  const auto event = glmap::decode_event(catalog, *json);
  const auto faults = glmap::find_event_faults(catalog, *json);
  glmap::fuzz::must(event.has_value() == faults.empty(), "the first fault is found exactly when there are faults");
  if (!event) return 0;
  const auto decision = evaluator.decide(*event);
  if (const auto* entries = std::get_if<std::vector<glmap::JournalEntry>>(&decision))
    for (const glmap::JournalEntry& entry : *entries) {
      const auto again = glmap::JournalEntry::from_json(entry.to_json());
      glmap::fuzz::must(again && again->lines() == entry.lines(), "an entry reads back from its JSON");
    }
  return 0;
}
