// SPDX-License-Identifier: Apache-2.0
// One event type as two books see it: every field that a decision of either can depend on is a column, with the values
// of both books in one numbering; the last column is the day on which the event would post. Boxes over these columns
// are what the two books are compared on. Private to change. Values; built once; any thread.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/runtime/rules/rule_book.hpp"
#include "compiler/verify/space.hpp"

namespace glmap::change {

/// The two books of a comparison, and which of them is meant.
using Books = std::array<const rules::RuleBook*, 2>;
inline constexpr std::size_t kOld = 0;
inline constexpr std::size_t kNew = 1;

/// A field of the event. `values.size()` as a value means that the event does not carry it.
struct Variable {
  std::string name;  // entity; line.product for a field of a line
  bool on_line = false;
  bool open = false;  // text, an amount, a date: only whether it is there counts; its one value is "given"
  std::vector<std::string> values;
  bool may_be_absent = false;

  struct InBook {
    std::optional<std::uint32_t> field;   // index into header or line; nullopt: the book's schema does not know it
    std::vector<std::int32_t> code_of;    // by value; -1: the book does not know it
    std::vector<std::uint32_t> value_of;  // by the book's code
    verify::Cell accepted;                // with any other value the event is refused before a rule is asked
  };
  std::array<InBook, 2> in;

  std::uint32_t absent() const { return static_cast<std::uint32_t>(values.size()); }
  std::uint32_t size() const { return absent() + (may_be_absent ? 1U : 0U); }
  /// Every value but absence.
  verify::Cell given() const;
};

struct EventFrame {
  std::string type;  // invoice.issued
  Books books{};
  std::array<std::optional<std::uint32_t>, 2> type_index;
  std::vector<Variable> variables;
  verify::Space space;  // columns by `variables`, then the day

  std::size_t day_column() const { return variables.size(); }
  const EventType* type_in(std::size_t book) const;
  /// nullopt: a field that every event of both books carries and nobody can tell values of.
  std::optional<std::size_t> column_of(std::size_t book, const rules::Operand& field) const;
  std::size_t entity_column(std::size_t book) const;
  /// Members of the two schemas that have one name and different kinds; such an event type cannot be compared.
  std::vector<std::string> changed_kinds;

  /// "entity is DE and line.product is VOICE or CHAT, from 2026-11-01 through 2026-12-31"; "every event" for all.
  std::string words(const verify::Box& box) const;

 private:
  friend EventFrame event_frame(const Books& books, const std::string& type);
  std::array<std::map<std::pair<bool, std::uint32_t>, std::size_t>, 2> columns_;  // (on_line, field) -> column
};

EventFrame event_frame(const Books& books, const std::string& type);

bool is_closed(FieldKind kind);
/// `have` lies in `part` altogether.
bool is_within(const verify::Column& column, const verify::Cell& have, const verify::Cell& part);
bool is_within(const verify::Space& space, const verify::Box& have, const verify::Box& part);

}  // namespace glmap::change
