// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/book.hpp"

#include <array>

#include "tests/support/gateway_book.hpp"

namespace glmap::simulation {

namespace {

using testing::expect;
using testing::field;
using testing::header_operand;

// Header fields of every event type, by position.
enum Header : std::uint32_t { invoice, entity, currency, document_date, product, net, tax, total, partner };
enum Role : std::uint32_t { receivable, revenue, output_tax, bank, due_from, due_to, services };

LegalEntity company(const std::string& code, std::string_view functional, const char* zone, const char* erp,
                    int release) {
  LegalEntity made = testing::gateway_entity(code, functional, zone, erp);
  made.accounts.clear();
  for (const char* account : {"1200", "1500", "1600", "1800", "3806", "4200", "4300", "4400", "6300"}) {
    Account one;
    one.code = account;
    one.name = account;
    one.type = account[0] == '4' ? AccountType::income : AccountType::asset;
    made.accounts.push_back(one);
  }
  made.closed_through = expect(Date::parse(release == 1 ? "2026-08-31" : "2026-07-31"));
  return made;
}

EventType event_type(std::string name, bool has_parts) {
  EventType type;
  type.name = std::move(name);
  type.object = "invoice";
  type.header = {field("invoice", FieldKind::text),         field("entity", FieldKind::entity),
                 field("currency", FieldKind::currency),    field("document_date", FieldKind::date),
                 field("product", FieldKind::list),         field("net", FieldKind::money, has_parts),
                 field("tax", FieldKind::money, has_parts), field("total", FieldKind::money),
                 field("partner", FieldKind::entity, false)};
  type.entity_field = entity;
  type.currency_field = currency;
  if (has_parts) {
    Invariant sum;
    sum.text = "total = net + tax";
    sum.terms = {SumTerm{.field = total}, SumTerm{.negative = true, .field = net},
                 SumTerm{.negative = true, .field = tax}};
    type.invariants = {sum};
  }
  return type;
}

rules::Role role(std::string name, const std::string& account) {
  rules::Role made = testing::gateway_role(std::move(name), account);
  made.by_entity.resize(4, made.by_entity.front());
  return made;
}

rules::PostBlock block(Header which, const char* journal, std::vector<rules::PostingLine> lines) {
  rules::PostBlock made;
  made.entity = header_operand(which);
  made.journal = journal;
  made.lines = std::move(lines);
  return made;
}

rules::Rule posting(std::string name, std::vector<rules::PostBlock> blocks) {
  rules::Rule rule;
  rule.name = std::move(name);
  rule.because = "simulation 1";
  rule.blocks = std::move(blocks);
  return rule;
}

rules::Rule deciding(rules::Rule::Outcome outcome, std::string because) {
  rules::Rule rule;
  rule.outcome = outcome;
  rule.name = "decided (simulation.glmap:9)";
  rule.because = std::move(because);
  return rule;
}

rules::PostingLine debit(Role of, Header amount) {
  return testing::gateway_line(Side::debit, of, amount);
}
rules::PostingLine credit(Role of, Header amount) {
  return testing::gateway_line(Side::credit, of, amount);
}

std::vector<rules::EventProgram> programs(int release) {
  const std::vector<rules::Rule> rules = {
      posting("INVOICE",
              {block(entity, "SALES", {debit(receivable, total), credit(revenue, net), credit(output_tax, tax)})}),
      posting("CREDIT",
              {block(entity, "SALES", {debit(revenue, net), debit(output_tax, tax), credit(receivable, total)})}),
      posting("PAYMENT", {block(entity, "CASH", {debit(bank, total), credit(receivable, total)})}),
      posting("SHARED", {block(entity, "IC", {debit(due_from, total), credit(revenue, total)}),
                         block(partner, "IC", {debit(services, total), credit(due_to, total)})}),
      deciding(rules::Rule::Outcome::no_entry, "no right has changed"),
      deciding(release == 3 ? rules::Rule::Outcome::no_entry : rules::Rule::Outcome::hold, "treasury decides"),
  };
  std::vector<rules::EventProgram> made;
  for (const rules::Rule& rule : rules) {
    made.push_back(testing::gateway_program(static_cast<std::uint32_t>(made.size()), rule));
  }
  return made;
}

std::shared_ptr<const rules::Evaluator> make(int release, bool remembers) {
  rules::RuleBook book;
  book.name = "simulation";
  book.title = "Simulation";
  book.release = std::to_string(release);
  book.owner = "revenue-accounting";
  book.reject_unknown = release == 3;
  book.ledgers = {"accrual"};
  book.catalog.lists = {ValueList{"product", {"PLATFORM", "API"}}};
  if (release > 1 || remembers) book.catalog.lists.front().values.push_back("SETUP");
  // A payment needs an invoice of its number, and waits ten days for it.
  if (remembers) book.order = {{2, 0, invoice, invoice, 10 * 24 * 60, "treasury", {"simulation.glmap", 20, 1, {}}}};
  book.catalog.entities = {company("DE", "EUR", "Europe/Berlin", "erp-eu", release),
                           company("AT", "EUR", "Europe/Vienna", "erp-at", release),
                           company("US", "USD", "America/New_York", "erp-us", release),
                           company("JP", "JPY", "Asia/Tokyo", "erp-eu", release)};
  book.catalog.types = {event_type("invoice.issued", true),    event_type("credit.issued", true),
                        event_type("payment.received", false), event_type("charge.shared", false),
                        event_type("invoice.drafted", true),   event_type("dispute.opened", false)};
  book.calendars = {
      expect(FiscalCalendar::months("months", expect(Date::parse("2026-01-01")), expect(Date::parse("2027-12-31"))))};
  constexpr std::array kRevenue = {"4200", "4400", "4300"};
  book.roles = {role("receivable", "1200"), role("revenue", kRevenue.at(static_cast<std::size_t>(release) - 1)),
                role("output_tax", "3806"), role("bank", "1800"),
                role("due_from", "1500"),   role("due_to", "1600"),
                role("services", "6300")};
  book.posting_date_fields = {"document_date"};
  book.programs = programs(release);
  return testing::gateway_evaluator(std::move(book), digest_of_release(release));
}

}  // namespace

std::shared_ptr<const rules::Evaluator> release(int number, bool remembers) {
  static const std::array made = {make(1, false), make(2, false), make(3, false),
                                  make(1, true),  make(2, true),  make(3, true)};
  return made.at(static_cast<std::size_t>(number - 1 + (remembers ? kReleases : 0)));
}

std::string digest_of_release(int number) {
  return "sim:" + std::to_string(number);
}

}  // namespace glmap::simulation
