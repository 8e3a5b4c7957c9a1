// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/evaluator.hpp"

#include <catch2/catch.hpp>

#include "tests/support/compiled_book.hpp"

namespace {

using namespace glmap;
using testing::evaluator_of;
using testing::small_book;

Json event(const std::string& data, const std::string& type = "invoice.issued") {
  auto json =
      parse_json(R"({"specversion":"1.0","source":"test","id":"E-1","type":")" + type + R"(","data":)" + data + "}");
  REQUIRE(json);
  return *json;
}

rules::Decision decide(const rules::Evaluator& evaluator, const Json& json) {
  auto decoded = decode_event(evaluator.book().catalog, json);
  if (!decoded) FAIL(decoded.error().to_text());
  return evaluator.decide(*decoded);
}

const std::vector<JournalEntry>& entries(const rules::Decision& decision) {
  if (const auto* held = std::get_if<rules::Held>(&decision)) FAIL(held->reason.to_text());
  return std::get<std::vector<JournalEntry>>(decision);
}

ErrorCode held_code(const rules::Decision& decision) {
  REQUIRE(std::holds_alternative<rules::Held>(decision));
  return std::get<rules::Held>(decision).reason.code;
}

std::string in_short(const JournalLine& line) {
  return std::string(to_text(line.side)) + " " + line.account + " " + line.functional.to_text() + " " +
         line.transaction.to_text();
}

const std::string kHead = R"({"entity":"DE","document_date":"2026-10-01","invoice":"I-1","customer":"C1",)"
                          R"("region":"EMEA","business":false,)";

}  // namespace

// 5,950.00 x 0.95 = 5,652.50; 4,320 x 0.95 = 4,104; 680 x 0.95 = 646; 950 x 0.95 = 902.50
TEST_CASE("a dollar invoice of a euro entity balances in both currencies, and equal lines are merged", "[evaluator]") {
  const auto evaluator = evaluator_of(small_book());
  const auto decision = decide(evaluator, event(kHead + R"("currency":"USD","rate":"0.95","lines":[
    {"product":"PLATFORM","charge_kind":"subscription","net":"4320.00","tax":"820.80","tax_code":"DE19"},
    {"product":"API","charge_kind":"usage","net":"680.00","tax":"129.20","tax_code":"DE19"}]})"));
  const auto& made = entries(decision);
  REQUIRE(made.size() == 1);
  std::vector<std::string> lines;
  for (const JournalLine& line : made.front().lines()) lines.push_back(in_short(line));
  CHECK(lines == std::vector<std::string>{"debit 1200 5652.50 EUR 5950.00 USD", "credit 3900 4104.00 EUR 4320.00 USD",
                                          "credit 3806 902.50 EUR 950.00 USD", "credit 4200 646.00 EUR 680.00 USD"});
  CHECK(made.front().data().period == "2026-10");
  CHECK(made.front().data().origin->rules == std::vector<std::string>{"INV-DEFERRED", "INV-USAGE"});
  CHECK(made.front().data().origin->bundle_digest == "sha256:test");
}

TEST_CASE("a dollar invoice without a rate is held, never booked at a guess", "[evaluator][M6]") {
  const auto evaluator = evaluator_of(small_book());
  CHECK(held_code(decide(evaluator, event(kHead + R"("currency":"USD","lines":[
    {"product":"API","charge_kind":"usage","net":"10.00","tax":"1.90","tax_code":"DE19"}]})"))) ==
        ErrorCode::RateMissing);
}

// 100.00 x 0.91234 = 91.234 -> 91.23; 33.33 x 0.91234 = 30.408 -> 30.41 (twice); 33.34 -> 30.417 -> 30.42; sum 91.24
TEST_CASE("a cent left by conversion goes to the rounding role, not to the customer", "[evaluator][M6]") {
  const auto evaluator = evaluator_of(small_book());
  const auto decision =
      decide(evaluator, event(R"({"entity":"DE","document_date":"2026-10-07","invoice":"I-2","customer":"C2",
    "region":"AMER","business":false,"currency":"USD","rate":"0.91234","lines":[
    {"product":"API","charge_kind":"usage","net":"33.33","tax":"0.00","tax_code":"EXPORT"},
    {"product":"SETUP","charge_kind":"one-off","net":"33.33","tax":"0.00","tax_code":"EXPORT"},
    {"product":"PLATFORM","charge_kind":"subscription","net":"33.34","tax":"0.00","tax_code":"EXPORT"}]})"));
  const auto& lines = entries(decision).front().lines();
  REQUIRE(lines.size() == 5);
  CHECK(in_short(lines.front()) == "debit 1200 91.23 EUR 100.00 USD");
  CHECK(in_short(lines.back()) == "debit 6300 0.01 EUR 0.00 USD");
  CHECK(lines.back().role == "rounding");
}

