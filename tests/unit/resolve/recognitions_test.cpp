// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/resolve/resolving.hpp"

using namespace glmap;
using namespace glmap::testing;
using rules::Operand;
using rules::Recognition;

namespace {

const rules::Rule& rule_of(const Outcome& outcome, std::string_view type, std::size_t rule) {
  INFO(outcome.text);
  REQUIRE(outcome.model);
  const auto& book = outcome.model->book;
  return book.program_of(*book.catalog.type_index(type))->rules.at(rule);
}

}  // namespace

TEST_CASE("a schedule knows its amount, its days, its convention and what it is for", "[resolve][recognise]") {
  const Outcome outcome = resolve_files(whole_book());
  const rules::Rule& rule = rule_of(outcome, "invoice.issued", 0);
  REQUIRE(rule.recognitions.size() == 1);
  const Recognition& one = rule.recognitions[0];
  CHECK(one.amount.text == "line.price");
  CHECK(one.from.kind == Operand::Kind::line);
  CHECK(one.until.kind == Operand::Kind::line);
  REQUIRE(one.convention_from);
  CHECK(one.convention_from->kind == Operand::Kind::attribute);
  CHECK(one.changed == Recognition::Changed::prospective);
  CHECK(one.rounding == rules::ScheduleRounding::cumulative);
  REQUIRE(one.keys.size() == 2);
  CHECK(one.keys[0].name == "contract");
  CHECK(one.keys[1].name == "product");
  CHECK(one.block.journal == "REVREC");
  CHECK(one.block.entity == rule.blocks[0].entity);
  REQUIRE(one.block.lines.size() == 3);
  CHECK(one.block.lines[0].amount.steps.at(0).operand.kind == Operand::Kind::step);
  CHECK(one.block.lines[1].after == std::vector<std::uint32_t>{0});
}

TEST_CASE("a convention may be named outright, and a schedule needs no keys", "[resolve][recognise]") {
  const Outcome outcome = resolve_files(whole_book());
  const Recognition& one = rule_of(outcome, "contract.activated", 0).recognitions.at(0);
  CHECK(one.convention == rules::Convention::by_day);
  CHECK_FALSE(one.convention_from);
  CHECK(one.keys.empty());
  CHECK(one.changed == Recognition::Changed::hold);
  CHECK(one.rounding == rules::ScheduleRounding::rest_in_last);
}

TEST_CASE("a rule that only recognises posts in the event's own entity", "[resolve][recognise]") {
  const Outcome outcome = resolve_files(whole_book_with(
      kBook, "  post in entity, journal SALES\n    debit  contract_asset   price\n    credit deferred_revenue price\n",
      ""));
  const rules::Rule& rule = rule_of(outcome, "contract.activated", 0);
  CHECK(rule.blocks.empty());
  CHECK(rule.recognitions.at(0).block.entity.kind == Operand::Kind::header);
  CHECK(rule.recognitions.at(0).block.entity.index == 0);
}

TEST_CASE("a schedule may be in the books of another company than the rule's first entry", "[resolve][recognise]") {
  const Outcome outcome = resolve_files(whole_book_with(kBook, "by by_day, journal", "by by_day in entity, journal"));
  CHECK(rule_of(outcome, "contract.activated", 0).recognitions.at(0).block.entity.kind == Operand::Kind::header);
  require_whole_fault(kBook, "by by_day, journal", "by by_day in customer, journal", ErrorCode::WrongType,
                      "where a field with an entity is expected");
}

TEST_CASE("only `by_second` recognises from one moment to another, and both ends are moments", "[resolve][recognise]") {
  const std::string needle = "recognise price over";
  BookFiles moments = whole_book_with(kEvents, "valid_from: {type: date}\n      valid_until: {type: date}",
                                      "valid_from: {type: instant}\n      valid_until: {type: instant}");
  require_found(moments, {{ErrorCode::WrongType, kBook, needle, "only `by by_second` recognises"},
                          {ErrorCode::WrongType, kBook, needle, "only `by by_second` recognises"}});
  require_found(whole_book_with(kEvents, "valid_from: {type: date}", "valid_from: {type: instant}"),
                {{ErrorCode::WrongType, kBook, needle, "both ends of type `instant`"}});
}

