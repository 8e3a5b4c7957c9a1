// SPDX-License-Identifier: Apache-2.0
// A journal entry as ERPNext's `Journal Entry`, and back. ERPNext keeps a line in the currency of its account and works
// out the amount in the currency of the books from the line's rate. Where the account is kept in the document's
// currency, both amounts are there; where it is kept in that of the books, the document's amount stands in the line's
// remark (`[5950.00 USD]`) and is read back from there. It turns negative amounts over: a storno has its sides swapped.
// Threading: as the connector, one thread.
#pragma once

#include "gateway/connectors/erpnext/books.hpp"

namespace glmap::gateway::connectors::erpnext {

struct VoucherShape {
  std::string party_dimension = "customer";                           // whose value is the customer's name
  std::map<std::string, std::string> fields;                          // of a line, by dimension: cost_center, project
  std::map<std::string, std::string, std::less<>> cost_centers = {};  // of lines without one, by our entity code
};

/// `original`: the name of the document that it takes back; empty: not known there.
/// Errors: Unanswered; Refused where the entry cannot be sent.
Answered<Json> to_voucher(const JournalEntry& entry, const VoucherShape& shape, const Company& company,
                          const std::string& original, Books& books);

/// Errors: it cannot be read.
Result<delivery::Finding> from_voucher(const JournalEntry& entry, const Company& company, const Books& books,
                                       const Json& voucher);

}  // namespace glmap::gateway::connectors::erpnext
