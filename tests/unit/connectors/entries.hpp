// SPDX-License-Identifier: Apache-2.0
// Journal entries, legal entities and ERP doubles that the tests of delivery share.
#pragma once

#include <string>
#include <vector>

#include "compiler/runtime/accounting/journal.hpp"
#include "compiler/runtime/accounting/ledger.hpp"
#include "gateway/sandbox/seed.hpp"

namespace glmap::testing {

inline Currency currency(std::string_view code) {
  return Currency::parse(code).value();
}
inline Money money(std::string_view amount, std::string_view code) {
  return Money::from_decimal(Decimal::parse(amount).value(), currency(code)).value();
}
inline Date date(std::string_view text) {
  return Date::parse(text).value();
}

struct LineSpec {
  Side side;
  std::string account;
  std::string role;
  std::string functional;
  std::string transaction;  // empty: as functional
  std::vector<Dimension> dimensions = {};
};

struct EntrySpec {
  std::string event = "I-1";
  std::string entity = "DE";
  std::string functional = "EUR";
  std::string transaction = "EUR";
  std::string date = "2026-10-01";
  std::vector<LineSpec> lines;
};

inline JournalEntryDraft draft_of(const EntrySpec& spec) {
  JournalEntryDraft draft;
  draft.key = {"billing", spec.event, "1", spec.entity, "accrual", 0};
  draft.entity = spec.entity;
  draft.ledger = "accrual";
  draft.journal = "SALES";
  draft.posting_date = draft.document_date = date(spec.date);
  draft.period = spec.date.substr(0, 7);
  draft.document = spec.event;
  draft.description = "Subscription, billed in advance";
  draft.functional = currency(spec.functional);
  draft.currency = currency(spec.transaction);
  for (const LineSpec& line : spec.lines) {
    draft.lines.push_back({line.side, line.account, line.role,
                           money(line.transaction.empty() ? line.functional : line.transaction, spec.transaction),
                           money(line.functional, spec.functional), line.dimensions, ""});
  }
  return draft;
}

inline JournalEntry entry_of(const EntrySpec& spec) {
  auto made = JournalEntry::make(draft_of(spec));
  if (!made) throw std::runtime_error(made.error().to_text());
  return std::move(*made);
}

/// A German invoice: 100.00 EUR net, 19 % VAT.
inline JournalEntry german_invoice(std::string event = "I-1") {
  return entry_of({.event = std::move(event),
                   .lines = {{Side::debit, "1200", "receivable", "119.00", "", {{"customer", "C1"}}},
                             {Side::credit, "3900", "deferred_revenue", "100.00", "", {{"product", "PLATFORM"}}},
                             {Side::credit, "3800", "output_tax", "19.00"}}});
}

/// Takes an entry back: the sides swapped, under the identity of the event that asks for it.
inline JournalEntry reversal_of(const JournalEntry& original, std::string event) {
  JournalEntryDraft draft = original.data();
  draft.key.event_id = event;
  draft.document = std::move(event);
  draft.reverses = original.key().reference();
  for (JournalLine& line : draft.lines) line.side = line.side == Side::debit ? Side::credit : Side::debit;
  auto made = JournalEntry::make(std::move(draft));
  if (!made) throw std::runtime_error(made.error().to_text());
  return std::move(*made);
}

/// The same as a red storno: the sides stay, every amount counts as negative.
inline JournalEntry storno_of(const JournalEntry& original, std::string event) {
  JournalEntryDraft draft = original.data();
  draft.key.event_id = event;
  draft.document = std::move(event);
  draft.reverses = original.key().reference();
  draft.storno = true;
  auto made = JournalEntry::make(std::move(draft));
  if (!made) throw std::runtime_error(made.error().to_text());
  return std::move(*made);
}

/// An invoice of 5950.00 USD by the German company at 0.95: 5652.50 EUR; the parts are 4104.00, 646.00, 902.50.
inline JournalEntry dollar_invoice(std::string event = "I-2") {
  return entry_of({.event = std::move(event),
                   .transaction = "USD",
                   .lines = {{Side::debit, "1200", "receivable", "5652.50", "5950.00", {{"customer", "C2"}}},
                             {Side::credit, "3900", "deferred_revenue", "4104.00", "4320.00"},
                             {Side::credit, "4000", "revenue", "646.00", "680.00"},
                             {Side::credit, "3800", "output_tax", "902.50", "950.00"}}});
}

/// Money received for an invoice in USD; the exchange difference has no amount in USD.
inline JournalEntry dollar_payment(std::string event = "P-1") {
  return entry_of({.event = std::move(event),
                   .transaction = "USD",
                   .lines = {{Side::debit, "1000", "cash", "5593.00", "5950.00"},
                             {Side::debit, "6900", "fx_loss", "59.50", "0.00"},
                             {Side::credit, "1200", "receivable", "5652.50", "5950.00", {{"customer", "C2"}}}}});
}

inline JournalEntry yen_invoice(std::string event = "I-3") {
  return entry_of(
      {.event = std::move(event),
       .entity = "JP",
       .functional = "JPY",
       .transaction = "JPY",
       .lines = {{Side::debit, "1000", "cash", "5500", ""}, {Side::credit, "4000", "revenue", "5500", ""}}});
}

struct AccountSpec {
  const char* code;
  const char* name;
  AccountType type;
  const char* seed_type;
};
inline const std::vector<AccountSpec>& accounts() {
  static const std::vector<AccountSpec> all = {{"1000", "Bank", AccountType::asset, "asset"},
                                               {"1200", "Trade receivables", AccountType::asset, "receivable"},
                                               {"3800", "Output tax", AccountType::liability, "liability"},
                                               {"3900", "Deferred revenue", AccountType::liability, "liability"},
                                               {"4000", "Revenue", AccountType::income, "income"},
                                               {"6900", "Exchange losses", AccountType::expense, "expense"}};
  return all;
}

inline LegalEntity legal_entity(std::string code, std::string name, std::string_view functional) {
  LegalEntity out;
  out.code = std::move(code);
  out.name = std::move(name);
  out.functional = currency(functional);
  for (const AccountSpec& each : accounts()) {
    Account account;
    account.code = each.code;
    account.name = each.name;
    account.type = each.type;
    out.accounts.push_back(account);
  }
  return out;
}
inline std::vector<LegalEntity> legal_entities() {
  return {legal_entity("DE", "Acme GmbH", "EUR"), legal_entity("JP", "Acme KK", "JPY")};
}

inline gateway::sandbox::Seed seed() {
  gateway::sandbox::Seed out;
  for (const LegalEntity& entity : legal_entities()) {
    gateway::sandbox::SeedCompany company{entity.code, entity.name, std::string(entity.functional.code()), {}};
    for (const AccountSpec& each : accounts()) company.accounts.push_back({each.code, each.name, each.seed_type});
    out.companies.push_back(std::move(company));
  }
  return out;
}

}  // namespace glmap::testing
