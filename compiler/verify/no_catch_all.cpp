// SPDX-License-Identifier: Apache-2.0
// No row accepts everything: a new product or entity would reach its answer without anybody having decided so. A column
// counts as `any` when the cell says so, or when it is the role and names every role that asks the table.
#include <algorithm>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/table_space.hpp"

namespace glmap::verify {
namespace {

bool answers_account(const rules::Table& table) {
  return std::any_of(table.answers.begin(), table.answers.end(), [](const rules::AnswerColumn& answer) {
    return answer.kind == rules::AnswerColumn::Kind::account;
  });
}

bool accepts_everything(const rules::RuleBook& book, std::uint32_t index, const rules::TableRow& row) {
  const rules::Table& table = book.tables[index];
  bool other_column = false;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (table.columns[c].domain.kind == rules::Domain::Kind::role) {
      for (std::uint32_t role = 0; role < book.roles.size(); ++role)
        if (!entities_by_table(book.roles[role], index).empty() && !row.cells[c].contains(role)) return false;
      continue;
    }
    other_column = true;
    if (!row.cells[c].any) return false;
  }
  return other_column;
}

/// "region or product": what a value may be added to.
std::string columns_words(const rules::Table& table) {
  std::vector<std::string> names;
  for (const rules::TableColumn& column : table.columns)
    if (column.domain.kind != rules::Domain::Kind::role) names.push_back(column.name);
  return any_of(names);
}

}  // namespace

void check_no_catch_all(const ResolvedModel& model, Sink& sink, rules::Proofs& proofs) {
  const rules::RuleBook& book = model.book;
  std::size_t rows = 0;
  bool sound = true;
  for (std::uint32_t index = 0; index < book.tables.size(); ++index) {
    const rules::Table& table = book.tables[index];
    if (table.rows.size() < 2 && !answers_account(table)) continue;
    for (const rules::TableRow& row : table.rows) {
      ++rows;
      if (!accepts_everything(book, index, row)) continue;
      sound = false;
      Diagnostic found;
      found.code = ErrorCode::CatchAll;
      found.primary = place(row.where);
      found.message = "this row of table " + tick(table.name) + " accepts everything";
      found.notes.push_back("example: a new " + columns_words(table) +
                            " would get this answer without anybody having decided it");
      found.help = answers_account(table)
                       ? "name the values in at least one column, or write the account into the accounts section"
                       : "name the values in at least one column";
      found.fingerprint = "table " + table.name + " catch-all";
      sink.report(std::move(found));
    }
  }
  if (sound) proofs.results["no catch-all"] = "proved: " + counted(rows, "row");
}

}  // namespace glmap::verify
