// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/resolve/resolving.hpp"

using namespace glmap;
using namespace glmap::testing;

TEST_CASE("what an event needs before it is known by a field of both", "[resolve][policies]") {
  const Outcome outcome = resolve_files(whole_book());
  INFO(outcome.text);
  REQUIRE(outcome.model);
  const auto& book = outcome.model->book;
  REQUIRE(book.order.size() == 2);
  CHECK(book.catalog.types[book.order[0].type].name == "payment.received");
  CHECK(book.catalog.types[book.order[0].needs].name == "invoice.issued");
  CHECK(book.catalog.types[book.order[0].needs].header[book.order[0].needs_field].name == "invoice");
  CHECK(book.order[0].wait_minutes == 3 * 24 * 60);
  CHECK(book.order[1].wait_minutes == 12 * 60);
  CHECK(book.order[0].owner == "billing_ops");
  constexpr std::string_view kOrder = "  payment.received needs invoice.issued by invoice, wait 3 days";
  const auto refused = [&](const std::string& to, ErrorCode code, const std::string& words) {
    require_whole_fault(kBook, kOrder, to, code, words);
  };
  refused("  payment.received needs invoice.isued by invoice, wait 3 days", ErrorCode::UnknownEventType,
          "did you mean `invoice.issued`?");
  refused("  payment.received needs invoice.issued by contract, wait 3 days", ErrorCode::UnknownField,
          "event `payment.received` has no field `contract`");
  refused("  payment.received needs payment.received by invoice, wait 3 days", ErrorCode::WrongType,
          "speaks about itself");
  refused("  payment.received needs service.charged by amount, wait 3 days", ErrorCode::WrongType,
          "by which no event is known");
  refused("  payment.received needs invoice.issued by invoice, wait 3 weeks", ErrorCode::UnknownListValue,
          "`minutes`, `hours` or `days`");
  refused("  payment.received needs invoice.issued by invoice, wait soon days", ErrorCode::BadLiteral, "`soon`");
  refused("  payment.received needs invoice.issued by invoice, wait 0 days", ErrorCode::BadLiteral, "`0`");
  refused("  payment.received needs invoice.issued by invoice, wait 9999999999999999 days", ErrorCode::BadLiteral,
          "up to ten years");
  BookFiles files = whole_book_with(
      kEvents,
      "      document_date: {type: date}\n      invoice: {type: text}\n      customer: {type: text}\n      amount",
      "      document_date: {type: date}\n      invoice: {type: date}\n      customer: {type: text}\n      amount");
  require_found(files,
                {{ErrorCode::WrongType, kBook, std::string(kOrder), "is date in `payment.received` and text in"}});
}

TEST_CASE("what must follow an event is expected within a time", "[resolve][policies]") {
  const Outcome outcome = resolve_files(whole_book());
  REQUIRE(outcome.model);
  const auto& book = outcome.model->book;
  REQUIRE(book.expectations.size() == 1);
  CHECK(book.catalog.types[book.expectations[0].expected].name == "invoice.issued");
  CHECK(book.catalog.types[book.expectations[0].after].name == "contract.activated");
  CHECK(book.expectations[0].within_minutes == 15);
  require_whole_fault(kBook, "within 15 minutes after", "within 15 moons after", ErrorCode::UnknownListValue,
                      "`moons`");
}

TEST_CASE("approvals state events, an amount, entities and who agrees", "[resolve][policies]") {
  const Outcome outcome = resolve_files(whole_book());
  REQUIRE(outcome.model);
  const auto& book = outcome.model->book;
  REQUIRE(book.approvals.size() == 2);
  CHECK(book.approvals[0].over.to_text() == "25000");
  CHECK(book.approvals[0].entities == std::vector<std::uint32_t>{0, 1});
  CHECK(book.approvals[0].types.size() == 1);
  CHECK_FALSE(book.approvals[0].late);
  CHECK(book.approvals[1].late);
  CHECK(book.approvals[1].types.empty());
  CHECK(book.approvals[1].by == "controller");
  require_whole_fault(kBook, "over 25000.00 in DE, US by", "over 25000.00 in DE, UK by", ErrorCode::UnknownEntity,
                      "`UK`");
  require_whole_fault(kBook, "over 25000.00 in DE, US by", "over 25000.00 in DE, DE by", ErrorCode::DuplicateName,
                      "named twice");
  require_whole_fault(kBook, "invoice.voided over", "invoice.void over", ErrorCode::UnknownEventType, "`invoice.void`");
  require_whole_fault(kBook, "late over 50000.00", "late over much", ErrorCode::BadLiteral, "`much` is not an amount");
}

TEST_CASE("roles that face each other between entities carry the partner", "[resolve][policies]") {
  const Outcome outcome = resolve_files(whole_book());
  REQUIRE(outcome.model);
  REQUIRE(outcome.model->book.intercompany.size() == 1);
  CHECK(outcome.model->book.intercompany[0].partner == "partner");
  require_whole_fault(kBook, "pair due_from, due_to by", "pair due_from, due_fro by", ErrorCode::UnknownRole,
                      "did you mean `due_from`?");
  require_found(whole_book_with(kBook, "due_to by partner", "due_to by customer"),
                {{ErrorCode::UnknownName, kBook, "due_to by customer", "role `due_from` need not carry"},
                 {ErrorCode::UnknownName, kBook, "due_to by customer", "role `due_to` need not carry"}});
  require_whole_fault(kBook, "pair due_from, due_to by", "pair due_from, due_from by", ErrorCode::DuplicateName,
                      "name each role once");
}

