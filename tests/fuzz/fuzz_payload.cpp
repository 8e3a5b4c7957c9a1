// SPDX-License-Identifier: Apache-2.0
// A foreign payload and an intake that uses every construct: an event that decodes, a reason for none, or a code.
#include "compiler/runtime/rules/payload_reader.hpp"
#include "tests/fuzz/small_files.hpp"

namespace {

constexpr const char* kIntake = R"(
lists
  psp_plan is plan_1, plan_2
table psp_product "Their plans, our products"
  | psp_plan || product  |
  | plan_1   || PLATFORM |
  | plan_2   || API      |
intake psp "A processor"
  because "fuzz"
  source "psp.example"
  only when test is not yes because "test payloads are not booked"
  | event.id || "evt-", id | text |
  | entity || "US" | |
  also known object, everything in metadata
  when type is charge.succeeded and items is not given gives payment.received
    | event.time || created | unix seconds |
    | document_date || created | unix seconds in zone of entity |
    | currency || currency | code in small letters |
    | customer || customer | text |
    | amount || amount - sum of amount of fees where kind is "a", "b" | minor units |
    | settled || first settled of rates | decimal, may be absent |
  when type is invoice and items is not given gives invoice.issued
    | document_date || when | instant as written |
    | currency || currency | code |
    | customer || a, "/", b."odd name" | whole number |
    | region || region | code in capitals |
    for each line of lines where hidden is not yes
      | product || plan | by psp_product |
      | net || net | decimal text |
      | tax || only tax of taxes | hundredths as text |
  no event when type is ping and items is not given because "a sign of life"
  for each of items.item gives payment.received
    | document_date || body.day | date |
    | currency || currency | code |
    | customer || who | text |
    | amount || amount | decimal number |
)";

const glmap::rules::RuleBook& book() {
  static const glmap::rules::RuleBook made = [] {
    glmap::fuzz::Files files = glmap::fuzz::base_book();
    files.at("book.glmap") += kIntake;
    glmap::diagnostics::Sources sources;
    glmap::diagnostics::Sink sink;
    sources.add("book.glmap", files.at("book.glmap"));
    const auto spec = glmap::syntax::parse_book(sources, {"book.glmap"}, sink);
    auto model = glmap::resolve::resolve(
        spec, [&](const std::string& path) -> glmap::Result<std::string> { return files.at(path); }, sources, sink);
    glmap::fuzz::must(model && !sink.has_errors(), "the book with an intake resolves");
    return std::move(model->book);
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Outcome = glmap::rules::PayloadResult::Outcome;
  static const glmap::rules::PayloadReader reader(book(), book().intakes.front());
  glmap::JsonDocument document;
  if (!document.read(glmap::fuzz::text_of(data, size))) return 0;
  const auto results = reader.read(document.root());
  const auto again = reader.read(document.root());
  glmap::fuzz::must(results.size() == again.size(), "a body gives the same payloads twice");
  for (std::size_t i = 0; i < results.size(); ++i) {
    glmap::fuzz::must(results[i].event == again[i].event, "a payload gives the same event twice");
    glmap::fuzz::must((results[i].outcome == Outcome::refused) == results[i].error.has_value(), "a refusal has a code");
    if (results[i].outcome == Outcome::event)
      glmap::fuzz::must(glmap::decode_event(book().catalog, results[i].event).has_value(), "the event decodes");
    if (results[i].outcome == Outcome::no_event)
      glmap::fuzz::must(!results[i].because.empty(), "no event has a reason");
  }
  return 0;
}
