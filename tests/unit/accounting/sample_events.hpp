// SPDX-License-Identifier: Apache-2.0
// A catalog in the manner of the Acme book and events of it, for the tests of events.
#pragma once

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "compiler/runtime/accounting/event.hpp"

namespace glmap::sample {

inline Field field(const char* name, FieldKind kind, bool required = true) {
  return {.name = name, .kind = kind, .required = required};
}

/// Two event types in the manner of the Acme book: an invoice with lines, a payment without.
inline EventCatalog make_catalog() {
  EventCatalog catalog;
  catalog.lists = {{"product", {"PLATFORM", "API", "SETUP", "TRAINING"}}, {"region", {"EMEA", "AMER"}}};
  for (const auto& [code, functional] : {std::pair{"DE", "EUR"}, std::pair{"JP", "JPY"}, std::pair{"KW", "KWD"}}) {
    LegalEntity entity;
    entity.code = code;
    entity.functional = *Currency::parse(functional);
    catalog.entities.push_back(entity);
  }
  EventType invoice{.name = "invoice.issued", .title = "Invoice issued", .object = "invoice"};
  Field region = field("region", FieldKind::list, false);
  region.list = 1;
  Field total = field("total", FieldKind::money);
  total.definition = {{.over_lines = true, .field = 3}};
  invoice.header = {field("invoice", FieldKind::text),
                    field("entity", FieldKind::entity),
                    field("currency", FieldKind::currency),
                    field("document_date", FieldKind::date),
                    field("customer", FieldKind::text),
                    region,
                    field("rate", FieldKind::decimal, false),
                    field("paid_at", FieldKind::instant, false),
                    field("reverse_charge", FieldKind::yes_no, false),
                    total,
                    field("settled", FieldKind::money_functional, false)};
  invoice.entity_field = 1;
  invoice.currency_field = 2;
  Field product = field("product", FieldKind::list);
  Field gross = field("gross", FieldKind::money);
  gross.definition = {{.field = 1}, {.field = 2}};
  invoice.line = {product, field("net", FieldKind::money), field("tax", FieldKind::money), gross};
  EventType repriced = invoice;
  repriced.name = "invoice.repriced";
  repriced.line = {product, field("list_price", FieldKind::money), field("net", FieldKind::money), gross,
                   field("discount", FieldKind::money, false)};
  repriced.line[3].definition = {{.field = 2}};
  repriced.invariants = {{.text = "list_price = net + discount",
                          .on_line = true,
                          .terms = {{.field = 1}, {.negative = true, .field = 2}, {.negative = true, .field = 4}}}};
  EventType payment{.name = "payment.received", .title = "Payment received"};
  payment.header = {field("entity", FieldKind::entity), field("currency", FieldKind::currency),
                    field("amount", FieldKind::money), field("fee", FieldKind::money, false),
                    field("payout", FieldKind::money)};
  payment.currency_field = 1;
  payment.invariants = {
      {"amount = payout + fee", false, {{.field = 2}, {.negative = true, .field = 4}, {.negative = true, .field = 3}}}};
  catalog.types = {invoice, payment, repriced};
  return catalog;
}

inline const EventCatalog& catalog() {
  static const EventCatalog kCatalog = make_catalog();
  return kCatalog;
}

inline Json json(std::string_view text) {
  auto value = parse_json(text);
  INFO(text);
  if (!value) FAIL(value.error().to_text());
  return *value;
}

inline std::string envelope(std::string_view type, std::string_view data) {
  return R"({"specversion":"1.0","id":"E-1","source":"billing","type":")" + std::string(type) +
         R"(","time":"2026-10-01T12:00:00+02:00","data":)" + std::string(data) + "}";
}

inline const std::string kHeader =
    R"("invoice":"I-1","entity":"DE","currency":"EUR","document_date":"2026-10-01","customer":"C1")";
inline const std::string kLine = R"({"product":"API","net":100.00,"tax":"19.00"})";

inline std::string invoice(const std::string& header, const std::string& lines) {
  return envelope("invoice.issued", "{" + header + R"(,"lines":[)" + lines + "]}");
}

}  // namespace glmap::sample
