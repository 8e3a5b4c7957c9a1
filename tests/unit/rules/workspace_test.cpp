// SPDX-License-Identifier: Apache-2.0
// Memory that decisions use again carries nothing from one to the next.
#include <map>
#include <random>

#include <catch2/catch.hpp>

#include "compiler/runtime/rules/evaluator.hpp"
#include "tests/support/compiled_book.hpp"

namespace {

using namespace glmap;
using testing::evaluator_of;
using testing::small_book;

BillingEvent invoice(const rules::Evaluator& evaluator, std::string_view id, const std::string& terms) {
  const auto json = parse_json(R"({"specversion":"1.0","source":"test","id":")" + std::string(id) +
                               R"(","type":"invoice.issued","data":{"entity":"DE","document_date":"2026-10-01",)" +
                               R"("customer":"C1","region":"EMEA","business":false,)" + terms + "}}");
  REQUIRE(json);
  auto event = decode_event(evaluator.book().catalog, *json);
  if (!event) FAIL(event.error().to_text());
  return std::move(*event);
}

/// Events whose decisions differ in every part: long and short texts, one line and many, dollars and euros, one rule
/// and two, held, and nothing to post.
std::vector<BillingEvent> various(const rules::Evaluator& evaluator) {
  const std::string usage =
      R"({"product":"API","charge_kind":"usage","net":"680.00","tax":"129.20","tax_code":"DE19"})";
  const std::string plan =
      R"({"product":"PLATFORM","charge_kind":"subscription","net":"4320.00","tax":"820.80","tax_code":"DE19"})";
  const std::string credit =
      R"({"product":"API","charge_kind":"usage","net":"-10.00","tax":"-1.90","tax_code":"DE19"})";
  const std::string nothing = R"({"product":"API","charge_kind":"usage","net":"0.00","tax":"0.00","tax_code":"DE19"})";
  const std::string dollars = R"("currency":"USD","rate":"0.95",)", euros = R"("currency":"EUR",)";
  const auto lines = [](const std::string& of) { return R"("lines":[)" + of + "]"; };
  const std::string number = R"("invoice":"I-1",)";
  const std::string long_number = R"("invoice":"I-2026-10-01-with-a-number-longer-than-short",)";
  std::vector<BillingEvent> events;
  events.push_back(invoice(evaluator, "E-1", number + euros + lines(usage)));
  events.push_back(invoice(evaluator, "E-2-of-a-longer-name-than-others", long_number + dollars + lines(plan)));
  events.push_back(invoice(evaluator, "E-3", number + dollars + lines(plan + "," + usage)));
  events.push_back(invoice(evaluator, "E-4", number + euros + lines(usage + "," + plan + "," + usage)));
  events.push_back(invoice(evaluator, "E-5", long_number + euros + lines(credit)));
  events.push_back(invoice(evaluator, "E-6", number + euros + lines(nothing)));
  events.push_back(invoice(evaluator, "E-7", number + R"("currency":"USD",)" + lines(usage)));  // no rate: held
  return events;
}

std::string in_words(const rules::Decision& decision) {
  if (const auto* held = std::get_if<rules::Held>(&decision)) return "held: " + held->reason.to_text();
  if (const auto* none = std::get_if<rules::NoEntry>(&decision)) return "no entry: " + none->rule + none->because;
  std::string text = "entries:";
  for (const JournalEntry& entry : std::get<std::vector<JournalEntry>>(decision))
    text += " " + canonical_json(entry.to_json());
  return text;
}

}  // namespace

TEST_CASE("decided one after the other in one workspace, each event is decided as if alone", "[evaluator][property]") {
  const auto evaluator = evaluator_of(small_book());
  const std::vector<BillingEvent> events = various(evaluator);
  std::vector<std::string> alone;
  for (const BillingEvent& event : events) alone.push_back(in_words(evaluator.decide(event)));
  rules::Evaluator::Workspace workspace;
  std::mt19937 random(20261201);
  std::map<std::string, int> outcomes;
  for (int i = 0; i < 1000; ++i) {
    const std::size_t chosen = random() % events.size();
    const std::string said = in_words(evaluator.decide(events[chosen], workspace));
    if (said != alone[chosen]) FAIL("decision " << i << ":\n" << said << "\ninstead of\n" << alone[chosen]);
    ++outcomes[said.substr(0, said.find(':'))];
  }
  CHECK(outcomes["entries"] > 500);
  CHECK(outcomes["no entry"] > 50);
  CHECK(outcomes["held"] > 50);
}

TEST_CASE("an entry that was kept stays as it was when its workspace is used again", "[evaluator]") {
  const auto evaluator = evaluator_of(small_book());
  const std::vector<BillingEvent> events = various(evaluator);
  rules::Evaluator::Workspace workspace;
  const rules::Decision kept = evaluator.decide(events[1], workspace);
  const std::string before = in_words(kept);
  for (const BillingEvent& event : events) evaluator.decide(event, workspace);
  CHECK(in_words(kept) == before);
}
