// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/accounting/journal_export.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace glmap;

Money zloty(long long minor) {
  return Money::from_minor(minor, *Currency::parse("PLN"));
}

std::vector<LegalEntity> poland() {
  LegalEntity entity;
  entity.code = "PL";
  entity.functional = *Currency::parse("PLN");
  entity.accounts = {{"200-01", "Naleznosci", AccountType::asset, true, {}, {}},
                     {"222-01", "VAT nalezny", AccountType::liability, true, {}, {}},
                     {"700-05", "Przychody", AccountType::income, true, {}, {}}};
  return {entity};
}

JournalLine line(Side side, const char* account, const char* role, long long minor) {
  JournalLine made{.side = side, .account = account, .role = role};
  made.transaction = made.functional = zloty(minor);
  return made;
}

/// Domain catalogue, "Poland voids by red storno": 1,000.00 and 23 % VAT.
JournalEntry entry(bool storno) {
  JournalEntryDraft draft;
  draft.key = {"billing", storno ? "V-6" : "I-6", "", "PL", "accrual", 0};
  draft.entity = "PL";
  draft.ledger = "accrual";
  draft.journal = "SALES";
  draft.posting_date = draft.document_date = *Date::parse(storno ? "2026-11-03" : "2026-10-12");
  draft.period = storno ? "2026-11" : "2026-10";
  draft.document = "I-6";
  draft.description = storno ? "Invoice voided I-6" : "Invoice issued I-6";
  draft.currency = draft.functional = *Currency::parse("PLN");
  draft.storno = storno;
  if (storno) draft.reverses = entry(false).key().reference();
  draft.lines = {line(Side::debit, "200-01", "receivable", 1230'00), line(Side::credit, "700-05", "revenue", 1000'00),
                 line(Side::credit, "222-01", "output_tax", 230'00)};
  return *JournalEntry::make(draft);
}

}  // namespace

TEST_CASE("a storno stands negative on its own side, so that turnover is not inflated", "[export]") {
  const JournalEntry made = entry(true);
  const std::string head = "PL  SALES  2026-11-03  Invoice voided I-6  (PLN, reference " + made.key().reference() +
                           ", reverses " + entry(false).key().reference() + ")\n";
  CHECK(plain_entry(made, poland()) == head +
                                           "  Dr  200-01 Naleznosci       -1230.00          \n"
                                           "  Cr      700-05 Przychody              -1000.00\n"
                                           "  Cr      222-01 VAT nalezny             -230.00\n");
}

TEST_CASE("a storno and its original leave nothing in hledger, and name each other", "[export]") {
  const std::string text = hledger_entry(entry(true), poland());
  CHECK(text.find("reverses:" + entry(false).key().reference()) != std::string::npos);
  CHECK(text.find("PL:Asset:200-01 Naleznosci  -1230.00 PLN") != std::string::npos);
  CHECK(text.find("PL:Income:700-05 Przychody  1000.00 PLN") != std::string::npos);
  CHECK(text.find("PL:Liability:222-01 VAT nalezny  230.00 PLN") != std::string::npos);
}

TEST_CASE("beancount links a storno to its original", "[export]") {
  const std::string text = beancount_entry(entry(true), poland());
  CHECK(text.find("^" + entry(true).key().reference() + " ^" + entry(false).key().reference()) != std::string::npos);
  CHECK(text.find("Assets:PL:A200-01  -1230.00 PLN") != std::string::npos);
  CHECK(text.find("Income:PL:A700-05  1000.00 PLN") != std::string::npos);
}

TEST_CASE("in a spreadsheet a storno is a negative number, not text", "[export]") {
  const std::string text = csv_entry(entry(true));
  CHECK(text.find(",200-01,receivable,-1230.00,,PLN,-1230.00,,PLN,") != std::string::npos);
  CHECK(text.find(",700-05,revenue,,-1000.00,PLN,,-1000.00,PLN,") != std::string::npos);
  CHECK(text.find("," + entry(false).key().reference() + ",\n") != std::string::npos);
  CHECK(csv_header().ends_with(",bundle,reverses,group\n"));
}

TEST_CASE("text that a spreadsheet would compute stays text", "[export][I14]") {
  JournalEntryDraft draft = entry(false).data();
  draft.document = "-1+cmd";
  CHECK(csv_entry(*JournalEntry::make(draft)).find(",\"'-1+cmd\",") != std::string::npos);
}
