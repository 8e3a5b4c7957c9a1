// SPDX-License-Identifier: Apache-2.0
// The policies of the domain catalogue §4, §7, §10, §12 as one book in memory: ratable invoices with contract asset and
// deferred revenue, services on delivery, wallets, cash application at carrying rate, voids. Tests change parts of it.
#pragma once

#include <string>
#include <vector>

#include "tests/support/state_book.hpp"

namespace glmap::testing {

class ContractBook : public StateBook {
 public:
  std::uint32_t invoice = 0, delivery = 0, payment = 0, voided = 0, consumed = 0, expired = 0;

  ContractBook() {
    for (const char* name : {"cash", "fees", "fx_gain", "fx_loss", "rounding", "output_tax"}) role(name);
    role("receivable", {"customer", "invoice"});
    role("unapplied_cash", {"customer"});
    role("contract_asset", {"customer", "contract"});
    role("deferred_revenue", {"customer", "contract", "product"});
    role("wallet_liability", {"customer"});
    role("revenue", {"product"});
    role("revenue_usage", {"customer"});
    role("revenue_breakage");
    book.foreign_currency = rules::ForeignCurrency{};
    book.foreign_currency->rate_field = "rate";
    book.foreign_currency->rounding_role = 4;
    book.foreign_currency->cap_per_line = *Decimal::parse("0.01");
    declare_events();
    invoice_rules();
    revenue_rules();
    payment_rule();
    rules::Rule& reversing = rule(program(voided, false), "VOID");
    reversing.reversal = rules::Reversal{operand(voided, "invoice"), {"book.glmap", 90, 3, {}}};
  }

  rules::Rule& rule_of(std::uint32_t type, const std::string& name) {
    for (rules::Rule& one : program(type, false).rules)
      if (one.name == name) return one;
    throw std::logic_error("no rule " + name);
  }
  rules::Recognition& recognition() { return rule_of(invoice, "INV-RATABLE").recognitions.front(); }

 private:
  void declare_events() {
    const auto text = [](const char* name, bool required = true) { return field(name, FieldKind::text, required); };
    const auto money = [](const char* name) { return field(name, FieldKind::money); };
    std::vector<Field> lines = {text("product"),
                                field("treatment", FieldKind::list),
                                money("net"),
                                money("tax"),
                                money("gross"),
                                field("price", FieldKind::money, false),
                                field("price_from", FieldKind::date, false),
                                field("price_until", FieldKind::date, false)};
    lines[4].definition = {{false, false, 2}, {false, false, 3}};
    invoice = event("invoice.issued", "invoice", {text("invoice"), text("customer"), text("contract", false)}, lines);
    delivery = event("delivery.completed", "", {text("customer"), text("contract"), text("product"), money("amount")});
    payment = event("payment.received", "payment",
                    {text("payment"), text("customer"), text("invoice", false), money("amount")});
    voided = event("invoice.voided", "invoice", {text("invoice")});
    consumed = event("wallet.consumed", "", {text("customer"), money("amount")});
    expired = event("wallet.expired", "", {text("customer"), money("amount")});
  }

  void invoice_rules() {
    rules::EventProgram& of = program(invoice, true);
    const auto line_block = [&](const LineWriter& second) {
      return block(invoice, "SALES",
                   {debit(invoice, "receivable", "line.gross"), second, credit(invoice, "output_tax", "line.tax")});
    };
    rules::Rule& ratable = rule(of, "INV-RATABLE",
                                {block(invoice, "SALES",
                                       {debit(invoice, "receivable", "line.gross"),
                                        credit(invoice, "contract_asset", "line.net").at_most({"contract"}),
                                        credit(invoice, "deferred_revenue", "line.net").rest_of({1}),
                                        credit(invoice, "output_tax", "line.tax")})});
    ratable.when = {treatment_is(invoice, 0)};
    rules::Recognition schedule;
    schedule.amount = {{{.operand = operand(invoice, "line.price")}}, "line.price"};
    schedule.from = operand(invoice, "line.price_from");
    schedule.until = operand(invoice, "line.price_until");
    schedule.convention = rules::Convention::equal_months;
    schedule.keys = {dimension(invoice, "contract"), dimension(invoice, "product")};
    schedule.block = block(invoice, "REVREC",
                           {debit(invoice, "deferred_revenue", "step").at_most({"contract"}).at_carrying_rate(),
                            debit(invoice, "contract_asset", "step").rest_of({0}), credit(invoice, "revenue", "step")});
    schedule.where = {"book.glmap", 30, 3, {}};
    ratable.recognitions.push_back(std::move(schedule));
    rule(of, "INV-DELIVERY", {line_block(credit(invoice, "deferred_revenue", "line.net"))}).when = {
        treatment_is(invoice, 1)};
    rule(of, "INV-USAGE", {line_block(credit(invoice, "revenue_usage", "line.net"))}).when = {treatment_is(invoice, 2)};
    rule(of, "WALLET-TOPUP", {line_block(credit(invoice, "wallet_liability", "line.net"))}).when = {
        treatment_is(invoice, 3)};
  }

