// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/changed_parts.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_set>

#include "compiler/change/rule_text.hpp"
#include "compiler/runtime/base/error.hpp"

namespace glmap::change {
namespace {

using rules::Operand;
using verify::Box;
using verify::Cell;

// With more boxes than this, going through all events is no slower.
constexpr std::size_t kBoxesMax = 400;

std::string columns_text(const rules::Table& table) {
  std::string text;
  for (const rules::TableColumn& column : table.columns) text += "|" + column.name;
  text += "||";
  for (const rules::AnswerColumn& answer : table.answers) text += answer.name + "|";
  return text;
}

/// Codes of a domain in a numbering that both books share: the old book's codes, then what only the new one knows.
std::vector<std::uint32_t> shared_codes(const Books& books, std::size_t book, const rules::Domain& domain,
                                        const rules::Domain& old_domain) {
  std::map<std::string, std::uint32_t> known;
  for (std::uint32_t code = 0; code < books[kOld]->domain_size(old_domain); ++code)
    known.emplace(books[kOld]->value_text(old_domain, code), code);
  std::vector<std::uint32_t> codes;
  for (std::uint32_t code = 0; code < books[book]->domain_size(domain); ++code)
    codes.push_back(known.try_emplace(books[book]->value_text(domain, code), static_cast<std::uint32_t>(known.size()))
                        .first->second);
  return codes;
}

void add_number(std::uint32_t number, std::string& text) {
  text.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void add_values(const std::vector<std::uint32_t>& codes, const rules::ValueSet& set, std::string& text) {
  add_number(set.any ? UINT32_MAX : static_cast<std::uint32_t>(set.values.size()), text);
  std::vector<std::uint32_t> shared;
  for (const std::uint32_t value : set.values) shared.push_back(codes[value]);
  std::sort(shared.begin(), shared.end());
  for (const std::uint32_t value : shared) add_number(value, text);
}

/// Rows of a table as texts: equal where the rows say the same.
class RowTexts {
 public:
  /// `like`: the table of that name in the old book, whose codes are taken; nullptr: there is none.
  RowTexts(const Books& books, std::size_t book, const rules::Table& table, const rules::Table* like) : table_(table) {
    const rules::Table& old = like == nullptr ? table : *like;
    const std::size_t of = like == nullptr ? book : kOld;
    const Books numbered{books[of], books[book]};
    for (std::size_t c = 0; c < table.columns.size(); ++c)
      cells_.push_back(shared_codes(numbered, kNew, table.columns[c].domain, old.columns[c].domain));
    for (std::size_t a = 0; a < table.answers.size(); ++a) {
      answers_.emplace_back();
      if (table.answers[a].kind != rules::AnswerColumn::Kind::list) continue;
      answers_.back() = shared_codes(numbered, kNew, {rules::Domain::Kind::list, table.answers[a].list},
                                     {rules::Domain::Kind::list, old.answers[a].list});
    }
  }

  std::string text(const rules::TableRow& row) const {
    std::string text;
    for (std::size_t c = 0; c < cells_.size(); ++c) add_values(cells_[c], row.cells[c], text);
    add_number(row.from ? static_cast<std::uint32_t>(row.from->days()) : UINT32_MAX, text);
    add_number(row.until ? static_cast<std::uint32_t>(row.until->days()) : UINT32_MAX, text);
    text += row.impossible ? 'i' : 'r';
    for (std::size_t a = 0; a < row.answers.size(); ++a) {
      const rules::Answer& answer = row.answers[a];
      if (table_.answers[a].kind == rules::AnswerColumn::Kind::list)
        add_values(answers_[a], answer.values, text);
      else if (table_.answers[a].kind == rules::AnswerColumn::Kind::account)
        text += answer.no_line ? std::string("|no line") : "|" + answer.account;
      else
        text += "|" + answer.number.to_text();
    }
    return text;
  }

 private:
  const rules::Table& table_;
  std::vector<std::vector<std::uint32_t>> cells_, answers_;  // by column: shared codes
};

std::optional<std::uint32_t> table_named(const rules::RuleBook& book, const std::string& name) {
  for (std::uint32_t i = 0; i < book.tables.size(); ++i)
    if (book.tables[i].name == name) return i;
  return std::nullopt;
}

bool same_account(const Books& books, const rules::RoleAccount* a, const rules::RoleAccount* b) {
  if (a == nullptr || b == nullptr) return a == b;
  if (a->kind != b->kind || a->account != b->account) return false;
  return a->kind != rules::RoleAccount::Kind::table ||
         books[kOld]->tables[a->table].name == books[kNew]->tables[b->table].name;
}

class PartSearch {
 public:
  PartSearch(const EventFrame& frame, const ChangedTables& tables)
      : frame_(frame), books_(frame.books), tables_(tables) {}

  std::vector<Box> run() {
    if (everything_may_differ()) return {frame_.space.whole()};
    add_values_of_one_book();
    add_entities();
    compare_rules();
    for (const std::size_t book : {kOld, kNew})
      for (const rules::EventProgram& program : programs(book)) add_rows(book, program);
    if (all_ || parts_.size() > kBoxesMax) return {frame_.space.whole()};
    return std::move(parts_);
  }

 private:
  std::span<const rules::EventProgram> programs(std::size_t book) const {
    return books_[book]->programs_of(*frame_.type_index[book]);
  }

  void add(Box box) {
    if (!verify::is_empty(frame_.space, box)) parts_.push_back(std::move(box));
  }

  bool everything_may_differ() const {
    const EventType* before = frame_.type_in(kOld);
    const EventType* after = frame_.type_in(kNew);
    return before == nullptr || after == nullptr || schema_text(*before) != schema_text(*after) ||
           books_[kOld]->posting_date_fields != books_[kNew]->posting_date_fields ||
           books_[kOld]->closed != books_[kNew]->closed;
  }

  /// Values that one book knows and the other does not, and fields that only one of them must be sent.
  void add_values_of_one_book() {
    for (std::size_t c = 0; c < frame_.variables.size(); ++c) {
      const Variable& variable = frame_.variables[c];
      std::vector<std::uint32_t> values;
      const auto accepts = [&](std::size_t book, std::uint32_t value) {
        const Cell& cell = variable.in[book].accepted;
        return cell.any || std::binary_search(cell.values.begin(), cell.values.end(), value);
      };
      for (std::uint32_t value = 0; value < variable.size(); ++value)
        if (accepts(kOld, value) != accepts(kNew, value)) values.push_back(value);
      if (values.empty()) continue;
      Box box = frame_.space.whole();
      box[c] = Cell::of(std::move(values));
      add(std::move(box));
    }
  }

  bool same_books(const LegalEntity& a, const LegalEntity& b) const {
    const auto periods = [](const FiscalCalendar* calendar) {
      std::vector<std::string> text;
      if (calendar == nullptr) return text;
      for (const Period& period : calendar->periods())
        text.push_back(period.name + period.from.to_text() + period.until.to_text());
      return text;
    };
    return a.functional == b.functional && a.zone == b.zone && a.closed_through == b.closed_through &&
           a.soft_closed_through == b.soft_closed_through &&
           periods(books_[kOld]->calendar_of(a)) == periods(books_[kNew]->calendar_of(b));
  }

  /// Entities whose currency, calendar or closed periods have changed: they may be the event's own or another one.
  void add_entities() {
    for (const LegalEntity& before : books_[kOld]->catalog.entities) {
      const auto index = books_[kNew]->catalog.entity_index(before.code);
      if (!index || same_books(before, books_[kNew]->catalog.entities[*index])) continue;
      for (std::size_t c = 0; c < frame_.variables.size(); ++c) {
        const auto& values = frame_.variables[c].values;
        const bool names_entities = is_entity(c);
        const auto at = std::find(values.begin(), values.end(), before.code);
        if (!names_entities || at == values.end()) continue;
        Box box = frame_.space.whole();
        box[c] = Cell::of({static_cast<std::uint32_t>(at - values.begin())});
        add(std::move(box));
      }
    }
  }

  bool is_entity(std::size_t column) const {
    const Variable& variable = frame_.variables[column];
    const EventType& type = *frame_.type_in(kOld);
    if (!variable.in[kOld].field) return false;
    return (variable.on_line ? type.line : type.header)[*variable.in[kOld].field].kind == FieldKind::entity;
  }

  // ---- rules

  struct Ruled {
    std::size_t book;
    const rules::EventProgram* program;
    const rules::Rule* rule;
    std::string text;
  };

  void compare_rules() {
    std::array<std::vector<Ruled>, 2> all;
    std::array<std::vector<std::string>, 2> checks;
    for (const std::size_t book : {kOld, kNew})
      for (const rules::EventProgram& program : programs(book)) {
        for (const rules::Rule& rule : program.rules)
          all[book].push_back({book, &program, &rule, rule_text(*books_[book], program, rule)});
        for (std::uint32_t i = 0; i < program.lookups.size(); ++i)
          if (program.lookups[i].must_agree)
            checks[book].push_back(books_[book]->ledgers[program.ledger] +
                                   operand_text(*books_[book], program, {Operand::Kind::attribute, i, 0, {}}) +
                                   operand_text(*books_[book], program, *program.lookups[i].must_agree));
      }
    for (auto& texts : checks) std::sort(texts.begin(), texts.end());
    if (checks[kOld] != checks[kNew]) all_ = true;
    std::array<std::vector<std::string>, 2> common;
    for (const std::size_t book : {kOld, kNew}) {
      std::unordered_multiset<std::string> others;
      for (const Ruled& one : all[1 - book]) others.insert(one.text);
      for (const Ruled& one : all[book]) {
        const auto known = others.find(one.text);
        if (known == others.end()) {
          add(rule_box(one));
          continue;
        }
        others.erase(known);
        common[book].push_back(one.text);
        add_changed_roles(one);
      }
    }
    // The order of rules counts only where a table has no answer; then everything is gone through.
    if (common[kOld] != common[kNew]) all_ = true;
  }

  /// Where the rule can fit, by its conditions on fields.
  Box rule_box(const Ruled& of) const {
    Box box = frame_.space.whole();
    for (const rules::Condition& condition : of.rule->when) {
      if (condition.kind == rules::Condition::Kind::same) continue;
      const auto kind = condition.subject.kind;
      if (kind != Operand::Kind::header && kind != Operand::Kind::line) continue;
      const auto column = frame_.column_of(of.book, condition.subject);
      if (!column) continue;
      const Variable& variable = frame_.variables[*column];
      Cell cell = Cell::of({});
      if (condition.kind == rules::Condition::Kind::given) {
        cell = condition.negated && variable.may_be_absent ? Cell::of({variable.absent()}) : variable.given();
      } else {
        for (std::uint32_t value = 0; value < variable.values.size(); ++value) {
          const std::int32_t code = variable.in[of.book].code_of[value];
          if (code >= 0 && condition.values.contains(static_cast<std::uint32_t>(code)) != condition.negated)
            cell.values.push_back(value);
        }
      }
      box[*column] = verify::intersect(frame_.space.columns[*column], box[*column], cell);
    }
    return box;
  }

  const rules::RoleAccount* account_in(std::size_t book, const std::string& role, const std::string& entity) const {
    const auto index = books_[book]->catalog.entity_index(entity);
    for (const rules::Role& one : books_[book]->roles)
      if (one.name == role) return index ? &one.by_entity[*index] : nullptr;
    return nullptr;
  }

  void add_changed_roles(const Ruled& of) {
    const auto visit = [&](const rules::PostBlock& block) {
      for (const rules::PostingLine& line : block.lines) add_changed_role(of, block, line.role);
    };
    for (const rules::PostBlock& block : of.rule->blocks) visit(block);
    for (const rules::Recognition& recognition : of.rule->recognitions) visit(recognition.block);
  }

  void add_changed_role(const Ruled& of, const rules::PostBlock& block, std::uint32_t role) {
    const std::string& name = books_[of.book]->roles[role].name;
    std::vector<std::uint32_t> changed;
    const auto column = frame_.column_of(of.book, block.entity);
    if (!column) {
      all_ = true;
      return;
    }
    const std::vector<std::string>& entities = frame_.variables[*column].values;
    for (std::uint32_t entity = 0; entity < entities.size(); ++entity)
      if (!same_account(books_, account_in(kOld, name, entities[entity]), account_in(kNew, name, entities[entity])))
        changed.push_back(entity);
    if (changed.empty()) return;
    Box box = rule_box(of);
    box[*column] = verify::intersect(frame_.space.columns[*column], box[*column], Cell::of(std::move(changed)));
    add(std::move(box));
  }

  // ---- rows of tables

  void add_rows(std::size_t book, const rules::EventProgram& program) {
    for (const rules::Lookup& lookup : program.lookups)
      for (const std::uint32_t row : tables_.rows[book][lookup.table])
        add(row_box(book, program, lookup.table, row, lookup.inputs));
    for (const rules::Rule& rule : program.rules) {
      for (const rules::PostBlock& block : rule.blocks) add_account_rows(book, program, rule, block);
      for (const rules::Recognition& one : rule.recognitions) add_account_rows(book, program, rule, one.block);
    }
  }

  void add_account_rows(std::size_t book, const rules::EventProgram& program, const rules::Rule& rule,
                        const rules::PostBlock& block) {
    const bool of_schedule = std::any_of(rule.recognitions.begin(), rule.recognitions.end(),
                                         [&](const rules::Recognition& one) { return &one.block == &block; });
    for (const rules::PostingLine& line : block.lines) {
      std::set<std::uint32_t> asked;
      for (const rules::RoleAccount& account : books_[book]->roles[line.role].by_entity)
        if (account.kind == rules::RoleAccount::Kind::table) asked.insert(account.table);
      for (const std::uint32_t table : asked)
        for (const std::uint32_t index : tables_.rows[book][table]) {
          const rules::TableRow& row = books_[book]->tables[table].rows[index];
          if (!fits_role(*books_[book], table, row, line.role)) continue;
          Box box = row_box(book, program, table, index, line.account_inputs);
          if (of_schedule) box[frame_.day_column()] = Cell{};  // asked on days to come
          const Box where = rule_box({book, &program, &rule, {}});
          for (std::size_t c = 0; c < box.size(); ++c)
            box[c] = verify::intersect(frame_.space.columns[c], box[c], where[c]);
          add(std::move(box));
        }
    }
  }

  static bool fits_role(const rules::RuleBook& book, std::uint32_t table, const rules::TableRow& row,
                        std::uint32_t role) {
    const auto& columns = book.tables[table].columns;
    for (std::size_t c = 0; c < columns.size(); ++c)
      if (columns[c].domain.kind == rules::Domain::Kind::role && !row.cells[c].contains(role)) return false;
    return true;
  }

  /// The row's events, by those of its columns that fields answer.
  Box row_box(std::size_t book, const rules::EventProgram& program, std::uint32_t table_index, std::uint32_t index,
              const std::vector<Operand>& inputs) const {
    const rules::Table& table = books_[book]->tables[table_index];
    const rules::TableRow& row = table.rows[index];
    Box box = frame_.space.whole();
    for (std::size_t c = 0; c < inputs.size() && c < row.cells.size(); ++c) {
      if (row.cells[c].any || table.columns[c].domain.kind == rules::Domain::Kind::role) continue;
      Operand field = inputs[c];
      if (field.kind == Operand::Kind::attribute && program.lookups[field.index].must_agree)
        field = *program.lookups[field.index].must_agree;
      if (field.kind != Operand::Kind::header && field.kind != Operand::Kind::line) continue;
      const auto column = frame_.column_of(book, field);
      if (!column) continue;
      Cell cell = Cell::of({});
      for (const std::uint32_t value : row.cells[c].values)
        if (value < frame_.variables[*column].in[book].value_of.size())
          cell.values.push_back(frame_.variables[*column].in[book].value_of[value]);
      std::sort(cell.values.begin(), cell.values.end());
      box[*column] = verify::intersect(frame_.space.columns[*column], box[*column], cell);
    }
    // Where closed periods move an event to another day, its own says little of the day tables are asked for.
    if ((!row.from && !row.until) || books_[book]->closed == rules::ClosedPolicy::first_open_day) return box;
    const verify::Column& life = frame_.space.columns[frame_.day_column()];
    box[frame_.day_column()] = Cell::span(row.from ? std::max(life.first, row.from->days()) : life.first,
                                          row.until ? std::min(life.last, row.until->days()) : life.last);
    return box;
  }

  const EventFrame& frame_;
  const Books& books_;
  const ChangedTables& tables_;
  std::vector<Box> parts_;
  bool all_ = false;
};

}  // namespace

ChangedTables::ChangedTables(const Books& books) {
  for (const std::size_t book : {kOld, kNew}) rows[book].resize(books[book]->tables.size());
  for (std::uint32_t t = 0; t < books[kNew]->tables.size(); ++t) {
    const rules::Table& now = books[kNew]->tables[t];
    const auto index = table_named(*books[kOld], now.name);
    const rules::Table* before = index ? &books[kOld]->tables[*index] : nullptr;
    if (before != nullptr && columns_text(*before) != columns_text(now)) before = nullptr;
    std::unordered_set<std::string> known;
    std::vector<std::string> texts;
    if (before != nullptr) {
      const RowTexts of(books, kOld, *before, before);
      for (const rules::TableRow& row : before->rows) known.insert(texts.emplace_back(of.text(row)));
    }
    const RowTexts of(books, kNew, now, before);
    std::unordered_set<std::string> kept;
    for (std::uint32_t i = 0; i < now.rows.size(); ++i) {
      std::string text = of.text(now.rows[i]);
      if (known.contains(text))
        kept.insert(std::move(text));
      else
        rows[kNew][t].push_back(i);
    }
    for (std::uint32_t i = 0; i < texts.size(); ++i)
      if (!kept.contains(texts[i])) rows[kOld][*index].push_back(i);
  }
  for (std::uint32_t t = 0; t < books[kOld]->tables.size(); ++t) {
    const rules::Table& before = books[kOld]->tables[t];
    const auto index = table_named(*books[kNew], before.name);
    if (index && columns_text(books[kNew]->tables[*index]) == columns_text(before)) continue;
    rows[kOld][t].resize(before.rows.size());
    std::iota(rows[kOld][t].begin(), rows[kOld][t].end(), 0U);
  }
}

std::vector<Box> changed_parts(const EventFrame& frame, const ChangedTables& tables) {
  return PartSearch(frame, tables).run();
}

}  // namespace glmap::change