TEST_CASE("published rates have a source, a date and an age", "[resolve][policies]") {
  const Outcome outcome = resolve_files(whole_book());
  REQUIRE(outcome.model);
  const auto& foreign = *outcome.model->book.foreign_currency;
  CHECK(foreign.rate_field.empty());
  CHECK(foreign.rate_source == "ECB");
  CHECK(foreign.rate_date == "document_date");
  CHECK(foreign.rate_age_days_max == 3);
  require_whole_fault(kBook, "from ECB on document_date", "from ECB on customer", ErrorCode::WrongType,
                      "date is needed");
  require_whole_fault(kBook, "at most 3 days old", "at most few days old", ErrorCode::BadLiteral,
                      "whole number of days");
  require_whole_fault(kBook, "at most 3 days old", "at most 3 hours old", ErrorCode::UnexpectedText, "counted in days");
  require_whole_fault(kBook, "  round half_away_from_zero\n", "", ErrorCode::MissingClause,
                      "how converted amounts are rounded // write `round half_away_from_zero`", "foreign_currency");
}

TEST_CASE("soft-closed periods and the style of reversals belong to an entity", "[resolve][policies][I5]") {
  const Outcome outcome = resolve_files(whole_book());
  REQUIRE(outcome.model);
  const auto& book = outcome.model->book;
  CHECK(book.soft_closed_schedules);
  CHECK(book.soft_closed_reversals);
  CHECK(book.catalog.entities[1].soft_closed_through->to_text() == "2026-09-30");
  CHECK(book.catalog.entities[1].reversal == ReversalStyle::swap);
  CHECK(book.catalog.entities[2].reversal == ReversalStyle::storno);
  require_whole_fault(kEntities, "soft_closed_through: 2026-09-30", "soft_closed_through: 2026-08-31",
                      ErrorCode::BadReferenceData, "write a later day");
  require_whole_fault(kEntities, "reversal: storno", "reversal: red", ErrorCode::UnknownListValue, "`storno`");
  require_whole_fault(kBook, "allow schedules, reversals", "allow schedules, invoices", ErrorCode::UnknownListValue,
                      "what a soft-closed period can still take");
}

TEST_CASE("steps of a test are events, published rates and days that pass", "[resolve][policies]") {
  const Outcome outcome = resolve_files(whole_book());
  REQUIRE(outcome.model);
  const auto& steps = outcome.model->tests.at(0).steps;
  using Kind = resolve::TestStep::Kind;
  REQUIRE(steps.size() == 4);
  CHECK(steps[0].kind == Kind::rate);
  CHECK(steps[0].rate.source == "ECB");
  CHECK(steps[0].rate.from.code() == "USD");
  CHECK(steps[0].rate.rate.to_text() == "0.95");
  CHECK(steps[1].kind == Kind::event);
  REQUIRE(steps[2].expected.size() == 2);
  CHECK(steps[2].expected[1].kind == syntax::Expectation::Kind::balance);
  CHECK(steps[2].expected[1].roles == std::vector<std::string>{"receivable"});
  CHECK(steps[2].expected[1].balance.to_text() == "113.05");
  CHECK(steps[2].expected[1].dimensions.size() == 2);
  CHECK(steps[3].kind == Kind::through);
  CHECK(steps[3].through.to_text() == "2026-12-31");
  CHECK(steps[3].expected.size() == 2);
  const auto& storno = outcome.model->tests.at(1).steps.at(1).expected.at(0);
  CHECK(storno.storno);
  CHECK(storno.reverses == "I-6");
  CHECK(storno.ledger == "accrual");
  CHECK(storno.lines[0].functional.to_text() == "1230.00 PLN");
  CHECK(outcome.model->tests.at(1).steps.at(2).expected.at(1).ledger == "cash");
}

TEST_CASE("a wrong name or sign in what a test expects is told", "[resolve][policies]") {
  require_whole_fault(kBook, "rate ECB USD EUR", "rate FED USD EUR", ErrorCode::UnknownName, "write `ECB`");
  require_whole_fault(kBook, "rate ECB USD EUR", "rate ECB USD USD", ErrorCode::MixedCurrencies, "to itself");
  require_whole_fault(kBook, "EUR 0.95 on 2026", "EUR 0 on 2026", ErrorCode::BadLiteral, "above zero");
  require_whole_fault(kBook, "reverses I-6", "reverses I-7", ErrorCode::UnknownName, "did not come before");
  require_whole_fault(kBook, "  through 2026-12-31\n", "  through 2026-12-32\n", ErrorCode::BadLiteral, "2026-12-32");
  require_whole_fault(kBook, "PLN in ledger cash", "PLN in ledger tax", ErrorCode::UnknownName, "ledger `tax`");
  require_whole_fault(kBook, "receivable -1230.00", "receivable 1230.00 ", ErrorCode::BadLiteral, "write `-1230.00`");
  require_whole_fault(kBook, "balance of receivable in DE", "balance of receivables in DE", ErrorCode::UnknownRole,
                      "did you mean `receivable`?");
  require_whole_fault(kBook, "  expect waiting\n", "  expect waiting\n  expect no entry\n", ErrorCode::DuplicateName,
                      "exclude each other", "  expect no entry\n  through");
}
