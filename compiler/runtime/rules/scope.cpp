// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/rules/scope.hpp"

#include <algorithm>
#include <array>

namespace glmap::rules {
namespace {

std::string set_text(const RuleBook& book, const Domain& domain, const ValueSet& set) {
  if (set.any) return "any";
  std::string text;
  for (const std::uint32_t value : set.values) text += (text.empty() ? "" : ", ") + book.value_text(domain, value);
  return text;
}

}  // namespace

std::optional<std::uint32_t> code_of(const FieldValue& value) {
  if (const Code* code = std::get_if<Code>(&value)) return code->value;
  if (const bool* yes = std::get_if<bool>(&value)) return *yes ? 1 : 0;
  return std::nullopt;
}

std::string field_text(const RuleBook& book, const Field& field, const FieldValue& value) {
  if (const std::string* words = std::get_if<std::string>(&value)) return *words;
  if (const Date* date = std::get_if<Date>(&value)) return date->to_text();
  if (const Instant* instant = std::get_if<Instant>(&value)) return instant->to_text();
  if (const Decimal* number = std::get_if<Decimal>(&value)) return number->to_text();
  if (const bool* yes = std::get_if<bool>(&value)) return *yes ? "yes" : "no";
  const Code* code = std::get_if<Code>(&value);
  if (code == nullptr) return {};
  if (field.kind == FieldKind::entity) return book.catalog.entities[code->value].code;
  if (field.kind == FieldKind::currency) return std::string(Currency::all()[code->value].code());
  return book.catalog.lists[field.list].values[code->value];
}

std::string describe(const RuleBook& book, const Table& table, std::span<const std::uint32_t> values, Date date) {
  std::string text;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (!text.empty()) text += ", ";
    text += table.columns[c].name + " " + book.value_text(table.columns[c].domain, values[c]);
  }
  return text + ", on " + date.to_text();
}

const FieldValue Scope::kAbsent{};

Scope::Scope(const EventContext& context, std::int32_t line, std::vector<const TableRow*>& found)
    : context_(context), line_(line), found_(found) {
  found_.assign(context.program.lookups.size(), nullptr);
}

Result<std::optional<std::uint32_t>> Scope::code(const Operand& operand) {
  switch (operand.kind) {
    case Operand::Kind::header:
    case Operand::Kind::line:
      return code_of(field(operand));
    case Operand::Kind::constant:
      return std::optional<std::uint32_t>(operand.index);
    case Operand::Kind::step:
      return std::optional<std::uint32_t>();  // an amount is no code
    case Operand::Kind::functional: {
      const Currency functional = context_.book.catalog.entities[context_.entity].functional;
      const auto& all = Currency::all();
      const auto at = std::lower_bound(all.begin(), all.end(), functional,
                                       [](const Currency& a, const Currency& b) { return a.code() < b.code(); });
      return std::optional<std::uint32_t>(static_cast<std::uint32_t>(at - all.begin()));
    }
    case Operand::Kind::attribute: {
      const Lookup& asked = context_.program.lookups[operand.index];
      if (asked.must_agree) return code_of(field(*asked.must_agree));
      GLMAP_TRY(cell, answer(operand));
      if (cell->values.any || cell->values.values.size() != 1) {
        const Table& table = context_.book.tables[asked.table];
        return fail(ErrorCode::AnswerNotAllowed,
                    "table `" + table.name + "` answers several values and the event carries none to choose by");
      }
      return std::optional<std::uint32_t>(cell->values.values.front());
    }
  }
  return std::optional<std::uint32_t>{};
}

Result<const Answer*> Scope::answer(const Operand& attribute) {
  GLMAP_ASSERT(attribute.kind == Operand::Kind::attribute);
  GLMAP_TRY(row, lookup(attribute.index));
  return &row->answers[attribute.answer];
}

Result<std::string> Scope::text(const Operand& operand) {
  std::string words;
  GLMAP_CHECK(text(operand, words));
  return words;
}

Status Scope::text(const Operand& operand, std::string& text) {
  const RuleBook& book = context_.book;
  switch (operand.kind) {
    case Operand::Kind::constant:
      text = operand.text;
      return {};
    case Operand::Kind::functional:
      text = book.catalog.entities[context_.entity].functional.code();
      return {};
    case Operand::Kind::attribute: {
      const Lookup& asked = context_.program.lookups[operand.index];
      const AnswerColumn& column = book.tables[asked.table].answers[operand.answer];
      GLMAP_TRY(code_value, code(operand));
      if (code_value)
        text = book.catalog.lists[column.list].values[*code_value];
      else
        text.clear();
      return {};
    }
    case Operand::Kind::header:
    case Operand::Kind::line: {
      const EventType& type = context_.type();
      const FieldValue& value = field(operand);
      if (const std::string* words = std::get_if<std::string>(&value))  // the usual case
        text = *words;
      else
        text = field_text(
            book, operand.kind == Operand::Kind::line ? type.line[operand.index] : type.header[operand.index], value);
      return {};
    }
    case Operand::Kind::step:
      break;
  }
  text.clear();
  return {};
}