TEST_CASE("a conversion difference above the cap is held", "[evaluator][M6]") {
  auto files = small_book();
  files["book.glmap"] = testing::with_change(files["book.glmap"], "at most 0.01 per line", "at most 0.00 per line");
  const auto evaluator = evaluator_of(files);
  CHECK(
      held_code(decide(evaluator, event(R"({"entity":"DE","document_date":"2026-10-07","invoice":"I-2","customer":"C2",
    "region":"AMER","business":false,"currency":"USD","rate":"0.91234","lines":[
    {"product":"API","charge_kind":"usage","net":"33.33","tax":"0.00","tax_code":"EXPORT"},
    {"product":"SETUP","charge_kind":"one-off","net":"33.33","tax":"0.00","tax_code":"EXPORT"},
    {"product":"PLATFORM","charge_kind":"subscription","net":"33.34","tax":"0.00","tax_code":"EXPORT"}]})"))) ==
      ErrorCode::RoundingCapExceeded);
}

TEST_CASE("a negative line turns to the other side", "[evaluator]") {
  const auto evaluator = evaluator_of(small_book());
  const auto decision = decide(evaluator, event(kHead + R"("currency":"EUR","lines":[
    {"product":"API","charge_kind":"usage","net":"-10.00","tax":"-1.90","tax_code":"DE19"}]})"));
  const auto& lines = entries(decision).front().lines();
  CHECK(in_short(lines[0]) == "credit 1200 11.90 EUR 11.90 EUR");
  CHECK(in_short(lines[1]) == "debit 4200 10.00 EUR 10.00 EUR");
}

TEST_CASE("an invoice of nothing posts nothing and says so", "[evaluator]") {
  const auto evaluator = evaluator_of(small_book());
  const auto decision = decide(evaluator, event(kHead + R"("currency":"EUR","lines":[
    {"product":"API","charge_kind":"usage","net":"0.00","tax":"0.00","tax_code":"DE19"}]})"));
  REQUIRE(std::holds_alternative<rules::NoEntry>(decision));
  CHECK(std::get<rules::NoEntry>(decision).because == "every amount of the event is zero");
}

TEST_CASE("a combination that the book calls impossible is held with its reason", "[evaluator][M1]") {
  const auto evaluator = evaluator_of(small_book());
  const auto decision = decide(evaluator, event(kHead + R"("currency":"EUR","lines":[
    {"product":"PLATFORM","charge_kind":"usage","net":"1.00","tax":"0.19","tax_code":"DE19"}]})"));
  CHECK(held_code(decision) == ErrorCode::ImpossibleCombination);
  CHECK(std::get<rules::Held>(decision).reason.message.find("sold only as a subscription") != std::string::npos);
}

TEST_CASE("a tax code that the table does not allow there is held", "[evaluator]") {
  const auto evaluator = evaluator_of(small_book());
  CHECK(held_code(decide(evaluator, event(kHead + R"("currency":"EUR","lines":[
    {"product":"API","charge_kind":"usage","net":"1.00","tax":"0.00","tax_code":"EXPORT"}]})"))) ==
        ErrorCode::AnswerNotAllowed);
}

TEST_CASE("a date in a closed period is held, or moves to the first open day where the book says so",
          "[evaluator][I5]") {
  const Json late =
      event(R"({"entity":"DE","document_date":"2026-08-20","invoice":"I-1","customer":"C1","region":"EMEA",
    "business":false,"currency":"EUR","lines":[
    {"product":"API","charge_kind":"usage","net":"10.00","tax":"1.90","tax_code":"DE19"}]})");
  CHECK(held_code(decide(evaluator_of(small_book()), late)) == ErrorCode::PeriodClosed);
  auto files = small_book();
  files["book.glmap"] = testing::with_change(files["book.glmap"], "closed hold", "closed first open day");
  const auto decision = decide(evaluator_of(files), late);
  const JournalEntryDraft& data = entries(decision).front().data();
  CHECK(data.posting_date.to_text() == "2026-09-01");
  CHECK(data.document_date.to_text() == "2026-08-20");
  CHECK(data.period == "2026-09");
}

