// SPDX-License-Identifier: Apache-2.0
// An event against its schema, and the decision about it: never anything but entries that balance, nothing, or a hold.
#include "compiler/runtime/accounting/event_reader.hpp"
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
  // Of a text more is known than of a tree, and less of it is looked at twice.
  glmap::JsonDocument document;
  glmap::fuzz::must(document.read(glmap::fuzz::text_of(data, size)).has_value(), "both readings take the same texts");
  const auto straight = glmap::decode_event(catalog, document.root());
  glmap::fuzz::must(straight.has_value() == event.has_value(), "text and tree are both an event or both none");
  // What the reader takes, because it is written like an event before, is what decoding makes of it.
  static glmap::EventReader reader(catalog);
  static glmap::BillingEvent taken;
  std::string padded(glmap::fuzz::text_of(data, size));
  padded.resize(size + glmap::kJsonPadding);
  glmap::JsonMark content;
  if (reader.read(std::string_view(padded).substr(0, size), taken, content))
    glmap::fuzz::must(event && taken.source == event->source && taken.id == event->id &&
                          taken.revision == event->revision && taken.header == event->header &&
                          taken.lines == event->lines && taken.object == event->object &&
                          taken.occurred_at == event->occurred_at && taken.unknown_fields == event->unknown_fields &&
                          content == glmap::content_mark(document.root()),
                      "what is read without a document is the same event");
  if (event) reader.learn(document.root());
  if (!event) {
    glmap::fuzz::must(straight.error().to_text() == event.error().to_text(), "text and tree have the same fault");
    return 0;
  }
  glmap::fuzz::must(straight->header == event->header && straight->lines == event->lines &&
                        straight->object == event->object && straight->unknown_fields == event->unknown_fields,
                    "text and tree are the same event");
  const auto decision = evaluator.decide(*event);
  std::vector<glmap::rules::TraceStep> trace;
  const auto explained = evaluator.explain(*event, trace);
  glmap::fuzz::must(decision.index() == explained.index(), "what is explained is what is decided");
  if (const auto* entries = std::get_if<std::vector<glmap::JournalEntry>>(&decision))
    for (const glmap::JournalEntry& entry : *entries) {
      const auto again = glmap::JournalEntry::from_json(entry.to_json());
      glmap::fuzz::must(again && again->lines() == entry.lines(), "an entry reads back from its JSON");
    }
  return 0;
}