Status Scope::read_inputs(const Table& table, const std::vector<Operand>& inputs, std::optional<std::uint32_t> role,
                          std::span<std::uint32_t> values) {
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (table.columns[c].domain.kind == Domain::Kind::role && role) {
      values[c] = *role;
      continue;
    }
    const bool is_field = inputs[c].kind == Operand::Kind::header || inputs[c].kind == Operand::Kind::line;
    if (const Code* field_code = is_field ? std::get_if<Code>(&field(inputs[c])) : nullptr) {  // the usual case
      values[c] = field_code->value;
      continue;
    }
    GLMAP_TRY(value, code(inputs[c]));
    if (!value)
      return fail(ErrorCode::NoRowFits,
                  "table `" + table.name + "` asks for `" + table.columns[c].name + "` and the event carries none",
                  "send the field; or let the rule ask whether it is given, and say what happens without it",
                  table.where);
    values[c] = *value;
  }
  return {};
}

Status Scope::check_row(std::uint32_t table_index, std::int32_t found, std::span<const std::uint32_t> values,
                        Date day) const {
  if (found < 0) return no_row(context_.book.tables[table_index], values, day);
  const auto position = static_cast<std::uint32_t>(found);
  const bool impossible = context_.matchers[table_index].is_impossible(position);
  const Table& table = context_.book.tables[table_index];
  const TableRow& row = table.rows[position];
  if (context_.reached != nullptr) context_.reached->rows[table_index][position] = true;
  if (context_.trace != nullptr)
    context_.trace->push_back(
        {line_, "table " + table.name, "a row fits " + describe(context_.book, table, values, day), row.where, true});
  if (!impossible) return {};
  return fail(
      ErrorCode::ImpossibleCombination,
      "table `" + table.name + "` calls " + describe(context_.book, table, values, day) + " impossible: " + row.because,
      "correct the event at its source, or change the table", row.where);
}

std::unexpected<Error> Scope::no_row(const Table& table, std::span<const std::uint32_t> values, Date day) const {
  if (context_.trace != nullptr) note_nearest(table, values, day);
  const std::string seen = describe(context_.book, table, values, day);
  if (table.remaining)
    return fail(ErrorCode::ImpossibleCombination,
                "table `" + table.name + "` counts " + seen + " as impossible: " + table.remaining->because,
                "correct the event at its source, or add a row", table.remaining->where);
  return fail(ErrorCode::NoRowFits, "no row of table `" + table.name + "` fits " + seen,
              "add a row to the table and release the book, then retry the event", table.where);
}

Result<const TableRow*> Scope::lookup(std::uint32_t index) {
  if (found_[index] != nullptr) return found_[index];
  const Lookup& asked = context_.program.lookups[index];
  const Table& table = context_.book.tables[asked.table];
  std::array<std::uint32_t, 16> few;  // nearly every table has no more columns
  std::vector<std::uint32_t> many(table.columns.size() > few.size() ? table.columns.size() : 0);
  const std::span<std::uint32_t> values = many.empty() ? std::span(few).first(table.columns.size()) : std::span(many);
  GLMAP_CHECK(read_inputs(table, asked.inputs, std::nullopt, values));
  const std::int32_t row = context_.matchers[asked.table].find(values, context_.posting_date);
  if (!is_good_row(asked.table, row)) GLMAP_CHECK(check_row(asked.table, row, values, context_.posting_date));
  found_[index] = &table.rows[static_cast<std::size_t>(row)];
  return found_[index];
}

Status Scope::check_agreements() {
  for (std::uint32_t i = 0; i < context_.program.lookups.size(); ++i) {
    const Lookup& asked = context_.program.lookups[i];
    if (!asked.must_agree || (asked.on_line && line_ < 0)) continue;
    GLMAP_TRY(row, lookup(i));
    const Table& table = context_.book.tables[asked.table];
    const Answer& allowed = row->answers.front();
    const auto carried = code_of(field(*asked.must_agree));
    if (carried && allowed.values.contains(*carried)) continue;
    const Domain domain{Domain::Kind::list, table.answers.front().list};
    GLMAP_TRY(words, text(*asked.must_agree));
    return fail(ErrorCode::AnswerNotAllowed,
                "the event carries " + table.answers.front().name + " " + (words.empty() ? "(none)" : words) +
                    " where table `" + table.name + "` allows " + set_text(context_.book, domain, allowed.values),
                "correct the event at its source, or change the row", row->where);
  }
  return {};
}

/// For `why`: the two rows that miss by the fewest columns, with the first cell that did not fit.
void Scope::note_nearest(const Table& table, std::span<const std::uint32_t> values, Date day) const {
  std::vector<std::pair<std::size_t, std::size_t>> misses;  // columns missed, row
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    std::size_t missed = 0;
    for (std::size_t c = 0; c < values.size(); ++c) missed += table.rows[r].cells[c].contains(values[c]) ? 0 : 1;
    misses.emplace_back(missed, r);
  }
  const std::size_t shown = std::min<std::size_t>(2, misses.size());
  std::partial_sort(misses.begin(), misses.begin() + static_cast<std::ptrdiff_t>(shown), misses.end());
  for (std::size_t i = 0; i < shown; ++i) {
    const TableRow& row = table.rows[misses[i].second];
    std::string reason = "not in force on " + day.to_text();
    for (std::size_t c = values.size(); c-- > 0;)
      if (!row.cells[c].contains(values[c]))
        reason = table.columns[c].name + " is " + context_.book.value_text(table.columns[c].domain, values[c]) +
                 ", the row has " + set_text(context_.book, table.columns[c].domain, row.cells[c]);
    context_.trace->push_back({line_, "table " + table.name, "a near row does not fit: " + reason, row.where, false});
  }
}

}  // namespace glmap::rules
