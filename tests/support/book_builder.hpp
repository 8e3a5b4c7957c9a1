// SPDX-License-Identifier: Apache-2.0
// Rule books put together in memory, a value at a time, for tests of the proofs that need thousands of them. Not
// checked by resolve: the caller builds what resolve would.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "compiler/resolve/resolve.hpp"

namespace glmap::testing {

inline rules::ValueSet any_value() {
  return {true, {}};
}
inline rules::ValueSet values(std::vector<std::uint32_t> codes) {
  std::sort(codes.begin(), codes.end());
  return {false, std::move(codes)};
}
inline SourceRef at_line(std::uint32_t line) {
  return {"book.glmap", line, 3, {}};
}

class BookBuilder {
 public:
  BookBuilder() {
    model_.book.ledgers = {"accrual"};
    model_.book.calendars = {
        *FiscalCalendar::months("months", *Date::from_ymd(2026, 1, 1), *Date::from_ymd(2026, 12, 31))};
  }

  std::uint32_t entity(const std::string& code, const char* currency) {
    LegalEntity made;
    made.code = code;
    made.functional = *Currency::parse(currency);
    made.calendar = "months";
    model_.book.catalog.entities.push_back(std::move(made));
    return static_cast<std::uint32_t>(model_.book.catalog.entities.size() - 1);
  }
  std::uint32_t list(const std::string& name, std::vector<std::string> codes) {
    model_.book.catalog.lists.push_back({name, std::move(codes), {}});
    return static_cast<std::uint32_t>(model_.book.catalog.lists.size() - 1);
  }
  static Field field(const std::string& name, FieldKind kind, std::uint32_t list = 0, bool required = true) {
    Field made;
    made.name = name;
    made.kind = kind;
    made.list = list;
    made.required = required;
    return made;
  }
  /// The first field is the entity.
  std::uint32_t event(const std::string& name, std::vector<Field> header, std::vector<Field> line = {}) {
    EventType type;
    type.name = name;
    type.title = name;
    type.header = std::move(header);
    type.line = std::move(line);
    for (std::uint32_t i = 0; i < type.header.size(); ++i)
      if (type.header[i].kind == FieldKind::currency) type.currency_field = i;
    model_.book.catalog.types.push_back(std::move(type));
    return static_cast<std::uint32_t>(model_.book.catalog.types.size() - 1);
  }
  std::uint32_t table(rules::Table made) {
    made.where = at_line(next_line_++);
    for (rules::TableRow& row : made.rows) row.where = at_line(next_line_++);
    model_.book.tables.push_back(std::move(made));
    return static_cast<std::uint32_t>(model_.book.tables.size() - 1);
  }
  rules::EventProgram& program(std::uint32_t type, bool each_line = false) {
    rules::EventProgram made;
    made.type = type;
    made.each_line = each_line;
    model_.book.programs.push_back(std::move(made));
    return model_.book.programs.back();
  }
  /// A rule that posts nothing: what matters here is only when it fits.
  static rules::Rule rule(const std::string& name, std::uint32_t line, std::vector<rules::Condition> when) {
    rules::Rule made;
    made.outcome = rules::Rule::Outcome::no_entry;
    made.name = name;
    made.because = "a test";
    made.when = std::move(when);
    made.where = at_line(line);
    return made;
  }

  rules::RuleBook& book() { return model_.book; }
  resolve::ResolvedModel& model() { return model_; }

 private:
  resolve::ResolvedModel model_;
  std::uint32_t next_line_ = 100;
};

}  // namespace glmap::testing