TEST_CASE("an entry moved out of a closed year takes the account of the day it moves to", "[evaluator]") {
  auto files = small_book();
  files["book.glmap"] = testing::with_change(files["book.glmap"], "closed hold", "closed first open day");
  files["reference/entities.yaml"] = testing::with_change(files["reference/entities.yaml"],
                                                          "closed_through: 2026-08-31", "closed_through: 2026-12-31");
  const auto decision =
      decide(evaluator_of(files), event(R"({"entity":"DE","document_date":"2026-12-20","invoice":"I-1",
    "customer":"C1","region":"EMEA","business":false,"currency":"EUR","lines":[
    {"product":"API","charge_kind":"usage","net":"10.00","tax":"1.90","tax_code":"DE19"}]})"));
  CHECK(entries(decision).front().data().posting_date.to_text() == "2027-01-01");
  CHECK(entries(decision).front().lines()[1].account == "4225");  // 4200 closed with the year
}

TEST_CASE("the row in force on the posting date decides the account", "[evaluator]") {
  const auto evaluator = evaluator_of(small_book());
  for (const auto& [date, account] : {std::pair{"2026-12-31", "4200"}, {"2027-01-01", "4225"}}) {
    const auto decision = decide(evaluator, event(R"({"entity":"DE","document_date":")" + std::string(date) +
                                                  R"(","invoice":"I-1","customer":"C1","region":"EMEA","business":false,
      "currency":"EUR","lines":[{"product":"API","charge_kind":"usage","net":"10.00","tax":"1.90","tax_code":"DE19"}]})"));
    CHECK(entries(decision).front().lines()[1].account == account);
  }
}

TEST_CASE("deciding is a function: the same event gives the same entry, byte for byte", "[evaluator][M2]") {
  const auto evaluator = evaluator_of(small_book());
  const Json json = event(kHead + R"("currency":"EUR","lines":[
    {"product":"API","charge_kind":"usage","net":"10.00","tax":"1.90","tax_code":"DE19"}]})");
  const auto first = decide(evaluator, json);
  const auto second = decide(evaluator_of(small_book()), json);
  CHECK(canonical_json(entries(first).front().to_json()) == canonical_json(entries(second).front().to_json()));
}

TEST_CASE("why names the row that fits, the rule that fires and what the others missed", "[evaluator]") {
  const auto evaluator = evaluator_of(small_book());
  auto decoded = decode_event(evaluator.book().catalog, event(kHead + R"("currency":"EUR","lines":[
    {"product":"API","charge_kind":"usage","net":"10.00","tax":"1.90","tax_code":"DE19"}]})"));
  REQUIRE(decoded);
  std::vector<rules::TraceStep> steps;
  const auto decision = evaluator.explain(*decoded, steps);
  REQUIRE(std::holds_alternative<std::vector<JournalEntry>>(decision));
  const auto has = [&](bool fits, const std::string& what, const std::string& part) {
    for (const auto& step : steps)
      if (step.fits == fits && step.what == what && step.outcome.find(part) != std::string::npos) return true;
    return false;
  };
  CHECK(has(true, "table treatment", "product API, charge_kind usage"));
  CHECK(has(true, "rule INV-USAGE", "fits"));
  CHECK(has(false, "rule INV-DEFERRED", "treatment is usage, the rule asks for"));
}

TEST_CASE("before any row is in force the event is held, naming what was asked", "[evaluator]") {
  const auto decision = decide(evaluator_of(small_book()), event(R"({"entity":"US","document_date":"2025-12-31",
    "invoice":"I-1","customer":"C1","region":"AMER","business":true,"currency":"USD","lines":[
    {"product":"API","charge_kind":"usage","net":"10.00","tax":"0.80","tax_code":"US"}]})"));
  CHECK(held_code(decision) == ErrorCode::NoRowFits);
  CHECK(std::get<rules::Held>(decision).reason.message ==
        "no row of table `revenue_account` fits role revenue, entity US, product API, on 2025-12-31");
}

TEST_CASE("a dimension that the role needs and the event lacks holds it", "[evaluator][E12]") {
  auto files = small_book();
  std::string& events = files["reference/events.yaml"];
  const std::string customer = "customer: {type: text}";
  events.replace(events.find(customer, events.find("Delivery completed")), customer.size(),
                 "customer: {type: text, optional: true}");
  const auto decision =
      decide(evaluator_of(files), event(R"({"entity":"US","currency":"USD","document_date":"2026-10-20",
    "product":"SETUP","amount":"300.00"})",
                                        "delivery.completed"));
  CHECK(held_code(decision) == ErrorCode::DimensionMissing);
}
