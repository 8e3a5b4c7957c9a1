// SPDX-License-Identifier: Apache-2.0
#include "compiler/resolve/program_scope.hpp"

#include <algorithm>
#include <utility>

namespace glmap::resolve {

using rules::AnswerColumn;
using rules::Domain;
using rules::Lookup;
using rules::Operand;
using rules::Table;

std::optional<Domain> Named::domain() const {
  if (operand.kind == Operand::Kind::functional) return Domain{Domain::Kind::currency};
  if (field != nullptr) return domain_of(*field);
  if (answer != nullptr && answer->kind == AnswerColumn::Kind::list) return Domain{Domain::Kind::list, answer->list};
  return std::nullopt;
}

std::string Named::kind_words() const {
  if (field != nullptr) return std::string(to_text(field->kind));
  if (answer == nullptr) return "a currency";
  return answer->kind == AnswerColumn::Kind::decimal ? "a number" : "a value of a list";
}

ProgramScope::ProgramScope(Context& context, rules::EventProgram& program) : context_(context), program_(program) {}

std::optional<Named> ProgramScope::header_field(const std::string& name) const {
  const auto index = type().header_index(name);
  if (!index) return std::nullopt;
  Named named;
  named.operand = {Operand::Kind::header, *index};
  named.field = &type().header[*index];
  named.declared = context_.type_places[program_.type].header[*index];
  return named;
}

std::optional<Named> ProgramScope::line_field(const std::string& name) const {
  const auto index = type().line_index(name);
  if (!index) return std::nullopt;
  Named named;
  named.operand = {Operand::Kind::line, *index};
  named.field = &type().line[*index];
  named.on_line = true;
  named.declared = context_.type_places[program_.type].line[*index];
  return named;
}

std::optional<Named> ProgramScope::find_field(const std::string& name) const {
  auto header = header_field(name);
  auto line = each_line() ? line_field(name) : std::nullopt;
  if (header && line) return std::nullopt;
  return header ? header : line;
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> ProgramScope::tables_answering(const std::string& name) const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> found;
  const auto& tables = context_.book().tables;
  for (std::uint32_t t = 0; t < tables.size(); ++t)
    for (std::uint32_t a = 0; a < tables[t].answers.size(); ++a)
      if (tables[t].answers[a].name == name && tables[t].answers[a].kind != AnswerColumn::Kind::account)
        found.emplace_back(t, a);
  return found;
}

bool ProgramScope::is_name(const std::string& name) const {
  if (name.starts_with("line.")) return type().line_index(name.substr(5)).has_value();
  if (name.starts_with("event.")) return type().header_index(name.substr(6)).has_value();
  return type().header_index(name) || (each_line() && type().line_index(name)) || !tables_answering(name).empty();
}

std::vector<std::string> ProgramScope::known_names() const {
  std::vector<std::string> names;
  for (const Field& field : type().header) names.push_back(field.name);
  if (each_line())
    for (const Field& field : type().line) {
      names.push_back(field.name);
      names.push_back("line." + field.name);
    }
  for (const Table& table : context_.book().tables)
    for (const AnswerColumn& answer : table.answers)
      if (answer.kind != AnswerColumn::Kind::account) names.push_back(answer.name);
  return names;
}

/// Fields that rules here can see and that have the domain's values.
std::vector<std::string> ProgramScope::fields_of(const Domain& domain) const {
  std::vector<std::string> names;
  for (const Field& field : type().header)
    if (domain_of(field) == domain) names.push_back(field.name);
  for (const Field& field : type().line)
    if (each_line() && domain_of(field) == domain) names.push_back(field.name);
  return names;
}

bool ProgramScope::quiet_about(const std::string& name) const {
  return quiet() || !diagnostics::closest(name, context_.unusable_answers).empty();
}

bool ProgramScope::tell_lines() {
  return !std::exchange(lines_told_, true);
}

/// `a-b` is one word; with blanks around its minus it may be a subtraction of names that are known.
std::string ProgramScope::name_help(const std::string& name, const std::vector<std::string>& known,
                                    std::string otherwise) const {
  for (std::size_t minus = name.find('-'); minus != std::string::npos; minus = name.find('-', minus + 1)) {
    if (!is_name(name.substr(0, minus))) continue;
    return "write blanks around the minus: " + tick(name.substr(0, minus) + " - " + name.substr(minus + 1));
  }
  return suggest(name, known, std::move(otherwise));
}

void ProgramScope::report(const Span& at, Fault fault) {
  if (fault.needs_lines && !tell_lines()) return;
  context_.error_with(fault.code, at, std::move(fault.message), fault.label, std::move(fault.label_text),
                      std::move(fault.help));
}

/// `line.x` or `event.x`.
std::optional<Named> ProgramScope::field_of(const Word& word, const std::string& name, bool line) {
  auto field = line ? line_field(name) : header_field(name);
  if (field && line && !each_line()) {
    if (!tell_lines()) return std::nullopt;
    context_.error_with(ErrorCode::WrongType, word.span,
                        tick(word.text) + " has a value for each line, and this rule looks at the event as a whole",
                        field->declared, "the field is here",
                        "write `for each line of " + type().name + "`, or use a field of the event");
    return std::nullopt;
  }
  if (field) return field;
  if (quiet() || !tell_once("name " + word.text)) return std::nullopt;
  std::vector<std::string> known;
  for (const Field& one : line ? type().line : type().header) known.push_back((line ? "line." : "event.") + one.name);
  context_.error_with(
      ErrorCode::UnknownField, word.span,
      (line ? "a line of " : "event ") + tick(type().name) + " has no field " + tick(name),
      context_.type_places[program_.type].span, "the event's schema is here",
      name_help(word.text, known, known.empty() ? "the event has no lines" : "the fields are " + choices(known)));
  return std::nullopt;
}

std::optional<Named> ProgramScope::resolve(const Word& word) {
  const std::string& name = word.text;
  if (name.starts_with("line.")) return field_of(word, name.substr(5), true);
  if (name.starts_with("event.")) return field_of(word, name.substr(6), false);
  const auto header = header_field(name);
  const auto line = line_field(name);
  if (header && line && each_line()) {
    Diagnostic found{ErrorCode::AmbiguousName, diagnostics::Severity::error, word.span,
                     tick(name) + " is a field of the event and of its lines"};
    found.labels = {{header->declared, "the event's field"}, {line->declared, "the line's field"}};
    found.help = "write " + tick("event." + name) + " or " + tick("line." + name);
    context_.sink.report(std::move(found));
    return std::nullopt;
  }
  if (header || (line && each_line())) {
    const Named& field = header ? *header : *line;
    // Numbers a table answers cannot be checked against the event's, so which of the two is meant must be clear.
    for (const auto& [table, answer] : tables_answering(name))
      if (context_.book().tables[table].answers[answer].kind == AnswerColumn::Kind::decimal) {
        Diagnostic found{
            ErrorCode::AmbiguousName, diagnostics::Severity::error, word.span,
            tick(name) + " is a field of the event and an answer of table " + tick(context_.book().tables[table].name)};
        found.labels = {{field.declared, "the field"}, {context_.table_places[table], "the table"}};
        found.help = "rename the answer column of the table";
        context_.sink.report(std::move(found));
        return std::nullopt;
      }
    return field;
  }
  return answer_of(word);
}

std::optional<Named> ProgramScope::answer_of(const Word& word) {
  const auto candidates = tables_answering(word.text);
  if (candidates.empty()) {
    if (line_field(word.text)) return field_of({"line." + word.text, word.span}, word.text, true);
    if (!quiet_about(word.text) && tell_once("name " + word.text))
      context_.error_with(
          ErrorCode::UnknownField, word.span,
          "event " + tick(type().name) + " has no field " + tick(word.text) + ", and no table answers it",
          context_.type_places[program_.type].span, "the event's schema is here",
          name_help(word.text, known_names(), "add the field to the schema, or a table that answers it"));
    return std::nullopt;
  }
  std::optional<Named> found;
  std::uint32_t from_table = 0;
  std::optional<Derived> failed;
  for (const auto& [table, answer] : candidates) {
    Derived derived = derive(table);
    if (!derived.lookup) {
      if (!failed) failed = std::move(derived);
      continue;
    }
    if (found) {
      Diagnostic two{ErrorCode::AmbiguousName, diagnostics::Severity::error, word.span,
                     tick(word.text) + " is answered by table " + tick(context_.book().tables[from_table].name) +
                         " and by table " + tick(context_.book().tables[table].name)};
      two.labels = {{context_.table_places[from_table], "one table"}, {context_.table_places[table], "the other"}};
      two.help = "let one table answer it, or ask for a column that this event does not carry";
      context_.sink.report(std::move(two));
      return std::nullopt;
    }
    from_table = table;
    found = named_answer(table, answer, *derived.lookup);
  }
  if (!found) {
    // Said once for an event type, however many rules ask.
    if (!quiet() && !failed->known && reported_.insert(word.text).second) report(word.span, std::move(failed->fault));
    return std::nullopt;
  }
  Fault choice = choice_left(from_table, found->operand.answer);
  if (choice.message.empty()) return found;
  if (reported_.insert(word.text).second) report(word.span, std::move(choice));
  return std::nullopt;
}

Named ProgramScope::named_answer(std::uint32_t table, std::uint32_t answer, std::uint32_t lookup) const {
  Named named;
  named.operand = {Operand::Kind::attribute, lookup, answer};
  named.answer = &context_.book().tables[table].answers[answer];
  named.on_line = program_.lookups[lookup].on_line;
  named.declared = context_.table_places[table];
  return named;
}

std::expected<Named, std::string> ProgramScope::dimension(const std::string& name) {
  if (auto field = find_field(name)) return *field;
  if (header_field(name)) return std::unexpected(tick(name) + " is a field of the event and of its lines");
  std::expected<Named, std::string> found = std::unexpected(std::string());
  for (const auto& [table, answer] : tables_answering(name)) {
    Derived derived = derive(table);
    if (derived.lookup && found)
      return std::unexpected("table " + tick(context_.book().tables[table].name) + " and another both answer it");
    if (derived.lookup) {
      Fault choice = choice_left(table, answer);
      if (!choice.message.empty())
        return std::unexpected(choice.needs_lines && lines_told_ ? std::string() : std::move(choice.message));
      found = named_answer(table, answer, *derived.lookup);
    } else if (!found && found.error().empty()) {
      const bool known = derived.known || (derived.fault.needs_lines && lines_told_);
      found = std::unexpected(known ? std::string() : std::move(derived.fault.message));
    }
  }
  return found;
}

/// Not empty when some row answers several values: the event would have to carry one of them.
ProgramScope::Fault ProgramScope::choice_left(std::uint32_t table, std::uint32_t answer) const {
  const Table& asked = context_.book().tables[table];
  if (asked.answers[answer].kind != AnswerColumn::Kind::list) return {};
  for (const rules::TableRow& row : asked.rows) {
    if (row.impossible || row.answers.size() <= answer) continue;
    const rules::ValueSet& values = row.answers[answer].values;
    if (!values.any && values.values.size() < 2) continue;
    return {ErrorCode::WrongType,
            "table " + tick(asked.name) + " answers several values of " + tick(asked.answers[answer].name) +
                ", and event " + tick(type().name) + " carries none to choose by",
            "add the field " + tick(asked.answers[answer].name) + " to the event, or answer one value in each row",
            {row.where, 0},
            "this row leaves a choice",
            !each_line() && type().line_index(asked.answers[answer].name).has_value()};
  }
  return {};
}

// ---- look-ups
// ---------------------------------------------------------------------------------------------------------

ProgramScope::Derived ProgramScope::derive(std::uint32_t table) {
  if (const auto known = derived_.find(table); known != derived_.end()) return known->second;
  const std::string& name = context_.book().tables[table].name;
  if (const auto open = std::find(deriving_.begin(), deriving_.end(), table); open != deriving_.end()) {
    std::string way;
    for (auto step = open; step != deriving_.end(); ++step) way += tick(context_.book().tables[*step].name) + " asks ";
    Derived circle;
    circle.fault = {ErrorCode::WrongType, "tables ask each other in a circle: " + way + tick(name),
                    "let one of them ask only for fields of the event", context_.table_places[table],
                    "one of the tables is here"};
    return circle;
  }
  Lookup lookup;
  Derived result;
  if (context_.table_broken[table]) {
    result.fault.message = "table " + tick(name) + " cannot be read";
    result.known = true;
  } else {
    result = try_inputs(table, lookup);
  }
  if (result.fault.message.empty()) {
    result.lookup = static_cast<std::uint32_t>(program_.lookups.size());
    program_.lookups.push_back(std::move(lookup));
  }
  derived_[table] = result;
  return result;
}

/// As derive_inputs; on a fault, look-ups that only this table would have needed are gone again.
ProgramScope::Derived ProgramScope::try_inputs(std::uint32_t table, Lookup& lookup) {
  const std::size_t before = program_.lookups.size();
  deriving_.push_back(table);
  Derived result = derive_inputs(table, lookup);
  deriving_.pop_back();
  if (!result.fault.message.empty()) forget_from(before);
  return result;
}

void ProgramScope::forget_from(std::size_t lookup) {
  program_.lookups.resize(lookup);
  std::erase_if(derived_, [&](const auto& one) { return one.second.lookup && *one.second.lookup >= lookup; });
}

/// True when the event carries all that the table asks for; leaves nothing behind.
bool ProgramScope::can_ask(std::uint32_t table) {
  const std::size_t before = program_.lookups.size();
  Lookup lookup;
  const bool answered = try_inputs(table, lookup).fault.message.empty();
  forget_from(before);
  return answered;
}

ProgramScope::Derived ProgramScope::derive_inputs(std::uint32_t table, Lookup& lookup) {
  lookup.table = table;
  const Table& asked = context_.book().tables[table];
  lookup.inputs.resize(asked.columns.size());
  for (std::size_t c = 0; c < asked.columns.size(); ++c) {
    Derived failed = input_of(table, c, lookup.inputs[c], lookup.on_line);
    if (!failed.fault.message.empty()) return failed;
  }
  return {};
}

/// Finds the column's value among the event's fields and other answers. A fault when there is none.
ProgramScope::Derived ProgramScope::input_of(std::uint32_t table, std::size_t column, Operand& input, bool& on_line) {
  const Table& asked = context_.book().tables[table];
  const rules::TableColumn& wanted = asked.columns[column];
  Derived failed;
  const auto refuse = [&](ErrorCode code, std::string message, std::string help) {
    failed.fault = {code, "table " + tick(asked.name) + " asks for " + tick(wanted.name) + ", " + message,
                    std::move(help), context_.table_places[table], "the table is here"};
    return failed;
  };
  if (wanted.domain.kind == Domain::Kind::role)
    return refuse(ErrorCode::WrongType, "which only a table of accounts can be asked",
                  "name the table in the accounts section with `by " + asked.name + "`");
  const auto field = find_field(wanted.name);
  if (field) {
    if (field->domain() != wanted.domain)
      return refuse(ErrorCode::WrongType,
                    "with the values of " + domain_words(context_.book(), wanted.domain) + "; the field of event " +
                        tick(type().name) + " is " + field->kind_words(),
                    "give the field the same list, or rename it");
    input = field->operand;
    on_line = on_line || field->on_line;
    return failed;
  }
  if (header_field(wanted.name) && each_line())
    return refuse(ErrorCode::AmbiguousName, "which is a field of event " + tick(type().name) + " and also of its lines",
                  "rename one of the two fields");
  std::optional<std::uint32_t> from_table;
  for (const auto& [other, answer] : tables_answering(wanted.name)) {
    if (context_.book().tables[other].answers[answer].kind != AnswerColumn::Kind::list) continue;
    Derived inner = derive(other);
    if (!inner.lookup) {
      if (failed.fault.message.empty()) failed = std::move(inner);
      continue;
    }
    if (from_table)
      return refuse(ErrorCode::AmbiguousName,
                    "which both table " + tick(context_.book().tables[*from_table].name) + " and table " +
                        tick(context_.book().tables[other].name) + " answer",
                    "let one table answer it");
    if (Fault choice = choice_left(other, answer); !choice.message.empty()) {
      failed.fault = std::move(choice);
      return failed;
    }
    from_table = other;
    input = {Operand::Kind::attribute, *inner.lookup, answer};
    on_line = on_line || program_.lookups[*inner.lookup].on_line;
  }
  if (from_table) return {};
  if (!failed.fault.message.empty()) return failed;
  failed.known = quiet_about(wanted.name);
  if (line_field(wanted.name)) {
    refuse(ErrorCode::WrongType,
           "which has a value for each line of " + tick(type().name) + "; its rules look at the event as a whole",
           "write `for each line of " + type().name + "`");
    failed.fault.needs_lines = true;
    return failed;
  }
  const std::string near = diagnostics::closest(wanted.name, fields_of(wanted.domain));
  return refuse(ErrorCode::UnknownField, "and event " + tick(type().name) + " has no such field",
                near.empty() ? "add the field to the event, or do not use the table's answer there"
                             : "did you mean " + tick(near) + "? the table's column and the field need one name");
}

std::optional<rules::Domain> ProgramScope::domain_of_dimension(const rules::DimensionSource& dimension) const {
  const Operand& value = dimension.value;
  switch (value.kind) {
    case Operand::Kind::header:
      return domain_of(type().header[value.index]);
    case Operand::Kind::line:
      return domain_of(type().line[value.index]);
    case Operand::Kind::attribute: {
      const AnswerColumn& answer = context_.book().tables[program_.lookups[value.index].table].answers[value.answer];
      if (answer.kind == AnswerColumn::Kind::list) return rules::Domain{Domain::Kind::list, answer.list};
      return std::nullopt;
    }
    case Operand::Kind::constant:
      if (const auto list = context_.catalog().list_index(dimension.name))
        return rules::Domain{Domain::Kind::list, *list};
      return std::nullopt;
    case Operand::Kind::functional:
    case Operand::Kind::step:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::vector<Operand>> ProgramScope::account_inputs(std::uint32_t table, const rules::PostingLine& line,
                                                                 const Operand& entity, const Span& at) {
  const Table& asked = context_.book().tables[table];
  if (context_.table_broken[table]) return std::nullopt;
  std::vector<Operand> inputs(asked.columns.size());
  bool sound = true;
  for (std::size_t c = 0; c < asked.columns.size(); ++c) {
    if (asked.columns[c].domain.kind == Domain::Kind::role) continue;
    if (asked.columns[c].name == "entity") {
      inputs[c] = entity;
      continue;
    }
    // What the line says of itself goes before what the event says: `with partner principal`.
    const auto stated = std::find_if(line.dimensions.begin(), line.dimensions.end(), [&](const auto& dimension) {
      return dimension.name == asked.columns[c].name && domain_of_dimension(dimension) == asked.columns[c].domain;
    });
    if (stated != line.dimensions.end()) {
      inputs[c] = stated->value;
      continue;
    }
    bool on_line = false;
    Derived failed = input_of(table, c, inputs[c], on_line);
    if (failed.fault.message.empty()) continue;
    sound = false;
    // Said once for a table and an event type, however many lines ask.
    if (!quiet() && !failed.known && reported_.insert("table " + asked.name + " " + asked.columns[c].name).second)
      report(at, std::move(failed.fault));
  }
  if (!sound) return std::nullopt;
  return inputs;
}

void ProgramScope::add_check(std::uint32_t table, const Named& field) {
  const Table& asked = context_.book().tables[table];
  if (field.domain() != Domain{Domain::Kind::list, asked.answers.front().list}) {
    context_.error_with(ErrorCode::WrongType, field.declared,
                        tick(field.field->name) + " is " + field.kind_words() + ", and table " + tick(asked.name) +
                            " answers a value of list " + tick(asked.answers.front().name),
                        context_.table_places[table], "the table is here",
                        "give the field the type " + tick("list " + asked.answers.front().name) + ", or rename it");
    return;
  }
  // A table that asks for more than this event carries speaks about other events.
  Lookup lookup;
  if (!try_inputs(table, lookup).fault.message.empty()) return;
  lookup.on_line = lookup.on_line || field.on_line;
  lookup.must_agree = field.operand;
  program_.lookups.push_back(std::move(lookup));
}

void ProgramScope::add_checks() {
  const auto& tables = context_.book().tables;
  for (std::uint32_t t = 0; t < tables.size(); ++t)
    for (std::size_t a = 0; a < tables[t].answers.size(); ++a) {
      if (context_.table_broken[t]) break;
      if (tables[t].answers[a].kind != AnswerColumn::Kind::list) continue;
      const auto field = find_field(tables[t].answers[a].name);
      if (!field) continue;
      if (a == 0) {
        add_check(t, *field);
        continue;
      }
      if (!can_ask(t)) continue;
      context_.error_with(ErrorCode::WrongType, context_.table_places[t],
                          "table " + tick(tables[t].name) + " would check " + tick(tables[t].answers[a].name) +
                              " of event " + tick(type().name) + ", and only its first answer is checked",
                          field->declared, "the field is here", "put that answer into a table of its own");
    }
}

}  // namespace glmap::resolve
