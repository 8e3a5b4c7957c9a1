// SPDX-License-Identifier: Apache-2.0
// A journal entry as NetSuite's record `journalEntry`, and back. NetSuite keeps one currency and one rate a journal and
// works out the amounts of the books itself, each line rounded: an entry that one rate does not explain to the last
// cent (an exchange difference, rates by line) is either refused or sent in the currency of the books, with the amount
// of the document in each line's memo, from where it is read back. A red storno is sent with its sides swapped:
// NetSuite takes no negative amounts. Threading: pure functions over what the connector has looked up. Source: record
// browser 2026.1 (journalEntry, journalEntry-lineElement); docs/connectors/netsuite.md
#pragma once

#include <map>
#include <string>

#include "gateway/connectors/netsuite/books.hpp"

namespace glmap::gateway::connectors::netsuite {

struct JournalShape {
  std::map<std::string, std::string>
      dimensions;               // ours -> the field of a line: department, class, cseg_..., custcol_...
  bool books_currency = false;  // what one rate does not explain is sent in the currency of the books
};

/// The rate of the entry, where one explains every line; "1" where there is one currency; nothing otherwise.
std::optional<Decimal> one_rate(const JournalEntryDraft& data);

/// Errors: Unanswered holds Refused (GLM-9003 the rates, GLM-9005 an account) or what a look-up gave.
Answered<Json> to_journal(const JournalEntry& entry, const JournalShape& shape, const Subsidiary& subsidiary,
                          Books& books);

/// Errors: GLM-9001 the answer cannot be read.
Result<delivery::Finding> from_journal(const JournalEntry& entry, const JournalShape& shape,
                                       const Subsidiary& subsidiary, const Books& books, const Json& answer);

}  // namespace glmap::gateway::connectors::netsuite
