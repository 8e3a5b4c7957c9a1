// SPDX-License-Identifier: Apache-2.0
// What is defined and used nowhere: often a typo somewhere else. Warnings.
#include <set>

#include "compiler/verify/checks.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/rule_facts.hpp"

namespace glmap::verify {
namespace {

struct Used {
  std::set<std::uint32_t> lists, tables, roles;
};

void look_at_tables(const rules::RuleBook& book, Used& used) {
  for (const rules::Role& role : book.roles)
    for (const rules::RoleAccount& account : role.by_entity)
      if (account.kind == rules::RoleAccount::Kind::table) used.tables.insert(account.table);
  for (const rules::Table& table : book.tables) {
    for (const rules::TableColumn& column : table.columns)
      if (column.domain.kind == rules::Domain::Kind::list) used.lists.insert(column.domain.list);
    for (const rules::AnswerColumn& answer : table.answers)
      if (answer.kind == rules::AnswerColumn::Kind::list) used.lists.insert(answer.list);
  }
}

void look_at_intakes(const rules::RuleBook& book, Used& used) {
  const auto look = [&](const std::vector<rules::PayloadField>& fields) {
    for (const rules::PayloadField& field : fields)
      if (field.reading == rules::PayloadReading::table) used.tables.insert(field.table);
  };
  for (const rules::Intake& intake : book.intakes)
    for (const rules::PayloadKind& kind : intake.kinds) {
      look(kind.fields);
      if (kind.lines) look(kind.lines->fields);
    }
}

void look_at_rules(const rules::RuleBook& book, Used& used) {
  if (book.foreign_currency) used.roles.insert(book.foreign_currency->rounding_role);
  for (const rules::EventProgram& program : book.programs) {
    for (const rules::Lookup& lookup : program.lookups) used.tables.insert(lookup.table);
  }
  for_each_block(book, [&](const BlockOfRule& of) {
    for (const rules::PostingLine& line : of.block.lines) used.roles.insert(line.role);
    if (of.block.gain_role) used.roles.insert({*of.block.gain_role, *of.block.loss_role});
  });
}

void warn(Sink& sink, const Span& where, std::string_view kind, const std::string& name) {
  Diagnostic found{.code = ErrorCode::UnusedName, .severity = diagnostics::Severity::warning, .primary = where};
  found.message = std::string(kind) + " " + tick(name) + " is used nowhere";
  found.help = "take it out, or look for a typo where it should be used";
  found.fingerprint = "unused/" + std::string(kind) + "/" + name;
  sink.report(std::move(found));
}

}  // namespace

void check_unused(const ResolvedModel& model, Sink& sink) {
  const rules::RuleBook& book = model.book;
  Used used;
  look_at_tables(book, used);
  look_at_rules(book, used);
  look_at_intakes(book, used);
  for (const EventType& type : book.catalog.types)
    for (const auto* fields : {&type.header, &type.line})
      for (const Field& field : *fields)
        if (field.kind == FieldKind::list) used.lists.insert(field.list);
  for (std::uint32_t i = 0; i < book.catalog.lists.size(); ++i)
    if (const auto span = model.list_spans.find(book.catalog.lists[i].name);
        !used.lists.contains(i) && span != model.list_spans.end())
      warn(sink, span->second, "list", book.catalog.lists[i].name);
  for (std::uint32_t i = 0; i < book.tables.size(); ++i)
    if (!used.tables.contains(i)) warn(sink, place(book.tables[i].where), "table", book.tables[i].name);
  for (std::uint32_t i = 0; i < book.roles.size(); ++i)
    if (!used.roles.contains(i)) warn(sink, place(book.roles[i].where), "role", book.roles[i].name);
}

}  // namespace glmap::verify
