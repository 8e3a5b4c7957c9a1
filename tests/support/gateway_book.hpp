// SPDX-License-Identifier: Apache-2.0
// A rule book made by hand, without the compiler, for tests of the gateway: two entities (DE in euro, US in dollars,
// each with its own ERP lane), an invoice that posts three lines, a draft that posts nothing, a dispute that is held.
// And the events that go with it. Not an example for finance.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "compiler/runtime/rules/evaluator.hpp"

namespace glmap::testing {

template <class T>
T expect(Result<T> result) {
  if (!result) throw std::logic_error(result.error().to_text());
  return std::move(*result);
}

inline Field field(std::string name, FieldKind kind, bool required = true) {
  Field result;
  result.name = std::move(name);
  result.kind = kind;
  result.required = required;
  return result;
}

inline LegalEntity gateway_entity(std::string code, std::string_view currency, std::string zone, std::string erp) {
  LegalEntity entity;
  entity.code = code;
  entity.name = "Company " + code;
  entity.functional = expect(Currency::parse(currency));
  entity.zone = std::move(zone);
  entity.calendar = "months";
  entity.chart = "chart";
  entity.erp = std::move(erp);
  for (const auto& [account, type] :
       {std::pair{"1200", AccountType::asset}, {"3806", AccountType::liability}, {"4200", AccountType::income}}) {
    Account made;
    made.code = account;
    made.name = account;
    made.type = type;
    entity.accounts.push_back(made);
  }
  entity.closed_through = expect(Date::parse("2026-08-31"));
  return entity;
}

inline EventType gateway_type(std::string name) {
  EventType type;
  type.name = std::move(name);
  type.object = "invoice";
  type.header = {field("invoice", FieldKind::text),       field("entity", FieldKind::entity),
                 field("currency", FieldKind::currency),  field("document_date", FieldKind::date),
                 field("product", FieldKind::list),       field("net", FieldKind::money),
                 field("tax", FieldKind::money),          field("total", FieldKind::money, false),
                 field("rate", FieldKind::decimal, false)};
  type.header[7].definition = {SumTerm{.field = 5}, SumTerm{.field = 6}};
  type.entity_field = 1;
  type.currency_field = 2;
  return type;
}

inline rules::Role gateway_role(std::string name, std::string account) {
  rules::Role role;
  role.name = std::move(name);
  rules::RoleAccount fixed;
  fixed.kind = rules::RoleAccount::Kind::fixed;
  fixed.account = std::move(account);
  role.by_entity = {fixed, fixed};
  return role;
}

inline rules::Operand header_operand(std::uint32_t index) {
  rules::Operand operand;
  operand.kind = rules::Operand::Kind::header;
  operand.index = index;
  return operand;
}

inline rules::PostingLine gateway_line(Side side, std::uint32_t role, std::uint32_t amount_field) {
  rules::PostingLine line;
  line.side = side;
  line.role = role;
  rules::AmountStep load;
  load.operand = header_operand(amount_field);
  line.amount.steps = {load};
  line.amount.text = "field";
  line.where = {"gateway.glmap", 1, 1, ""};
  return line;
}

inline rules::EventProgram gateway_program(std::uint32_t type, rules::Rule rule) {
  rules::EventProgram program;
  program.type = type;
  program.rules = {std::move(rule)};
  return program;
}

inline rules::RuleBook gateway_book() {
  rules::RuleBook book;
  book.name = "gateway-test";
  book.title = "Made by hand";
  book.release = "2026.11";
  book.owner = "revenue-accounting";
  book.ledgers = {"accrual"};
  book.catalog.lists = {ValueList{"product", {"PLATFORM", "API"}}};
  book.catalog.entities = {gateway_entity("DE", "EUR", "Europe/Berlin", "erp-de"),
                           gateway_entity("US", "USD", "America/New_York", "erp-us")};
  book.catalog.types = {gateway_type("invoice.issued"), gateway_type("invoice.drafted"),
                        gateway_type("dispute.opened")};
  book.calendars = {
      expect(FiscalCalendar::months("months", expect(Date::parse("2026-01-01")), expect(Date::parse("2027-12-31"))))};
  book.roles = {gateway_role("receivable", "1200"), gateway_role("revenue", "4200"),
                gateway_role("output_tax", "3806")};
  book.posting_date_fields = {"document_date"};

  rules::PostBlock block;
  block.entity = header_operand(1);
  block.journal = "SALES";
  block.lines = {gateway_line(Side::debit, 0, 7), gateway_line(Side::credit, 1, 5), gateway_line(Side::credit, 2, 6)};
  rules::Rule post;
  post.name = "INV";
  post.because = "policy 1";
  post.blocks = {block};
  rules::Rule none;
  none.outcome = rules::Rule::Outcome::no_entry;
  none.name = "no entry (gateway.glmap:9)";
  none.because = "no right has changed";
  rules::Rule hold;
  hold.outcome = rules::Rule::Outcome::hold;
  hold.name = "hold (gateway.glmap:12)";
  hold.because = "treasury decides case by case";
  book.programs = {gateway_program(0, post), gateway_program(1, none), gateway_program(2, hold)};
  return book;
}

inline std::shared_ptr<const rules::Evaluator> gateway_evaluator(rules::RuleBook book = gateway_book(),
                                                                 std::string digest = "sha256:test") {
  return std::make_shared<const rules::Evaluator>(std::make_shared<const rules::RuleBook>(std::move(book)),
                                                  std::move(digest));
}

struct EventText {
  std::string id = "E-1";
  std::string type = "invoice.issued";
  std::string source = "billing";
  std::string invoice = "I-1";
  std::string entity = "DE";
  std::string currency = "EUR";
  std::string date = "2026-10-01";
  std::string product = "PLATFORM";
  std::string net = "100.00";
  std::string tax = "19.00";
};

/// One CloudEvent on one line. By default an invoice of 119.00 EUR.
inline std::string event_text(const EventText& e = {}) {
  return R"({"specversion":"1.0","source":")" + e.source + R"(","id":")" + e.id + R"(","type":")" + e.type +
         R"(","data":{"invoice":")" + e.invoice + R"(","entity":")" + e.entity + R"(","currency":")" + e.currency +
         R"(","document_date":")" + e.date + R"(","product":")" + e.product + R"(","net":")" + e.net + R"(","tax":")" +
         e.tax + R"("}})";
}

}  // namespace glmap::testing
