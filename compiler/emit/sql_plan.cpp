// SPDX-License-Identifier: Apache-2.0
#include "compiler/emit/sql_plan.hpp"

#include <algorithm>

namespace glmap::emit {
namespace {

/// Names the script itself gives to columns beside those of the book.
constexpr const char* kOwnColumns[] = {"event_no", "line_no", "row_no", "spec", "impossible", "from_day", "until_day"};

std::vector<std::string> column_names(const std::vector<std::string>& wanted) {
  UniqueNames unique;
  for (const char* own : kOwnColumns) unique.add(own);
  std::vector<std::string> names;
  for (const std::string& name : wanted) names.push_back(sql_name(unique.add(name)));
  return names;
}

std::vector<std::string> field_columns(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  for (const Field& field : fields) names.push_back(field.name);
  return column_names(names);
}

TypePlan plan_type(const EventType& type, UniqueNames& tables) {
  TypePlan plan;
  const std::string name = tables.add("in_" + plain_identifier(type.name)).substr(3);
  plan.sent = "in_" + name;
  plan.sent_line = "in_" + name + "_line";
  plan.head = "head_" + name;
  plan.line = "line_" + name;
  tables.add(plan.sent_line);
  plan.header_columns = field_columns(type.header);
  plan.line_columns = field_columns(type.line);
  return plan;
}

TablePlan plan_table(const rules::Table& table, UniqueNames& tables) {
  TablePlan plan;
  const std::string name = tables.add("table_" + plain_identifier(table.name)).substr(6);
  plan.rows = "table_" + name;
  plan.fits = "fits_" + name;
  std::vector<std::string> columns;
  for (const rules::TableColumn& column : table.columns) columns.push_back(column.name);
  plan.columns = column_names(columns);
  std::vector<std::string> answers;
  for (const rules::AnswerColumn& answer : table.answers) answers.push_back(answer.name);
  plan.answers = column_names(answers);
  plan.some_any.assign(table.columns.size(), false);
  plan.answer_scale.assign(table.answers.size(), 0);
  for (const rules::TableRow& row : table.rows) {
    for (std::size_t c = 0; c < row.cells.size(); ++c) plan.some_any[c] = plan.some_any[c] || row.cells[c].any;
    for (std::size_t a = 0; a < row.answers.size(); ++a)
      plan.answer_scale[a] = std::max(plan.answer_scale[a], row.answers[a].number.scale());
  }
  return plan;
}

}  // namespace

SqlPlan::SqlPlan(const rules::RuleBook& with, SqlDialect kind) : book(with), dialect(kind) {
  UniqueNames names;
  for (const EventType& type : book.catalog.types) types.push_back(plan_type(type, names));
  for (const rules::Table& table : book.tables) tables.push_back(plan_table(table, names));
  for (const rules::EventProgram& program : book.programs) {
    const bool several = book.programs_of(program.type).size() > 1;
    scopes.push_back(names.add("rules_" + types[program.type].head.substr(5) +
                               (several ? "_in_" + plain_identifier(book.ledgers[program.ledger]) : "")));
    for (const rules::Lookup& lookup : program.lookups)
      if (lookup.must_agree && tables[lookup.table].allows.empty())
        tables[lookup.table].allows = "allows_" + tables[lookup.table].rows.substr(6);
  }
  uses_event_time = std::find(book.posting_date_fields.begin(), book.posting_date_fields.end(), "occurred_at") !=
                    book.posting_date_fields.end();
}

std::string why_not_covered(const rules::Rule& rule) {
  if (!rule.recognitions.empty()) return "it recognises over time";
  if (rule.reversal) return "it reverses what was posted before";
  for (const rules::PostBlock& block : rule.blocks)
    for (const rules::PostingLine& line : block.lines) {
      if (line.limit) return "a line takes at most a balance";
      if (line.at_carrying_rate) return "a line is valued at the carrying rate of a balance";
      if (line.take == rules::PostingLine::Take::rest_of) return "a line takes what lines limited by a balance left";
    }
  return {};
}

std::string why_not_covered(const rules::RuleBook& book, std::uint32_t type) {
  for (const rules::Prerequisite& needed : book.order)
    if (needed.type == type)
      return "it needs " + book.catalog.types[needed.needs].name + " before it (" + place_text(needed.where) + ")";
  return {};
}

std::string fault_text(ErrorCode code, std::string_view about) {
  return code_text(code) + " " + one_line(about);
}

}  // namespace glmap::emit