TEST_CASE("every value of a list that names the convention is a convention", "[resolve][recognise]") {
  require_found(
      whole_book_with(kBook, "convention is equal_months, by_day", "convention is equal_months, by_day, none"),
      {{ErrorCode::UnknownListValue, kBook, "recognise line.price",
        "`none` of list `convention` is no way to recognise"}});
  require_whole_fault(kBook, "valid_until by by_day, journal", "valid_until by by_dy, journal",
                      ErrorCode::UnknownListValue, "did you mean `by_day`?");
  require_whole_fault(kBook, "valid_until by by_day, journal", "valid_until by customer, journal", ErrorCode::WrongType,
                      "where a way to recognise is expected");
  require_whole_fault(kBook, "valid_until by by_day, journal", "valid_until by product, journal",
                      ErrorCode::UnknownListValue, "`PLATFORM`, `API` or `SETUP` of list `product` are no ways");
}

TEST_CASE("the days of a service are dates, its amount is money, its keys can be told apart", "[resolve][recognise]") {
  require_whole_fault(kBook, "over valid_from to", "over contract to", ErrorCode::WrongType,
                      "where a day of the service is expected");
  require_whole_fault(kBook, "recognise price over", "recognise product over", ErrorCode::WrongType,
                      "where an amount is expected");
  require_whole_fault(kBook, "    for contract, product when", "    for contract, line.net when", ErrorCode::WrongType,
                      "by which no schedule is known");
  require_whole_fault(kBook, "    for contract, product when", "    for contract, event.contract when",
                      ErrorCode::DuplicateName, "stands twice");
  require_whole_fault(kBook, "when changed prospective", "when changed retrospective", ErrorCode::UnknownListValue,
                      "write `when changed prospective`");
  require_whole_fault(kBook, "    rounding rest_in_last\n", "    rounding down\n", ErrorCode::UnknownListValue,
                      "rounding cumulative");
}

TEST_CASE("the lines of a schedule post what is recognised, and nothing else", "[resolve][recognise]") {
  require_whole_fault(kBook, "    credit revenue          amount\n\nrule INV-USAGE",
                      "    credit revenue          line.net\n\nrule INV-USAGE", ErrorCode::WrongType,
                      "write `amount`: what is recognised on that day", "    credit revenue          line.net\n");
  require_whole_fault(kBook, "    debit  contract_asset   rest of amount\n", "", ErrorCode::TakeDoesNotFit,
                      "goes nowhere", "debit  deferred_revenue amount, at most its balance for contract at carrying");
}

TEST_CASE("a reversal names a business object and stands alone", "[resolve][recognise]") {
  const Outcome outcome = resolve_files(whole_book());
  const rules::Rule& rule = rule_of(outcome, "invoice.voided", 0);
  REQUIRE(rule.reversal);
  CHECK(rule.reversal->object.kind == Operand::Kind::header);
  require_whole_fault(kBook, "reverse everything for invoice\n", "reverse everything for document_date\n",
                      ErrorCode::WrongType, "names the business object");
  require_whole_fault(
      kBook, "  for invoice.voided\n  reverse everything for invoice\n",
      "  for payment.received\n  reverse everything for invoice\n  post in entity, journal J\n    debit cash amount\n"
      "    credit cash same\n",
      ErrorCode::WrongType, "stands beside other entries", "reverse everything");
}

TEST_CASE("each ledger has its own rules for an event", "[resolve][ledgers]") {
  const Outcome outcome = resolve_files(whole_book());
  REQUIRE(outcome.model);
  const auto& book = outcome.model->book;
  CHECK(book.ledgers == std::vector<std::string>{"accrual", "cash"});
  CHECK(book.keeps_state());
  for (std::size_t i = 1; i < book.programs.size(); ++i)
    CHECK(std::pair(book.programs[i - 1].type, book.programs[i - 1].ledger) <
          std::pair(book.programs[i].type, book.programs[i].ledger));
  const auto invoice = *book.catalog.type_index("invoice.issued");
  CHECK(book.program_of(invoice, 0)->each_line);
  CHECK_FALSE(book.program_of(invoice, 1)->each_line);
  CHECK(book.program_of(*book.catalog.type_index("delivery.completed"), 1)->rules[1].outcome ==
        rules::Rule::Outcome::hold);
  require_whole_fault(kBook, "  in ledger cash\n  because \"Tax", "  in ledger csh\n  because \"Tax",
                      ErrorCode::UnknownName, "did you mean `cash`?");
}
