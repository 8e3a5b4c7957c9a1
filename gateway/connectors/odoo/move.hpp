// SPDX-License-Identifier: Apache-2.0
// A journal entry as Odoo's `account.move` of type entry, and back. Odoo keeps a debit or credit in the currency of the
// books and, where a line is foreign, a signed amount in its currency; both are sent as they are, so nothing is worked
// out there. It takes no negative amounts: a storno has its sides swapped. Threading: as the connector, one thread.
#pragma once

#include "gateway/connectors/odoo/books.hpp"

namespace glmap::gateway::connectors::odoo {

struct MoveShape {
  std::string partner_dimension;                     // whose value is a partner's reference; empty: no partners
  std::map<std::string, std::string> analytic_plan;  // plans of analytic accounts, by dimension
};

/// The values of the move. `original`: the id of the move that it takes back; empty: not known there.
/// Errors: Unanswered; Refused where the entry cannot be sent.
Answered<Json> to_move(const JournalEntry& entry, const MoveShape& shape, const Company& company,
                       const std::string& original, Books& books);

/// `moves`: what a search for the entry's reference found; `lines`: those of the first. Errors: it cannot be read.
Result<delivery::Finding> from_move(const JournalEntry& entry, const Company& company, const Books& books,
                                    const Json::Array& moves, const Json::Array& lines);

}  // namespace glmap::gateway::connectors::odoo
