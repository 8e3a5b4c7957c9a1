// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "compiler/runtime/rules/evaluator.hpp"
#include "tests/unit/resolve/resolving.hpp"

using namespace glmap;
using namespace glmap::testing;

TEST_CASE("an event of a test is a CloudEvent whose amounts are text", "[resolve]") {
  const Outcome outcome = resolve_files(small_book());
  REQUIRE(outcome.model);
  REQUIRE(outcome.model->tests.size() == 3);
  const auto& steps = outcome.model->tests[0].steps;
  REQUIRE(steps.size() == 4);
  const Json& event = steps[0].event;
  CHECK(*event.find("specversion")->as_string() == "1.0");
  CHECK(*event.find("source")->as_string() == "test");
  CHECK(*event.find("id")->as_string() == "I-1");
  CHECK(*event.find("type")->as_string() == "invoice.issued");
  const Json& data = *event.find("data");
  CHECK(*data.find("rate")->as_string() == "0.95");
  CHECK(*data.find("business")->as_bool() == false);
  REQUIRE(data.find("lines")->as_array()->size() == 2);
  CHECK(*data.find("lines")->as_array()->at(0).find("net")->as_string() == "4320.00");
}

TEST_CASE("an event that comes again is the same but for the fields replaced", "[resolve]") {
  const Outcome outcome = resolve_files(small_book());
  REQUIRE(outcome.model);
  const auto& steps = outcome.model->tests[0].steps;
  CHECK(steps[1].event == steps[0].event);
  CHECK(steps[1].expected.at(0).kind == syntax::Expectation::Kind::duplicate);
  CHECK_FALSE(steps[2].event == steps[0].event);
  CHECK(*steps[2].event.find("data")->find("customer")->as_string() == "C2");
  CHECK(steps[2].event.find("data")->find("lines")->as_array()->size() == 2);
}

TEST_CASE("the time of an event comes from its field occurred_at", "[resolve]") {
  const Outcome outcome = resolve_files(small_book_with(
      kBook, "event dispute.opened Q-1\n    entity DE, document_date 2026-10-09",
      "event dispute.opened Q-1\n    entity DE, document_date 2026-10-09, occurred_at \"2026-10-09T08:00:00Z\""));
  INFO(outcome.text);
  REQUIRE(outcome.model);
  const Json& event = outcome.model->tests[2].steps[2].event;
  CHECK(*event.find("time")->as_string() == "2026-10-09T08:00:00Z");
  CHECK(event.find("data")->find("occurred_at") == nullptr);
}

TEST_CASE("a wrong value in a test is left for the test, a wrong name is not", "[resolve]") {
  CHECK(resolve_files(small_book()).model.has_value());  // product VOICE is not in its list
  require_fault(kBook, "line product VOICE, charge_kind", "line product VOICE, charge_kin", ErrorCode::UnknownField,
                "did you mean `charge_kind`?");
  require_fault(kBook, "event dispute.opened Q-1", "event dispute.open Q-1", ErrorCode::UnknownEventType,
                "`dispute.open`");
  require_fault(kBook, "event invoice.issued I-1 again\n", "event invoice.issued I-7 again\n", ErrorCode::UnknownName,
                "did not come before");
}

TEST_CASE("what a test expects is read in the currency of the entity's books", "[resolve]") {
  const Outcome outcome = resolve_files(small_book());
  REQUIRE(outcome.model);
  const auto& entry = outcome.model->tests[0].steps[0].expected.at(0);
  CHECK(entry.date.to_text() == "2026-10-01");
  REQUIRE(entry.lines.size() == 4);
  CHECK(entry.lines[0].functional.to_text() == "5652.50 EUR");
  CHECK(entry.lines[0].transaction->to_text() == "5950.00 USD");
  CHECK(entry.lines[3].dimensions.size() == 2);
  require_fault(kBook, "expect DE SALES 2026-10-01 EUR", "expect DE SALES 2026-10-01 USD", ErrorCode::MixedCurrencies,
                "DE keeps its books in EUR");
  require_fault(kBook, "debit  1060 cash       324.00", "debit  1061 cash       324.00", ErrorCode::UnknownAccount,
                "`1061`");
  require_fault(kBook, "debit  1060 cash       324.00", "debit  1060 cash       324.001", ErrorCode::BadLiteral,
                "2 decimal places");
  require_fault(kBook, "expect US CASH 2026-11-03 USD", "expect UK CASH 2026-11-03 USD", ErrorCode::UnknownEntity,
                "`UK`");
}

TEST_CASE("the small book posts what its tests expect", "[resolve]") {
  const Outcome outcome = resolve_files(small_book());
  REQUIRE(outcome.model);
  const auto book = std::make_shared<const rules::RuleBook>(outcome.model->book);
  const rules::Evaluator evaluator(book, "sha256:test");
  std::size_t entries_seen = 0;
  for (const auto& test : outcome.model->tests)
    for (const auto& step : test.steps) {
      if (step.expected.at(0).kind != syntax::Expectation::Kind::entry) continue;
      const auto event = decode_event(book->catalog, step.event);
      REQUIRE(event);
      const auto decision = evaluator.decide(*event);
      const auto* entries = std::get_if<std::vector<JournalEntry>>(&decision);
      if (const auto* held = std::get_if<rules::Held>(&decision)) FAIL(held->reason.to_text());
      REQUIRE(entries != nullptr);
      REQUIRE(entries->size() == step.expected.size());
      const auto& expected = step.expected[0].lines;
      const auto& lines = entries->at(0).lines();
      REQUIRE(lines.size() == expected.size());
      ++entries_seen;
      for (const auto& want : expected) {
        bool found = false;
        for (const auto& line : lines)
          found = found ||
                  (line.side == want.side && line.account == want.account && line.role == want.role &&
                   line.functional == want.functional && (!want.transaction || line.transaction == *want.transaction));
        INFO(want.account << " " << want.functional.to_text());
        CHECK(found);
      }
    }
  CHECK(entries_seen == 5);
}

TEST_CASE("the resolved book prints the same each time, with every name as understood", "[resolve]") {
  const Outcome once = resolve_files(small_book());
  const Outcome again = resolve_files(small_book());
  REQUIRE(once.model);
  const std::string text = resolve::print_resolved(*once.model);
  CHECK(text == resolve::print_resolved(*again.model));
  CHECK(text.find("look-up 2: table tax_code (event.entity, event.region, event.business) on line must agree with "
                  "line.tax_code") != std::string::npos);
  CHECK(text.find("credit receivable: event.amount; at event.invoice_rate") != std::string::npos);
}
