// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/event_frame.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "compiler/runtime/base/error.hpp"
#include "compiler/verify/program_space.hpp"
#include "compiler/verify/report.hpp"
#include "compiler/verify/table_space.hpp"

namespace glmap::change {
namespace {

using verify::Cell;
using verify::Column;

std::vector<std::string> values_in(const rules::RuleBook& book, const Field& field) {
  if (!is_closed(field.kind)) return {"given"};
  std::vector<std::string> values;
  const rules::Domain domain = verify::domain_of(field);
  for (std::uint32_t value = 0; value < book.domain_size(domain); ++value)
    values.push_back(book.value_text(domain, value));
  return values;
}

/// A field that is there in every event, be it that it is worked out from others.
bool is_always_there(const Field& field) {
  return field.required || !field.definition.empty();
}

struct Pair {
  std::array<const Field*, 2> fields{nullptr, nullptr};
  std::array<std::uint32_t, 2> index{0, 0};
};

std::vector<std::pair<std::string, Pair>> paired(const std::array<const std::vector<Field>*, 2>& schemas) {
  std::vector<std::pair<std::string, Pair>> pairs;
  for (std::size_t book : {kOld, kNew}) {
    if (schemas[book] == nullptr) continue;
    for (std::uint32_t i = 0; i < schemas[book]->size(); ++i) {
      const Field& field = (*schemas[book])[i];
      auto at = std::find_if(pairs.begin(), pairs.end(), [&](const auto& one) { return one.first == field.name; });
      if (at == pairs.end()) at = pairs.insert(pairs.end(), {field.name, Pair{}});
      at->second.fields[book] = &field;
      at->second.index[book] = i;
    }
  }
  return pairs;
}

/// Whether the two books can tell events by whether they carry the field.
bool may_be_absent(const EventFrame& frame, const Pair& pair) {
  for (std::size_t book : {kOld, kNew}) {
    if (frame.type_in(book) == nullptr) continue;
    if (pair.fields[book] == nullptr || !is_always_there(*pair.fields[book])) return true;
  }
  return false;
}

Variable variable_of(const EventFrame& frame, const std::string& name, const Pair& pair, bool on_line) {
  Variable made;
  made.name = (on_line ? "line." : "") + name;
  made.on_line = on_line;
  made.may_be_absent = may_be_absent(frame, pair);
  for (std::size_t book : {kOld, kNew}) {
    const Field* field = pair.fields[book];
    if (field == nullptr) continue;
    made.open = !is_closed(field->kind);
    made.in[book].field = pair.index[book];
    for (const std::string& value : values_in(*frame.books[book], *field)) {
      const auto at = std::find(made.values.begin(), made.values.end(), value);
      made.in[book].value_of.push_back(static_cast<std::uint32_t>(at - made.values.begin()));
      if (at == made.values.end()) made.values.push_back(value);
    }
  }
  for (std::size_t book : {kOld, kNew}) {
    Variable::InBook& in = made.in[book];
    if (!in.field) continue;  // what a schema does not know is not looked at
    in.code_of.assign(made.values.size(), -1);
    for (std::uint32_t code = 0; code < in.value_of.size(); ++code)
      in.code_of[in.value_of[code]] = static_cast<std::int32_t>(code);
    std::vector<std::uint32_t> accepted;
    for (std::uint32_t value = 0; value < made.values.size(); ++value)
      if (in.code_of[value] >= 0) accepted.push_back(value);
    if (made.may_be_absent && !is_always_there(*pair.fields[book])) accepted.push_back(made.absent());
    if (accepted.size() < made.size()) in.accepted = Cell::of(std::move(accepted));
  }
  return made;
}

std::string set_words(const Variable& variable, const Cell& cell) {
  std::vector<std::string> words, others;
  bool absent = false;
  for (std::uint32_t value = 0; value < variable.size(); ++value) {
    const bool has = std::binary_search(cell.values.begin(), cell.values.end(), value);
    if (value == variable.absent())
      absent = has;
    else
      (has ? words : others).push_back(variable.values[value]);
  }
  if (words.empty()) return variable.name + " is not given";
  if (others.empty()) return variable.name + " is given";
  const bool shorter = words.size() > others.size() + 1 && absent == variable.may_be_absent;
  if (shorter) return variable.name + " is not " + verify::any_of(others);
  return variable.name + " is " + verify::any_of(words) + (absent ? " or not given" : "");
}

}  // namespace

bool is_closed(FieldKind kind) {
  return kind == FieldKind::list || kind == FieldKind::entity || kind == FieldKind::currency ||
         kind == FieldKind::yes_no;
}

bool is_within(const Column& column, const Cell& have, const Cell& part) {
  if (part.any) return true;
  if (column.days) {
    const std::int32_t first = have.any ? column.first : have.first;
    const std::int32_t last = have.any ? column.last : have.last;
    return part.first <= first && part.last >= last;
  }
  if (have.any) return part.values.size() == column.size;
  return std::includes(part.values.begin(), part.values.end(), have.values.begin(), have.values.end());
}

bool is_within(const verify::Space& space, const verify::Box& have, const verify::Box& part) {
  for (std::size_t c = 0; c < have.size(); ++c)
    if (!is_within(space.columns[c], have[c], part[c])) return false;
  return true;
}

Cell Variable::given() const {
  if (!may_be_absent) return {};
  std::vector<std::uint32_t> all(values.size());
  std::iota(all.begin(), all.end(), 0U);
  return Cell::of(std::move(all));
}

const EventType* EventFrame::type_in(std::size_t book) const {
  return type_index[book] ? &books[book]->catalog.types[*type_index[book]] : nullptr;
}

std::optional<std::size_t> EventFrame::column_of(std::size_t book, const rules::Operand& field) const {
  const auto at = columns_[book].find({field.kind == rules::Operand::Kind::line, field.index});
  return at == columns_[book].end() ? std::nullopt : std::optional(at->second);
}

std::size_t EventFrame::entity_column(std::size_t book) const {
  const auto column = column_of(book, {rules::Operand::Kind::header, type_in(book)->entity_field, 0, {}});
  GLMAP_ASSERT(column.has_value());
  return *column;
}

std::string EventFrame::words(const verify::Box& box) const {
  std::string text;
  for (std::size_t c = 0; c < variables.size(); ++c)
    if (!box[c].any) text += (text.empty() ? "" : " and ") + set_words(variables[c], box[c]);
  if (text.empty()) text = "every event";
  const Cell& days = box[day_column()];
  return days.any ? text : text + ", " + verify::days_words(days.first, days.last);
}

EventFrame event_frame(const Books& books, const std::string& type) {
  EventFrame frame;
  frame.type = type;
  frame.books = books;
  std::array<const std::vector<Field>*, 2> header{nullptr, nullptr}, line{nullptr, nullptr};
  for (std::size_t book : {kOld, kNew}) {
    frame.type_index[book] = books[book]->catalog.type_index(type);
    if (!frame.type_index[book]) continue;
    header[book] = &frame.type_in(book)->header;
    line[book] = &frame.type_in(book)->line;
  }
  for (const bool on_line : {false, true})
    for (const auto& [name, pair] : paired(on_line ? line : header)) {
      const bool both = pair.fields[kOld] != nullptr && pair.fields[kNew] != nullptr;
      if (both && pair.fields[kOld]->kind != pair.fields[kNew]->kind) frame.changed_kinds.push_back(name);
      const Field& any = pair.fields[kOld] != nullptr ? *pair.fields[kOld] : *pair.fields[kNew];
      if (!is_closed(any.kind) && !may_be_absent(frame, pair)) continue;
      for (std::size_t book : {kOld, kNew})
        if (pair.fields[book] != nullptr) frame.columns_[book][{on_line, pair.index[book]}] = frame.variables.size();
      frame.variables.push_back(variable_of(frame, name, pair, on_line));
      frame.space.columns.push_back(Column::closed(frame.variables.back().size()));
    }
  const verify::Life before = verify::book_life(*books[kOld]);
  const verify::Life after = verify::book_life(*books[kNew]);
  frame.space.columns.push_back(
      Column::of_days(std::min(before.first, after.first).days(), std::max(before.last, after.last).days()));
  return frame;
}

}  // namespace glmap::change
