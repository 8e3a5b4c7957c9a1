// SPDX-License-Identifier: Apache-2.0
// The gateway's book with a memory: a payment needs its invoice and waits three days for it, takes from the customer's
// receivable no more than is there, and a drafted invoice should be issued within a day. And the events that go with
// it.
#pragma once

#include "tests/support/gateway_book.hpp"

namespace glmap::testing {

inline constexpr std::uint32_t kPaymentType = 3;

inline rules::RuleBook waiting_book() {
  rules::RuleBook book = gateway_book();
  book.catalog.types.push_back(gateway_type("payment.received"));
  for (LegalEntity& entity : book.catalog.entities) {
    Account bank;
    bank.code = bank.name = "1800";
    bank.type = AccountType::asset;
    entity.accounts.push_back(bank);
  }
  book.roles.push_back(gateway_role("bank", "1800"));
  book.roles[0].needs = {"invoice"};
  const auto by_invoice = [](rules::PostingLine line) {
    line.dimensions = {{"invoice", header_operand(0)}};
    return line;
  };
  rules::PostBlock& sale = book.programs[0].rules[0].blocks[0];
  sale.lines[0] = by_invoice(sale.lines[0]);
  rules::PostBlock cash = sale;
  cash.journal = "CASH";
  rules::PostingLine settled = by_invoice(gateway_line(Side::credit, 0, 7));
  settled.limit = rules::BalanceLimit{{"invoice"}, true, {}, {}};
  cash.lines = {gateway_line(Side::debit, 3, 7), settled};
  rules::Rule pays;
  pays.name = "PAID";
  pays.because = "policy 2";
  pays.blocks = {cash};
  book.programs.push_back(gateway_program(kPaymentType, pays));
  book.order = {{kPaymentType, 0, 0, 0, 3 * 24 * 60, "billing-ops", {"gateway.glmap", 20, 3, {}}}};
  book.expectations = {{0, 1, 0, 0, 24 * 60, "billing-ops", {"gateway.glmap", 21, 3, {}}}};
  book.posting_date_fields = {"document_date"};
  return book;
}

inline EventText invoice_event(const std::string& number, const std::string& date = "2026-10-01") {
  return {.id = "INV-" + number, .invoice = number, .date = date};
}
inline EventText payment_event(const std::string& id, const std::string& invoice,
                               const std::string& date = "2026-10-01", const std::string& net = "100.00",
                               const std::string& tax = "19.00") {
  return {.id = id, .type = "payment.received", .invoice = invoice, .date = date, .net = net, .tax = tax};
}

}  // namespace glmap::testing
