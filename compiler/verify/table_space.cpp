// SPDX-License-Identifier: Apache-2.0
#include "compiler/verify/table_space.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "compiler/verify/report.hpp"

namespace glmap::verify {
namespace {

constexpr Date kFirstDay = Date::from_days(-25567);  // 1900-01-01
constexpr Date kLastDay = Date::from_days(376199);   // 2999-12-31

bool is_dated(const rules::Table& table) {
  return std::any_of(table.rows.begin(), table.rows.end(),
                     [](const rules::TableRow& row) { return row.from || row.until; });
}

/// Columns::size days beginning when the first row comes into force.
Column days_column(const rules::RuleBook& book, const rules::Table& table) {
  const Life life = book_life(book);
  Date first = life.last;
  for (const rules::TableRow& row : table.rows) first = std::min(first, row.from.value_or(life.first));
  return Column::of_days(std::max(first, life.first).days(), life.last.days());
}

Cell cell_of(const rules::ValueSet& set) {
  return set.any ? Cell{} : Cell::of(set.values);
}

Box row_box(const rules::TableRow& row, bool dated) {
  Box box;
  for (const rules::ValueSet& set : row.cells) box.push_back(cell_of(set));
  if (!dated) return box;
  box.push_back(row.from || row.until
                    ? Cell::span(row.from.value_or(kFirstDay).days(), row.until.value_or(kLastDay).days())
                    : Cell{});
  return box;
}

bool is_looked_up(const rules::RuleBook& book, std::uint32_t table) {
  for (const rules::EventProgram& program : book.programs)
    for (const rules::Lookup& lookup : program.lookups)
      if (lookup.table == table) return true;
  return false;
}

std::optional<std::size_t> column_of(const rules::Table& table, rules::Domain::Kind kind) {
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    if (table.columns[c].domain.kind == kind &&
        (kind == rules::Domain::Kind::role || table.columns[c].name == "entity"))
      return c;
  return std::nullopt;
}

/// Which roles ask the table in which set of entities, roles with the same set together.
std::map<std::vector<std::uint32_t>, std::vector<std::uint32_t>> roles_by_entities(const rules::RuleBook& book,
                                                                                   std::uint32_t table) {
  std::map<std::vector<std::uint32_t>, std::vector<std::uint32_t>> grouped;
  for (std::uint32_t role = 0; role < book.roles.size(); ++role) {
    auto entities = entities_by_table(book.roles[role], table);
    if (!entities.empty()) grouped[std::move(entities)].push_back(role);
  }
  return grouped;
}

Cell some_of(std::vector<std::uint32_t> values, std::size_t size) {
  return values.size() == size ? Cell{} : Cell::of(std::move(values));
}

std::vector<Box> asked_boxes(const rules::RuleBook& book, std::uint32_t index, const Space& space) {
  const rules::Table& table = book.tables[index];
  const auto grouped = roles_by_entities(book, index);
  const auto role_column = column_of(table, rules::Domain::Kind::role);
  const auto entity_column = column_of(table, rules::Domain::Kind::entity);
  if (grouped.empty() || (!role_column && (is_looked_up(book, index) || !entity_column))) return {space.whole()};
  std::vector<Box> boxes;
  std::vector<std::uint32_t> all;
  for (const auto& [entities, roles] : grouped) {
    Box box = space.whole();
    if (role_column) box[*role_column] = Cell::of(roles);
    if (entity_column) box[*entity_column] = some_of(entities, book.catalog.entities.size());
    boxes.push_back(std::move(box));
    all.insert(all.end(), entities.begin(), entities.end());
  }
  if (role_column && entity_column) return boxes;
  // Without both columns the boxes may overlap; one box then holds all that is asked.
  Box box = space.whole();
  if (role_column) {
    std::vector<std::uint32_t> roles;
    for (const auto& group : grouped) roles.insert(roles.end(), group.second.begin(), group.second.end());
    std::sort(roles.begin(), roles.end());
    box[*role_column] = Cell::of(std::move(roles));
  }
  if (entity_column) {
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    box[*entity_column] = some_of(std::move(all), book.catalog.entities.size());
  }
  return {box};
}

}  // namespace

Life book_life(const rules::RuleBook& book) {
  if (book.calendars.empty()) return {kFirstDay, kLastDay};
  Life life{kLastDay, kFirstDay};
  for (const FiscalCalendar& calendar : book.calendars) {
    if (calendar.periods().empty()) continue;
    life.first = std::min(life.first, calendar.periods().front().from);
    life.last = std::max(life.last, calendar.periods().back().until);
  }
  return life;
}

std::vector<std::uint32_t> entities_by_table(const rules::Role& role, std::uint32_t table) {
  std::vector<std::uint32_t> entities;
  for (std::uint32_t entity = 0; entity < role.by_entity.size(); ++entity)
    if (role.by_entity[entity].kind == rules::RoleAccount::Kind::table && role.by_entity[entity].table == table)
      entities.push_back(entity);
  return entities;
}

std::optional<Box> TableSpace::asked_part(const Box& row) const {
  for (const Box& box : asked)
    if (meets(space, box, row)) return intersect(space, box, row);
  return std::nullopt;
}

TableSpace table_space(const rules::RuleBook& book, std::uint32_t index) {
  const rules::Table& table = book.tables[index];
  TableSpace result;
  for (const rules::TableColumn& column : table.columns)
    result.space.columns.push_back(Column::closed(book.domain_size(column.domain)));
  const bool dated = is_dated(table);
  if (dated) {
    result.days = result.space.columns.size();
    result.space.columns.push_back(days_column(book, table));
  }
  for (const rules::TableRow& row : table.rows) result.space.rows.push_back(row_box(row, dated));
  result.asked = asked_boxes(book, index, result.space);
  for (const Box& box : result.asked)
    result.combinations += std::min(volume(result.space, box), kCountMax - result.combinations);
  return result;
}

bool give_the_same(const rules::TableRow& a, const rules::TableRow& b) {
  if (a.impossible || b.impossible) return a.impossible && b.impossible;
  if (a.answers.size() != b.answers.size()) return false;
  for (std::size_t i = 0; i < a.answers.size(); ++i)
    if (a.answers[i].values != b.answers[i].values || a.answers[i].account != b.answers[i].account ||
        a.answers[i].no_line != b.answers[i].no_line || a.answers[i].number != b.answers[i].number)
      return false;
  return true;
}

std::string example_words(const rules::RuleBook& book, const rules::Table& table, const TableSpace& in,
                          const Box& box) {
  std::string text;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const std::uint32_t value = box[c].any ? 0 : box[c].values.front();
    text += (c == 0 ? "" : ", ") + table.columns[c].name + " " + book.value_text(table.columns[c].domain, value);
  }
  if (!in.days) return text;
  const std::int32_t day = box[*in.days].any ? in.space.columns[*in.days].first : box[*in.days].first;
  return text + ", on " + Date::from_days(day).to_text();
}

std::string region_words(const rules::RuleBook& book, const rules::Table& table, const TableSpace& in, const Box& box) {
  std::string text;
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    text += (c == 0 ? "" : ", ") + cell_words(book, table.columns[c], box[c]);
  if (in.days && !box[*in.days].any) text += ", " + days_words(box[*in.days].first, box[*in.days].last);
  return text;
}

}  // namespace glmap::verify
