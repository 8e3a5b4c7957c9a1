// SPDX-License-Identifier: Apache-2.0
// The proofs about tables, one table after the other, so that the facts of no more than one are new at a time.
#include "compiler/verify/checks.hpp"
#include "compiler/verify/table_facts.hpp"

namespace glmap::verify {

KeptTables::KeptTables() = default;
KeptTables::~KeptTables() = default;
KeptTables::KeptTables(KeptTables&&) noexcept = default;
KeptTables& KeptTables::operator=(KeptTables&&) noexcept = default;

const TableFacts& KeptTables::update(const rules::RuleBook& book, std::uint32_t table) {
  std::unique_ptr<TableFacts>& known = tables_[book.tables[table].name];
  known = std::make_unique<TableFacts>(known ? table_facts(book, table, *known) : table_facts(book, table));
  return *known;
}

void check_tables(const ResolvedModel& model, KeptTables& kept, Sink& sink, rules::Proofs& proofs) {
  for (std::uint32_t table = 0; table < model.book.tables.size(); ++table) {
    const TableFacts& facts = kept.update(model.book, table);
    check_table_complete(model.book, table, facts, sink, proofs);
    const std::vector<bool> dead = check_rows_reachable(model.book, table, facts, sink, proofs);
    check_table_disjoint(model.book, table, facts, dead, sink, proofs);
  }
}

}  // namespace glmap::verify
