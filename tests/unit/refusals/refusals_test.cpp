// SPDX-License-Identifier: Apache-2.0
// Faults that the proofs keep from happening are refused all the same when they do: the book here is resolved and not
// proved, as a bundle from a faulty compiler would be.
#include <catch2/catch.hpp>

#include "compiler/runtime/accounting/event.hpp"
#include "compiler/verify/report.hpp"
#include "tests/support/compiled_book.hpp"

namespace {

using namespace glmap;
using namespace glmap::testing;

/// A German usage invoice over 100.00 with this tax code and tax, from a customer with a VAT id.
std::string usage_invoice(const std::string& tax_code, const std::string& tax) {
  return R"({"specversion":"1.0","id":"I-1","source":"billing","type":"invoice.issued","data":{"entity":"DE",)"
         R"("currency":"EUR","document_date":"2026-10-01","invoice":"I-1","customer":"C1","region":"EMEA",)"
         R"("business":true,"lines":[{"product":"API","charge_kind":"usage","net":"100.00","tax":")" +
         tax + R"(","tax_code":")" + tax_code + R"("}]}})";
}

rules::Decision decide(const BookFiles& files, const std::string& event) {
  const rules::Evaluator evaluator = evaluator_of(files);
  const auto json = parse_json(event);
  REQUIRE(json);
  const auto decoded = decode_event(evaluator.book().catalog, *json);
  REQUIRE(decoded);
  return evaluator.decide(*decoded);
}

Error reason(const rules::Decision& decision) {
  REQUIRE(std::holds_alternative<rules::Held>(decision));
  return std::get<rules::Held>(decision).reason;
}

}  // namespace

TEST_CASE("tax under a code that has no tax account is held, and without tax the line is left out", "[refusals]") {
  const Error error = reason(decide(small_book(), usage_invoice("EU-RC", "19.00")));
  CHECK(error.code == ErrorCode::NoRowFits);
  CHECK(error.message.find("19.00") != std::string::npos);

  const rules::Decision decision = decide(small_book(), usage_invoice("EU-RC", "0.00"));
  const auto* entries = std::get_if<std::vector<JournalEntry>>(&decision);
  REQUIRE(entries != nullptr);
  REQUIRE(entries->size() == 1);
  CHECK(entries->front().lines().size() == 2);  // receivable and revenue, 100.00 each
}

TEST_CASE("a row that ends before the day of the event does not answer, and nothing answers for it", "[refusals]") {
  BookFiles files = small_book();
  files["book.glmap"] = with_change(files["book.glmap"], "|| 4200    | 2026-01-01 | 2026-12-31 |",
                                    "|| 4200    | 2026-01-01 | 2026-09-30 |");
  const Error error = reason(decide(files, usage_invoice("DE19", "19.00")));
  CHECK(error.code == ErrorCode::NoRowFits);
  CHECK(error.message.find("revenue_account") != std::string::npos);
}

TEST_CASE("an account that needs a customer gets no line without one", "[refusals]") {
  BookFiles files = small_book();
  files["reference/events.yaml"] =
      with_change(files["reference/events.yaml"], "      customer: {type: text}\n      region",
                  "      customer: {type: text, optional: true}\n      region");
  std::string event = usage_invoice("DE19", "19.00");
  event.erase(event.find(R"("customer":"C1",)"), 16);
  const Error error = reason(decide(files, event));
  CHECK(error.code == ErrorCode::DimensionMissing);
  CHECK(error.message.find("customer") != std::string::npos);
}

TEST_CASE("a proof that ran out of steps claims nothing, and says how to go on", "[refusals]") {
  const diagnostics::Diagnostic found = verify::not_decided({"book.glmap", 7, 1, {}}, "table `prices`", "table prices");
  CHECK(found.code == ErrorCode::NotDecided);
  CHECK(found.severity == diagnostics::Severity::error);
  CHECK(found.message == "not decided: table `prices`");
  CHECK(found.help.find("split the table") != std::string::npos);
}
