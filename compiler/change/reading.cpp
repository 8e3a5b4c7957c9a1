// SPDX-License-Identifier: Apache-2.0
// Fields, days and tables, as one box meets them.
#include "compiler/change/reading.hpp"

#include <algorithm>

#include "compiler/runtime/base/error.hpp"
#include "compiler/runtime/rules/posting_day.hpp"

namespace glmap::change {

using rules::TableRow;
using verify::Cell;

Reading::Reading(const BookSide& side, const verify::Box& box, bool with_rates, Narrowed& narrowed,
                 verify::Steps& steps)
    : side_(side),
      box_(box),
      with_rates_(with_rates),
      narrowed_(narrowed),
      steps_(steps),
      codes_(side.frame_.variables.size()) {}

// ---- fields
// -----------------------------------------------------------------------------------------------------------

Read<bool> Reading::is_in(std::size_t column, const Cell& part) const {
  const verify::Column& of = frame().space.columns[column];
  if (is_within(of, box_[column], part)) return true;
  if (!verify::meets(of, box_[column], part)) return false;
  return split(column, part);
}

Read<bool> Reading::is_given(const Operand& field) const {
  const auto column = frame().column_of(side_.book_, field);
  return column ? is_in(*column, variable(*column).given()) : Read<bool>(true);
}

/// The book's codes of what the box has in a column, absence left out.
const std::vector<std::uint32_t>& Reading::codes_of(std::size_t column) {
  auto& codes = codes_[column];
  if (codes) return *codes;
  codes.emplace();
  const auto add = [&](std::uint32_t value) {
    if (value < variable(column).absent() && in_book(column).code_of[value] >= 0)
      codes->push_back(static_cast<std::uint32_t>(in_book(column).code_of[value]));
  };
  if (box_[column].any)
    for (std::uint32_t value = 0; value < variable(column).size(); ++value) add(value);
  else
    for (const std::uint32_t value : box_[column].values) add(value);
  std::sort(codes->begin(), codes->end());
  return *codes;
}

Cell Reading::cell_of(std::size_t column, const rules::ValueSet& codes, bool negated) const {
  Cell cell = Cell::of({});
  const std::vector<std::int32_t>& code_of = in_book(column).code_of;
  for (std::uint32_t value = 0; value < code_of.size(); ++value)
    if (code_of[value] >= 0 && codes.contains(static_cast<std::uint32_t>(code_of[value])) != negated)
      cell.values.push_back(value);
  return cell;
}

/// The one code of the column; nullopt: the event does not carry it. A box with several values is split.
Read<std::optional<std::uint32_t>> Reading::single_code(std::size_t column) const {
  const std::uint32_t first = box_[column].any ? 0 : box_[column].values.front();
  GLMAP_TRY(single, is_in(column, Cell::of({first})));
  GLMAP_ASSERT(single);
  if (first == variable(column).absent()) return std::optional<std::uint32_t>();
  return std::optional(static_cast<std::uint32_t>(in_book(column).code_of[first]));
}

/// Entities that keep their books in one currency are not told apart.
Read<std::uint32_t> Reading::functional_code() const {
  const std::size_t column = frame().entity_column(side_.book_);
  const auto& entities = book().catalog.entities;
  const std::uint32_t first = box_[column].any ? 0 : box_[column].values.front();
  const Currency currency = entities[static_cast<std::size_t>(in_book(column).code_of[first])].functional;
  rules::ValueSet alike;
  for (std::uint32_t entity = 0; entity < entities.size(); ++entity)
    if (entities[entity].functional == currency) alike.values.push_back(entity);
  GLMAP_CHECK(is_in(column, cell_of(column, alike, false)));
  const auto& all = Currency::all();
  return static_cast<std::uint32_t>(std::find(all.begin(), all.end(), currency) - all.begin());
}

/// As Scope::code of the evaluator.
Read<std::optional<std::uint32_t>> Reading::code(Program& in, const Operand& operand) {
  switch (operand.kind) {
    case Operand::Kind::header:
    case Operand::Kind::line: {
      const auto column = frame().column_of(side_.book_, operand);
      GLMAP_ASSERT(column.has_value());
      return single_code(*column);
    }
    case Operand::Kind::constant:
      return std::optional(operand.index);
    case Operand::Kind::functional: {
      GLMAP_TRY(currency, functional_code());
      return std::optional(currency);
    }
    case Operand::Kind::attribute: {
      const rules::Lookup& asked = in.program->lookups[operand.index];
      if (asked.must_agree) return code(in, *asked.must_agree);
      GLMAP_TRY(row, lookup(in, operand.index));
      const rules::ValueSet& values = row->answers[operand.answer].values;
      if (values.any || values.values.size() != 1) return waits();
      return std::optional(values.values.front());
    }
    case Operand::Kind::step:
      break;
  }
  return std::optional<std::uint32_t>();
}

// ---- days
// -------------------------------------------------------------------------------------------------------------

Read<Reading::PostingDay> Reading::posting_day(std::uint32_t entity) const {
  const LegalEntity& books = book().catalog.entities[entity];
  const verify::Column& days = frame().space.columns[frame().day_column()];
  const Date first = rules::day_to_post(book(), books, Date::from_days(days.first), rules::PostingKind::event);
  if (first.days() == days.first) return PostingDay{};
  // Up to the day before, everything is moved to `first`.
  GLMAP_TRY(moved, is_in(frame().day_column(), Cell::span(days.first, first.days() - 1)));
  return moved ? PostingDay{false, first.days()} : PostingDay{};
}

/// Of the event's own entity: the day for which tables are asked.
Read<Reading::PostingDay> Reading::asked_day() {
  if (book().closed != rules::ClosedPolicy::first_open_day) return PostingDay{};
  const std::size_t column = frame().entity_column(side_.book_);
  bool any_closed = false;
  for (const std::uint32_t entity : codes_of(column))
    any_closed = any_closed || book().catalog.entities[entity].closed_through.has_value() ||
                 book().catalog.entities[entity].soft_closed_through.has_value();
  if (!any_closed) return PostingDay{};
  GLMAP_TRY(entity, single_code(column));
  return posting_day(*entity);
}

std::pair<std::int32_t, std::int32_t> Reading::span_of(const PostingDay& day) const {
  if (!day.own) return {day.day, day.day};
  const Cell& days = box_[frame().day_column()];
  const verify::Column& life = frame().space.columns[frame().day_column()];
  return days.any ? std::pair(life.first, life.last) : std::pair(days.first, days.last);
}

namespace {

/// The days from `first` on that have one answer.
struct Stretch {
  std::int32_t last;
  const Period* period;  // nullptr: nothing can be posted
};
Stretch stretch_at(const rules::RuleBook& book, const LegalEntity& entity, std::int32_t first, std::int32_t end) {
  const auto period = rules::period_to_post(book, entity, Date::from_days(first), rules::PostingKind::event);
  if (period) return {std::min(end, (*period)->until.days()), *period};
  std::int32_t last = end;
  if (const FiscalCalendar* calendar = book.calendar_of(entity))
    for (const Period& one : calendar->periods())
      if (one.from.days() > first) last = std::min(last, one.from.days() - 1);
  for (const auto& closed : {entity.closed_through, entity.soft_closed_through})
    if (closed && closed->days() >= first) last = std::min(last, closed->days());
  return {last, nullptr};
}

}  // namespace

/// The name of the accounting period, where the two books do not name it alike; empty where they do.
Read<std::string> Reading::period_words(std::uint32_t entity, const PostingDay& day) const {
  const rules::RuleBook& other = *frame().books[1 - side_.book_];
  const LegalEntity& mine = book().catalog.entities[entity];
  const auto theirs = other.catalog.entity_index(mine.code);
  const auto [first, last] = span_of(day);
  std::optional<std::string> words;
  bool posts = false;
  for (std::int32_t at = first; at <= last;) {
    const Stretch here = stretch_at(book(), mine, at, last);
    std::int32_t until = here.last;
    std::string name = here.period == nullptr ? "" : here.period->name;
    if (theirs && here.period != nullptr) {
      const Stretch there = stretch_at(other, other.catalog.entities[*theirs], at, last);
      until = std::min(until, there.last);
      if (there.period == nullptr || there.period->name == name) name.clear();
    }
    if (words && (*words != name || posts != (here.period != nullptr)))
      return split(frame().day_column(), Cell::span(first, at - 1));
    words = std::move(name);
    posts = here.period != nullptr;
    at = until + 1;
  }
  if (!posts) return waits();
  return words->empty() ? std::string() : ", period " + *words;
}

// ---- tables
// -----------------------------------------------------------------------------------------------------------

Read<Reading::Input> Reading::input_of(Program& in, const Operand& operand) {
  Operand field = operand;
  if (operand.kind == Operand::Kind::attribute && in.program->lookups[operand.index].must_agree)
    field = *in.program->lookups[operand.index].must_agree;
  if (field.kind == Operand::Kind::header || field.kind == Operand::Kind::line) {
    GLMAP_TRY(given, is_given(field));
    if (!given) return waits();
    return Input{frame().column_of(side_.book_, field), 0};
  }
  GLMAP_TRY(known, code(in, field));
  if (!known) return waits();
  return Input{std::nullopt, *known};
}

Read<const TableRow*> Reading::lookup(Program& in, std::uint32_t index) {
  if (in.found[index] != nullptr) return in.found[index];
  const rules::Lookup& asked = in.program->lookups[index];
  Inputs inputs;
  for (const Operand& operand : asked.inputs) {
    GLMAP_TRY(input, input_of(in, operand));
    inputs.push_back(input);
  }
  GLMAP_TRY(row, row_of(asked.table, inputs, {static_cast<std::uint32_t>(side_.book_), in.number, 0, index}));
  in.found[index] = row;
  return row;
}

/// Rows that could fit in the box of which this one is a part; all of the table where nobody has asked yet.
const std::vector<std::uint32_t>& Reading::candidates(std::uint32_t table, const Question& question) const {
  for (const Narrowed* box = &narrowed_; box != nullptr; box = box->wider)
    if (const auto known = box->rows.find(question); known != box->rows.end()) return known->second;
  std::vector<std::uint32_t> all(book().tables[table].rows.size());
  for (std::uint32_t row = 0; row < all.size(); ++row) all[row] = row;
  return narrowed_.rows[question] = std::move(all);
}

Reading::Fit Reading::fit(const TableRow& row, const Inputs& inputs,
                          const std::pair<std::int32_t, std::int32_t>* days) {
  Fit fit;
  for (std::size_t c = 0; c < inputs.size(); ++c) {
    const rules::ValueSet& cell = row.cells[c];
    if (cell.any) continue;
    if (!inputs[c].column) {
      if (!cell.contains(inputs[c].code)) return {.meets = false};
      continue;
    }
    const std::vector<std::uint32_t>& codes = codes_of(*inputs[c].column);
    std::size_t inside = 0;
    if (cell.values.size() < codes.size()) {
      for (const std::uint32_t value : cell.values)
        inside += std::binary_search(codes.begin(), codes.end(), value) ? 1 : 0;
    } else {
      for (const std::uint32_t value : codes) inside += cell.contains(value) ? 1 : 0;
    }
    if (inside == 0) return {.meets = false};
    if (inside < codes.size()) fit.partial |= std::uint64_t{1} << c;
  }
  if (days == nullptr) return fit;
  if ((row.from && row.from->days() > days->second) || (row.until && row.until->days() < days->first))
    return {.meets = false};
  fit.partial_days = (row.from && row.from->days() > days->first) || (row.until && row.until->days() < days->second);
  return fit;
}

/// Along the column in which most of the rows tell events apart.
std::unexpected<Stop> Reading::split_by_rows(const std::vector<std::pair<const TableRow*, Fit>>& partial,
                                             const Inputs& inputs) const {
  std::size_t best = inputs.size();
  std::size_t most = 0;
  for (std::size_t c = 0; c < inputs.size(); ++c) {
    std::size_t count = 0;
    for (const auto& [row, fit] : partial) count += (fit.partial >> c) & 1;
    if (count > most) {
      best = c;
      most = count;
    }
  }
  for (const auto& [row, fit] : partial) {
    if (best < inputs.size() && ((fit.partial >> best) & 1) != 0)
      return split(*inputs[best].column, cell_of(*inputs[best].column, row->cells[best], false));
    if (best < inputs.size() || !fit.partial_days) continue;
    const verify::Column& life = frame().space.columns[frame().day_column()];
    return split(frame().day_column(), Cell::span(row->from ? std::max(life.first, row->from->days()) : life.first,
                                                  row->until ? std::min(life.last, row->until->days()) : life.last));
  }
  GLMAP_ASSERT(false);
}

/// The row that fits every event of the box. None, or one that is called impossible, makes them wait.
Read<const TableRow*> Reading::row_of(std::uint32_t table, const Inputs& inputs, Question question) {
  const std::vector<TableRow>& rows = book().tables[table].rows;
  const bool dated = std::any_of(rows.begin(), rows.end(), [](const TableRow& row) { return row.from || row.until; });
  std::optional<std::pair<std::int32_t, std::int32_t>> days;
  if (dated) {
    GLMAP_TRY(day, asked_day());
    days = span_of(day);
  }
  const std::vector<std::uint32_t>& wider = candidates(table, question);
  steps_.left -= std::min<std::uint64_t>(steps_.left, wider.size() + 1);
  std::vector<std::uint32_t> left;
  std::vector<std::pair<const TableRow*, Fit>> partial;
  const TableRow* found = nullptr;
  for (const std::uint32_t index : wider) {
    const Fit one = fit(rows[index], inputs, days ? &*days : nullptr);
    if (!one.meets) continue;
    left.push_back(index);
    if (one.partial != 0 || one.partial_days)
      partial.emplace_back(&rows[index], one);
    else if (found == nullptr)
      found = &rows[index];
  }
  narrowed_.rows[std::move(question)] = std::move(left);
  if (found == nullptr && !partial.empty()) return split_by_rows(partial, inputs);
  if (found == nullptr || found->impossible) return waits();
  return found;
}

/// The rows that fit every event of the box on some day, whenever that is.
Read<std::vector<const TableRow*>> Reading::rows_of_all_days(std::uint32_t table, const Inputs& inputs,
                                                             Question question) {
  const std::vector<std::uint32_t>& wider = candidates(table, question);
  steps_.left -= std::min<std::uint64_t>(steps_.left, wider.size() + 1);
  std::vector<const TableRow*> fitting;
  std::vector<std::pair<const TableRow*, Fit>> partial;
  for (const std::uint32_t index : wider) {
    const TableRow& row = book().tables[table].rows[index];
    const Fit one = fit(row, inputs, nullptr);
    if (!one.meets) continue;
    fitting.push_back(&row);
    if (one.partial != 0) partial.emplace_back(&row, one);
  }
  if (!partial.empty()) return split_by_rows(partial, inputs);
  return fitting;
}

}  // namespace glmap::change