  void revenue_rules() {
    rule(program(delivery, false), "DELIVERED",
         {block(delivery, "REVREC",
                {debit(delivery, "deferred_revenue", "amount").at_most({"contract", "product"}, true),
                 credit(delivery, "revenue").same(0)})});
    rule(program(consumed, false), "WALLET-USE",
         {block(consumed, "REVREC",
                {debit(consumed, "wallet_liability", "amount").at_most({"customer"}, true),
                 credit(consumed, "revenue_usage").same(0)})});
    rule(program(expired, false), "WALLET-EXPIRY",
         {block(expired, "REVREC",
                {debit(expired, "wallet_liability", "amount").at_most({"customer"}),
                 credit(expired, "revenue_breakage").same(0)})});
  }

  void payment_rule() {
    const auto same_amount = rules::BalanceLimit::Order::same_amount;
    rules::PostBlock cash = block(
        payment, "CASH",
        {debit(payment, "cash", "amount"),
         credit(payment, "receivable", "amount").at_most({"invoice"}).at_carrying_rate(),
         credit(payment, "receivable", "amount")
             .rest_of({1})
             .over_items("invoice", {"customer"}, same_amount)
             .at_carrying_rate(),
         credit(payment, "receivable", "amount").rest_of({1, 2}).over_items("invoice", {"customer"}).at_carrying_rate(),
         credit(payment, "unapplied_cash", "amount").rest_of({1, 2, 3})});
    cash.gain_role = 2;
    cash.loss_role = 3;
    rule(program(payment, false), "PAYMENT", {std::move(cash)});
  }
};

/// Members of an invoice of one line. `price`, `from`, `until`: empty for what is not ratable.
struct InvoiceOf {
  std::string invoice, net, tax = "0.00", treatment = "ratable", product = "PLATFORM";
  std::string customer = "C1", contract = "K1";
  std::string date = "2026-01-01", entity = "US", currency = "USD", rate;
  std::string price, from, until;

  std::string members() const {
    std::string text = R"("entity":")" + entity + R"(","currency":")" + currency + R"(","document_date":")" + date +
                       R"(","invoice":")" + invoice + R"(","customer":")" + customer + R"(","contract":")" + contract +
                       "\"";
    if (!rate.empty()) text += R"(,"rate":")" + rate + "\"";
    text += R"(,"lines":[{"product":")" + product + R"(","treatment":")" + treatment + R"(","net":")" + net +
            R"(","tax":")" + tax + "\"";
    if (!price.empty())
      text += R"(,"price":")" + price + R"(","price_from":")" + from + R"(","price_until":")" + until + "\"";
    return text + "}]";
  }
};

inline std::string head(const std::string& entity, const std::string& currency, const std::string& date) {
  return R"("entity":")" + entity + R"(","currency":")" + currency + R"(","document_date":")" + date + R"(",)";
}

inline std::string paid(const std::string& payment, const std::string& amount, const std::string& invoice,
                        const std::string& date, const std::string& customer = "C1") {
  return head("US", "USD", date) + R"("payment":")" + payment + R"(","customer":")" + customer + R"(","amount":")" +
         amount + "\"" + (invoice.empty() ? "" : R"(,"invoice":")" + invoice + "\"");
}

}  // namespace glmap::testing
