// SPDX-License-Identifier: Apache-2.0
// Journal entries in the text forms that other ledgers read. Used by `glmapc simulate` and by the file connector, so
// that both write the same. Pure functions; any thread.
#pragma once

#include <string>
#include <vector>

#include "compiler/runtime/accounting/journal.hpp"
#include "compiler/runtime/accounting/ledger.hpp"

namespace glmap {

/// The amount of a line as the books show it: in a storno negative on its own side.
inline Money booked(const JournalEntryDraft& entry, const Money& amount) {
  return entry.storno ? amount.negated() : amount;
}

/// Declarations that `hledger check --strict` asks for: every account of the entities and every currency.
std::string hledger_preamble(const std::vector<LegalEntity>& entities);
/// One transaction, tagged with our reference; a foreign amount is followed by `@@ functional`.
/// Account names are ENTITY:TYPE:CODE NAME, so that balances per entity are one query.
std::string hledger_entry(const JournalEntry& entry, const std::vector<LegalEntity>& entities);

std::string beancount_preamble(const std::vector<LegalEntity>& entities, Date open_on);
std::string beancount_entry(const JournalEntry& entry, const std::vector<LegalEntity>& entities);

/// One header line; columns close to the AICPA Audit Data Standard (general ledger detail).
std::string csv_header();
/// One line a journal line; text that starts with = + - @ and is no number is quoted with a leading
/// apostrophe (spreadsheet formulas).
std::string csv_entry(const JournalEntry& entry);
/// The same behind what stands in `text`.
void append_csv_entry(std::string& text, const JournalEntry& entry);

/// As an accountant would write it on paper: a heading, debits, credits indented, amounts aligned.
std::string plain_entry(const JournalEntry& entry, const std::vector<LegalEntity>& entities);

}  // namespace glmap
